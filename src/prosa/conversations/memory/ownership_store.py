"""What a whole space remembers; importing this module loads SQLAlchemy."""

from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection

METADATA: Final = sa.MetaData()
MOVED: Final = tuple(sa.Table(name, METADATA, sa.Column("space", sa.Text)) for name in ("memories", "answer_contexts"))
CHOSEN: Final = sa.Table("preferences", METADATA, sa.Column("space", sa.Text), sa.Column("name", sa.Text))


async def move(connection: Connection, old: str, new: str) -> None:
    """Give what one space remembers to another; what that one has chosen stays."""
    for table in MOVED:
        await connection.execute(table.update().where(table.c.space == old).values(space=new))
    theirs = sa.select(CHOSEN.c.name).where(CHOSEN.c.space == new)
    await connection.execute(CHOSEN.delete().where(CHOSEN.c.space == old, CHOSEN.c.name.in_(theirs)))
    await connection.execute(CHOSEN.update().where(CHOSEN.c.space == old).values(space=new))


async def erase(connection: Connection, space: str) -> None:
    """Delete all that a space remembers."""
    for table in (*MOVED, CHOSEN):
        await connection.execute(table.delete().where(table.c.space == space))
