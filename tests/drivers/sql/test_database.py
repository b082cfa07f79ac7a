"""The database under concurrent writers, and when it isn't there."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from prosa.drivers.sql import Database, DatabaseUnavailable


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(tmp_path / "prosa.db")
    async with made.writing() as connection:
        await connection.execute(text("CREATE TABLE counter (value INTEGER)"))
        await connection.execute(text("INSERT INTO counter VALUES (0)"))
    yield made
    await made.aclose()


async def count_up(database: Database) -> None:
    async with database.writing() as connection:
        value = (await connection.execute(text("SELECT value FROM counter"))).scalar_one()
        await connection.execute(text("UPDATE counter SET value = :value"), {"value": value + 1})


async def value_of(database: Database) -> int:
    async with database.reading() as connection:
        return int((await connection.execute(text("SELECT value FROM counter"))).scalar_one())


async def test_writers_that_read_first_never_lose_an_update(database: Database) -> None:
    other = Database(database.path)
    await asyncio.gather(*(count_up(either) for _ in range(20) for either in (database, other)))
    await other.aclose()
    assert await value_of(database) == 40


async def test_an_error_inside_a_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(KeyError):
        async with database.writing() as connection:
            await connection.execute(text("UPDATE counter SET value = 9"))
            raise KeyError
    assert await value_of(database) == 0


async def test_connections_are_durable_and_in_wal_mode(database: Database) -> None:
    async with database.reading() as connection:
        found = [(await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one() for name in ("journal_mode", "synchronous")]
        assert found == ["wal", 2]
        assert (await connection.exec_driver_sql("PRAGMA foreign_keys")).scalar_one() == 1


async def test_a_failing_statement_is_unavailable_without_its_text(database: Database) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        async with database.reading() as connection:
            await connection.execute(text("SELECT secret FROM nowhere"))
    assert caught.value.message == "The database is not available."


async def test_a_file_that_cannot_be_made_is_unavailable_and_can_be_tried_again(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    database = Database(tmp_path / "data" / "prosa.db")
    assert not database.answers()
    with pytest.raises(DatabaseUnavailable):
        await database.open()
    (tmp_path / "data").unlink()
    await database.open()
    assert database.answers()
    await database.aclose()


async def test_a_health_check_sees_whether_the_file_answers(tmp_path: Path) -> None:
    path = tmp_path / "prosa.db"
    assert Database(path).answers()  # not there yet, and can be made
    assert not path.exists()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE a (b)")
    assert Database(path).answers()
    path.write_bytes(b"torn" * 1000)
    assert not Database(path).answers()
