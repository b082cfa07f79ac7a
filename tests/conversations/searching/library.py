"""Conversations over a real database, with the index that is kept of them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec

from prosa.conversations import ConversationService, Face
from prosa.conversations.searching import SearchIndexer, SearchQuery, SearchService
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.kit.clock import SystemClock

SPACE = "ana"


def message(*texts: str, role: str = "user") -> bytes:
    """A message in the words of the Responses API."""
    kind = "output_text" if role == "assistant" else "input_text"
    parts = [{"type": kind, "text": text} for text in texts]
    return msgspec.json.encode({"type": "message", "role": role, "status": "completed", "content": parts})


class Library:
    """The services of one process."""

    def __init__(self, database: Database) -> None:
        clock = SystemClock()
        self.database = database
        self.journal = Journal(database)
        self.conversations = ConversationService(database, self.journal, clock)
        self.search = SearchService(database)
        self.indexer = SearchIndexer(database, self.journal, clock)

    async def keep(self, *texts: str, space: str = SPACE, title: str | None = None) -> str:
        """A conversation in which these are said, one after the other; its id. It can be found when this returns."""
        return await self.keep_items([message(text) for text in texts], space=space, title=title)

    async def keep_items(self, items: Sequence[bytes], space: str = SPACE, title: str | None = None) -> str:
        """The same with items as they are stored."""
        made = await self.conversations.create(space, b"{}", items, face=Face(title=title))
        assert await self.indexer.settle()
        return made.id

    async def ids(self, text: str, space: str = SPACE) -> set[str]:
        """The conversations in which it is found."""
        return {hit.found.conversation_id for hit in (await self.search.search(space, SearchQuery(text, limit=100))).hits}

    async def change(self, sql: str, *values: object) -> None:
        """Change rows past everybody."""
        async with self.database.writing() as connection:
            await connection.exec_driver_sql(sql, values)


@asynccontextmanager
async def a_library(database: Database) -> AsyncIterator[Library]:
    """The services over this database."""
    made = Library(database)
    try:
        yield made
    finally:
        await made.indexer.stop()
        await made.journal.aclose()
