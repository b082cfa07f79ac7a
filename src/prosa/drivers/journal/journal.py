"""The queue before the one writer: who waits, in which order, and what each is told."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from prosa.drivers.journal.models import Counts, Entry, Outcome, Part, Row, Statement
from prosa.drivers.journal.sqlite_store import SqliteWriter
from prosa.drivers.sql import Database, DatabaseUnavailable
from prosa.kit.errors import ProsaError

_logger = logging.getLogger("prosa.journal")
BATCH: Final = 256  # entries of one transaction: some two milliseconds of work
LINGER: Final = 0.25  # seconds that entries which nobody waits for are gathered
LATER: Final = 5.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may wait: `entries` in the queue; and `patience`, seconds for room in it, or for SQLite's lock elsewhere."""

    entries: int = 4096
    patience: float = 30.0


class Writer(Protocol):
    """Writes a batch in one transaction: an outcome for each entry, in its order. Raises DatabaseUnavailable."""

    async def write(self, batch: Sequence[Entry]) -> Sequence[Outcome]: ...

    async def aclose(self) -> None: ...


def _writer_for(database: Database, patience: float) -> Writer:
    if database.kind == "sqlite":
        return SqliteWriter(database, patience)
    from prosa.drivers.journal.postgresql_store import PostgresqlWriter  # loads asyncpg, which only PostgreSQL needs

    return PostgresqlWriter(database)


class Journal:
    """Appends rows durably, in the order in which they were appended, many in one transaction. One per process.

    It costs nothing until its first use, and neither thread nor task is left while nothing waits.
    """

    def __init__(self, database: Database, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._queue: deque[Entry] = deque()
        self._line: deque[asyncio.Future[None]] = deque()  # who waits for room in the queue
        self._promised = 0  # places that were given to those who stood in the line and haven't taken them yet
        self._writing: asyncio.Task[None] | None = None
        self._later: asyncio.TimerHandle | None = None
        self._closed = False
        self._writer = _writer_for(database, self._bounds.patience)
        self.lost = 0  # entries that nobody waited for and that weren't written

    async def append(self, statement: Statement, row: Row) -> int:
        """Write one row and return once it is durable: how many rows the statement wrote.

        Raises RowRefused for a row at fault, DatabaseNotMigrated where its table is missing (the next append sees to that),
        DatabaseUnavailable when the database doesn't answer: whether the row is there is not known then, and a later append
        tries anew. Whoever stops waiting takes nothing back.

        Not to be awaited inside `Database.writing`: the two would wait for each other.
        """
        return (await self.append_all(((statement, row),)))[0]

    async def append_all(self, parts: Sequence[Part]) -> Counts:
        """Write several rows, all or none; otherwise as `append`. The same statement many times over costs least."""
        if self._closed:
            raise DatabaseUnavailable
        if not parts:
            return ()
        if self._line or self._promised or not self._has_room():
            await self._room()
        done: asyncio.Future[Counts] = asyncio.get_running_loop().create_future()
        self._queue.append(Entry(parts, done))
        if self._writing is None:
            self._begin()
        return await done

    def append_soon(self, statement: Statement, row: Row) -> bool:
        """Write a row within a quarter of a second, without telling how it went; False when the queue is full.

        For what may be lost when the server is killed, such as the moment of a last use.
        """
        if self._closed or self._line or not self._has_room():
            self.lost += 1
            return False
        self._queue.append(Entry(((statement, row),), None))
        if self._writing is None and self._later is None:
            self._later = asyncio.get_running_loop().call_later(LINGER, self._begin)
        return True

    async def flush(self) -> None:
        """Wait until nothing waits any more: all that was appended is written, or has failed."""
        while self._queue or self._line or self._promised or self._writing is not None:
            self._begin()
            if self._writing is not None:
                await asyncio.wait([self._writing])
            else:
                await asyncio.sleep(0)  # whoever was given a place is about to take it

    async def aclose(self) -> None:
        """Write what waits and let go of the database; an append afterwards raises DatabaseUnavailable."""
        self._closed = True
        await self.flush()
        await self._writer.aclose()

    def _has_room(self) -> bool:
        return len(self._queue) + self._promised < self._bounds.entries

    async def _room(self) -> None:
        """Stand in the line until there is room; first come, first served. Raises DatabaseUnavailable."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(place)
        try:
            async with asyncio.timeout(self._bounds.patience):
                await place
        except BaseException as error:
            self._give_up(place)
            if isinstance(error, TimeoutError):
                raise DatabaseUnavailable("the journal's queue is full") from error
            raise
        self._promised -= 1

    def _give_up(self, place: "asyncio.Future[None]") -> None:
        """Leave the line; a place that was given at the very moment goes to the next."""
        if place in self._line:
            self._line.remove(place)
        elif not place.cancelled() and place.exception() is None:
            self._promised -= 1
            self._admit()

    def _admit(self) -> None:
        """Give the free places to the first of the line."""
        while self._line and self._has_room():
            place = self._line.popleft()
            if not place.done():
                place.set_result(None)
                self._promised += 1

    def _begin(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None
        if self._writing is None and self._queue:
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        batch: list[Entry] = []
        try:
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
                self._admit()
                self._settle(batch, await self._writer.write(batch))
        except DatabaseUnavailable as error:
            self._fail(batch, error)
        except BaseException:
            self._fail(batch, DatabaseUnavailable())
            raise
        finally:
            self._writing = None
            if self._queue:
                self._begin()

    def _settle(self, batch: Sequence[Entry], outcomes: Sequence[Outcome]) -> None:
        for entry, outcome in zip(batch, outcomes, strict=True):
            done = entry.done
            if done is None:
                if isinstance(outcome, ProsaError):
                    self.lost += 1
                    _logger.error(
                        "a record could not be stored: %s (%s)", type(outcome).__name__, type(outcome.__cause__).__name__
                    )
            elif done.done():
                continue  # cancelled: nobody waits any more
            elif isinstance(outcome, ProsaError):
                done.set_exception(outcome)
            else:
                done.set_result(outcome)

    def _fail(self, batch: Sequence[Entry], error: DatabaseUnavailable) -> None:
        """Tell everybody who waits; each gets an error of its own, because one that is raised twice mixes its traces."""
        waiting = [*batch, *self._queue]
        self._queue.clear()
        for entry in waiting:
            if entry.done is None:
                self.lost += 1
            elif not entry.done.done():
                own = type(error)(error.reason, error.retry_after or LATER)
                own.__cause__ = error.__cause__
                entry.done.set_exception(own)
        while self._line:
            place = self._line.popleft()
            if not place.done():
                place.set_exception(DatabaseUnavailable())
