"""How a Database does its work on a SQLite file."""

import asyncio
import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from prosa.drivers.sql.address import DatabaseAddress
from prosa.drivers.sql.checkpoints import Checkpointer, Turn
from prosa.drivers.sql.connection import Connection
from prosa.drivers.sql.files import FileId, file_id
from prosa.drivers.sql.migrate import needs_migration, upgrade
from prosa.drivers.sql.sqlite import answers
from prosa.drivers.sql.sqlite_reader import SqliteReader

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine


class SqliteBackend:
    """One SQLite file: an engine for the stores, a thread for tiny reads, a look at the write-ahead log."""

    def __init__(self, path: Path, turn: Turn) -> None:
        self._path = path
        self._address = DatabaseAddress(path=path)
        self._writing: AsyncEngine | None = None
        self._reading: AsyncEngine | None = None
        self._file: FileId | None = None  # the file that is known to be up to date
        self._opening = asyncio.Lock()
        self._reader = SqliteReader(path)
        self._checkpointer = Checkpointer(path, turn)

    async def prepare(self) -> None:
        """See that the file at the path is there and up to date; loads SQLAlchemy only where it isn't."""
        if self._is_prepared():
            return
        async with self._opening:
            if not self._is_prepared():
                await asyncio.to_thread(self._migrate)
                self._file = file_id(self._path)
                self._checkpointer.start()

    async def open(self) -> None:
        """Also load the engine. Its connections to a file that was replaced are let go as they are asked for."""
        await self.prepare()
        if self._writing is not None:
            return
        async with self._opening:
            if self._writing is None:
                engines = await asyncio.to_thread(importlib.import_module, "prosa.drivers.sql.engine")
                self._writing = engines.make_engine(self._path)
                self._reading = engines.reading(self._writing)

    def _is_prepared(self) -> bool:
        return self._file is not None and self._file == file_id(self._path)

    def _migrate(self) -> None:
        if needs_migration(self._address):
            upgrade(self._address)

    def doubt(self) -> None:
        """Have the next use look again whether the file is up to date."""
        self._file = None

    def reading(self) -> "AsyncEngine":
        """The engine of transactions that only read."""
        assert self._reading is not None
        return self._reading

    def writing(self) -> "AsyncEngine":
        """The engine of transactions that hold the write lock from their beginning."""
        assert self._writing is not None
        return self._writing

    async def lock(self, _connection: Connection, _name: str) -> None:
        """Nothing: there is one writer at a time anyway."""

    async def fetch(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[object, ...]]:
        """The rows of a tiny read."""
        return await self._reader.fetch(self._file, sql, parameters)

    async def ready(self) -> bool:
        """Whether the file can be read now, or can be made."""
        return await asyncio.to_thread(answers, self._path)

    async def aclose(self) -> None:
        """Close every connection; the last one of all processes empties the write-ahead log into the file."""
        engine, self._writing, self._reading = self._writing, None, None
        self._file = None
        await self._checkpointer.stop()
        await self._reader.aclose()
        if engine is not None:
            await engine.dispose()
