"""The writer over PostgreSQL: one connection, and many rows of a statement in one round trip. Importing this loads asyncpg."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from operator import itemgetter
from typing import Final

import asyncpg

from prosa.drivers.journal.errors import RowRefused
from prosa.drivers.journal.models import Counts, Entry, Outcome, Row, Statement
from prosa.drivers.sql import Database, DatabaseNotMigrated, DatabaseUnavailable
from prosa.kit.errors import ProsaError

SECONDS: Final = 30.0  # for one statement with all its rows
SETTINGS: Final = {"lock_timeout": "5000"}  # milliseconds; behind the journal stand many who wait for nothing of the sort
# States of PostgreSQL (its manual, appendix A): what is a row's own fault begins so; 42501 (a missing right) does not.
CONSTRAINTS: Final = ("23", "44")
DEFECTS: Final = ("22", "42", "P0")
NO_RIGHT: Final = "42501"
MISSING: Final = frozenset({"42P01", "42703", "3F000"})  # table, column, schema
CROWDED: Final = frozenset({"40001", "40P01"})  # lost against another transaction, and gone without a trace
FAULTS: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncio.IncompleteReadError,
    OSError,
    ValueError,
    TypeError,
    OverflowError,
)


class PostgresqlWriter:
    """One connection of its own, made at the first batch and again after a failure."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: asyncpg.Connection | None = None

    async def write(self, batch: Sequence[Entry]) -> Sequence[Outcome]:
        """Write all of it in one transaction. Raises DatabaseUnavailable, and connects anew the next time."""
        try:
            outcomes = await self._attempt(await self._connected(), batch)
        except BaseException:
            self._drop()
            raise
        if any(type(outcome) is DatabaseNotMigrated for outcome in outcomes):
            self._database.doubt()
            self._drop()
        return outcomes

    async def aclose(self) -> None:
        """Close the connection; a later batch begins anew."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*FAULTS):
                await connection.close(timeout=5.0)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            await self._database.prepare()
            self._connection = await self._database.session(SETTINGS)
            # An administrator may have chosen any other degree of synchrony; with none of it nothing could be acknowledged.
            await self._connection.execute(
                "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
            )
        return self._connection

    async def _attempt(self, connection: asyncpg.Connection, batch: Sequence[Entry]) -> list[Outcome]:
        """Write the batch, or its halves apart when something in it stands in the way, until that stands alone.

        Two processes that write the same rows in different orders may lock each other out; a single row can't.
        """
        try:
            return list(await _transaction(connection, batch))
        except FAULTS as error:
            crowded = getattr(error, "sqlstate", None) in CROWDED
            if connection.is_closed() or not (crowded or _is_refusal(error)):
                raise DatabaseUnavailable(type(error).__name__) from error
            if len(batch) == 1:
                if crowded:
                    raise DatabaseUnavailable(type(error).__name__, retry_after=1.0) from error
                return [_refused(error)]
        middle = len(batch) // 2
        return [*await self._attempt(connection, batch[:middle]), *await self._attempt(connection, batch[middle:])]


async def _transaction(connection: asyncpg.Connection, batch: Sequence[Entry]) -> Sequence[Counts]:
    """Write every part of every entry, in order, all or none of them."""
    parts = [part for entry in batch for part in entry.parts]
    runs = [(statement, [row for _, row in run]) for statement, run in groupby(parts, key=itemgetter(0))]
    if len(runs) == 1:
        counts = await _run(connection, *runs[0])  # the rows of one statement are a transaction by themselves
    else:
        async with connection.transaction():
            counts = [count for statement, rows in runs for count in await _run(connection, statement, rows)]
    if len(counts) == len(batch):
        return [(count,) for count in counts]
    given = iter(counts)
    return [tuple([next(given) for _ in entry.parts]) for entry in batch]


async def _run(connection: asyncpg.Connection, statement: Statement, rows: list[Row]) -> list[int]:
    """Write rows of one statement in one round trip; the driver tells no counts there, so the statement counts for itself."""
    counting = f"WITH written AS ({statement.postgresql} RETURNING 1) SELECT count(*) FROM written"  # noqa: S608  # a store's text
    return [record[0] for record in await connection.fetchmany(counting, rows, timeout=SECONDS)]


def _is_refusal(error: BaseException) -> bool:
    state = getattr(error, "sqlstate", None)
    if not isinstance(state, str):  # the driver's own word, before anything was sent
        return isinstance(error, asyncpg.InterfaceError | ValueError | TypeError | OverflowError)
    return state.startswith(CONSTRAINTS + DEFECTS) and state != NO_RIGHT


def _refused(error: BaseException) -> ProsaError:
    state = getattr(error, "sqlstate", None) or ""
    missing = state in MISSING
    refusal = DatabaseNotMigrated(str(error)) if missing else RowRefused(constraint=state.startswith(CONSTRAINTS))
    refusal.__cause__ = error
    return refusal
