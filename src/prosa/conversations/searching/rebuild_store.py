"""The whole index made anew, and its files freed of what is gone; importing this module loads SQLAlchemy."""

from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection, Database

_SQLITE: Final = (
    "DROP TABLE IF EXISTS search_words",
    "CREATE VIRTUAL TABLE search_words USING fts5(words, content='', tokenize='ascii')",
    "DELETE FROM search_entries",
)
_POSTGRESQL: Final = ("TRUNCATE search_entries",)
_LISTED: Final = (
    "DELETE FROM search_queue",
    "INSERT INTO search_queue (item) SELECT number FROM items WHERE conversation_id IS NOT NULL"
    " AND type IN ('message', 'function_call_output', 'custom_tool_call_output') ORDER BY number",
    "INSERT INTO search_queue (conversation_id) SELECT id FROM conversations WHERE title IS NOT NULL",
)
_TURN: Final = "UPDATE search_turn SET holder = :holder, until = :until, stale_since = :now"
_INDEX: Final = "search_entries_words"
_HALVES: Final = (
    "SELECT c.relname FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid"
    " WHERE NOT i.indisvalid AND c.relname LIKE 'search\\_entries\\_words\\_ccnew%'"
)


async def empty(connection: Connection, holder: str, now: int, until: int) -> int:
    """Take the turn from whoever has it, empty the index, put all on the list; how much that is. Moments in microseconds."""
    await connection.execute(sa.text(_TURN), {"holder": holder, "until": until, "now": now})
    for sql in (*(_SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL), *_LISTED):
        await connection.exec_driver_sql(sql)
    return int((await connection.execute(sa.text("SELECT count(*) FROM search_queue"))).scalar_one())


async def vacuum(database: Database) -> None:
    """Free PostgreSQL's table and index of the words of what is gone, while others read and write.

    A GIN index keeps a word for ever, though nothing is found by it any more: only another index in its place hasn't got it.
    """
    connection = await database.session(
        {"statement_timeout": "0", "lock_timeout": "0", "idle_in_transaction_session_timeout": "0"}
    )
    try:
        for half in await connection.fetch(_HALVES):  # of one that was broken off
            await connection.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{half[0]}"')
        await connection.execute("VACUUM search_entries")
        await connection.execute(f"REINDEX INDEX CONCURRENTLY {_INDEX}")
    finally:
        await connection.close(timeout=5.0)
