"""A service of files over a fresh database, for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from prosa.drivers.blobs import Blobs, blobs_of
from prosa.drivers.sql import Database
from prosa.files import File, FileService, FileSettings
from prosa.kit.clock import SystemClock
from tests.databases import a_database


class Clock(SystemClock):
    """The machine's clock, and as much later as a test wants."""

    later = 0.0

    def now(self) -> float:
        return SystemClock.now() + self.later


@dataclass
class Filing:
    """The service, and what it stands on."""

    files: FileService
    database: Database
    blobs: Blobs
    clock: Clock

    async def add(self, space: str, name: str, data: bytes, purpose: str = "user_data", seconds: int | None = None) -> File:
        """One more file."""
        async with self.files.upload(space) as upload:
            await upload.receive(name, None, pieces(data))
            return await upload.keep(purpose, seconds)

    async def rows(self, table: str) -> int:
        """How many a table has."""
        return len(await self.database.fetch(f"SELECT * FROM {table}"))


async def pieces(data: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    """Content as it might stream in."""
    for start in range(0, len(data), size):
        yield data[start : start + size]


@asynccontextmanager
async def a_filing(kind: str, folder: Path, settings: FileSettings | None = None) -> AsyncIterator[Filing]:
    """The service over a database of this kind."""
    async with a_database(kind) as database:
        clock = Clock()
        blobs = blobs_of(database, folder, clock)
        yield Filing(FileService(database, blobs, settings or FileSettings(), clock), database, blobs, clock)
