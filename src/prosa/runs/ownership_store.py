"""Runs of a whole space at once; importing this module loads SQLAlchemy."""

from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection
from prosa.runs.models import OPEN

METADATA: Final = sa.MetaData()
RUNS: Final = sa.Table(
    "runs",
    METADATA,
    *(sa.Column(name, sa.Text) for name in ("id", "space", "state", "driver")),
    sa.Column("fence", sa.BigInteger),
)
EVENTS: Final = sa.Table("run_events", METADATA, sa.Column("run_id", sa.Text))


async def move(connection: Connection, old: str, new: str) -> None:
    """Give what one space holds to another. What is being driven is taken from its driver, who would end it for the old one."""
    mine = RUNS.c.space == old
    still = RUNS.update().where(mine, RUNS.c.state.in_(OPEN))
    await connection.execute(still.values(driver=None, fence=RUNS.c.fence + 1))
    await connection.execute(RUNS.update().where(mine).values(space=new))


async def erase(connection: Connection, space: str) -> None:
    """Delete all that a space holds."""
    mine = sa.select(RUNS.c.id).where(RUNS.c.space == space)
    await connection.execute(EVENTS.delete().where(EVENTS.c.run_id.in_(mine)))
    await connection.execute(RUNS.delete().where(RUNS.c.space == space))
