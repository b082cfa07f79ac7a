"""Changes of a whole space at once; importing this module loads SQLAlchemy."""

from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection

METADATA: Final = sa.MetaData()
CHANGES: Final = sa.Table("changes", METADATA, sa.Column("space", sa.Text))


async def move(connection: Connection, old: str, new: str) -> None:
    """Give what one space holds to another."""
    await connection.execute(CHANGES.update().where(CHANGES.c.space == old).values(space=new))


async def erase(connection: Connection, space: str) -> None:
    """Delete all that a space holds."""
    await connection.execute(CHANGES.delete().where(CHANGES.c.space == space))
