"""What is noted of this installation, read past the query builder: each start asks for it, and most need nothing else."""

from prosa.drivers.sql import Database


async def noted(database: Database, name: str) -> str | None:
    """What is noted under a name. Raises DatabaseUnavailable."""
    rows = await database.fetch("SELECT value FROM installation WHERE name = $1", name)
    return str(rows[0][0]) if rows else None
