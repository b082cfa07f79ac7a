"""Reads for who shows conversations by other names than prosa's ids, and without pages."""

from typing import Final

from prosa.drivers.sql import Database

KIND: Final = "conversation"
_NAMED: Final = (
    "SELECT conversations.id, title, second_names.name FROM conversations LEFT JOIN second_names"
    " ON second_names.object_id = conversations.id AND second_names.space = $1 AND second_names.kind = 'conversation'"
    " WHERE conversations.space = $1 AND conversations.deleted_at IS NULL"
)
LIST: Final = _NAMED + " AND archived_at IS NULL AND dialect <> 'openai' ORDER BY created_at, conversations.id LIMIT $2"
ONE: Final = _NAMED + " AND conversations.id = $2"
UNANSWERED: Final = "SELECT id, state FROM runs WHERE conversation_id = $2 AND space = $1 AND state <> 'completed'"


class RollStore:
    """The conversations of one space at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rows(self, space: str, most: int) -> list[tuple[str, str | None, str | None]]:
        """Id, title and second name of what people keep, oldest first; nothing of the trash and the archive."""
        return [_row(row) for row in await self._database.fetch(LIST, space, most)]

    async def row(self, space: str, id: str) -> tuple[str, str | None, str | None] | None:
        """The same of one."""
        rows = await self._database.fetch(ONE, space, id)
        return _row(rows[0]) if rows else None

    async def unanswered(self, space: str, id: str) -> dict[str, str]:
        """The runs in a conversation that haven't come to a good end, with their states."""
        return {str(run): str(state) for run, state in await self._database.fetch(UNANSWERED, space, id)}


def _row(row: tuple[object, ...]) -> tuple[str, str | None, str | None]:
    id, title, name = row
    return str(id), None if title is None else str(title), None if name is None else str(name)
