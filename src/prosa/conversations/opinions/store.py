"""Opinions in the database: one for each answer, as long as the answer is there."""

from collections.abc import Sequence
from typing import Final

from prosa.conversations.opinions.models import Opinion, Rating
from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database
from prosa.kit import moments

# The later one stands, whichever process it came through; an item that is gone meanwhile takes none.
PUT: Final = Statement(
    "INSERT INTO opinions (item_id, space, conversation_id, rating, reason, created_at, updated_at)"
    " SELECT id, space, conversation_id, CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS BIGINT), CAST($6 AS BIGINT) FROM items"
    " WHERE id = $3 AND conversation_id = $2 AND space = $1"
    " ON CONFLICT (item_id) DO UPDATE SET rating = excluded.rating, reason = excluded.reason, updated_at = excluded.updated_at"
)
DELETE: Final = Statement("DELETE FROM opinions WHERE item_id = $3 AND conversation_id = $2 AND space = $1")
_SELECT: Final = (
    "SELECT space, conversation_id, item_id, rating, reason, created_at, updated_at FROM opinions"
    " WHERE conversation_id = $2 AND space = $1"
)
GET: Final = _SELECT + " AND item_id = $3"
LIST: Final = _SELECT + (  # noqa: S608  # our own words
    " AND EXISTS (SELECT 1 FROM items WHERE items.id = opinions.item_id AND items.conversation_id = $2)"
    " ORDER BY created_at, item_id LIMIT $3"
)


class OpinionStore:
    """The opinions of one space at a time. Reads are made here; writes are told, for the journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, space: str, conversation_id: str, item_id: str) -> Opinion | None:
        """On one answer."""
        rows = await self._database.fetch(GET, space, conversation_id, item_id)
        return _opinion(rows[0]) if rows else None

    async def list(self, space: str, conversation_id: str, most: int) -> list[Opinion]:
        """On the answers of a conversation, oldest first."""
        return [_opinion(row) for row in await self._database.fetch(LIST, space, conversation_id, most)]


def putting(opinion: Opinion) -> Part:
    """An opinion, in the place of the one before; counts 1 where the answer is there."""
    at = moments.stored(opinion.updated_at)
    return PUT, (opinion.space, opinion.conversation_id, opinion.item_id, opinion.rating.value, opinion.reason, at)


def deletion(space: str, conversation_id: str, item_id: str) -> Part:
    """No opinion any more; counts 1 where there was one."""
    return DELETE, (space, conversation_id, item_id)


def _opinion(row: Sequence[object]) -> Opinion:
    space, conversation_id, item_id, rating, reason, created_at, updated_at = row
    assert isinstance(created_at, int) and isinstance(updated_at, int)
    return Opinion(
        space=str(space),
        conversation_id=str(conversation_id),
        item_id=str(item_id),
        rating=Rating(str(rating)),
        reason=None if reason is None else str(reason),
        created_at=created_at / moments.SECOND,
        updated_at=updated_at / moments.SECOND,
    )
