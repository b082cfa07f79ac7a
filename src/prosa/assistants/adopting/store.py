"""What of an import of assistants is here already."""

from typing import Final

from prosa.drivers.sql import Database

_HERE: Final = "SELECT id, space FROM assistants WHERE id = $1 OR (space = $2 AND foreign_id = $3)"


async def here(database: Database, id: str, space: str, foreign: str) -> tuple[str, str] | None:
    """Id and space of the assistant that this one is here, by whatever way it came; None where it isn't."""
    rows = await database.fetch(_HERE, id, space, foreign)
    return (str(rows[0][0]), str(rows[0][1])) if rows else None
