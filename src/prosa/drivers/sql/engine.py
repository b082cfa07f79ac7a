"""SQLAlchemy's engine over one SQLite file; importing this module is what loads SQLAlchemy."""

from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

READING: Final = "prosa_reading"  # execution option: this transaction takes no write lock

# FULL, because what was acknowledged has to survive a power cut; the busy handler is for writers of other processes.
PRAGMAS: Final = (
    "PRAGMA busy_timeout=30000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-4000",
)


def make_engine(path: Path) -> AsyncEngine:
    """An engine whose transactions are `BEGIN IMMEDIATE`, or plain `BEGIN` with the option READING.

    A deferred transaction that reads and then writes fails at once with "database is locked" whatever the time-out says,
    so a writer takes its lock at the beginning.
    """
    url = URL.create("sqlite+aiosqlite", database=str(path))
    engine = create_async_engine(url, pool_size=4, max_overflow=0, pool_timeout=30)
    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", begin)
    return engine


def prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:  # the driver's connection has no type of its own here
    """Settings of a fresh connection. `isolation_level` None keeps the driver from beginning transactions by itself."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def begin(connection: Connection) -> None:
    """Begin a transaction in the form that its execution options ask for."""
    reading = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
