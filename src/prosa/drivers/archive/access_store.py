"""A database as it stands: one connection, nothing migrated, one transaction. Importing this module loads SQLAlchemy."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from prosa.drivers.archive.errors import ArchiveError
from prosa.drivers.sql import DatabaseAddress, DatabaseUnavailable, unhurried_engine

_WAITING: Final = 10_000  # milliseconds for a lock that another program holds
_LOOKING: Final = (f"PRAGMA busy_timeout={_WAITING}", "PRAGMA query_only=ON", "PRAGMA cache_size=-4000")
# Foreign keys are checked at the end of the whole, not row by row: rows come in the tables' order, not in that of their ties.
_FILLING: Final = (
    f"PRAGMA busy_timeout={_WAITING}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=OFF",
    "PRAGMA cache_size=-16000",
    "PRAGMA wal_autocheckpoint=0",  # the log is emptied by who closes last, or by the server's elected process (decision 21)
)


class DatabaseRefuses(ArchiveError):
    """The database can't be reached, read or written; `damaged` when its file is no database any more."""

    def __init__(self, reason: str, *, damaged: bool = False) -> None:
        super().__init__(f"the database can't be used: {reason}")
        self.damaged = damaged


@asynccontextmanager
async def reading(address: DatabaseAddress) -> AsyncIterator[AsyncConnection]:
    """A transaction that sees one instant, whatever is written meanwhile, and writes nothing. Raises DatabaseRefuses."""
    if address.path is not None and not _has_content(address.path):
        raise DatabaseRefuses("there is none yet")
    engine = _engine(address, _LOOKING, "BEGIN")
    if address.path is None:
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    async with _transaction(engine) as connection:
        yield connection


@asynccontextmanager
async def filling(address: DatabaseAddress) -> AsyncIterator[AsyncConnection]:
    """A transaction that may change everything, and does all of it or nothing. Raises DatabaseRefuses."""
    if address.path is not None:
        address.path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        address.path.touch(mode=0o600, exist_ok=True)
    async with _transaction(_engine(address, _FILLING, "BEGIN EXCLUSIVE")) as connection:
        if address.path is None:
            await connection.execute(text(f"SET LOCAL lock_timeout = {_WAITING}"))
            await _check_alone(connection)
        yield connection


async def _check_alone(connection: AsyncConnection) -> None:
    """Refuse while a server works on the database, on whatever machine."""
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user"
        " AND application_name = 'prosa' AND pid <> pg_backend_pid()"
    )
    count = (await connection.execute(others)).scalar_one()
    if count:
        raise DatabaseRefuses(f"{count} connections of a prosa that runs are open; stop every server of this database first")


def _has_content(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _engine(address: DatabaseAddress, pragmas: tuple[str, ...], begin: str) -> AsyncEngine:
    if address.path is None:
        return unhurried_engine(address.url or "")
    engine = create_async_engine(URL.create("sqlite+aiosqlite", database=str(address.path)), poolclass=NullPool)

    def prepare(connection: Any, _entry: object) -> None:  # the driver's connection has no type of its own here
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


@asynccontextmanager
async def _transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    try:
        async with engine.begin() as connection:
            yield connection
    except IntegrityError as error:
        raise DatabaseRefuses(f"its rows contradict each other: {_first_line(error.orig)}") from error
    except DBAPIError as error:
        raise DatabaseRefuses(_first_line(error.orig), damaged=_is_damage(error)) from error
    except DatabaseUnavailable as error:
        raise DatabaseRefuses(error.reason or error.message) from error
    finally:
        await engine.dispose()


def _is_damage(error: DBAPIError) -> bool:
    """Whether SQLite says SQLITE_CORRUPT or SQLITE_NOTADB."""
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    return name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def _first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
