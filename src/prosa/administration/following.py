"""What is stored, followed by every process: each reads it when it is told of a change, and looks twice a second in any case."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import msgspec

from prosa.administration.models import Actor, Change, Stored
from prosa.administration.store import LOCK, AdministrationReader, AdministrationWriter, change_of, within
from prosa.drivers.sql import Database, DatabaseNotMigrated, needs_migration
from prosa.events import Look, Signals
from prosa.kit import moments
from prosa.kit.clock import Clock
from prosa.kit.errors import ProsaError

TOPIC: Final = "administration"
EVERY: Final = 0.5  # seconds: what a lost wake-up costs
FIRST: Final = 5.0  # seconds that a start waits to know what is stored

Apply = Callable[[Stored], None]


class Follower:
    """What is stored as this process has it in force. `apply` takes it over, whole and between two steps of the loop."""

    def __init__(self, database: Database, signals: Signals, apply: Apply) -> None:
        self._address = database.address
        self._there = False  # whether the database has been seen up to date
        self._reader = AdministrationReader(database.fetch)
        self._apply = apply
        self._look = Look(self.look, signals, TOPIC, EVERY)
        self._turn = asyncio.Lock()
        self.stored = Stored()

    async def start(self) -> None:
        """Take over what there is, before anybody calls, and follow it from now on; without a database nothing is stored."""
        with suppress(ProsaError, TimeoutError):
            async with asyncio.timeout(FIRST):
                await self.look()
        self._look.start()

    async def stop(self) -> None:
        """Follow it no more."""
        await self._look.stop()

    async def look(self) -> None:
        """Take over what is stored now, if this process has something else. Raises DatabaseUnavailable: then it keeps that."""
        async with self._turn:
            try:
                await self._require_there()
                if await self._reader.version() == self.stored.version:
                    return
                stored = await self._reader.stored()
            except DatabaseNotMigrated:
                self._there, stored = False, Stored()
                if stored == self.stored:
                    return
            self._apply(stored)
            self.stored = stored

    async def _require_there(self) -> None:
        """A database that isn't up to date is left to who looks after it: a look would make it, in this very process."""
        if not self._there and await asyncio.to_thread(needs_migration, self._address):
            raise DatabaseNotMigrated
        self._there = True


@dataclass(slots=True)
class Work:
    """A transaction that changes something: what is stored as it begins, and what it notes."""

    actor: Actor
    stored: Stored
    store: AdministrationWriter
    now: int
    noted: list[Change] = field(default_factory=list)

    async def note(self, action: str, kind: str, name: str, before: dict[str, object], after: dict[str, object]) -> int:
        """Write down what changed; its number."""
        change = change_of(self.actor, self.now, action, kind, name)
        number = await self.store.note(msgspec.structs.replace(change, before=before, after=after))
        self.noted.append(msgspec.structs.replace(change, number=number, before=before, after=after))
        return number


class Changing:
    """Makes changes: one at a time over all processes, each written down, told of in the log, and heard of everywhere."""

    def __init__(self, database: Database, signals: Signals, follower: Follower, clock: Clock) -> None:
        self._database = database
        self._signals = signals
        self.follower = follower
        self._clock = clock

    @asynccontextmanager
    async def by(self, actor: Actor) -> AsyncIterator[Work]:
        """A change by somebody; in force in this process when it is over. Raises DatabaseUnavailable."""
        async with self._database.writing(LOCK) as connection:
            stored = await AdministrationReader(within(connection)).stored()
            work = Work(actor, stored, AdministrationWriter(connection), moments.stored(self._clock.now()))
            yield work
        for change in work.noted:
            _tell(change)
        await self.follower.look()
        self._signals.publish(TOPIC)


def _tell(change: Change) -> None:
    import structlog

    structlog.get_logger("prosa.administration").info(
        "administration",
        change=change.number,
        by=change.account_id,
        key_id=change.actor,
        action=change.action,
        kind=change.kind,
        name=change.name,
        before=change.before,
        after=change.after,
    )
