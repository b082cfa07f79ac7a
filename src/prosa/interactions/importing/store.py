"""The original's SQLite file, read and never written (contracts: serverless, section 7)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from prosa.interactions.errors import ForeignFile

MAGIC: Final = b"SQLite format 3\x00"
NEEDED: Final = ("interaction_id", "user_id", "prompt", "timestamp")
OPTIONAL: Final = ("response", "model", "trace_id", "tokens", "latency_ms", "error", "metadata")
DAMAGE: Final = (sqlite3.Error, UnicodeDecodeError)  # of a broken schema not even the driver's own complaint can be read
LONGEST: Final = 16 * 1024 * 1024  # bytes of one value
_ALLOWED: Final = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_PRAGMA})

OriginalRow = dict[str, object]


class OriginalFile:
    """The table `interactions` of an original file. A file made to harm can do nothing but be refused."""

    def __init__(self, connection: sqlite3.Connection, columns: tuple[str, ...]) -> None:
        self._connection = connection
        self._columns = columns

    def count(self) -> int:
        """How many rows there are."""
        return int(self._connection.execute("SELECT count(*) FROM main.interactions").fetchone()[0])

    def rows(self) -> Iterator[OriginalRow]:
        """Every row in the order in which it was written; a column that the file lacks reads None."""
        names = ", ".join(f'"{name}"' for name in self._columns)
        query = f"SELECT {names} FROM main.interactions ORDER BY rowid"  # noqa: S608  # names are ours, of NEEDED and OPTIONAL
        try:
            for row in self._connection.execute(query):
                yield dict.fromkeys(OPTIONAL) | dict(zip(self._columns, row, strict=True))
        except DAMAGE as error:
            raise ForeignFile("it is damaged") from error


@contextmanager
def opened(file: Path) -> Iterator[OriginalFile]:
    """The file, opened read-only. Raises ForeignFile for what is no such file."""
    _check_head(file)
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=10.0)) as connection:
            _guard(connection)
            yield OriginalFile(connection, _columns(connection))
    except DAMAGE as error:
        raise ForeignFile("it is damaged, or in use by another program") from error


def _check_head(file: Path) -> None:
    try:
        with file.open("rb") as stream:
            head = stream.read(len(MAGIC))
    except OSError as error:
        raise ForeignFile("it can't be opened") from error
    if head != MAGIC:
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


def _columns(connection: sqlite3.Connection) -> tuple[str, ...]:
    kinds = connection.execute("SELECT type, sql FROM main.sqlite_master WHERE name = 'interactions'").fetchall()
    if not kinds:
        raise ForeignFile("it has no table named interactions")
    if len(kinds) != 1 or kinds[0][0] != "table" or str(kinds[0][1]).lower().lstrip().startswith("create virtual"):
        raise ForeignFile("its interactions are no plain table")
    described = connection.execute("PRAGMA main.table_xinfo(interactions)").fetchall()
    present = {str(row[1]) for row in described if row[6] == 0}  # a hidden or generated column is none of the original's
    missing = [name for name in NEEDED if name not in present]
    if missing:
        raise ForeignFile(f"its table has no column {', '.join(missing)}")
    return tuple(name for name in (*NEEDED, *OPTIONAL) if name in present)
