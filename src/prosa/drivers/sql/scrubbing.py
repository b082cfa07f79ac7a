"""Leaving nothing of what was deleted in SQLite's files.

What is deleted is overwritten with zeros in the pages of the file (`secure_delete`, see sqlite.py); but the write-ahead log goes
on holding earlier states of those pages, in frames that were copied into the file long ago, until other frames are written over
them. So the log is copied whole, in the way of checkpoints.py, and then begun anew by a commit that cuts it off behind itself
(`journal_size_limit`): a checkpoint of the kinds that cut it off themselves would, where a writer is in its way, become one
without the write lock, which some releases of SQLite get wrong.
"""

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from prosa.drivers.sql.checkpoints import PATIENCE
from prosa.drivers.sql.database import Database
from prosa.drivers.sql.errors import DatabaseUnavailable, of_sqlite
from prosa.drivers.sql.sqlite import open_sqlite

TRIES: Final = 100
PAUSE: Final = 0.05  # seconds between two tries
MOST: Final = 512 * 1024 * 1024  # bytes of a file that is written anew: some three seconds
SMALL: Final = 128 * 1024  # bytes of a log that was begun anew


async def scrub(database: Database) -> bool:
    """Let nothing be left of what was deleted before this; False where readers or writers held on to the log all the time.

    On PostgreSQL nothing is done: its own (auto)vacuum removes dead rows, and its log is the server's matter. Raises
    DatabaseUnavailable.
    """
    path = database.address.path
    if path is None:
        return True
    async with database.turn():
        try:
            return await asyncio.to_thread(_scrub, path)
        except sqlite3.Error as error:
            raise of_sqlite(error) from error


async def compact(database: Database, most: int = MOST) -> bool:
    """Write SQLite's file anew, without what `secure_delete` leaves: where SQLite moves rows between pages, copies may stay.

    Writers wait meanwhile: measured, half a second for 100 MB; so a file of more than `most` bytes is left as it is, and False
    returned. To be followed by `scrub`. Raises DatabaseUnavailable.
    """
    path = database.address.path
    if path is None:
        return True
    async with database.turn():
        try:
            return await asyncio.to_thread(_compact, path, most)
        except (sqlite3.Error, OSError) as error:
            raise (of_sqlite(error) if isinstance(error, sqlite3.Error) else DatabaseUnavailable(type(error).__name__)) from error


def _compact(path: Path, most: int) -> bool:
    if path.stat().st_size > most:
        return False
    with closing(open_sqlite(path)) as connection:
        connection.execute("VACUUM")
    return True


def _scrub(path: Path) -> bool:
    with closing(open_sqlite(path)) as holder, closing(open_sqlite(path)) as worker:
        holder.execute(PATIENCE)
        for _ in range(TRIES):
            if _copied(holder, worker) and _begun_anew(holder, path.with_name(f"{path.name}-wal")):
                return True
            time.sleep(PAUSE)
    return False


def _copied(holder: sqlite3.Connection, worker: sqlite3.Connection) -> bool:
    """Copy all of the log into the file, while nobody writes; whether that was all of it."""
    holder.execute("BEGIN IMMEDIATE")
    try:
        _busy, frames, copied = worker.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    finally:
        holder.execute("ROLLBACK")
    return bool(frames == copied)


def _begun_anew(connection: sqlite3.Connection, log: Path) -> bool:
    """Commit something, and have the log cut off behind it; whether it was, for somebody else may have committed before."""
    connection.execute("PRAGMA journal_size_limit=0")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"PRAGMA user_version={int(version)}")
    connection.execute("COMMIT")
    return not log.exists() or log.stat().st_size <= SMALL
