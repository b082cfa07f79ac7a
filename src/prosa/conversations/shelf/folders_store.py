"""Folders in the database."""

from collections.abc import Sequence
from typing import Final

from prosa.conversations.shelf.models import Folder, Position
from prosa.conversations.shelf.words import folded
from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database
from prosa.kit import moments

CREATE: Final = Statement(
    "INSERT INTO folders (id, space, name, name_key, created_at, updated_at, version)"
    " VALUES ($1, $2, $3, $4, CAST($5 AS BIGINT), CAST($5 AS BIGINT), 1)"
)
RENAME: Final = Statement(
    "UPDATE folders SET name = $3, name_key = $4, updated_at = CAST($5 AS BIGINT), version = version + 1"
    " WHERE id = $1 AND space = $2 AND version = CAST($6 AS BIGINT)"
)
# The folder first: who is filing something into it has done so by then, or finds no folder.
DELETE: Final = Statement("DELETE FROM folders WHERE id = $1 AND space = $2")
UNFILE: Final = Statement(
    "UPDATE conversations SET folder_id = NULL, version = version + 1 WHERE folder_id = $1 AND space = $2"
    " AND NOT EXISTS (SELECT 1 FROM folders WHERE id = $1)"
)
_SELECT: Final = "SELECT id, space, name, created_at, updated_at, version FROM folders WHERE space = $1"
GET: Final = _SELECT + " AND id = $2"
COUNT: Final = "SELECT COUNT(*) FROM folders WHERE space = $1"
_ORDER: Final = " ORDER BY created_at, id LIMIT $2"
PAGES: Final = {
    False: _SELECT + _ORDER,
    True: _SELECT + " AND (created_at, id) > (CAST($3 AS BIGINT), $4)" + _ORDER,
}


class FolderStore:
    """The folders of one space at a time. Reads are made here; writes are told, for the journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, space: str, id: str) -> Folder | None:
        """One folder."""
        rows = await self._database.fetch(GET, space, id)
        return _folder(rows[0]) if rows else None

    async def page(self, space: str, limit: int, after: Position | None) -> list[Folder]:
        """At most so many folders, oldest first."""
        rows = await self._database.fetch(PAGES[after is not None], space, limit, *(after or ()))
        return [_folder(row) for row in rows]

    async def count(self, space: str) -> int:
        """How many there are."""
        return int(str((await self._database.fetch(COUNT, space))[0][0]))


def creation(folder: Folder) -> Part:
    """A new folder; refused where there is one of its id or its name."""
    row = (folder.id, folder.space, folder.name, folded(folder.name), moments.stored(folder.created_at))
    return CREATE, row


def renaming(folder: Folder, version: int) -> Part:
    """Its name as it stands here; counts 1 where it was of this version."""
    row = (folder.id, folder.space, folder.name, folded(folder.name), moments.stored(folder.updated_at), version)
    return RENAME, row


def deletion(space: str, id: str) -> tuple[Part, Part]:
    """The folder, and not what is in it; the first part counts 1 where it was there."""
    return (DELETE, (id, space)), (UNFILE, (id, space))


def position_of(folder: Folder) -> Position:
    """Where a list goes on behind it."""
    return moments.stored(folder.created_at), folder.id


def _folder(row: Sequence[object]) -> Folder:
    id, space, name, created_at, updated_at, version = row
    assert isinstance(created_at, int) and isinstance(updated_at, int) and isinstance(version, int)
    return Folder(str(id), str(space), str(name), created_at / moments.SECOND, updated_at / moments.SECOND, version)
