"""How a Database does its work on a PostgreSQL server."""

import asyncio
import importlib
from typing import TYPE_CHECKING, Final

from prosa.drivers.sql.address import DatabaseAddress
from prosa.drivers.sql.connection import Connection
from prosa.drivers.sql.errors import DatabaseUnavailable
from prosa.drivers.sql.migrate import needs_migration, upgrade

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from prosa.drivers.sql.postgres import PostgresReader

READY_SECONDS: Final = 2.0


class PostgresBackend:
    """One PostgreSQL database: an engine for the stores, a few connections for tiny reads."""

    def __init__(self, url: str, patience: float) -> None:
        self._url = url
        self._patience = patience
        self._address = DatabaseAddress(url=url)
        self._writing: AsyncEngine | None = None
        self._reading: AsyncEngine | None = None
        self._reader: PostgresReader | None = None
        self._prepared = False
        self._opening = asyncio.Lock()

    async def prepare(self) -> None:
        """See that the database is up to date; loads SQLAlchemy only where it isn't."""
        if self._prepared:
            return
        async with self._opening:
            if not self._prepared:
                await self._load_reader()
                await asyncio.to_thread(self._migrate)
                self._prepared = True

    async def open(self) -> None:
        """Also load the engine."""
        await self.prepare()
        if self._writing is not None:
            return
        async with self._opening:
            if self._writing is None:
                engines = await asyncio.to_thread(importlib.import_module, "prosa.drivers.sql.postgres_engine")
                self._writing = engines.make_engine(self._url, self._patience)
                self._reading = engines.reading(self._writing)

    async def _load_reader(self) -> "PostgresReader":
        if self._reader is None:
            drivers = await asyncio.to_thread(importlib.import_module, "prosa.drivers.sql.postgres")
            self._reader = drivers.PostgresReader(self._url)
        assert self._reader is not None
        return self._reader

    def _migrate(self) -> None:
        if needs_migration(self._address):
            upgrade(self._address)

    def doubt(self) -> None:
        """Have the next use look again whether the database is up to date."""
        self._prepared = False

    def reading(self) -> "AsyncEngine":
        """The engine of transactions that only read."""
        assert self._reading is not None
        return self._reading

    def writing(self) -> "AsyncEngine":
        """The engine of transactions that write."""
        assert self._writing is not None
        return self._writing

    async def lock(self, connection: Connection, name: str) -> None:
        """Wait, until the transaction is the only one of all processes that holds the lock of this name."""
        from prosa.drivers.sql.postgres import lock_number

        await connection.exec_driver_sql("SELECT pg_advisory_xact_lock($1)", (lock_number(name),))

    async def fetch(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[object, ...]]:
        """The rows of a tiny read."""
        return await (await self._load_reader()).fetch(sql, parameters)

    async def ready(self) -> bool:
        """Whether the server answers now."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                await (await self._load_reader()).fetch("SELECT 1", ())
        except (DatabaseUnavailable, TimeoutError):
            return False
        return True

    async def aclose(self) -> None:
        """Close every connection."""
        engine, self._writing, self._reading = self._writing, None, None
        reader, self._reader = self._reader, None
        self._prepared = False
        if reader is not None:
            await reader.aclose()
        if engine is not None:
            await engine.dispose()
