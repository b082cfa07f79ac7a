"""Approvals of a whole space at once; importing this module loads SQLAlchemy."""

from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection

APPROVALS: Final = sa.table("tool_approvals", sa.column("space"))


async def move(connection: Connection, old: str, new: str) -> None:
    """Give what one space holds to another."""
    await connection.execute(APPROVALS.update().where(APPROVALS.c.space == old).values(space=new))


async def erase(connection: Connection, space: str) -> None:
    """Delete all that a space holds."""
    await connection.execute(APPROVALS.delete().where(APPROVALS.c.space == space))
