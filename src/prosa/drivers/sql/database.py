"""One SQLite file as the stores see it: opened, and brought up to date, at its first use."""

import asyncio
import importlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from prosa.drivers.sql.errors import DatabaseUnavailable, translated
from prosa.drivers.sql.files import FileId, file_id
from prosa.drivers.sql.migrate import needs_migration, upgrade

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


class Database:
    """A database that costs nothing until it is used: SQLAlchemy is imported and the file created by the first `open`.

    One per process and event loop. Writers of the process stand in a fair queue; SQLite's own busy handler only has to
    settle between processes.
    """

    def __init__(self, path: Path, patience: float = 30.0) -> None:
        """`patience`: seconds that a writer waits for the writers of this process before it."""
        self.path = path
        self._patience = patience
        self._engine: AsyncEngine | None = None
        self._file: FileId | None = None  # which file it was that the engine was opened on
        self._opening = asyncio.Lock()
        self._writer = asyncio.Lock()

    async def open(self) -> None:
        """Load the driver, migrate the file if it needs it. Raises DatabaseUnavailable; a later call tries again.

        Also when the file was removed or replaced since: what is written into one that nobody finds any more would be lost.
        """
        if self._is_open():
            return
        async with self._opening:
            if not self._is_open():
                self._engine = await asyncio.to_thread(self._load)
                self._file = file_id(self.path)

    def _is_open(self) -> bool:
        return self._engine is not None and self._file is not None and self._file == file_id(self.path)

    def _load(self) -> "AsyncEngine":
        engines = importlib.import_module("prosa.drivers.sql.engine")
        if needs_migration(self.path):
            upgrade(self.path)
        if self._engine is not None:
            return self._engine  # its connections to the file that was are let go as they are asked for
        engine: AsyncEngine = engines.make_engine(self.path)
        return engine

    @asynccontextmanager
    async def reading(self) -> "AsyncIterator[AsyncConnection]":
        """A transaction that only reads, and sees one state of the file. Raises DatabaseUnavailable."""
        await self.open()
        assert self._engine is not None
        engine = self._engine.execution_options(prosa_reading=True)
        with translated():
            async with engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> "AsyncIterator[AsyncConnection]":
        """A transaction that holds the write lock from its beginning; committed at the end, rolled back on an error.

        Nothing on the network is awaited inside. Raises DatabaseUnavailable.
        """
        await self.open()
        assert self._engine is not None
        await self._turn()
        try:
            with translated():
                async with self._engine.begin() as connection:
                    yield connection
        finally:
            self._writer.release()

    async def _turn(self) -> None:
        """Wait in the writers' queue, but not behind ever so many that all wait for a file which another program has locked."""
        try:
            async with asyncio.timeout(self._patience):
                await self._writer.acquire()
        except TimeoutError as error:
            raise DatabaseUnavailable from error

    def answers(self) -> bool:
        """Whether the file can be read now, or can be made; asked by health checks, so it loads nothing and writes nothing."""
        if not self.path.exists():
            return self.path.parent.is_dir()
        try:
            connection = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, timeout=1.0)
        except sqlite3.Error:
            return False
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except (sqlite3.Error, UnicodeDecodeError):
            return False
        finally:
            connection.close()
        return True

    async def aclose(self) -> None:
        """Close every connection; a later use opens anew."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.dispose()
