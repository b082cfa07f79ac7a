"""What `prosa doctor` tells of vectors on PostgreSQL."""

from prosa.drivers.sql import DatabaseAddress, DatabaseUnavailable
from prosa.knowledge import look_at_pgvector

Row = tuple[str, str, str]
_REMEMBERED = "each process remembers what it needs to find vectors"


async def vectors(address: DatabaseAddress, *, wanted: bool) -> list[Row]:
    """Who orders them: the database or each process. Nothing of SQLite, and of a server that doesn't answer."""
    if address.path is not None:
        return []
    if not wanted:
        return [("ok", "vectors", f"PROSA_PGVECTOR is off: {_REMEMBERED}")]
    try:
        found = await look_at_pgvector(address)
    except DatabaseUnavailable:
        return []  # which is told already
    if found.usable:
        told = f"pgvector {found.version or ''}".rstrip()
        return [("ok", "vectors", f"{told}: the database finds the nearest")]
    if found.version is not None:
        return [("ok", "vectors", f"pgvector {found.version} is too old, 0.7.0 would do: {_REMEMBERED}")]
    if found.available is not None:
        return [
            ("ok", "vectors", f"pgvector {found.available} is made at the first search, if this user may: else {_REMEMBERED}")
        ]
    return [("ok", "vectors", f"the server has no pgvector: {_REMEMBERED}")]
