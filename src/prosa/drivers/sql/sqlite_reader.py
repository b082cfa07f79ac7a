"""Tiny reads of a SQLite file, past SQLAlchemy."""

import asyncio
import sqlite3
import threading
import time
from pathlib import Path
from queue import SimpleQueue
from typing import Final, NamedTuple

from prosa.drivers.sql.errors import DatabaseUnavailable, of_sqlite
from prosa.drivers.sql.files import FileId
from prosa.drivers.sql.sqlite import open_sqlite

Rows = list[tuple[object, ...]]

STEPS: Final = 50_000  # of SQLite's machine, about a millisecond: what takes more goes to the thread
SLOW: Final = 0.005  # seconds for a tiny read: the disk is busy, so
REST: Final = 1.0  # for so many seconds reads go to the thread
_ELSEWHERE: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_PROTOCOL})
_FAULTS: Final = (sqlite3.Error, OSError, UnicodeError, OverflowError)


class SqliteReader:
    """Reads on the loop's own thread, as long as that can't make it wait, else on a thread beside it.

    A reader never waits for writers here (WAL), and what a few index pages hold is in memory: 5 µs. A thread costs 45 µs, and
    beside a busy loop milliseconds, for it asks for the interpreter's lock several times a read.
    """

    def __init__(self, path: Path) -> None:
        self._near = _Near(path)
        self._far = _Far(path)
        self._far_until = 0.0

    async def fetch(self, file: FileId | None, sql: str, parameters: tuple[object, ...]) -> Rows:
        """The rows of a query with parameters `$1`, `$2`; `file` is the one at the path now.

        Raises DatabaseUnavailable, DatabaseNotMigrated.
        """
        named = {str(number): value for number, value in enumerate(parameters, 1)}
        began = time.monotonic()
        if began >= self._far_until:
            try:
                return self._near.read(file, sql, named)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in _ELSEWHERE:
                    raise _failure(error) from error
            except _FAULTS as error:
                raise _failure(error) from error
            finally:
                now = time.monotonic()
                if now - began > SLOW:
                    self._far_until = now + REST
        return await self._far.read(file, sql, named)

    async def aclose(self) -> None:
        """Close the connections and end the thread; a later read begins anew."""
        self._near.close()
        await self._far.aclose()


class _Near:
    """The connection of the loop's own thread: it waits for nobody, and gives up what takes long."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._file: FileId | None = None

    def read(self, file: FileId | None, sql: str, parameters: dict[str, object]) -> Rows:
        if self._connection is None or file != self._file:
            self.close()
            self._connection = self._opened()
            self._file = file
        return self._connection.execute(sql, parameters).fetchall()

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode=rw", uri=True, timeout=0.0, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA query_only=ON")
        except sqlite3.Error:
            connection.close()
            raise
        connection.set_progress_handler(lambda: 1, STEPS)
        return connection

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class _Question(NamedTuple):
    loop: asyncio.AbstractEventLoop
    answer: "asyncio.Future[Rows]"
    file: FileId | None
    sql: str
    parameters: dict[str, object]


class _Far:
    """A connection on a thread of its own, which reads one thing after another and may wait."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._now: tuple[SimpleQueue[_Question | None], threading.Thread] | None = None

    async def read(self, file: FileId | None, sql: str, parameters: dict[str, object]) -> Rows:
        if self._now is None:
            questions: SimpleQueue[_Question | None] = SimpleQueue()
            self._now = questions, threading.Thread(target=self._run, args=(questions,), name="prosa-reader", daemon=True)
            self._now[1].start()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Rows] = loop.create_future()
        self._now[0].put(_Question(loop, answer, file, sql, parameters))
        return await answer

    async def aclose(self) -> None:
        """Who asks meanwhile begins a queue and a thread anew: two threads of one queue would take each other's end out of it."""
        before, self._now = self._now, None
        if before is not None:
            questions, thread = before
            questions.put(None)
            await asyncio.to_thread(thread.join)

    def _run(self, questions: "SimpleQueue[_Question | None]") -> None:
        connection: sqlite3.Connection | None = None
        opened: FileId | None = None
        while (question := questions.get()) is not None:
            found: Rows | Exception
            try:
                if connection is None or question.file != opened:
                    if connection is not None:
                        connection.close()
                        connection = None
                    connection, opened = open_sqlite(self._path, reading=True), question.file
                found = connection.execute(question.sql, question.parameters).fetchall()
            except _FAULTS as error:
                found = error
            _deliver(question, found)
        if connection is not None:
            connection.close()


def _deliver(question: _Question, found: Rows | Exception) -> None:
    try:
        question.loop.call_soon_threadsafe(_settle, question.answer, found)
    except RuntimeError:
        return  # the loop is closed: nobody waits any more


def _settle(answer: "asyncio.Future[Rows]", found: Rows | Exception) -> None:
    if answer.done():
        return  # the asker went away
    if isinstance(found, list):
        answer.set_result(found)
        return
    failure = _failure(found)
    failure.__cause__ = found
    answer.set_exception(failure)


def _failure(error: Exception) -> Exception:
    return of_sqlite(error) if isinstance(error, sqlite3.Error) else DatabaseUnavailable(type(error).__name__)
