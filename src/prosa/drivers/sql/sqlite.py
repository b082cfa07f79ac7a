"""SQLite past SQLAlchemy: connections as prosa sets them up. Loads the standard library alone."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

KEPT: Final = 4 * 1024 * 1024  # bytes that the write-ahead log keeps of its file once it is written anew from its beginning

# FULL, because what was acknowledged has to survive a power cut; the busy handler is for writers of other processes.
# No connection empties the write-ahead log by itself: checkpoints.py says who does, and why nobody else may.
# What is deleted is overwritten (some builds of SQLite do so anyway); scrubbing.py says what else it takes.
PRAGMAS: Final = (
    "PRAGMA busy_timeout=30000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-4000",
    "PRAGMA wal_autocheckpoint=0",
    f"PRAGMA journal_size_limit={KEPT}",
)


def open_sqlite(path: Path, *, reading: bool = False) -> sqlite3.Connection:
    """A connection to an existing file, for any thread, that begins no transaction by itself. Raises sqlite3.Error.

    `reading`: one that can't write.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=30.0, isolation_level=None, check_same_thread=False
    )
    try:
        for pragma in PRAGMAS:
            connection.execute(pragma)
        if reading:
            connection.execute("PRAGMA query_only=ON")
    except BaseException:
        connection.close()
        raise
    return connection


def answers(path: Path) -> bool:
    """Whether the file can be read now, or can be made; loads nothing and writes nothing."""
    if not path.exists():
        return path.parent.is_dir()
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1.0)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except (sqlite3.Error, UnicodeDecodeError):
        return False
    return True
