"""prosa's own database as the stores see it: opened, and brought up to date, at its first use."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from prosa.drivers.sql.address import DatabaseAddress
from prosa.drivers.sql.connection import Connection
from prosa.drivers.sql.errors import DatabaseNotMigrated, DatabaseUnavailable, translated
from prosa.drivers.sql.postgres_backend import PostgresBackend
from prosa.drivers.sql.sqlite_backend import SqliteBackend

if TYPE_CHECKING:
    import asyncpg

PATIENCE: Final = 30.0


class Database:
    """A database that costs nothing until it is used: libraries are loaded, and a file created, by the first use.

    One per process and event loop. On SQLite the writers of the process stand in a fair queue, so that its own busy handler
    only has to settle between processes.
    """

    def __init__(self, address: DatabaseAddress | Path, patience: float = PATIENCE) -> None:
        """`patience`: seconds that a writer waits for the writers of this process before it."""
        self.address = DatabaseAddress.of(address)
        self._patience = patience
        self._writer = asyncio.Lock()
        self._backend: SqliteBackend | PostgresBackend
        if self.address.path is not None:
            self._backend = SqliteBackend(self.address.path, self.turn)
        else:
            assert self.address.url is not None
            self._backend = PostgresBackend(self.address.url, patience)

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.address.kind

    async def open(self) -> None:
        """Load the libraries, bring the database up to date if it needs it. Raises DatabaseUnavailable; a later call tries again.

        Also when a SQLite file was removed or replaced since: what is written into one that nobody finds any more would be lost.
        """
        await self._backend.open()

    async def prepare(self) -> None:
        """See that the database is there and up to date, for who brings a connection of its own. Raises DatabaseUnavailable.

        Loads SQLAlchemy only where something has to be done, so that it may be asked before every transaction.
        """
        await self._backend.prepare()

    def doubt(self) -> None:
        """Have the next use look again whether the database is up to date."""
        self._backend.doubt()

    async def session(self, settings: dict[str, str] | None = None) -> "asyncpg.Connection":
        """A connection of one's own to PostgreSQL, past SQLAlchemy, with settings of the session. Raises DatabaseUnavailable."""
        from prosa.drivers.sql.postgres import connect

        assert self.address.url is not None
        return await connect(self.address.url, settings)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A transaction that only reads, and sees one state of the database. Raises DatabaseUnavailable."""
        await self._backend.open()
        with self._translated():
            async with self._backend.reading().begin() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self, lock: str | None = None) -> AsyncIterator[Connection]:
        """A transaction that writes; committed at the end, rolled back on an error.

        Of those that name the same `lock` one runs at a time, over all processes; on SQLite that is so for all of them.
        On PostgreSQL each statement sees what others have committed before it (READ COMMITTED). Nothing on the network is
        awaited inside. Raises DatabaseUnavailable; where the connection was lost during the very commit, it may have happened.
        """
        await self._backend.open()
        async with self.turn():
            with self._translated():
                async with self._backend.writing().begin() as connection:
                    if lock is not None:
                        await self._backend.lock(connection, lock)
                    yield connection

    async def fetch(self, sql: str, *parameters: object) -> list[tuple[object, ...]]:
        """The rows of a tiny indexed read, past SQLAlchemy; parameters are `$1`, `$2`, in both kinds.

        On SQLite it happens on the loop's own thread as long as that doesn't make it wait: 10 µs. What is slow doesn't belong
        here. Raises DatabaseUnavailable, DatabaseNotMigrated.
        """
        await self._backend.prepare()
        try:
            return await self._backend.fetch(sql, parameters)
        except DatabaseNotMigrated:
            self._backend.doubt()
            raise

    async def ready(self) -> bool:
        """Whether the database answers now, or can be made; asked by health checks, so it changes nothing."""
        return await self._backend.ready()

    async def aclose(self) -> None:
        """Close every connection; a later use opens anew."""
        await self._backend.aclose()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait in the writers' queue, but not behind ever so many that all wait for a file which another program has locked."""
        if self.address.path is None:
            yield
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._writer.acquire()
        except TimeoutError as error:
            raise DatabaseUnavailable("the writers' queue is too long") from error
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """As `translated`; where a table is missing, the next use looks again whether the database is up to date."""
        try:
            with translated():
                yield
        except DatabaseNotMigrated:
            self._backend.doubt()
            raise
