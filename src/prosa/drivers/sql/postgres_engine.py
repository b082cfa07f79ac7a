"""SQLAlchemy's engine over PostgreSQL; importing this module loads SQLAlchemy and asyncpg."""

from functools import partial
from typing import Any, Final

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from prosa.drivers.sql.postgres import FAULTS, connect

POOL: Final = 6  # connections of one process
PATIENCE: Final = 10.0  # seconds that a transaction waits for one of them
ANSWER_SECONDS: Final = 5.0  # for a connection of the pool to show that it is alive
_USED: Final = "prosa_used"  # key of a connection's entry in the pool: it was given out before


def make_engine(url: str, patience: float = PATIENCE) -> AsyncEngine:
    """An engine whose connections are made with the options of the address, and replaced when they have died."""
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=partial(connect, url),
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=min(patience, PATIENCE),
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "checkin", _note_use)
    event.listen(engine.sync_engine, "checkout", _check_life)
    return engine


def make_unhurried_engine(url: str) -> AsyncEngine:
    """Connections without the bounds of everyday work: a migration takes the time that it takes."""
    unbounded = {"statement_timeout": "0", "lock_timeout": "0", "idle_in_transaction_session_timeout": "0"}
    return create_async_engine(
        "postgresql+asyncpg://", async_creator=partial(connect, url, unbounded), poolclass=NullPool, hide_parameters=True
    )


def reading(engine: AsyncEngine) -> AsyncEngine:
    """The same engine, for transactions that see one state of the database from beginning to end and change nothing."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _note_use(_connection: Any, entry: ConnectionPoolEntry) -> None:  # the adapted connection is of a private type
    entry.info[_USED] = True


def _check_life(connection: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:  # as above
    """Have the pool connect anew where the server, or the way to it, went while the connection lay in the pool.

    One round trip for each transaction: what the first statement then fails with happened in this very instant.
    """
    if not entry.info.get(_USED):
        return  # it was made just now
    if connection.driver_connection.is_closed():
        raise DisconnectionError
    try:
        connection.run_async(_ask)
    except FAULTS as error:
        raise DisconnectionError from error


async def _ask(connection: asyncpg.Connection) -> None:
    await connection.execute("SELECT 1", timeout=ANSWER_SECONDS)
