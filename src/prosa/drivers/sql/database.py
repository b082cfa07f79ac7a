"""One SQLite file as the stores see it: opened, and brought up to date, at its first use."""

import asyncio
import importlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from prosa.drivers.sql.errors import translated
from prosa.drivers.sql.migrate import needs_migration, upgrade

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


class Database:
    """A database that costs nothing until it is used: SQLAlchemy is imported and the file created by the first `open`.

    One per process and event loop. Writers of the process stand in a fair queue; SQLite's own busy handler only has to
    settle between processes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine: AsyncEngine | None = None
        self._opening = asyncio.Lock()
        self._writer = asyncio.Lock()

    async def open(self) -> None:
        """Load the driver, migrate the file if it needs it. Raises DatabaseUnavailable; a later call tries again."""
        if self._engine is not None:
            return
        async with self._opening:
            if self._engine is None:
                self._engine = await asyncio.to_thread(self._load)

    def _load(self) -> "AsyncEngine":
        engines = importlib.import_module("prosa.drivers.sql.engine")
        if needs_migration(self.path):
            upgrade(self.path)
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
        async with self._writer:
            with translated():
                async with self._engine.begin() as connection:
                    yield connection

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
        except sqlite3.Error:
            return False
        finally:
            connection.close()
        return True

    async def aclose(self) -> None:
        """Close every connection; a later use opens anew."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.dispose()
