"""Shares in the database."""

from collections.abc import Sequence
from typing import Final

import msgspec

from prosa.conversations.sharing.models import Position, Share, Shared, Snapshot
from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database
from prosa.kit import moments

# Where the conversation is gone, or in the trash, when the row is written, there is nothing to share any more.
ADD: Final = Statement(
    "INSERT INTO shares (id, space, conversation_id, digest, title, content, messages, files, created_at, expires_at)"
    " SELECT CAST($1 AS TEXT), space, id, CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS INTEGER),"
    " CAST($8 AS INTEGER), CAST($9 AS BIGINT), CAST($10 AS BIGINT) FROM conversations"
    " WHERE id = $3 AND space = $2 AND deleted_at IS NULL"
)
RELINK: Final = Statement("UPDATE shares SET digest = $3 WHERE id = $1 AND space = $2")
DELETE: Final = Statement("DELETE FROM shares WHERE id = $1 AND space = $2")
DELETE_EXPIRED: Final = Statement("DELETE FROM shares WHERE expires_at IS NOT NULL AND expires_at <= CAST($1 AS BIGINT)")
_ROW: Final = "shares.id, shares.space, conversation_id, shares.title, messages, files, shares.created_at, expires_at"
# A link leads nowhere while its conversation is in the trash, or its owner is suspended.
OPENED: Final = (
    f"SELECT {_ROW}, content FROM shares JOIN conversations ON conversations.id = conversation_id"  # noqa: S608  # our own words
    " AND conversations.space = shares.space WHERE digest = $1 AND conversations.deleted_at IS NULL"
    " AND (expires_at IS NULL OR expires_at > CAST($2 AS BIGINT))"
    " AND NOT EXISTS (SELECT 1 FROM accounts WHERE accounts.id = shares.space AND status <> 'active')"
)
_MINE: Final = (
    f"SELECT {_ROW} FROM shares JOIN conversations ON conversations.id = conversation_id"  # noqa: S608  # our own words
    " WHERE shares.space = $1 AND conversations.deleted_at IS NULL AND (expires_at IS NULL OR expires_at > CAST($2 AS BIGINT))"
)
GET: Final = _MINE + " AND shares.id = $3"
_ORDER: Final = " ORDER BY shares.created_at DESC, shares.id DESC LIMIT $3"
_OF_ONE: Final = " AND (CAST($4 AS TEXT) IS NULL OR conversation_id = CAST($4 AS TEXT))"
PAGES: Final = {
    False: _MINE + _OF_ONE + _ORDER,
    True: _MINE + _OF_ONE + " AND (shares.created_at, shares.id) < (CAST($5 AS BIGINT), CAST($6 AS TEXT))" + _ORDER,
}
COUNT: Final = "SELECT COUNT(*) FROM shares WHERE space = $1"
_snapshot: Final = msgspec.json.Decoder(Snapshot).decode


class ShareStore:
    """Reads are made here; writes are told, for the journal. A link is looked up by its digest alone: to have it is to read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def opened(self, digest: str, now: float) -> Shared | None:
        """What a link shows now; None for one that leads nowhere."""
        rows = await self._database.fetch(OPENED, digest, moments.stored(now))
        return Shared(_share(rows[0]), _snapshot(str(rows[0][-1]))) if rows else None

    async def get(self, space: str, id: str, now: float) -> Share | None:
        """One of a space's."""
        rows = await self._database.fetch(GET, space, moments.stored(now), id)
        return _share(rows[0]) if rows else None

    async def page(self, space: str, now: float, limit: int, conversation_id: str | None, after: Position | None) -> list[Share]:
        """At most so many, newest first; of one conversation or of all."""
        sql = PAGES[after is not None]
        rows = await self._database.fetch(sql, space, moments.stored(now), limit, conversation_id, *(after or ()))
        return [_share(row) for row in rows]

    async def count(self, space: str) -> int:
        """How many there are."""
        return int(str((await self._database.fetch(COUNT, space))[0][0]))


def addition(share: Share, digest: str, snapshot: Snapshot) -> Part:
    """A new share; counts 1 where its conversation is there."""
    expires = None if share.expires_at is None else moments.stored(share.expires_at)
    told = (share.title, msgspec.json.encode(snapshot).decode(), share.messages, share.files)
    return ADD, (share.id, share.space, share.conversation_id, digest, *told, moments.stored(share.created_at), expires)


def relinking(space: str, id: str, digest: str) -> Part:
    """Another link to the same; the one before leads nowhere then."""
    return RELINK, (id, space, digest)


def deletion(space: str, id: str) -> Part:
    """One of a space's; counts 1 where it was there."""
    return DELETE, (id, space)


def deletion_of_expired(now: float) -> Part:
    """Those of all spaces that are past their time."""
    return DELETE_EXPIRED, (moments.stored(now),)


def position_of(share: Share) -> Position:
    """Where a list goes on behind it."""
    return moments.stored(share.created_at), share.id


def _share(row: Sequence[object]) -> Share:
    id, space, conversation_id, title, messages, files, created_at, expires_at, *_ = row
    assert isinstance(messages, int) and isinstance(files, int) and isinstance(created_at, int)
    return Share(
        id=str(id),
        space=str(space),
        conversation_id=str(conversation_id),
        title=None if title is None else str(title),
        messages=messages,
        files=files,
        created_at=created_at / moments.SECOND,
        expires_at=expires_at / moments.SECOND if isinstance(expires_at, int) else None,
    )
