"""What is done to many conversations at once: each of these leaves alone what is so already, and what is in the trash."""

from collections.abc import Sequence
from typing import Final

from prosa.conversations.shelf.models import MOST_TAGS, Batch, Verb
from prosa.conversations.shelf.store import restoration, to_trash
from prosa.conversations.shelf.words import folded
from prosa.drivers.journal import Part, Statement
from prosa.kit import moments

_OF_ONE: Final = " WHERE id = $1 AND space = $2 AND deleted_at IS NULL"
_RAISED: Final = "UPDATE conversations SET version = version + 1, "
SET: Final = {
    Verb.PIN: Statement(f"{_RAISED}pinned_at = CAST($3 AS BIGINT){_OF_ONE} AND pinned_at IS NULL"),
    Verb.ARCHIVE: Statement(f"{_RAISED}archived_at = CAST($3 AS BIGINT){_OF_ONE} AND archived_at IS NULL"),
}
CLEAR: Final = {
    Verb.UNPIN: Statement(f"{_RAISED}pinned_at = NULL{_OF_ONE} AND pinned_at IS NOT NULL"),
    Verb.UNARCHIVE: Statement(f"{_RAISED}archived_at = NULL{_OF_ONE} AND archived_at IS NOT NULL"),
}
_HELD: Final = "(SELECT id FROM folders WHERE id = CAST($3 AS TEXT) AND space = $2{})"
_MOVE: Final = f"{_RAISED}folder_id = {{}}{_OF_ONE} AND COALESCE(folder_id, '') <> COALESCE(CAST($3 AS TEXT), '')"
MOVE: Final = Statement(_MOVE.format(_HELD.format("")), _MOVE.format(_HELD.format(" FOR SHARE")))
_TAGGED: Final = "EXISTS (SELECT 1 FROM conversation_tags WHERE conversation_id = $1 AND tag_key = CAST($3 AS TEXT))"
_ROOM: Final = f"(SELECT COUNT(*) FROM conversation_tags WHERE conversation_id = $1) < {MOST_TAGS}"  # noqa: S608  # our own words
RAISE_TO_TAG: Final = Statement(f"{_RAISED[:-2]}{_OF_ONE} AND NOT {_TAGGED} AND {_ROOM}")
TAG: Final = Statement(
    "INSERT INTO conversation_tags (conversation_id, tag_key, space, tag)"  # noqa: S608  # our own words
    " SELECT id, CAST($3 AS TEXT), space, CAST($4 AS TEXT) FROM conversations"
    f"{_OF_ONE} AND NOT {_TAGGED} AND {_ROOM}"
)
RAISE_TO_UNTAG: Final = Statement(f"{_RAISED[:-2]}{_OF_ONE} AND {_TAGGED}")
UNTAG: Final = Statement("DELETE FROM conversation_tags WHERE conversation_id = $1 AND space = $2 AND tag_key = CAST($3 AS TEXT)")


def parts_of(space: str, batch: Batch, ids: Sequence[str], now: float) -> list[Part]:
    """The rows of a batch for these conversations, in the order of their ids, so that two batches wait for each other in turn."""
    moment, tag = moments.stored(now), batch.tag or ""
    parts: list[Part] = []
    for id in sorted(ids):
        if batch.verb in SET:
            parts.append((SET[batch.verb], (id, space, moment)))
        elif batch.verb in CLEAR:
            parts.append((CLEAR[batch.verb], (id, space)))
        elif batch.verb is Verb.MOVE:
            parts.append((MOVE, (id, space, batch.folder_id)))
        elif batch.verb is Verb.TAG:
            parts += ((RAISE_TO_TAG, (id, space, folded(tag))), (TAG, (id, space, folded(tag), tag)))
        elif batch.verb is Verb.UNTAG:
            parts += ((RAISE_TO_UNTAG, (id, space, folded(tag))), (UNTAG, (id, space, folded(tag))))
        elif batch.verb is Verb.RESTORE:
            parts.append(restoration(space, id))
        else:
            parts.append(to_trash(space, id, now))
    return parts
