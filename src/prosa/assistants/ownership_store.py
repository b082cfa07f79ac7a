"""Assistants of a whole space at once; importing this module loads SQLAlchemy."""

from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection

ASSISTANTS: Final = sa.table("assistants", sa.column("space"))
VERSIONS: Final = sa.table("assistant_versions", sa.column("space"), sa.column("author"))
GRANTS: Final = sa.table("assistant_grants", sa.column("space"), sa.column("kind"), sa.column("grantee"))
_PERSON: Final = GRANTS.c.kind == "person"


async def move(connection: Connection, old: str, new: str) -> None:
    """Give what one space holds to another."""
    for table in (ASSISTANTS, VERSIONS, GRANTS):
        await connection.execute(table.update().where(table.c.space == old).values(space=new))
    await connection.execute(VERSIONS.update().where(VERSIONS.c.author == old).values(author=new))


async def erase(connection: Connection, space: str) -> None:
    """Delete all that a space holds."""
    for table in (GRANTS, VERSIONS, ASSISTANTS):
        await connection.execute(table.delete().where(table.c.space == space))
    await connection.execute(GRANTS.delete().where(_PERSON, GRANTS.c.grantee == space))
    await connection.execute(VERSIONS.update().where(VERSIONS.c.author == space).values(author=None))
