"""Rows of what is taken over. Looking loads SQLAlchemy; writing is told to the journal, so that a batch is there whole or not."""

from collections.abc import Collection
from typing import Final

from prosa.conversations.models import Conversation, Item
from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database
from prosa.kit import moments

CREATE: Final = Statement(
    "INSERT INTO conversations (id, space, metadata, created_at, updated_at, version, title, title_by, dialect, deleted_at)"
    " VALUES ($1, $2, '{}', CAST($3 AS BIGINT), CAST($4 AS BIGINT), 1, $5, $6, $7, CAST($8 AS BIGINT))"
)
ADD: Final = Statement(
    "INSERT INTO items (id, space, conversation_id, made, type, body, created_at, position, parent_id, deleted_at, run_id)"
    " VALUES ($1, $2, $3, CAST($9 AS BOOLEAN), $11, $4, CAST($5 AS BIGINT), CAST($6 AS BIGINT), $7, CAST($8 AS BIGINT),"
    " $10)"
)
# A chosen path that went on here meanwhile stays the chosen one.
LEAD: Final = Statement(
    "UPDATE conversations SET head_id = $3,"
    " updated_at = CASE WHEN updated_at < CAST($5 AS BIGINT) THEN CAST($5 AS BIGINT) ELSE updated_at END"
    " WHERE id = $1 AND space = $2 AND (head_id IS NULL OR head_id = CAST($4 AS TEXT))"
)


class AdoptionStore:
    """What of an import is here already."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def conversations(self, ids: Collection[str]) -> dict[str, str]:
        """Those of these conversations that are here, with their spaces."""
        return await self._found("conversations", "space", ids)

    async def items(self, ids: Collection[str]) -> dict[str, str]:
        """Those of these items that are here, with their conversations."""
        return await self._found("items", "conversation_id", ids)

    async def _found(self, table: str, column: str, ids: Collection[str]) -> dict[str, str]:
        if not ids:
            return {}
        await self._database.open()
        import sqlalchemy as sa

        rows = sa.table(table, sa.column("id"), sa.column(column))
        asked = sa.select(rows.c.id, rows.c[column]).where(rows.c.id.in_(sorted(ids)))
        async with self._database.reading() as connection:
            return {str(id): str(found) for id, found in await connection.execute(asked)}


def creation(conversation: Conversation) -> Part:
    """A conversation without anything in it yet."""
    face = conversation.face
    row = (
        *(conversation.id, conversation.space),
        *(moments.stored(conversation.created_at), moments.stored(conversation.updated_at)),
        *(face.title, face.title_by.value, face.dialect),
        None if conversation.deleted_at is None else moments.stored(conversation.deleted_at),
    )
    return CREATE, row


def addition(item: Item, position: int, parent_id: str | None, deleted_at: int | None) -> Part:
    """An item where it stood; `deleted_at` in microseconds since 1970."""
    moment = moments.stored(item.created_at)
    where = (item.id, item.space, item.conversation_id)
    return ADD, (*where, item.body.decode(), moment, position, parent_id, deleted_at, item.made, item.run_id, item.type)


def leading(conversation: Conversation, last_id: str, parent_id: str | None, moment: int) -> Part:
    """The chosen path goes on to `last_id` where it ended at `parent_id`, or nowhere; recent since `moment`, in microseconds."""
    return LEAD, (conversation.id, conversation.space, last_id, parent_id, moment)
