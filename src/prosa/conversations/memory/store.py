"""Summaries, memories and contexts in the database, past SQLAlchemy: they are read with every question of a person."""

from collections.abc import Sequence
from typing import Final

import msgspec

from prosa.conversations.memory.models import SUMMARY, Memory, Summary, SummaryBody
from prosa.conversations.models import Conversation, Item
from prosa.conversations.store import ITEM_COLUMNS, item_of
from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database
from prosa.kit import moments
from prosa.runs import RunState, fenced_insert

_MEMORY: Final = "id, space, body, source, created_at, updated_at, version"
MEMORIES: Final = f"SELECT {_MEMORY} FROM memories WHERE space = $1 ORDER BY created_at, id LIMIT $2"  # noqa: S608  # our own words
ONE: Final = f"SELECT {_MEMORY} FROM memories WHERE id = $2 AND space = $1"  # noqa: S608  # our own words
ADD: Final = Statement(
    "INSERT INTO memories (id, space, body, source, created_at, updated_at, version)"
    " SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($5 AS BIGINT), 1"
    " WHERE (SELECT COUNT(*) FROM memories WHERE space = CAST($2 AS TEXT)) < CAST($6 AS BIGINT)"
)
CHANGE: Final = Statement(
    "UPDATE memories SET body = $3, updated_at = $4, version = version + 1 WHERE id = $2 AND space = $1"
    " AND (CAST($5 AS BIGINT) IS NULL OR version = CAST($5 AS BIGINT))"
)
DELETE: Final = Statement("DELETE FROM memories WHERE id = $2 AND space = $1")
DELETE_ALL: Final = Statement("DELETE FROM memories WHERE space = $1")
SUMMARIES: Final = "".join(
    (
        f"SELECT items.covers, {ITEM_COLUMNS} FROM items WHERE conversation_id = $2 AND space = $1 AND covers IS NOT NULL",  # noqa: S608  # our own words
        " ORDER BY number DESC LIMIT 200",
    )
)
CHANGE_SUMMARY: Final = Statement(
    "UPDATE items SET body = $4 WHERE id = $3 AND conversation_id = $2 AND space = $1 AND covers IS NOT NULL"
)
DELETE_SUMMARY: Final = Statement(
    "DELETE FROM items WHERE id = $3 AND conversation_id = $2 AND space = $1 AND covers IS NOT NULL"
)
# Up from an item to the first one that a summary covers, which isn't part of it, or to the first of all.
_HEAD: Final = "(SELECT head_id FROM conversations WHERE id = $2 AND space = $1)"
_SINCE: Final = (
    "WITH RECURSIVE line(id, up, depth) AS (SELECT id, parent_id, 0 FROM items WHERE id = {0} AND conversation_id = $2"
    " AND space = $1 AND id NOT IN (SELECT covers FROM items WHERE conversation_id = $2 AND covers IS NOT NULL)"
    " UNION ALL SELECT items.id, items.parent_id, depth + 1 FROM line JOIN items ON items.id = line.up"
    " WHERE items.conversation_id || '' = $2 AND depth < $3"
    " AND items.id NOT IN (SELECT covers FROM items WHERE conversation_id = $2 AND covers IS NOT NULL))"
)
_ON_LINE: Final = " FROM line JOIN items ON items.id = line.id WHERE items.deleted_at IS NULL ORDER BY depth LIMIT $3"
SINCE: Final = "".join((_SINCE, "SELECT items.parent_id, ", ITEM_COLUMNS, _ON_LINE))
SIZES: Final = "".join((_SINCE, "SELECT items.id, length(items.body)", _ON_LINE))
# What the oldest of them follows: where there is a summary on the path, what it covers.
BEFORE: Final = "".join(
    (
        _SINCE.replace(" AND depth < $3", ""),
        "SELECT up FROM line ORDER BY depth DESC LIMIT 1",
    )
)
CONTEXT: Final = "SELECT body FROM answer_contexts WHERE run_id = $2 AND space = $1"
DELETE_CONTEXT: Final = Statement("DELETE FROM answer_contexts WHERE run_id = $1")
ADD_CONTEXT: Final = fenced_insert("answer_contexts", {"run_id": "TEXT", "space": "TEXT", "body": "TEXT"})
# No answer goes on from a summary: it stands beside the path.
ADD_SUMMARY: Final = fenced_insert(
    "items",
    {
        "id": "TEXT",
        "space": "TEXT",
        "conversation_id": "(SELECT id FROM conversations WHERE id = CAST({} AS TEXT))",
        "run_id": "TEXT",
        "made": "BOOLEAN",
        "type": "TEXT",
        "body": "TEXT",
        "created_at": "BIGINT",
        "position": "BIGINT",
        "covers": "(SELECT id FROM items WHERE id = CAST({} AS TEXT))",
    },
)
SET_TITLE: Final = Statement(
    "UPDATE conversations SET title = $3, title_by = 'model', version = version + 1 WHERE id = $2 AND space = $1"
    " AND title_by = 'nobody' AND EXISTS (SELECT 1 FROM runs WHERE id = $4 AND fence = CAST($5 AS BIGINT) AND state = $6)"
)
PREFERENCE: Final = "SELECT value FROM preferences WHERE space = $1 AND name = $2"
PREFER: Final = Statement(
    "INSERT INTO preferences (space, name, value, updated_at) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (space, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at"
)
_body: Final = msgspec.json.Decoder(SummaryBody).decode
_encode: Final = msgspec.json.Encoder().encode


class MemoryStore:
    """What one space remembers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def memories(self, space: str, most: int) -> list[Memory]:
        """All of a person, oldest first."""
        return [_memory(row) for row in await self._database.fetch(MEMORIES, space, most)]

    async def memory(self, space: str, id: str) -> Memory | None:
        """One of them."""
        rows = await self._database.fetch(ONE, space, id)
        return _memory(rows[0]) if rows else None

    async def summaries(self, space: str, conversation_id: str) -> list[Summary]:
        """Of all branches of a conversation, newest first."""
        return [_summary(row) for row in await self._database.fetch(SUMMARIES, space, conversation_id)]

    async def since(self, space: str, conversation_id: str, item_id: str | None, most: int) -> list[tuple[str | None, Item]]:
        """The path that ends at an item, or the chosen one, back to what a summary covers: newest first, each with its parent."""
        sql, more = _at(SINCE, item_id)
        rows = await self._database.fetch(sql, space, conversation_id, most, *more)
        return [(None if parent is None else str(parent), item_of(rest)) for parent, *rest in rows]

    async def before(self, space: str, conversation_id: str, item_id: str | None) -> str | None:
        """What all of that comes after."""
        sql, more = _at(BEFORE, item_id, "$3")
        rows = await self._database.fetch(sql, space, conversation_id, *more)
        return str(rows[0][0]) if rows and rows[0][0] is not None else None

    async def sizes(self, space: str, conversation_id: str, item_id: str | None, most: int) -> list[tuple[str, int]]:
        """The same as ids and bytes."""
        sql, more = _at(SIZES, item_id)
        return [(str(id), int(str(size))) for id, size in await self._database.fetch(sql, space, conversation_id, most, *more)]

    async def context(self, space: str, run_id: str) -> bytes | None:
        """What the model of an answer was sent, where it is kept."""
        rows = await self._database.fetch(CONTEXT, space, run_id)
        return str(rows[0][0]).encode() if rows else None

    async def preference(self, space: str, name: str) -> bytes | None:
        """What a person chose: JSON."""
        rows = await self._database.fetch(PREFERENCE, space, name)
        return str(rows[0][0]).encode() if rows else None


def _at(sql: str, item_id: str | None, place: str = "$4") -> tuple[str, tuple[str, ...]]:
    return (sql.replace("{0}", _HEAD), ()) if item_id is None else (sql.replace("{0}", place), (item_id,))


def memory_addition(memory: Memory, most: int) -> Part:
    """One more, unless there are so many; counts 1 where it was added."""
    moment = moments.stored(memory.created_at)
    return ADD, (memory.id, memory.space, memory.body, memory.source, moment, most)


def memory_change(space: str, id: str, body: str, now: float, if_version: int | None) -> Part:
    """Other words."""
    return CHANGE, (space, id, body, moments.stored(now), if_version)


def context_addition(run_id: str, space: str, body: bytes, fence: int, state: RunState) -> Part:
    """What the model of an answer was sent, written with its end."""
    return ADD_CONTEXT.part(run_id, fence, state, (run_id, space, body.decode()))


def context_removal(run_id: str) -> Part:
    """What was kept of that."""
    return DELETE_CONTEXT, (run_id,)


def title_change(conversation: Conversation, title: str, run_id: str, fence: int, state: RunState) -> Part:
    """A title that a model made, unless somebody has given one."""
    return SET_TITLE, (conversation.space, conversation.id, title, run_id, fence, state)


def summary_addition(item: Item, covers: str, run_id: str, fence: int, state: RunState) -> Part:
    """A summary that a run made, as long as it is driven by who holds the fence."""
    moment = moments.stored(item.created_at)
    row = (item.id, item.space, item.conversation_id, run_id, True, SUMMARY, item.body.decode(), moment, 0, covers)
    return ADD_SUMMARY.part(run_id, fence, state, row)


def _memory(row: Sequence[object]) -> Memory:
    id, space, body, source, created_at, updated_at, version = row
    assert isinstance(created_at, int) and isinstance(updated_at, int) and isinstance(version, int)
    return Memory(str(id), str(space), str(body), str(source), created_at / moments.SECOND, updated_at / moments.SECOND, version)


def _summary(row: Sequence[object]) -> Summary:
    covers, *rest = row
    item = item_of(rest)
    body = _body(item.body)
    return Summary(item, str(covers), body.text, body.edited)


def summary_body(text: str, *, edited: bool = False) -> bytes:
    """The JSON of a summary's item."""
    return _encode(SummaryBody(text, edited))
