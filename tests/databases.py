"""Fresh databases of both kinds, brought up to date, for every test that stores something."""

import atexit
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path

import pytest

from prosa.drivers.sql import Database, DatabaseAddress, upgrade
from tests import postgres
from tests.emptying import shelf

KINDS = ("sqlite", "postgresql")
TEMPLATE = "prosa_template"

# A parameter of a fixture or a test: `@pytest.mark.parametrize("kind", KINDS)`; or the fixture below, imported by a conftest.


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A fresh database of each kind."""
    async with a_database(request.param) as made:
        yield made


@asynccontextmanager
async def a_database(kind: str) -> AsyncIterator[Database]:
    """A fresh database that is up to date; gone afterwards."""
    with an_address(kind) as address:
        made = Database(address)
        try:
            yield made
        finally:
            await made.aclose()


@contextmanager
def an_address(kind: str, *, migrated: bool = True) -> Iterator[DatabaseAddress]:
    """Where a fresh database is; for processes, or several users of one."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "prosa.db"
            if migrated:
                shutil.copy(migrated_file(), path)
            yield DatabaseAddress(path=path)
        return
    server = postgres.server()
    name = shelf(migrated_template()).take() if migrated else postgres.new_database(server)
    try:
        yield DatabaseAddress(url=server.url(name))
    finally:
        if migrated:
            shelf(migrated_template()).give_back(name)
        else:
            server.sql(f"DROP DATABASE {name} WITH (FORCE)")


def environment(address: DatabaseAddress) -> dict[str, str]:
    """What a served prosa is told, so that it uses this database."""
    return {"PROSA_DATABASE_URL": address.url or f"sqlite:///{address.path}"}


@cache
def migrated_file() -> Path:
    """An empty SQLite file that is up to date, made once for all tests of this process."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    upgrade(folder / "prosa.db")
    return folder / "prosa.db"


@cache
def migrated_template() -> str:
    """The PostgreSQL database that fresh ones are copies of."""
    server = postgres.server()
    server.sql(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
    upgrade(DatabaseAddress(url=server.url(TEMPLATE)))
    server.sql("CREATE EXTENSION vector", TEMPLATE)  # or the first search makes it, and its database can't be used again
    return TEMPLATE
