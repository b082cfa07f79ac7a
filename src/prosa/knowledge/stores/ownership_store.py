"""Stores of a whole space at once; importing this module loads SQLAlchemy."""

from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection

METADATA: Final = sa.MetaData()
TABLES: Final = tuple(
    sa.Table(name, METADATA, sa.Column("space", sa.Text))
    for name in ("vector_store_files", "vector_store_batches", "vector_stores")
)


async def move(connection: Connection, old: str, new: str) -> None:
    """Give what one space holds to another."""
    for table in TABLES:
        await connection.execute(table.update().where(table.c.space == old).values(space=new))


async def erase(connection: Connection, space: str) -> None:
    """Delete all that a space holds."""
    for table in TABLES:
        await connection.execute(table.delete().where(table.c.space == space))
