"""Prompts of a whole space; importing this module loads SQLAlchemy."""

from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection

PROMPTS: Final = sa.Table("prompts", sa.MetaData(), *(sa.Column(name, sa.Text) for name in ("id", "space", "command")))


async def move(connection: Connection, old: str, new: str) -> None:
    """Give what one space keeps to another. Where both have a command, the one that moves has its id behind it."""
    table = PROMPTS
    theirs = sa.select(table.c.command).where(table.c.space == new).scalar_subquery()
    twice = table.update().where(table.c.space == old, table.c.command.in_(theirs))
    await connection.execute(twice.values(command=table.c.command + "-" + sa.func.substr(table.c.id, 1, 8)))
    await connection.execute(table.update().where(table.c.space == old).values(space=new))


async def erase(connection: Connection, space: str) -> None:
    """Delete all of a space."""
    await connection.execute(PROMPTS.delete().where(PROMPTS.c.space == space))
