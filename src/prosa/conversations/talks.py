"""Conversations as C's clients know them: by 24 hexadecimal digits, all of them at once, and each with all that was said."""

import re
from collections.abc import Sequence
from typing import Final

from prosa.conversations.errors import ConversationNotFound
from prosa.conversations.models import Conversation, Node, PathQuery
from prosa.conversations.naming_store import conversation_beginning, object_named
from prosa.conversations.service import ConversationService
from prosa.conversations.shelf import Shelf, ShelfQuery
from prosa.drivers.sql import Database

PEOPLES: Final = ("chatai", "app", "multiuser")
"""Where people talk; what programs made by OpenAI's API isn't shown in a list without pages."""
MOST_LISTED: Final = 10_000
MOST_SAID: Final = 10_000
_PAGE: Final = 500
_KIND: Final = "conversation"
_DIGITS: Final = re.compile(r"[0-9a-f]{24}")


class Talks:
    """The conversations of one space at a time."""

    def __init__(self, database: Database, conversations: ConversationService, shelf: Shelf) -> None:
        self._database = database
        self._conversations = conversations
        self._shelf = shelf

    async def find(self, space: str, digits: str) -> Conversation:
        """One, by the beginning of its id, or by the name that it came with. Raises ConversationNotFound."""
        digits = digits.lower()
        if not _DIGITS.fullmatch(digits):
            raise ConversationNotFound
        id = await conversation_beginning(self._database, space, digits)
        id = id or await object_named(self._database, space, _KIND, digits)
        if id is None:
            raise ConversationNotFound
        return await self._conversations.get(space, id)

    async def list(self, space: str) -> list[Conversation]:
        """All outside the trash, in the archive too, the latest activity first."""
        found: list[Conversation] = []
        for dialect in PEOPLES:
            found += await self._of(space, dialect)
        found.sort(key=lambda each: (each.updated_at, each.id), reverse=True)
        return found[:MOST_LISTED]

    async def said(self, space: str, id: str) -> Sequence[Node]:
        """The chosen path from its beginning on, of very long ones the newest part. Raises ConversationNotFound."""
        found: list[Node] = []
        while len(found) < MOST_SAID:
            before = found[-1].item.id if found else None
            page = await self._conversations.paths.page(space, id, PathQuery(_PAGE, before))
            found += page
            if len(page) < _PAGE:
                break
        found.reverse()
        return found

    async def _of(self, space: str, dialect: str) -> Sequence[Conversation]:
        found: list[Conversation] = []
        query: ShelfQuery | None = ShelfQuery(limit=_PAGE, dialect=dialect, archived=None)
        while query is not None and len(found) < MOST_LISTED:
            page = await self._shelf.list(space, query)
            found += [each.conversation for each in page.items]
            query = ShelfQuery(limit=_PAGE, after=page.next, dialect=dialect, archived=None) if page.next is not None else None
        return found
