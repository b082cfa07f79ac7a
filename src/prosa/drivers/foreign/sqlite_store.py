"""Tables of another system's SQLite file, read and never written. A file made to harm can do nothing but be refused."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, TypeAlias

from prosa.drivers.foreign.errors import ForeignFile

MAGIC: Final = b"SQLite format 3\x00"
DAMAGE: Final = (sqlite3.Error, UnicodeDecodeError)  # of a broken schema not even the driver's own complaint can be read
LONGEST: Final = 16 * 1024 * 1024  # bytes of one value
_ALLOWED: Final = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_PRAGMA})

ForeignRow: TypeAlias = dict[str, object]


class ForeignTables:
    """Plain tables of a file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def columns(self, table: str, needed: Sequence[str], optional: Sequence[str] = ()) -> tuple[str, ...]:
        """Which of these columns a table has. Raises ForeignFile where there is no such table, or a needed one is missing."""
        look = "SELECT type, sql FROM main.sqlite_master WHERE name = ?"
        kinds = self._connection.execute(look, (table,)).fetchall()
        if not kinds:
            raise ForeignFile(f"it has no table named {table}")
        if len(kinds) != 1 or kinds[0][0] != "table" or str(kinds[0][1]).lower().lstrip().startswith("create virtual"):
            raise ForeignFile(f"its {table} are no plain table")
        described = self._connection.execute(f"PRAGMA main.table_xinfo({table})").fetchall()
        present = {str(row[1]) for row in described if row[6] == 0}  # a hidden or generated column is none of the original's
        missing = [name for name in needed if name not in present]
        if missing:
            raise ForeignFile(f"its table {table} has no column {', '.join(missing)}")
        return tuple(name for name in (*needed, *optional) if name in present)

    def has(self, table: str) -> bool:
        """Whether there is anything of this name."""
        return bool(self._connection.execute("SELECT 1 FROM main.sqlite_master WHERE name = ?", (table,)).fetchall())

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(self._connection.execute(f"SELECT count(*) FROM main.{table}").fetchone()[0])  # noqa: S608  # our own word

    def rows(self, table: str, columns: Sequence[str], blank: Mapping[str, object] | None = None) -> Iterator[ForeignRow]:
        """Every row in the order in which it was written; `blank` gives the values of columns that the file lacks."""
        names = ", ".join(f'"{name}"' for name in columns)
        query = f"SELECT {names} FROM main.{table} ORDER BY rowid"  # noqa: S608  # names are ours, of `columns`
        try:
            for row in self._connection.execute(query):
                yield dict(blank or {}) | dict(zip(columns, row, strict=True))
        except DAMAGE as error:
            raise ForeignFile("it is damaged") from error


@contextmanager
def opened_tables(file: Path) -> Iterator[ForeignTables]:
    """The file, opened read-only. Raises ForeignFile for what is no such file."""
    _check_head(file)
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=10.0)) as connection:
            _guard(connection)
            yield ForeignTables(connection)
    except DAMAGE as error:
        raise ForeignFile("it is damaged, or in use by another program") from error


def is_sqlite(file: Path) -> bool:
    """Whether the file begins as an SQLite database does. Raises ForeignFile where it can't be opened."""
    try:
        with file.open("rb") as stream:
            return stream.read(len(MAGIC)) == MAGIC
    except OSError as error:
        raise ForeignFile("it can't be opened") from error


def _check_head(file: Path) -> None:
    if not is_sqlite(file):
        raise ForeignFile("it is no SQLite database")


def _guard(connection: sqlite3.Connection) -> None:
    """Only reading, only what this module asks, no function or view that the file brings along."""
    connection.text_factory = _text
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA query_only=ON")
    connection.execute("PRAGMA cell_size_check=ON")
    connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
