"""Lays rows into the tables of OGX's SQLite vector store: `python ogx_rows.py DATABASE STORE STAGED`, by OGX's own Python.

STAGED is a SQLite file with the table `rows (id, chunk, vector, text)`. By OGX's API, which for each passage looks through all
that are there, a hundred thousand would take some twenty minutes of the processor.
"""

import re
import sqlite3
import sys
from contextlib import closing
from importlib import import_module


def lay(connection: sqlite3.Connection, store: str, staged: str) -> None:
    """All rows, in one transaction."""
    name = re.sub(r"\W", "_", store, flags=re.ASCII)
    connection.execute("ATTACH ? AS staged", (staged,))
    with connection:
        connection.execute(f"INSERT INTO chunks_{name} (id, chunk) SELECT id, chunk FROM staged.rows ORDER BY rowid")
        connection.execute(f"INSERT INTO vec_chunks_{name} (id, embedding) SELECT id, vector FROM staged.rows ORDER BY rowid")
        connection.execute(f"INSERT INTO fts_chunks_{name} (id, content) SELECT id, text FROM staged.rows ORDER BY rowid")


def main(database: str, store: str, staged: str) -> None:
    """With the extension that one of the tables needs."""
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        connection.enable_load_extension(True)
        import_module("sqlite_vec").load(connection)
        lay(connection, store, staged)


if __name__ == "__main__":
    main(*sys.argv[1:4])
