"""Which database it is: a SQLite file in the data folder, or a PostgreSQL server."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """A SQLite file (`path`), or a PostgreSQL server (`url` as the operator wrote it, password and all)."""

    path: Path | None = None
    url: str | None = field(default=None, repr=False)

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`, as SQLAlchemy names them too."""
        return "sqlite" if self.path is not None else "postgresql"

    @classmethod
    def of(cls, place: "DatabaseAddress | Path") -> "DatabaseAddress":
        """An address as it is, or the one of a SQLite file."""
        return place if isinstance(place, DatabaseAddress) else cls(path=place)
