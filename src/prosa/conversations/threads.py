"""A conversation as the Assistants API sees it: its messages alone, with what stands in their margins, and what its tools get."""

from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.conversations import threads_store as rows
from prosa.conversations.errors import ItemNotFound
from prosa.conversations.margins import margin_of, with_margin
from prosa.conversations.models import Conversation, Item, Order
from prosa.conversations.naming_store import object_named
from prosa.conversations.service import ConversationService
from prosa.conversations.threads_store import Swap, ThreadStore
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.kit import moments
from prosa.kit.clock import Clock

_ATTEMPTS: Final = 10


@dataclass(frozen=True, slots=True)
class MessageQuery:
    """A page of messages: at most `limit`, behind the item `after`, before the item `before` (stored ids); with `run_id`, what
    that run said."""

    limit: int = 20
    order: Order = Order.NEWEST_FIRST
    after: str | None = None
    before: str | None = None
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class MessagePage:
    """A page of messages; `more`: whether the list goes on behind it, or, for a page `before` an item, ahead of it."""

    items: list[Item]
    more: bool


class Threads:
    """Messages of one space's conversations at a time."""

    def __init__(self, conversations: ConversationService, database: Database, journal: Journal, clock: Clock) -> None:
        self._conversations = conversations
        self._database = database
        self._store = ThreadStore(database)
        self._journal = journal
        self._clock = clock

    async def change(self, space: str, id: str, metadata: bytes | None, resources: Swap | None = None) -> Conversation | None:
        """Give a conversation other metadata (JSON), or other tool resources in the place of those that were read; None where
        these have changed since. Raises ConversationNotFound.
        """
        part = rows.change((space, id), metadata, resources, moments.stored(self._clock.now()))
        counts = await self._journal.append_all((part, *self._conversations.news.conversation(space, "updated", id)))
        self._conversations.news.told(space)
        found = await self._conversations.get(space, id)
        return found if counts[0] else None

    async def page(self, space: str, id: str, query: MessageQuery) -> MessagePage:
        """A page of its messages. Raises ConversationNotFound, ItemNotFound for a cursor that isn't there."""
        await self._conversations.get(space, id)
        for cursor, param in ((query.after, "after"), (query.before, "before")):
            if cursor is not None:
                await self._known(space, id, cursor, param)
        found = await self._store.page((space, id), query.order, query.limit + 1, (query.after, query.before), query.run_id)
        more = len(found) > query.limit
        if more:
            found = found[1:] if query.before is not None and query.after is None else found[: query.limit]
        return MessagePage(found, more)

    async def message(self, space: str, id: str, item_id: str) -> Item:
        """One of its messages. Raises ConversationNotFound, ItemNotFound."""
        found = await self._conversations.item(space, id, item_id)
        if found.type != "message":
            raise ItemNotFound
        return found

    async def note(self, space: str, id: str, item_id: str, metadata: dict[str, str]) -> Item:
        """Give a message other metadata. Raises ConversationNotFound, ItemNotFound."""
        for _ in range(_ATTEMPTS):
            found = await self.message(space, id, item_id)
            margin = margin_of(found.body)
            body = with_margin(found.body, msgspec.structs.replace(margin, metadata=metadata))
            if body == found.body or await self._journal.append(*rows.rewriting(found, body)):
                return await self.message(space, id, item_id)
        raise ItemNotFound

    async def named(self, space: str, kind: str, name: str) -> str | None:
        """The stored id of what another system knew by this name: a "thread", or a "message"."""
        return await object_named(self._database, space, kind, name)

    async def _known(self, space: str, id: str, item_id: str, param: str) -> None:
        try:
            await self._conversations.item(space, id, item_id)
        except ItemNotFound:
            raise ItemNotFound(param) from None
