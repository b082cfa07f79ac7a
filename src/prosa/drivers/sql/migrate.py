"""Bringing the database up to date, and back."""

import asyncio
import re
import sqlite3
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import closing
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import prosa
from prosa.drivers.sql.address import DatabaseAddress
from prosa.drivers.sql.errors import DatabaseUnavailable, DatabaseUnusable, translated

if TYPE_CHECKING:
    from sqlalchemy import Connection

Found = TypeVar("Found")
LOOK_SECONDS: Final = 60.0  # for a look at which revision a database has
_OURS: Final = re.compile(r"\d{4}_\d{2}_\d{2}_\w+")  # the form of a revision's name, of later versions too
_FOLLOWS: Final = re.compile(r'^down_revision = "(\w+)"', re.MULTILINE)


@cache
def folder() -> Path:
    """Where the migrations lie: inside the installed package, or at the top of the repository."""
    package = Path(prosa.__file__).parent
    installed = package / "_migrations"
    return installed if installed.is_dir() else package.parents[1] / "migrations"


@cache
def revisions() -> tuple[str, ...]:
    """Every revision, oldest first: each file says which one it follows."""
    following = {}
    for file in (folder() / "versions").glob("[0-9]*.py"):
        found = _FOLLOWS.search(file.read_text(encoding="utf-8"))
        following[found.group(1) if found is not None else None] = file.stem
    ordered: list[str] = []
    while (last := following.get(ordered[-1] if ordered else None)) is not None:
        ordered.append(last)
    return tuple(ordered)


def needs_migration(place: DatabaseAddress | Path) -> bool:
    """Whether `upgrade` has something to do; asks with the driver alone.

    A database that a newer prosa has migrated is left alone: neighbouring versions run together over one database.
    Raises DatabaseUnusable for what is no database of prosa, DatabaseUnavailable for one that can't be read.
    """
    path = DatabaseAddress.of(place).path
    if path is not None and (not path.exists() or path.stat().st_size == 0):
        return True
    current = current_revision(place)
    return current is None or (current in revisions() and current != revisions()[-1])


def current_revision(place: DatabaseAddress | Path) -> str | None:
    """The revision of an existing database, None for an empty one. Raises as `needs_migration`."""
    address = DatabaseAddress.of(place)
    if address.path is not None:
        return _file_revision(address.path)
    assert address.url is not None
    from prosa.drivers.sql.postgres_revision import revision_of

    return _checked(finished(revision_of(address.url), LOOK_SECONDS))


def _file_revision(path: Path) -> str | None:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10.0)) as connection:
            tables = {str(row[0]) for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables:
                return None
            if "alembic_version" not in tables:
                raise DatabaseUnusable("it holds tables of another program")
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return _checked(str(row[0]) if row else None)
    except sqlite3.OperationalError as error:
        raise DatabaseUnavailable(str(error)) from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # a broken schema's complaint can't always be read
        raise DatabaseUnusable("it is no SQLite database") from error


def _checked(revision: str | None) -> str | None:
    """Another program may keep its revisions in a table of the same name."""
    if revision is not None and not _OURS.fullmatch(revision):
        raise DatabaseUnusable("it holds tables of another program")
    return revision


def upgrade(place: DatabaseAddress | Path, revision: str = "head") -> None:
    """Migrate forward to `revision`, creating a SQLite file, readable by its owner alone, when it isn't there.

    All of it is one transaction, and of two processes that come at once the second finds nothing to do. May be called on a
    loop's thread, which then stands still. Raises DatabaseUnavailable.
    """
    address = DatabaseAddress.of(place)
    with translated():
        if address.path is not None:
            address.path.parent.mkdir(parents=True, exist_ok=True)
            address.path.touch(mode=0o600, exist_ok=True)
        _run(address, revision, forward=True)


def downgrade(place: DatabaseAddress | Path, revision: str) -> None:
    """Migrate back to `revision` ("base": nothing is left). What only the newer form can hold is lost."""
    with translated():
        _run(DatabaseAddress.of(place), revision, forward=False)


def _run(address: DatabaseAddress, revision: str, *, forward: bool) -> None:
    if address.path is not None:
        _run_file(address.path, revision, forward=forward)
    else:
        assert address.url is not None
        finished(_run_server(address.url, revision, forward=forward))


def _run_file(path: Path, revision: str, *, forward: bool) -> None:
    from sqlalchemy import create_engine, event
    from sqlalchemy.engine import URL
    from sqlalchemy.pool import NullPool

    from prosa.drivers.sql.engine import begin, prepare

    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    try:
        with engine.begin() as connection:
            migrate_within(connection, revision, forward=forward)
    finally:
        engine.dispose()


async def _run_server(url: str, revision: str, *, forward: bool) -> None:
    """Behind a lock of the whole database, for the migrators of other processes; its form is PostgreSQL's own transaction."""
    from prosa.drivers.sql.postgres import lock_number
    from prosa.drivers.sql.postgres_engine import make_unhurried_engine

    engine = make_unhurried_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("SELECT pg_advisory_xact_lock($1)", (lock_number("migration"),))
            await connection.run_sync(partial(migrate_within, revision=revision, forward=forward))
    finally:
        await engine.dispose()


def migrate_within(connection: "Connection", revision: str = "head", *, forward: bool = True) -> None:
    """Migrate inside a transaction that is open already, and leave committing to whoever began it.

    `connection` is SQLAlchemy's plain one, as `AsyncConnection.run_sync` hands it over.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    (command.upgrade if forward else command.downgrade)(config, revision)


def finished(work: Coroutine[None, None, Found], seconds: float | None = None) -> Found:
    """What a coroutine comes to, on a loop and a thread of its own: the caller's thread may run one already.

    Raises what it raises; DatabaseUnavailable where that takes longer than so many seconds: nobody waits for what may never end.
    """
    threads = ThreadPoolExecutor(1, "database")
    ended = threads.submit(asyncio.run, work)
    threads.shutdown(wait=False)  # it ends with its work
    try:
        return ended.result(seconds)
    except FutureTimeout as error:
        raise DatabaseUnavailable(f"it did not answer within {seconds:g} s") from error
