"""SQLAlchemy's engine over one SQLite file; importing this module is what loads SQLAlchemy."""

from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from prosa.drivers.sql.files import FileId, file_id
from prosa.drivers.sql.sqlite import PRAGMAS

_FILE: Final = "prosa_file"  # key of a connection's entry in the pool
READING: Final = "prosa_reading"  # execution option: this transaction takes no write lock


def make_engine(path: Path) -> AsyncEngine:
    """An engine whose transactions are `BEGIN IMMEDIATE`, or plain `BEGIN` with the option READING.

    A deferred transaction that reads and then writes fails at once with "database is locked" whatever the time-out says,
    so a writer takes its lock at the beginning.
    """
    url = URL.create("sqlite+aiosqlite", database=str(path))
    engine = create_async_engine(url, pool_size=4, max_overflow=0, pool_timeout=30, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", begin)
    event.listen(engine.sync_engine, "connect", partial(_note_file, path))
    event.listen(engine.sync_engine, "checkout", partial(_check_file, path))
    return engine


def reading(engine: AsyncEngine) -> AsyncEngine:
    """The same engine, for transactions that only read."""
    return engine.execution_options(**{READING: True})


def prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:  # the driver's connection has no type of its own here
    """Settings of a fresh connection. `isolation_level` None keeps the driver from beginning transactions by itself."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _note_file(path: Path, _connection: Any, entry: ConnectionPoolEntry) -> None:  # as above
    entry.info[_FILE] = file_id(path)


def _check_file(path: Path, _connection: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:  # as above
    """Have the pool connect anew where the file that this connection writes to is no longer the one at the path."""
    opened: FileId | None = entry.info.get(_FILE)
    if opened is not None and opened != file_id(path):
        raise DisconnectionError


def begin(connection: Connection) -> None:
    """Begin a transaction in the form that its execution options ask for."""
    reading = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
