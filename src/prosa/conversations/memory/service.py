"""Memory: of a conversation the summary of its older part, of a person what they wrote down; off until they switch it on."""

from dataclasses import replace

import msgspec

from prosa.conversations.errors import ItemNotFound
from prosa.conversations.memory import store as rows
from prosa.conversations.memory.errors import MemoryChanged, MemoryNotFound, MemoryUnfit, SummaryUnfit, TooManyMemories
from prosa.conversations.memory.models import LONGEST, LONGEST_SUMMARY, MOST, PREFERENCE, Memory, Recalled, Summary
from prosa.conversations.memory.store import MemoryStore
from prosa.conversations.service import ConversationService
from prosa.drivers.journal import Journal, Part
from prosa.drivers.sql import Database
from prosa.kit import moments
from prosa.kit.clock import Clock
from prosa.kit.ids import new_object_id


class Wishes(msgspec.Struct, omit_defaults=True):
    """What a person chose of memory: whether memories are told to models, whether titles are made."""

    memories: bool = False
    titles: bool = True


class MemoryService:
    """What one space remembers."""

    def __init__(self, database: Database, journal: Journal, conversations: ConversationService, clock: Clock) -> None:
        self._store = MemoryStore(database)
        self._journal = journal
        self._conversations = conversations
        self._clock = clock

    # Of a person

    async def wishes(self, space: str) -> Wishes:
        """What they chose; nothing is remembered of who chose nothing."""
        found = await self._store.preference(space, PREFERENCE)
        return Wishes() if found is None else msgspec.json.decode(found, type=Wishes)

    async def wish(self, space: str, wishes: Wishes) -> Wishes:
        """Choose."""
        value = msgspec.json.encode(wishes).decode()
        await self._journal.append(rows.PREFER, (space, PREFERENCE, value, moments.stored(self._clock.now())))
        return wishes

    async def memories(self, space: str) -> list[Memory]:
        """All memories, oldest first."""
        return await self._store.memories(space, MOST)

    async def told(self, space: str) -> list[Memory]:
        """Those that models are told: none unless the person wants it."""
        return await self.memories(space) if (await self.wishes(space)).memories else []

    async def get(self, space: str, id: str) -> Memory:
        """One of them. Raises MemoryNotFound."""
        found = await self._store.memory(space, id)
        if found is None:
            raise MemoryNotFound
        return found

    async def add(self, space: str, text: str, id: str | None = None) -> Memory:
        """Write something down. An `id` tells a repeated request. Raises MemoryUnfit, TooManyMemories."""
        now = self._clock.now()
        made = Memory(id or new_object_id(), space, _fit(text), "person", now, now, 1)
        if id is not None and (known := await self._store.memory(space, id)) is not None:
            return known
        if not await self._write(space, made.id, rows.memory_addition(made, MOST)):
            raise TooManyMemories
        return made

    async def change(self, space: str, id: str, text: str, if_version: int | None = None) -> Memory:
        """Other words. Raises MemoryNotFound, MemoryUnfit, MemoryChanged."""
        text = _fit(text)
        if not await self._write(space, id, rows.memory_change(space, id, text, self._clock.now(), if_version)):
            await self.get(space, id)
            raise MemoryChanged
        return await self.get(space, id)

    async def delete(self, space: str, id: str) -> None:
        """Forget it. Raises MemoryNotFound."""
        await self.get(space, id)
        if not await self._write(space, id, (rows.DELETE, (space, id))):
            raise MemoryNotFound

    async def forget(self, space: str) -> int:
        """Forget all of them; how many there were."""
        return await self._write(space, "", (rows.DELETE_ALL, (space,)))

    async def _write(self, space: str, id: str, part: Part) -> int:
        count, *_ = await self._journal.append_all((part, *self._conversations.news.memory(space, id)))
        self._conversations.news.told(space)
        return count

    # Of a conversation

    async def recalled(self, space: str, conversation_id: str, item_id: str | None, most: int) -> Recalled:
        """The path that ends at an item, or the chosen one, since the newest summary on it: the `most` newest items."""
        found = await self._store.since(space, conversation_id, item_id, max(1, most))
        newest = found[0][1].id if found else item_id
        if newest is None:
            newest = (await self._conversations.get(space, conversation_id)).head_id
        known = await self._store.summaries(space, conversation_id)
        summary = None
        if known:
            before = await self._store.before(space, conversation_id, item_id) if found else newest
            summary = next((each for each in known if each.covers == before), None)
        return Recalled([item for _, item in reversed(found)], summary, newest)

    async def sizes(self, space: str, conversation_id: str, item_id: str | None, most: int) -> list[tuple[str, int]]:
        """Ids and bytes of what `recalled` gives, newest first."""
        return await self._store.sizes(space, conversation_id, item_id, most)

    async def summaries(self, space: str, conversation_id: str) -> list[Summary]:
        """Those of all branches, newest first. Raises ConversationNotFound."""
        await self._conversations.get(space, conversation_id)
        return await self._store.summaries(space, conversation_id)

    async def summary(self, space: str, conversation_id: str, item_id: str) -> Summary:
        """One of them. Raises ConversationNotFound, ItemNotFound."""
        for found in await self.summaries(space, conversation_id):
            if found.item.id == item_id:
                return found
        raise ItemNotFound

    async def edit_summary(self, space: str, conversation_id: str, item_id: str, text: str) -> Summary:
        """Other words for a summary, from the next question on. Raises ConversationNotFound, ItemNotFound, SummaryUnfit."""
        if not 0 < len(text.strip()) <= LONGEST_SUMMARY:
            raise SummaryUnfit
        found = await self.summary(space, conversation_id, item_id)
        body = rows.summary_body(text, edited=True)
        told = self._conversations.news.conversation(space, "updated", conversation_id)
        row = (space, conversation_id, item_id, body.decode())
        if not (await self._journal.append_all(((rows.CHANGE_SUMMARY, row), *told)))[0]:
            raise ItemNotFound
        self._conversations.news.told(space)
        return replace(found, text=text, edited=True)

    async def delete_summary(self, space: str, conversation_id: str, item_id: str) -> None:
        """Without it the older part is told whole again, as far as it fits. Raises ConversationNotFound, ItemNotFound."""
        await self.summary(space, conversation_id, item_id)
        if not await self._journal.append(rows.DELETE_SUMMARY, (space, conversation_id, item_id)):
            raise ItemNotFound

    async def context(self, space: str, run_id: str) -> bytes | None:
        """What the model of an answer was sent: JSON of ids; None where it was all that came before."""
        return await self._store.context(space, run_id)


def _fit(text: str) -> str:
    text = text.strip()
    if not 0 < len(text) <= LONGEST:
        raise MemoryUnfit
    return text
