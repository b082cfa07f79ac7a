"""What changed in a space, numbered, for its owner's other tabs and devices.

A change's row is written in the very transaction that makes the change, so that neither is there without the other. It holds
no text of what people said, only ids and versions: a reader fetches what it wants to see. Rows are kept for a day.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from prosa.drivers.journal import Journal, Part
from prosa.drivers.sql import Database
from prosa.events.feed_store import STEP, Change, FeedStore, addition, trimming
from prosa.events.look import EVERY, GAP
from prosa.events.signals import Signals
from prosa.kit.errors import ProsaError

_logger = logging.getLogger("prosa.events")
KEPT_SECONDS: Final = 24 * 3600.0
HELD_SECONDS: Final = 30.0  # that one slow transaction holds back what others have written meanwhile
_FAR: Final = 1000  # numbers; where so many came at once, asking everybody is cheaper than asking who is concerned


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a reader goes on: after `number`. Where it isn't `whole`, changes that it hasn't seen are gone: it has to reload."""

    number: int
    whole: bool


@dataclass(slots=True, eq=False)
class _Reader:
    space: str
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Feed:
    """Writing and following changes. One per process; while nobody follows, nothing runs and nothing is asked."""

    def __init__(self, database: Database, signals: Signals) -> None:
        self._signals = signals
        self._horizon = Horizon(FeedStore(database))
        self._store = FeedStore(database)
        self._readers: set[_Reader] = set()
        self._woken = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._told = 0  # up to where readers were woken

    def __len__(self) -> int:
        return len(self._readers)

    def part(self, space: str, type: str, object_id: str, data: bytes | None, now: float) -> Part:
        """The row of a change, for the journal transaction that makes it; `published` is to follow when that is durable.

        `type` such as `conversation.updated`; `object_id` as the API shows it (`conv_…`); `data` a small JSON object of ids and
        versions; `now` in seconds.
        """
        return addition(space, type, object_id, data, now)

    def published(self, space: str) -> None:
        """What was appended to a space's feed is durable: wake who follows it, in every process."""
        self._signals.publish(topic_of(space))

    async def stand(self, after: int | None = None) -> Stand:
        """Where to follow on from: after a number that an earlier event had; without one, from now on.

        What was committed before this returns is either in what the reader fetches now or in what it follows. Raises
        DatabaseUnavailable.
        """
        newest = await self._horizon.advance()
        if after is None:
            return Stand(newest, True)
        oldest, _ = await self._store.ends()
        if after > newest or after + 1 < oldest:
            return Stand(newest, False)
        return Stand(after, True)

    async def read(self, space: str, after: int) -> Sequence[Change]:
        """A page of the changes after this number that are there now; PAGE of them where there may be more."""
        return await self._store.of(space, after, self._horizon.number)

    async def follow(self, space: str, after: int) -> AsyncGenerator[Sequence[Change], None]:
        """The changes after this number in their order, a page at a time, without end; close it (`aclosing`) to leave.

        Raises DatabaseUnavailable.
        """
        reader = self._join(space)
        leave = self._signals.subscribe(topic_of(space), self._wake)
        try:
            while True:
                reader.news.clear()
                while found := await self._store.of(space, after, self._horizon.number):
                    yield found
                    after = found[-1].number
                await reader.news.wait()
        finally:
            leave()
            self._readers.discard(reader)
            self._woken.set()  # with nobody left, the looking ends

    async def trim(self, journal: Journal, now: float) -> int:
        """Delete what is older than a day, in small steps; how many rows went."""
        total = 0
        while True:
            count = await journal.append(*trimming(now - KEPT_SECONDS))
            total += count
            if count < STEP:
                return total

    async def stop(self) -> None:
        """Look no more."""
        looking = self._looking
        if looking is not None:
            looking.cancel()
            await asyncio.wait([looking])

    def _join(self, space: str) -> _Reader:
        reader = _Reader(space)
        self._readers.add(reader)
        if self._looking is None:
            self._begin()
        else:
            self._wake()
        return reader

    def _begin(self) -> None:
        self._looking = asyncio.get_running_loop().create_task(self._look())
        self._looking.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """An error that nobody foresaw is said, and those who still follow go on in a while."""
        self._looking = None
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _logger.error("the look at the feed of changes failed", exc_info=error)
            asyncio.get_running_loop().call_later(EVERY, self._go_on)
        elif not task.cancelled():
            self._go_on()  # somebody may have come in the very moment

    def _go_on(self) -> None:
        if self._readers and self._looking is None:
            self._begin()

    def _wake(self, _payload: str = "") -> None:
        self._woken.set()

    async def _look(self) -> None:
        """At each wake-up, and now and then in any case: wake-ups may be lost."""
        await self._tell(everybody=True)
        while self._readers:
            self._woken.clear()
            await asyncio.sleep(GAP)
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY - GAP):
                    await self._woken.wait()
            await self._tell()

    async def _tell(self, *, everybody: bool = False) -> None:
        """Wake those whose space has something new."""
        known = self._told
        try:
            newest = await self._horizon.advance()
            concerned = None if everybody or newest - known > _FAR else await self._concerned(known, newest)
        except ProsaError as error:
            _logger.debug("a look at the feed failed: %s", error.code)
            return
        self._told = newest
        for reader in self._readers:
            if concerned is None or reader.space in concerned:
                reader.news.set()

    async def _concerned(self, known: int, newest: int) -> set[str]:
        return await self._store.spaces(known, newest) if newest > known else set()


class Horizon:
    """How far the log is complete.

    PostgreSQL gives a number before the transaction is committed, so that a row can come to light after one with a greater
    number, and a reader that had gone past it would never see it. Whoever holds a number also holds a lock on the table. So: look
    for the newest row, ask who writes, wait until all of those have ended; then there is nothing more up to that row.
    """

    def __init__(self, store: FeedStore) -> None:
        self._store = store
        self._given_up: set[str] = set()  # transactions that took too long
        self.number = 0

    async def advance(self) -> int:
        """The number up to which nothing more comes, as of now."""
        _, newest = await self._store.ends()
        if newest > self.number:
            if self._store.late:
                await self._settled()
            self.number = max(self.number, newest)
        return self.number

    async def _settled(self) -> None:
        """Return once everybody who writes now has ended, or holds us up for too long."""
        writers = await self._store.writers()
        self._given_up &= writers
        writers -= self._given_up
        until, pause = time.monotonic() + HELD_SECONDS, GAP / 2
        while writers:
            if time.monotonic() > until:
                _logger.warning("a transaction takes so long that the feed of changes goes on without it")
                self._given_up |= writers
                return
            await asyncio.sleep(pause)
            pause = min(EVERY, 2 * pause)
            writers &= await self._store.writers()


def topic_of(space: str) -> str:
    """What is signalled when something changed in a space."""
    return f"changes:{space}"
