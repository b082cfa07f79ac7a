"""The trash: what was deleted and can still be had back."""

from collections.abc import Sequence
from typing import Final

from prosa.conversations.errors import ConversationNotFound
from prosa.conversations.models import CONVERSATION, Leaving
from prosa.conversations.shelf import store as rows
from prosa.conversations.shelf.ending import end_runs
from prosa.conversations.shelf.models import EndRun, ShelfPage, ShelfQuery, Shelved
from prosa.conversations.shelf.news import DELETED, UPDATED, News
from prosa.conversations.shelf.store import ShelfStore
from prosa.conversations.shelf.trash_store import removal
from prosa.drivers.journal import Journal, Part
from prosa.drivers.sql import Database
from prosa.kit.clock import Clock

_SECONDS: Final = 5.0
"""For how long who deletes waits until all is gone; what is left then goes in the background."""


class Trash:
    """The trash of one space at a time. Nothing else shows what is in it."""

    def __init__(self, database: Database, journal: Journal, clock: Clock, news: News) -> None:
        self._database = database
        self._clock = clock
        self._store = ShelfStore(database)
        self._journal = journal
        self._news = news
        self.leaving: list[Leaving] = []

    async def list(self, space: str, query: ShelfQuery) -> ShelfPage:
        """A page of it, what was deleted last first; of the query limit and position count alone."""
        found = await self._store.trash(space, query)
        page = tuple(found[: query.limit])
        return ShelfPage(page, rows.position_of(page[-1], in_trash=True) if len(found) > query.limit else None)

    async def get(self, space: str, id: str) -> Shelved:
        """One conversation in it. Raises ConversationNotFound."""
        found = await self._store.get(space, id, in_trash=True)
        if found is None:
            raise ConversationNotFound
        return found

    async def restore(self, space: str, id: str) -> Shelved:
        """Take it out again, as it was. Raises ConversationNotFound where it isn't in the trash."""
        before = await self.get(space, id)
        news = self._news.parts(space, UPDATED, CONVERSATION + id, before.conversation.version + 1)
        await self._journal.append_all((rows.restoration(space, id), *news))
        self._news.told(space)
        found = await self._store.get(space, id)
        if found is None:  # deleted again, or for good, meanwhile
            raise ConversationNotFound
        return found

    async def delete(self, space: str, id: str, end_run: EndRun) -> None:
        """Delete it for good, with all that was said in it. Raises ConversationNotFound where it isn't in the trash."""
        await self.get(space, id)
        if not await self._gone(space, [id], end_run):
            raise ConversationNotFound

    async def empty(self, space: str, most: int, end_run: EndRun) -> bool:
        """Delete for good what came into it first, so many at most; whether it is empty then."""
        found = await self._store.oldest_in_trash(space, most + 1)
        if found:
            await self._gone(space, found[:most], end_run)
        return len(found) <= most

    async def _gone(self, space: str, ids: Sequence[str], end_run: EndRun) -> int:
        """How many of them are gone now."""
        await end_runs(self._store, space, ids, end_run)
        parts: list[Part] = []
        places = []
        for id in sorted(ids):
            parts += removal(space, id)
            places.append(len(parts) - 1)
            parts += self._news.parts(space, DELETED, CONVERSATION + id, None)
        counts = await self._journal.append_all(parts)
        self._news.told(space)
        await self._finish()
        for told in self.leaving:
            for id in ids:
                await told(space, id)
        return sum(counts[place] for place in places)

    async def _finish(self) -> None:
        """Take away what was said in what is gone; nobody can see it any more."""
        await self._database.open()  # loads SQLAlchemy in a thread, so that the import below is cheap
        from prosa.conversations.retention.store import RetentionStore

        store = RetentionStore(self._database)
        until = self._clock.monotonic() + _SECONDS
        while self._clock.monotonic() < until and await store.remove_some():
            pass
