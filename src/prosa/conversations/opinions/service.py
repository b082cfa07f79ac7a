"""Saying what one thinks of an answer. It stays with the answer, and goes with it and with whoever said it."""

from typing import Final

import msgspec

from prosa.conversations.errors import ItemNotFound
from prosa.conversations.opinions import store as rows
from prosa.conversations.opinions.errors import NotAnAnswer, OpinionNotFound
from prosa.conversations.opinions.models import Opinion, Rating
from prosa.conversations.opinions.store import OpinionStore
from prosa.conversations.service import ConversationService
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.kit.clock import Clock

MOST_LISTED: Final = 10_000


class _Said(msgspec.Struct):
    role: str = ""


_said: Final = msgspec.json.Decoder(_Said).decode


class Opinions:
    """The opinions of one space at a time, on answers of its own."""

    def __init__(self, conversations: ConversationService, database: Database, journal: Journal, clock: Clock) -> None:
        self._conversations = conversations
        self._store = OpinionStore(database)
        self._journal = journal
        self._clock = clock

    async def put(self, space: str, conversation_id: str, item_id: str, rating: Rating, reason: str | None = None) -> Opinion:
        """Say it, in the place of what was said before. Raises ConversationNotFound, ItemNotFound, NotAnAnswer."""
        await self._conversations.get(space, conversation_id)
        item = await self._conversations.item(space, conversation_id, item_id)
        if item.type != "message" or _said(item.body).role != "assistant":
            raise NotAnAnswer
        now = self._clock.now()
        wish = Opinion(space, conversation_id, item_id, rating, (reason or "").strip() or None, now, now)
        if not await self._journal.append(*rows.putting(wish)):
            raise ItemNotFound
        return await self.get(space, conversation_id, item_id)

    async def get(self, space: str, conversation_id: str, item_id: str) -> Opinion:
        """What was said of an answer. Raises ConversationNotFound, ItemNotFound, OpinionNotFound."""
        await self._conversations.get(space, conversation_id)
        await self._conversations.item(space, conversation_id, item_id)
        found = await self._store.get(space, conversation_id, item_id)
        if found is None:
            raise OpinionNotFound
        return found

    async def list(self, space: str, conversation_id: str) -> list[Opinion]:
        """What was said of the answers of a conversation, on all its branches. Raises ConversationNotFound."""
        await self._conversations.get(space, conversation_id)
        return await self._store.list(space, conversation_id, MOST_LISTED)

    async def withdraw(self, space: str, conversation_id: str, item_id: str) -> None:
        """Take it back. Raises ConversationNotFound, ItemNotFound, OpinionNotFound."""
        await self.get(space, conversation_id, item_id)
        await self._journal.append(*rows.deletion(space, conversation_id, item_id))
