"""Which files are here, for an import that brings some under the ids which they had elsewhere."""

from collections.abc import Sequence

from prosa.drivers.sql import Database


async def files_here(database: Database, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Those of these files that are here, each with its space and its name."""
    if not ids:
        return {}
    places = ", ".join(f"${number}" for number in range(1, len(ids) + 1))
    rows = await database.fetch(f"SELECT id, space, filename FROM files WHERE id IN ({places})", *ids)  # noqa: S608  # numbers
    return {str(id): (str(space), str(name)) for id, space, name in rows}
