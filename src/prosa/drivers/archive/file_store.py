"""A SQLite file, looked at with the standard library alone."""

import sqlite3
from contextlib import closing
from pathlib import Path


def is_damaged(path: Path) -> bool:
    """Whether the file is there, has content, and is no database that can be read from its first page on."""
    if not path.is_file() or not path.stat().st_size:
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=10.0)) as connection:
            row = connection.execute("PRAGMA quick_check(1)").fetchone()
            return row is None or str(row[0]) != "ok"
    except UnicodeDecodeError:
        return True
    except sqlite3.DatabaseError as error:
        return str(getattr(error, "sqlite_errorname", "")).startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))
