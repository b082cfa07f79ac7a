"""The writer over a SQLite file, through the standard library alone.

The rows are handed to SQLite on the event loop and only what waits for the disk or for another process runs in a thread. A
thread that handed them over would ask for the interpreter's lock three times a row, and beside a busy loop it gets it, each
time, only milliseconds later: measured, 64 rows took 300 ms so, and 100 ms this way; at rest it costs a third less.
"""

import asyncio
import re
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

from prosa.drivers.journal.errors import RowRefused
from prosa.drivers.journal.models import Counts, Entry, Outcome, Part
from prosa.drivers.sql import Database, DatabaseNotMigrated, DatabaseUnavailable, file_id, open_sqlite
from prosa.kit.errors import ProsaError

T = TypeVar("T")
IMPATIENCE: Final = "PRAGMA busy_timeout=0"
# A row's own fault: its values have no form here. SQLITE_ERROR is a statement's: a mistake in it, or a table that isn't there.
VALUES: Final = (sqlite3.DataError, sqlite3.InterfaceError, sqlite3.ProgrammingError, ValueError, TypeError, OverflowError)

MISSING: Final = re.compile(r"no such (table|column)|table \S+ has no column")


class SqliteWriter:
    """One connection of its own and one thread, both made at the first batch and again after a failure."""

    def __init__(self, database: Database, patience: float) -> None:
        """`patience`: seconds that another process' transaction is waited for."""
        assert database.address.path is not None
        self._database = database
        self._path: Path = database.address.path
        self._patience = patience
        self._thread: ThreadPoolExecutor | None = None
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None  # which file the connection writes to

    async def write(self, batch: Sequence[Entry]) -> Sequence[Outcome]:
        """Write all of it in one transaction. Raises DatabaseUnavailable, and opens the file anew the next time."""
        try:
            connection = await self._opened()
            async with self._database.turn():
                await self._begin(connection)
                outcomes = [_written(connection, entry.parts) for entry in batch]
                await self._aside(connection.commit)
            if self._file != file_id(self._path):
                raise DatabaseUnavailable(
                    "the file was replaced"
                )  # written into a file that was removed or replaced: nobody will find it there
        except (sqlite3.Error, OSError) as error:
            await self._close()
            raise DatabaseUnavailable(type(error).__name__) from error
        except BaseException:
            await self._close()
            raise
        if any(type(outcome) is DatabaseNotMigrated for outcome in outcomes):
            self._database.doubt()
            await self._close()
        return outcomes

    async def aclose(self) -> None:
        """Close the connection and end the thread; a later batch begins anew."""
        await self._close()
        if self._thread is not None:
            self._thread.shutdown(wait=True)
            self._thread = None

    async def _opened(self) -> sqlite3.Connection:
        if self._connection is not None and self._file == file_id(self._path):
            return self._connection
        await self._close()
        await self._database.prepare()
        self._file = file_id(self._path)
        self._connection = await self._aside(self._connect)
        return self._connection

    def _connect(self) -> sqlite3.Connection:
        connection = open_sqlite(self._path)
        connection.execute(IMPATIENCE)
        return connection

    async def _begin(self, connection: sqlite3.Connection) -> None:
        """Take the write lock: at once when it is free, as it mostly is, else waiting for it beside the loop."""
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            await self._aside(lambda: _begin_patiently(connection, self._patience))

    async def _close(self) -> None:
        connection, self._connection, self._file = self._connection, None, None
        if connection is not None:
            with suppress(sqlite3.Error):
                await self._aside(connection.close)

    async def _aside(self, work: Callable[[], T]) -> T:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="prosa-journal")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _begin_patiently(connection: sqlite3.Connection, seconds: float) -> None:
    connection.execute(f"PRAGMA busy_timeout={round(seconds * 1000)}")
    try:
        connection.execute("BEGIN IMMEDIATE")
    finally:
        connection.execute(IMPATIENCE)


def _written(connection: sqlite3.Connection, parts: Sequence[Part]) -> Outcome:
    """Execute one entry within the open transaction; one that fails takes back its own rows and no others.

    Raises sqlite3.Error for what is no fault of the entry's: the disk, the file.
    """
    try:
        if len(parts) == 1:
            return (_execute(connection, parts[0]),)
        return _together(connection, parts)
    except (sqlite3.IntegrityError, *VALUES) as error:
        refusal: ProsaError = RowRefused(constraint=isinstance(error, sqlite3.IntegrityError))
        refusal.__cause__ = error
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR:
            raise
        refusal = DatabaseNotMigrated(str(error)) if MISSING.match(str(error)) else RowRefused(constraint=False)
        refusal.__cause__ = error
    if not connection.in_transaction:
        raise sqlite3.OperationalError("the transaction is gone") from refusal  # and the rows before this one with it
    return refusal


def _together(connection: sqlite3.Connection, parts: Sequence[Part]) -> Counts:
    connection.execute("SAVEPOINT entry")
    try:
        counts = tuple([_execute(connection, part) for part in parts])
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK TO entry")
            connection.execute("RELEASE entry")
        raise
    connection.execute("RELEASE entry")
    return counts


def _execute(connection: sqlite3.Connection, part: Part) -> int:
    statement, row = part
    count = connection.execute(statement.sqlite, row).rowcount
    # The standard library counts only for statements that begin with their verb, not for `WITH … INSERT`.
    return count if count >= 0 else int(connection.execute("SELECT changes()").fetchone()[0])
