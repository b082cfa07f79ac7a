"""The keys of a space that ends or changes hands; loads SQLAlchemy."""

from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection

_KEYS: Final = sa.table("idempotency_keys", sa.column("space"), sa.column("key"))


async def move(connection: Connection, old: str, new: str) -> None:
    """Give what one space holds to another; a key that both have used stays what it is there."""
    there = sa.select(_KEYS.c.key).where(_KEYS.c.space == new)
    await connection.execute(_KEYS.update().where(_KEYS.c.space == old, _KEYS.c.key.not_in(there)).values(space=new))
    await erase(connection, old)


async def erase(connection: Connection, space: str) -> None:
    """Delete all that a space holds."""
    await connection.execute(_KEYS.delete().where(_KEYS.c.space == space))
