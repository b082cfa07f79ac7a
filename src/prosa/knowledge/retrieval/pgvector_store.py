"""Nearest passages as PostgreSQL tells them, with the extension pgvector: by the distance of signs, `bit <~> bit` (from 0.7.0).

The signs lie in `search_signs`, which triggers keep (migrations/versions/2026_11_22_signs.py). They are the same that a process
holds in memory elsewhere, in the same order, so that the same passages are found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from prosa.drivers.sql import Connection, Database, DatabaseAddress, look

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_THERE: Final = (
    "SELECT to_regoperator('<~>(bit,bit)') IS NOT NULL, (SELECT extversion FROM pg_extension WHERE extname = 'vector'),"
    " (SELECT default_version FROM pg_available_extensions WHERE name = 'vector')"
)
# Who may not make it, or comes at the same moment as another, goes on without an error.
_MAKE: Final = "DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS vector; EXCEPTION WHEN OTHERS THEN NULL; END $$"
# As one row of bytes: thousands of numbers one by one would take longer to read than to find. The inner SELECT makes bits of the
# question's text once, not once for each passage.
_NEAR: Final = (
    "SELECT string_agg(int8send(number), CAST('' AS BYTEA) ORDER BY number),"
    " string_agg(substring(varbit_send(signs) FROM 5), CAST('' AS BYTEA) ORDER BY number)"  # the first four bytes say how many
    " FROM (SELECT s.number, s.signs FROM passage_documents AS d JOIN search_signs AS s ON s.document = d.number"
    " WHERE d.store = $1 AND d.state = 1 AND d.dimensions = $2"
    " AND (CAST($3 AS TEXT[]) IS NULL OR d.file_id = ANY(CAST($3 AS TEXT[])))"
    " ORDER BY s.signs <~> (SELECT CAST(CAST($4 AS TEXT) AS BIT VARYING)), s.number LIMIT $5) AS near"
)


@dataclass(frozen=True, slots=True)
class Presence:
    """`usable`: the operator is there; the versions of the extension in this database, and of what could be made in it."""

    usable: bool
    version: str | None
    available: str | None


@dataclass(frozen=True, slots=True)
class Near:
    """Passages with these signs are looked for: in one store, with vectors of this length, in some files or (None) in all."""

    store: int
    dimensions: int
    file_ids: Sequence[str] | None
    signs: bytes


async def look_at_pgvector(address: DatabaseAddress) -> Presence:
    """Whether it is there; nothing is made. Raises DatabaseUnavailable. Not for SQLite."""
    return _presence(await look(address, _THERE))


async def usable(database: Database) -> bool:
    """Whether the database can tell nearest passages; makes the extension where that is possible. Raises DatabaseUnavailable."""
    if database.kind != "postgresql":
        return False
    found = _presence(await database.fetch(_THERE))
    if found.version is None and found.available is not None:
        async with database.writing(lock="pgvector") as connection:
            await connection.exec_driver_sql(_MAKE)
        found = _presence(await database.fetch(_THERE))
    return found.usable


def _presence(rows: Sequence[Sequence[object]]) -> Presence:
    operator, version, available = rows[0]
    return Presence(bool(operator), None if version is None else str(version), None if available is None else str(available))


async def near(connection: Connection, wanted: Near, most: int) -> "tuple[NDArray[np.int64], NDArray[np.uint8]]":
    """The numbers of the passages whose signs differ least, of equal ones the first, in their order; and their signs as rows."""
    import numpy as np

    await connection.exec_driver_sql("SET LOCAL jit = off")  # compiling takes longer than finding
    files = None if wanted.file_ids is None else list(wanted.file_ids)
    values = (wanted.store, wanted.dimensions, files, f"x{wanted.signs.hex()}", most)
    numbers, signs = cast("tuple[bytes | None, bytes | None]", tuple((await connection.exec_driver_sql(_NEAR, values)).one()))
    found = np.frombuffer(bytes(numbers or b""), dtype=">i8").astype(np.int64)
    return found, np.frombuffer(bytes(signs or b""), dtype=np.uint8).reshape(len(found), len(wanted.signs))
