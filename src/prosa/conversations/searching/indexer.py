"""Keeps the index true: what came, changed or went is on a list, which this works off within a second.

The database itself writes the list, in the transaction of the change, so that nothing is forgotten when a process is killed, and
a turn pays for a small row alone. Stemming and indexing happen here, afterwards.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Final

from prosa.conversations.searching.entries import Section, sections_of
from prosa.conversations.searching.index_store import (
    CLEAN,
    MERGE,
    RELEASE,
    RENEW,
    TAKE,
    Batch,
    IndexStore,
    Subject,
    done,
)
from prosa.conversations.searching.texts import TITLE, Piece, Texts, texts_of
from prosa.drivers.journal import Journal, Part, RowRefused
from prosa.drivers.sql import Database
from prosa.kit import moments
from prosa.kit.clock import Clock
from prosa.kit.errors import ProsaError
from prosa.kit.ids import new_object_id
from prosa.kit.rounds import Rounds

_logger: Final = logging.getLogger("prosa.search")
EVERY: Final = 0.5  # seconds between two looks at the list
LEASE: Final = 10.0  # seconds that a turn lasts beyond the last piece of work
SCRUB: Final = 12 * 3600.0  # seconds, at least, between two times that the index's files are freed of what is gone by itself
_LONGEST_PAUSE: Final = 60.0  # seconds, while it can't be written
_LARGE: Final = 32_768  # bytes of an item that is read on a thread
_TOKENS: Final = 4_000  # of one transaction, some two milliseconds of the database's time
_PAGES: Final = -32  # that one step of a merge writes
_STEPS: Final = 200_000  # of one merge: 25 gigabytes


class SearchIndexer:
    """Works the list off. One process of a service does it; where several do, they take turns."""

    def __init__(self, database: Database, journal: Journal, clock: Clock, every: float = EVERY) -> None:
        self._database = database
        self._store = IndexStore(database)
        self._journal = journal
        self._clock = clock
        self._every = every
        self._holder = new_object_id()
        self._held = False
        self._scrubbed = clock.monotonic()
        self._working = asyncio.Lock()
        self._rounds = Rounds("the search index", self._round, every)
        self._pause = every

    def start(self) -> None:
        """Begin; the first look comes after the first pause, so that a start is not slowed."""
        self._rounds.start()

    async def stop(self) -> None:
        """End, and let others have the turn at once. What is still on the list stays there."""
        await self._rounds.stop()
        await self.release()

    async def release(self) -> None:
        """Let others have the turn at once."""
        if self._held:
            self._held = False
            with suppress(ProsaError):
                await self._journal.append(RELEASE, (self._holder,))

    async def _round(self) -> float:
        try:
            await self.look()
            if self._clock.monotonic() - self._scrubbed >= SCRUB:
                await self.scrub()
            self._pause = self._every
        except ProsaError as error:
            # Where the index itself is damaged, what others write at the same moment fails with it: seldom, then.
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
            _logger.warning("the search index could not be kept up: %s %s", error.code, getattr(error, "reason", ""))
        return self._pause

    async def look(self) -> bool:
        """Work off what is on the list; whether it is empty then: not so while another process has the turn."""
        async with self._working:
            while await self._store.pending():
                if not await self._take() or not await self._piece():
                    return False
            return True

    async def settle(self, seconds: float = 60.0) -> bool:
        """Have the list worked off, by whomever; whether it is within so many seconds of no progress."""
        left, until = await self._store.count(), self._clock.monotonic() + seconds
        while not await self.look():
            await asyncio.sleep(self._every / 5)
            now = await self._store.count()
            if now < left:
                left, until = now, self._clock.monotonic() + seconds
            elif self._clock.monotonic() > until:
                return False
        return True

    async def scrub(self) -> None:
        """Free the index's files of the words of what is gone, where something is gone since the last time.

        Others read and write meanwhile: on SQLite it goes by small steps. Purges and erasures call it once the list is empty.
        """
        self._scrubbed = self._clock.monotonic()
        stale = await self._store.stale_since()
        if stale is None:
            return
        if self._store.sqlite:
            for _ in range(_STEPS):
                if await self._store.segments() <= 1:
                    break
                await self._journal.append(MERGE, (_PAGES,))
                await asyncio.sleep(0)
        else:
            from prosa.conversations.searching import rebuild_store

            await rebuild_store.vacuum(self._database)
        await self._journal.append(CLEAN, (stale,))

    async def rebuild(self) -> int:
        """Empty the index, and put all that there is on the list; how much that is. Whoever has the turn loses it to this one."""
        await self._database.open()  # loads SQLAlchemy in a thread, so that the import below is cheap
        from prosa.conversations.searching import rebuild_store

        now = self._clock.now()
        async with self._working, self._database.writing() as connection:
            found = await rebuild_store.empty(connection, self._holder, moments.stored(now), moments.stored(now + LEASE))
            self._held = True
        return found

    async def _take(self) -> bool:
        if not self._held:
            now = self._clock.now()
            row = (self._holder, moments.stored(now + LEASE), moments.stored(now))
            self._held = bool(await self._journal.append(TAKE, row))
        return self._held

    async def _piece(self) -> bool:
        """Work off the beginning of the list; False where the turn was lost."""
        batch = await self._store.batch()
        try:
            return await self._write(batch)
        except RowRefused as error:
            if len(batch.numbers) > 1:
                return await self._one_by_one()
            _logger.error("an item could not be indexed: %s", type(error.__cause__).__name__)
            return await self._append([], None, done(batch.numbers, self._holder))

    async def _one_by_one(self) -> bool:
        """Write what can be written, where something in a batch can't be."""
        batch = await self._store.batch(1)
        try:
            return await self._write(batch)
        except RowRefused as error:
            _logger.error("an item could not be indexed: %s", type(error.__cause__).__name__)
            return await self._append([], None, done(batch.numbers, self._holder))

    async def _write(self, batch: Batch) -> bool:
        """Write a batch, in several transactions where it is large; its place on the list goes with the last of them."""
        stale = moments.stored(self._clock.now()) if batch.old else None
        parts: list[Part] = []
        tokens = 0
        async for size, more in self._changes(batch):
            if parts and tokens + size > _TOKENS:
                if not await self._append(parts, stale):
                    return False
                parts, tokens = [], 0
            parts += more
            tokens += size
        return await self._append(parts, stale, done(batch.numbers, self._holder))

    async def _changes(self, batch: Batch) -> AsyncIterator[tuple[int, list[Part]]]:
        """What goes and what comes, entry by entry, each with the number of its tokens."""
        for entry in batch.old:
            yield entry.size, self._store.removal(entry, self._holder)
        for subject in batch.subjects:
            role, sections = await _sections(subject)
            for number, section in enumerate(sections):
                yield section.size, self._store.addition(subject, role, number, section, self._holder)

    async def _append(self, parts: Sequence[Part], stale: int | None, last: Sequence[Part] = ()) -> bool:
        until = moments.stored(self._clock.now() + LEASE)
        renewed, *_ = await self._journal.append_all(((RENEW, (self._holder, until, stale)), *parts, *last))
        self._held = bool(renewed)
        return self._held


async def _sections(subject: Subject) -> tuple[str, list[Section]]:
    """Who said it, and its words."""
    if len(subject.body) > _LARGE:
        return await asyncio.to_thread(sections_of_subject, subject)
    await asyncio.sleep(0)  # others wait for this thread
    return sections_of_subject(subject)


def sections_of_subject(subject: Subject) -> tuple[str, list[Section]]:
    """Who said it, and its words; no section where nothing is to be found."""
    if subject.number is None:
        return TITLE, sections_of([Piece(subject.body.decode())])
    texts = texts_of(subject.type, subject.body) or Texts("", ())
    return texts.role, sections_of(texts.pieces)
