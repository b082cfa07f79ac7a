"""Rows of imported conversations, for the journal: each conversation is seen with all that is in it, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from prosa.conversations.models import Conversation, Item
from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database
from prosa.kit import moments

MOST_FOLDERS: Final = 500
# What is large comes by and by: its conversation is in the trash and of version 0 until all of it is there.
CREATE: Final = Statement(
    "INSERT INTO conversations (id, space, metadata, created_at, updated_at, title, title_by, dialect, model, settings,"
    " head_id, pinned_at, archived_at, folder_id, version, deleted_at)"
    " VALUES ($1, $2, $3, CAST($4 AS BIGINT), CAST($5 AS BIGINT), $6, $7, $8, $9, $10, $11, CAST($12 AS BIGINT),"
    " CAST($13 AS BIGINT), (SELECT id FROM folders WHERE space = CAST($2 AS TEXT) AND name_key = CAST($14 AS TEXT)),"
    " CASE WHEN CAST($15 AS BIGINT) IS NULL THEN 1 ELSE 0 END, CAST($15 AS BIGINT))"
)
FINISH: Final = Statement("UPDATE conversations SET version = 1, deleted_at = NULL WHERE id = $1 AND space = $2 AND version = 0")
ADD: Final = Statement(
    "INSERT INTO items (id, space, conversation_id, parent_id, follows, made, position, type, body, created_at)"
    " VALUES ($1, $2, $3, $4, FALSE, FALSE, CAST($5 AS INTEGER), $6, $7, CAST($8 AS BIGINT)) ON CONFLICT (id) DO NOTHING"
)
TAG: Final = Statement("INSERT INTO conversation_tags (conversation_id, tag_key, space, tag) VALUES ($1, $2, $3, $4)")
FOLDER: Final = Statement(
    "INSERT INTO folders (id, space, name, name_key, created_at, updated_at, version)"
    " SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($5 AS BIGINT), 1"
    " WHERE NOT EXISTS (SELECT 1 FROM folders WHERE space = CAST($2 AS TEXT) AND name_key = CAST($4 AS TEXT))"
    " AND (SELECT COUNT(*) FROM folders WHERE space = CAST($2 AS TEXT)) < CAST($6 AS INTEGER)"
)
THERE: Final = "SELECT version FROM conversations WHERE id = $2 AND space = $1"


@dataclass(frozen=True, slots=True)
class Filed:
    """A folder: its name, and the name without case and accents; an id for it where there is none yet."""

    id: str
    name: str
    key: str


class ImportStore:
    """What is there already; writes are told, for the journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def there(self, space: str, id: str) -> int | None:
        """The version of a conversation, be it in the trash; 0 where it isn't all there, None where nothing of it is."""
        rows = await self._database.fetch(THERE, space, id)
        return int(str(rows[0][0])) if rows else None


def creation(conversation: Conversation, folder: Filed | None) -> tuple[Part, ...]:
    """A new conversation, and its folder where there is none of that name; refused where its id is there already.

    One that comes by and by has `deleted_at`, and is finished by `completion`.
    """
    face, space = conversation.face, conversation.space
    created, updated = moments.stored(conversation.created_at), moments.stored(conversation.updated_at)
    row = (
        *(conversation.id, space, conversation.metadata.decode(), created, updated, face.title, face.title_by.value),
        *(face.dialect, face.model, None if face.settings is None else face.settings.decode(), conversation.head_id),
        *(_stored(conversation.pinned_at), _stored(conversation.archived_at), None if folder is None else folder.key),
        _stored(conversation.deleted_at),
    )
    made: tuple[Part, ...] = ((CREATE, row),)
    if folder is not None:
        made = ((FOLDER, (folder.id, space, folder.name, folder.key, updated, MOST_FOLDERS)), *made)
    return made


def completion(space: str, conversation_id: str) -> tuple[Part, ...]:
    """All of it is there."""
    return ((FINISH, (conversation_id, space)),)


def tagging(space: str, conversation_id: str, tags: dict[str, str]) -> tuple[Part, ...]:
    """Its tags, by their keys."""
    return tuple((TAG, (conversation_id, key, space, tag)) for key, tag in tags.items())


def additions(items: Sequence[tuple[Item, str | None]]) -> tuple[Part, ...]:
    """Its items in their order, each with the one that it follows."""
    return tuple((ADD, _row(item, parent, place)) for place, (item, parent) in enumerate(items, 1))


def _row(item: Item, parent: str | None, place: int) -> tuple[object, ...]:
    moment = moments.stored(item.created_at)
    return item.id, item.space, item.conversation_id, parent, place, item.type, item.body.decode(), moment


def _stored(moment: float | None) -> int | None:
    return None if moment is None else moments.stored(moment)
