"""The original's SQLite file, read and never written (contracts: serverless, section 7)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from prosa.drivers.foreign import ForeignRow, ForeignTables, opened_tables

TABLE: Final = "interactions"
NEEDED: Final = ("interaction_id", "user_id", "prompt", "timestamp")
OPTIONAL: Final = ("response", "model", "trace_id", "tokens", "latency_ms", "error", "metadata")

OriginalRow = ForeignRow


class OriginalFile:
    """The table `interactions` of an original file."""

    def __init__(self, tables: ForeignTables) -> None:
        self._tables = tables
        self._columns = tables.columns(TABLE, NEEDED, OPTIONAL)

    def count(self) -> int:
        """How many rows there are."""
        return self._tables.count(TABLE)

    def rows(self) -> Iterator[OriginalRow]:
        """Every row in the order in which it was written; a column that the file lacks reads None."""
        return self._tables.rows(TABLE, self._columns, dict.fromkeys(OPTIONAL))


@contextmanager
def opened(file: Path) -> Iterator[OriginalFile]:
    """The file, opened read-only. Raises ForeignFile for what is no such file."""
    with opened_tables(file) as tables:
        yield OriginalFile(tables)
