"""A real SQLite database, in memory, behind the real journal: what lies between them fails as the history says.

Everybody's statements are executed by one connection, a batch of the journal in one transaction, at a moment of its own and
also while the process that sent it is paused or dead, as a server does with what is on its way to it.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from enum import StrEnum
from functools import cache
from random import Random
from typing import Any, Final, cast

from prosa.drivers.journal import Journal
from prosa.drivers.journal.models import Entry, Outcome
from prosa.drivers.journal.sqlite_store import _written
from prosa.drivers.sql import Database, DatabaseAddress, DatabaseUnavailable
from tests.databases import migrated_file
from tests.runs.sim_loop import SimLoop, SimProcess
from tests.runs.sim_watch import Watch

SLOWEST: Final = 0.02  # seconds that a commit or a read takes at most


class Fate(StrEnum):
    """What becomes of a batch on its way to the disk."""

    FAIL = "fail"  # nothing is written, and the writer hears of it
    UNKNOWN = "unknown"  # it is written, but the writer hears that the database is gone
    LOSE = "lose"  # the process is killed; nothing is written
    KEEP = "keep"  # the process is killed; it is written


class SimStore:
    """The one database of a history, and what is to happen to it."""

    def __init__(self, loop: SimLoop, seed: int) -> None:
        self.loop = loop
        self.random = Random(seed)
        self.connection = _connection()
        self.watch = Watch(self.connection, loop.time)
        self.down = False  # nobody reaches it
        self.writes = 0
        self.fates: dict[SimProcess | None, deque[tuple[int, Fate]]] = {}
        self.kill = loop.kill
        self.telling: Callable[[str], object] | None = None

    def plan(self, process: SimProcess | None, skip: int, fate: Fate) -> None:
        """Have the batch that comes after `skip` others from this process (None: from anybody) meet this fate."""
        self.fates.setdefault(process, deque()).append((skip, fate))

    def fate(self, process: SimProcess) -> Fate | None:
        """The fate of the batch that arrives now."""
        self.writes += 1
        if self.down:
            return Fate.FAIL
        for whose in (process, None):
            planned = self.fates.get(whose)
            if planned:
                skip, fate = planned.popleft()
                if skip == 0:
                    return fate
                planned.appendleft((skip - 1, fate))
        return None

    def commit(self, process: SimProcess, batch: Sequence[Entry]) -> list[Outcome]:
        """Execute a batch in one transaction and look at what it has done. Raises nothing but defects."""
        self.watch.writer = process
        self.connection.execute("BEGIN IMMEDIATE")
        outcomes = [_written(self.connection, entry.parts) for entry in batch]
        if self.telling is not None:
            self._tell(process, batch, outcomes)
        self.watch.before_commit()
        self.connection.execute("COMMIT")
        return outcomes

    def _tell(self, process: SimProcess, batch: Sequence[Entry], outcomes: Sequence[Outcome]) -> None:
        assert self.telling is not None
        self.telling(f"{self.loop.time() - 1000:.4f} {process!r} commits {len(batch)}")
        for entry, outcome in zip(batch, outcomes, strict=True):
            for index, (statement, row) in enumerate(entry.parts):
                count = outcome[index] if isinstance(outcome, tuple) else outcome
                self.telling(f"    {statement.sqlite[:45]}… {count!r} {list(row)}")

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """A look of the test's own."""
        return self.connection.execute(sql, parameters).fetchall()


class SimWriter:
    """The writer of one process' journal."""

    def __init__(self, store: SimStore, process: SimProcess) -> None:
        self._store = store
        self._process = process

    async def write(self, batch: Sequence[Entry]) -> Sequence[Outcome]:
        """Write all of it in one transaction, after a while. Raises DatabaseUnavailable."""
        store, process = self._store, self._process
        done: asyncio.Future[Sequence[Outcome]] = store.loop.create_future()

        def arrive() -> None:
            fate = None if process.dead else store.fate(process)
            written = None if fate in (Fate.FAIL, Fate.LOSE) else store.commit(process, list(batch))
            if fate in (Fate.LOSE, Fate.KEEP):
                store.kill(process)
            elif not done.done():
                if written is None or fate is Fate.UNKNOWN:
                    done.set_exception(DatabaseUnavailable("simulated"))
                else:
                    done.set_result(written)

        store.loop.outside_later(store.random.random() ** 2 * SLOWEST, arrive)
        return await done

    async def aclose(self) -> None:
        """Nothing is open."""


class SimDatabase:
    """What a process reads from: late, or not at all while the database is down."""

    kind = "sqlite"

    def __init__(self, store: SimStore, process: SimProcess) -> None:
        self.address = DatabaseAddress(path=migrated_file())
        self._store = store
        self._process = process

    async def fetch(self, sql: str, *parameters: object) -> list[tuple[object, ...]]:
        """Rows of a read; what it returns may be old by the time that it is heard."""
        store = self._store
        await self._while()
        if store.down:
            raise DatabaseUnavailable("simulated")
        named = {str(number): value for number, value in enumerate(parameters, 1)}
        rows = store.connection.execute(sql, named).fetchall()
        await self._while()
        return rows

    async def prepare(self) -> None:
        """It is there."""

    async def open(self) -> None:
        """It is there."""

    def doubt(self) -> None:
        """Nothing else would become of it."""

    async def _while(self) -> None:
        drawn = self._store.random.random()
        if drawn < 0.2:
            await asyncio.sleep(drawn * 5 * SLOWEST)


def sim_journal(store: SimStore, process: SimProcess) -> tuple[Database, Journal]:
    """The database and the journal of a process: the real journal, over the writer that fails."""
    database = cast(Database, SimDatabase(store, process))
    journal = Journal(database)
    journal._writer = SimWriter(store, process)
    return database, journal


@cache
def _template() -> sqlite3.Connection:
    found = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    with closing(sqlite3.connect(migrated_file())) as file:
        file.backup(found)
    return found


def _connection() -> sqlite3.Connection:
    """The same connection for every history of this test process, emptied: its statements stay prepared."""
    found = _template()
    if found.in_transaction:
        found.execute("ROLLBACK")
    found.executescript("".join(f"DELETE FROM {table};" for table in ("runs", "run_events", "run_drivers", "items")))
    return found
