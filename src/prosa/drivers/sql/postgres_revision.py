"""Which revision a PostgreSQL database has; importing this module loads asyncpg."""

from contextlib import suppress
from typing import Final

import asyncpg

from prosa.drivers.sql.errors import DatabaseUnusable
from prosa.drivers.sql.postgres import FAULTS, connect, fault_of

# Tables that the current schema holds of its own; what an extension brought along is nobody's data.
_TABLES: Final = """SELECT relname FROM pg_catalog.pg_class c
WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"""


async def revision_of(url: str) -> str | None:
    """The revision, None for a database without tables. Raises DatabaseUnusable for another program's, DatabaseUnavailable."""
    connection = await connect(url)
    try:
        tables = {str(row[0]) for row in await connection.fetch(_TABLES)}
        if not tables:
            return None
        if "alembic_version" not in tables:
            raise DatabaseUnusable("it holds tables of another program; give prosa a database or a schema of its own")
        found = await connection.fetchval("SELECT version_num FROM alembic_version")
    except FAULTS as error:
        raise fault_of(error) from error
    finally:
        with suppress(*FAULTS, asyncpg.InterfaceError):
            await connection.close(timeout=5.0)
    return None if found is None else str(found)
