"""A journal over a fresh database of each kind, with a table to write to."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from prosa.drivers.journal import Journal, Statement
from prosa.drivers.sql import Database
from tests.databases import KINDS, a_database

ADD = Statement("INSERT INTO events (run, number, body) VALUES ($1, $2, $3)")
RAISE = Statement("UPDATE journal_runs SET count = count + 1 WHERE run = $1")
FENCED = Statement(
    "INSERT INTO events (run, number, body) SELECT CAST($1 AS TEXT), CAST($2 AS BIGINT), CAST($3 AS TEXT)"
    " FROM journal_runs WHERE run = CAST($1 AS TEXT) AND fence = CAST($4 AS BIGINT)"
)
SCHEMA = """
CREATE TABLE journal_runs (run TEXT PRIMARY KEY, count BIGINT NOT NULL, fence BIGINT NOT NULL);
CREATE TABLE events (run TEXT NOT NULL, number BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (run, number));
INSERT INTO journal_runs VALUES ('a', 0, 7)
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """A journal, its database, and a second look at what is there."""

    database: Database
    journal: Journal

    async def numbers(self, run: str = "a") -> list[int]:
        """The numbers of a run's events, in their order."""
        rows = await self.database.fetch("SELECT number FROM events WHERE run = $1 ORDER BY number", run)
        return [number for (number,) in rows if isinstance(number, int)]

    async def count(self) -> object:
        """How often RAISE was counted."""
        return (await self.database.fetch("SELECT count FROM journal_runs"))[0][0]


async def furnish(database: Database) -> None:
    """Make the tables."""
    await database.prepare()
    if database.address.path is not None:
        with closing(sqlite3.connect(database.address.path)) as file:
            file.executescript(SCHEMA)
        return
    connection = await database.session()
    await connection.execute(SCHEMA)
    await connection.close()


@pytest.fixture(params=KINDS)
async def ground(request: pytest.FixtureRequest) -> AsyncIterator[Ground]:
    """A journal over a database of each kind."""
    async with a_database(request.param) as database:
        await furnish(database)
        journal = Journal(database)
        yield Ground(database, journal)
        await journal.aclose()
