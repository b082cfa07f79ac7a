"""A conversation keeps what was said in it, in order, for whoever goes on with it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from prosa.conversations import store as rows
from prosa.conversations.errors import (
    ConversationBusy,
    ConversationChanged,
    ConversationNotFound,
    ConversationTooLong,
    ItemNotFound,
)
from prosa.conversations.margins import without_margin
from prosa.conversations.models import (
    CONVERSATION,
    HEAD,
    Conversation,
    Face,
    Item,
    ItemQuery,
    Leaving,
    Parent,
    ids_after,
    stored_id,
    type_of,
    without_id,
)
from prosa.conversations.naming_store import THREAD, object_named
from prosa.conversations.news import News
from prosa.conversations.paths import Paths
from prosa.conversations.store import BYTES, ConversationStore, Landing
from prosa.drivers.journal import Journal, Part, RowRefused
from prosa.drivers.sql import Database
from prosa.events import Feed
from prosa.kit.clock import Clock
from prosa.kit.errors import NotFound
from prosa.kit.ids import brought_id, new_object_id, without_prefix

MOST: Final = 10_000
"""Items that a model is asked with, at most; some ten megabytes of text."""
_ATTEMPTS: Final = 10
_TOGETHER: Final = 32
_PLAIN: Final = Face()

EndRun = Callable[[str, str], Awaitable[None]]
"""Deletes a run of a space, whatever its state; raises NotFound where there is none."""


class ConversationService:
    """Conversations and items of one space at a time. The database isn't touched before the first use."""

    def __init__(self, database: Database, journal: Journal, clock: Clock, feed: Feed | None = None) -> None:
        self._database = database
        self._store = ConversationStore(database)
        self.news = News(feed, clock)
        self.paths = Paths(database, journal, self.news)
        self._journal = journal
        self._clock = clock
        self.leaving: list[Leaving] = []

    async def create(
        self, space: str, metadata: bytes = b"{}", items: Sequence[bytes] = (), id: str | None = None, face: Face = _PLAIN
    ) -> Conversation:
        """Make a conversation that begins with these items, JSON in the words of the Responses API; their ids count for nothing.

        `metadata` is a JSON object. An `id` that was given tells a repeated request: what it made before is returned. Raises
        ItemNotFound for an `item_reference` to nothing, DatabaseUnavailable.
        """
        now = self._clock.now()
        made = Conversation(id or new_object_id(), space, metadata, now, now, face=face)
        first = self._made(space, made.id, await self._bare(space, items), made.id)
        try:
            added = (rows.creation(made), *rows.additions(space, made.id, first, now))
            await self._journal.append_all((*added, *self.news.conversation(space, "created", made.id)))
        except RowRefused as error:
            if not error.constraint or id is None:
                raise
            return await self.get(space, id)
        self.news.told(space)
        return replace(made, head_id=first[-1].id) if first else made

    async def get(self, space: str, id: str, *, in_trash: bool = False) -> Conversation:
        """One conversation, which isn't in the trash, or is. Raises ConversationNotFound."""
        found = await self._store.get(space, id, in_trash=in_trash)
        if found is None:
            raise ConversationNotFound
        return found

    async def behind(self, space: str, shown: str) -> str:
        """The stored id behind `conv_…`, also of a thread that came from elsewhere and keeps its id; "" for what can't be one."""
        id = without_prefix(shown, CONVERSATION)
        if id is None and (brought := brought_id(shown, CONVERSATION)) is not None:
            id = await object_named(self._database, space, THREAD, f"{THREAD}_{brought}")
        return id or ""

    async def trashed(self, space: str, id: str) -> bool:
        """Whether a conversation lies in the trash."""
        return await self._store.get(space, id, in_trash=True) is not None

    async def change(self, space: str, id: str, metadata: bytes, if_version: int | None = None) -> Conversation:
        """Give it other metadata. Raises ConversationNotFound, ConversationChanged where it isn't of that version any more."""
        found = await self.get(space, id)
        changed = replace(found, metadata=metadata, updated_at=self._clock.now())
        parts = (rows.change(changed, if_version), *self.news.conversation(space, "updated", id))
        if not (await self._journal.append_all(parts))[0]:
            raise ConversationNotFound if await self._store.get(space, id) is None else ConversationChanged
        self.news.told(space)
        return await self.get(space, id)

    async def delete(self, space: str, id: str, end_run: EndRun, *, in_trash: bool = False) -> None:
        """Delete it for good, with all its items and with the runs that it had, their answers and logs; an open one is cancelled
        first.

        Raises ConversationNotFound, ConversationBusy. The conversation goes last: what failed midway can be asked for again.
        """
        await self.get(space, id, in_trash=in_trash)
        for _ in range(_ATTEMPTS):
            await self._end_runs(space, id, end_run)
            deleted, *_ = await self._journal.append_all(
                (*rows.deletion(space, id), *self.news.conversation(space, "deleted", id))
            )
            if deleted or await self._store.get(space, id, in_trash=in_trash) is None:
                self.news.told(space)
                await self._end_runs(space, id, end_run)  # that began between the two
                for told in self.leaving:
                    await told(space, id)
                return
        raise ConversationBusy

    async def add_items(
        self, space: str, id: str, items: Sequence[bytes], first_id: str | None = None, parent: Parent = HEAD
    ) -> list[Item]:
        """Add items behind `parent`, one after the other; otherwise as `create`. Raises ConversationNotFound, ItemNotFound.

        `first_id` tells a repeated request: what it added before is returned.
        """
        now = self._clock.now()
        if isinstance(parent, str):
            await self.item(space, id, parent)
        new = self._made(space, id, await self._bare(space, items), first_id)
        try:
            added = (*rows.additions(space, id, new, now, parent), *self.news.conversation(space, "updated", id))
            found, *_ = await self._journal.append_all(added)
        except RowRefused as error:
            if not error.constraint or first_id is None:
                raise
            return [await self.item(space, id, item.id) for item in new]
        if not found:
            raise ConversationNotFound
        self.news.told(space)
        return new

    async def item(self, space: str, id: str, item_id: str) -> Item:
        """One of its items. Raises ConversationNotFound, ItemNotFound."""
        await self.get(space, id)
        found = await self._store.item(space, id, item_id)
        if found is None:
            raise ItemNotFound
        return found

    async def delete_item(self, space: str, id: str, item_id: str) -> Conversation:
        """Delete one of its items, what followed it stays; what is left. Raises ConversationNotFound, ItemNotFound."""
        await self.get(space, id)
        told = self.news.conversation(space, "updated", id)
        *_, deleted = await self._journal.append_all((*told, *rows.item_deletion(space, id, item_id)))
        if not deleted:
            raise ItemNotFound
        self.news.told(space)
        return await self.get(space, id)

    async def items(self, space: str, id: str, query: ItemQuery) -> list[Item]:
        """A page of the chosen path's items. Raises ConversationNotFound, ItemNotFound for an `after` that isn't there."""
        await self.get(space, id)
        found = await self._store.page(space, id, query)
        if not found and query.after is not None and await self._store.item(space, id, query.after) is None:
            raise ItemNotFound("after")
        return found

    async def items_of(self, space: str, conversation_id: str, most: int = MOST, *, cut: bool = False) -> list[Item]:
        """What the chosen path holds, oldest first, for a model to go on from.

        Where there is more, raises ConversationTooLong, or with `cut` leaves out what is oldest.
        """
        return _bounded(await self._store.newest(space, conversation_id, most + 1), most, cut=cut)

    async def items_until(
        self, space: str, conversation_id: str, item_id: str, most: int = MOST, *, cut: bool = False
    ) -> list[Item]:
        """An item and all that it comes after, oldest first; nothing where it isn't there any more; bounded as `items_of`."""
        return _bounded(await self._store.until(space, conversation_id, item_id, most + 1), most, cut=cut)

    async def parent_of(self, space: str, item_id: str) -> str | None:
        """The item that this one follows, by its stored id."""
        return await self._store.parent_of(space, item_id)

    async def chain(self, space: str, run_id: str, most: int = MOST, *, cut: bool = False) -> list[Item]:
        """What this run and all before it (`previous_id`) were given and made, oldest first; bounded as `items_of`.

        Where the first of them was in a conversation, what had been said there until then comes before it.
        """
        found = await self._store.chain(space, run_id, most + 1)
        whole = sum(len(item.body) for item in found) < BYTES
        if found and whole and len(found) <= most and (place := found[-1].conversation_id) is not None:
            found += await self._store.before(space, place, found[-1].id, most + 1 - len(found))
        return _bounded(found, most, cut=cut)

    async def items_of_run(self, space: str, run_id: str, made: bool | None = None) -> list[Item]:
        """What a run was given and what it made, in this order; with `made`, one of the two alone."""
        found = await self._store.of_run(space, run_id)
        return found if made is None else [item for item in found if item.made is made]

    async def named(self, space: str, item_id: str) -> Item:
        """One item, whatever it belongs to: what an `item_reference` stands for. Raises ItemNotFound."""
        found = await self._store.named(space, item_id)
        if found is None:
            raise ItemNotFound
        return found

    def adding(self, items: Sequence[Item], parent: Parent = HEAD) -> tuple[Part, ...]:
        """What a run is given, behind `parent` in its conversation where it has one: rows to be written with the run."""
        return rows.additions_of_run(items, parent)

    def going_back(self, space: str, conversation_id: str, item_id: str) -> tuple[Part, ...]:
        """The chosen path ends at an item that a run without items of its own answers: rows to be written with the run."""
        return (rows.choice(space, conversation_id, item_id, self._clock.now()),)

    def adding_fenced(self, items: Sequence[Item], landing: Landing) -> tuple[Part, ...]:
        """What a run made: rows to be written with its end, of which none is where somebody else drives by then."""
        return rows.fenced_additions(items, landing)

    def removing(self, run_id: str) -> tuple[Part, ...]:
        """What goes with a run that is deleted: its items, but for those that a conversation holds."""
        return rows.removal_of_run(run_id)

    async def _end_runs(self, space: str, id: str, end_run: EndRun) -> None:
        # Those that wait go first: none of them is to begin because the one before it ends.
        for run_id in await self._store.open_runs_of(space, id):
            await _end(space, run_id, end_run)
        ended = await self._store.runs_of(space, id)
        for begin in range(0, len(ended), _TOGETHER):
            await asyncio.gather(*(_end(space, run_id, end_run) for run_id in ended[begin : begin + _TOGETHER]))

    async def _bare(self, space: str, bodies: Sequence[bytes]) -> list[bytes]:
        """The bodies without ids, and what references stand for in their places."""
        found = []
        for index, body in enumerate(bodies):
            reference, bare = without_id(body)
            if reference is not None:
                item = await self._store.named(space, stored_id(reference))
                if item is None:
                    raise ItemNotFound(f"items[{index}].id")
                bare = without_margin(item.body)
            found.append(bare)
        return found

    def _made(self, space: str, id: str, bodies: Sequence[bytes], given: str | None) -> list[Item]:
        ids = ids_after(given or new_object_id(), bodies)
        now = self._clock.now()
        return [
            Item(space, type_of(body), body, now, id=item_id, conversation_id=id)
            for item_id, body in zip(ids, bodies, strict=True)
        ]


async def _end(space: str, run_id: str, end_run: EndRun) -> None:
    with suppress(NotFound):
        await end_run(space, run_id)


def _bounded(newest_first: list[Item], most: int, *, cut: bool) -> list[Item]:
    if len(newest_first) > most:
        if not cut:
            raise ConversationTooLong(most)
        del newest_first[most:]
    newest_first.reverse()
    return newest_first
