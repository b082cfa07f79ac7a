"""Every table that holds something of a conversation, an item or a run is known to the purge, or why it needn't be."""

import pytest
import sqlalchemy as sa

from prosa.conversations.retention import store
from prosa.drivers.sql import Database
from tests.databases import a_database

COLUMNS = frozenset({"conversation_id", "item_id", "item", "run_id", "object_id", "file_id"})
WITHOUT_WORDS = {
    "changes": "ids and versions alone, for a day",
    "idempotency_keys": "sealed, for a day",
    "passage_documents": "goes with its file's place in a store, and with the store",
    "search_entries": "follows the items by triggers and the indexer",
    "search_queue": "the same",
    "tool_approvals": "ids and hashes alone, for a week",
    "usage_calls": "figures alone",
}


@pytest.fixture
def known() -> frozenset[str]:
    return frozenset(store.METADATA.tables) | frozenset(WITHOUT_WORDS)


async def test_no_table_is_forgotten(known: frozenset[str]) -> None:
    async with a_database("sqlite") as database:
        assert await _hanging(database) <= known


async def _hanging(database: Database) -> frozenset[str]:
    def look(plain: sa.Connection) -> frozenset[str]:
        inspector = sa.inspect(plain)
        names = inspector.get_table_names()
        return frozenset(name for name in names if COLUMNS & {column["name"] for column in inspector.get_columns(name)})

    async with database.reading() as connection:
        return await connection.run_sync(look)
