"""Both kinds of database under concurrent writers, through both ways of reading, and when they aren't there."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, text
from sqlalchemy.exc import IntegrityError

from prosa.drivers.sql import Database, DatabaseUnavailable, Unstorable, insert
from tests.databases import a_database

COUNTERS = Table("counters", MetaData(), Column("name", Text, primary_key=True), Column("value", Integer, nullable=False))


@pytest.fixture
async def counting(database: Database) -> Database:
    async with database.writing() as connection:
        await connection.run_sync(COUNTERS.metadata.create_all)
        await connection.execute(COUNTERS.insert().values(name="a", value=0))
    return database


async def count_up(database: Database, lock: str | None = "counters") -> None:
    async with database.writing(lock) as connection:
        value = (await connection.execute(text("SELECT value FROM counters"))).scalar_one()
        await asyncio.sleep(0)
        await connection.execute(text("UPDATE counters SET value = :value"), {"value": value + 1})


async def value_of(database: Database) -> int:
    async with database.reading() as connection:
        return int((await connection.execute(text("SELECT value FROM counters"))).scalar_one())


@asynccontextmanager
async def another(database: Database) -> AsyncIterator[Database]:
    """A second user of the same database, as another process is one."""
    other = Database(database.address)
    yield other
    await other.aclose()


async def test_writers_that_read_first_under_one_lock_never_lose_an_update(counting: Database) -> None:
    async with another(counting) as other:
        await asyncio.gather(*(count_up(either) for _ in range(20) for either in (counting, other)))
    assert await value_of(counting) == 40


async def test_writers_under_different_locks_dont_wait_for_one_another_on_postgresql() -> None:
    async with a_database("postgresql") as database:
        async with database.writing("one"), asyncio.timeout(5), database.writing("two") as connection:
            await connection.execute(text("INSERT INTO installation VALUES ('a', '1')"))
        assert await database.fetch("SELECT name FROM installation") == [("a",)]


async def test_an_error_inside_a_transaction_leaves_nothing(counting: Database) -> None:
    with pytest.raises(KeyError):
        async with counting.writing() as connection:
            await connection.execute(text("UPDATE counters SET value = 9"))
            raise KeyError
    assert await value_of(counting) == 0


async def test_a_reader_sees_one_state_and_cannot_write_on_postgresql(counting: Database) -> None:
    async with counting.reading() as connection:
        before = (await connection.execute(text("SELECT value FROM counters"))).scalar_one()
        async with another(counting) as other:
            await count_up(other)
        assert (await connection.execute(text("SELECT value FROM counters"))).scalar_one() == before
    if counting.kind == "postgresql":
        with pytest.raises(DatabaseUnavailable):
            async with counting.reading() as connection:
                await connection.execute(text("UPDATE counters SET value = 5"))
    assert await value_of(counting) == before + 1


async def test_a_broken_constraint_stays_what_it_is(counting: Database) -> None:
    with pytest.raises(IntegrityError):
        async with counting.writing() as connection:
            await connection.execute(COUNTERS.insert().values(name="a", value=1))


async def test_a_row_that_is_there_is_left_or_changed_as_the_insert_says(counting: Database) -> None:
    again = {"name": "a", "value": 7}
    async with counting.writing() as connection:
        await connection.execute(insert(connection, COUNTERS).on_conflict_do_nothing(index_elements=["name"]).values(again))
        kept = (await connection.execute(text("SELECT value FROM counters"))).scalar_one()
        statement = insert(counting.kind, COUNTERS).values(again)
        await connection.execute(
            statement.on_conflict_do_update(index_elements=["name"], set_={"value": statement.excluded.value})
        )
    assert (kept, await value_of(counting)) == (0, 7)


async def test_connections_are_durable_and_in_wal_mode_and_empty_no_log_by_themselves(tmp_path: Path) -> None:
    database = Database(tmp_path / "prosa.db")
    async with database.reading() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint")
        found = [(await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one() for name in names]
    assert found == ["wal", 2, 1, 0]
    await database.aclose()


async def test_a_failing_statement_is_unavailable_without_its_text(counting: Database) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        async with counting.reading() as connection:
            await connection.execute(text("SELECT secret FROM nowhere"))
    assert caught.value.message == "The database is not available."
    with pytest.raises(DatabaseUnavailable) as caught:
        await counting.fetch("SELECT secret FROM nowhere")
    assert caught.value.message == "The database is not available."


async def test_what_no_column_can_hold_is_the_callers_mistake_on_postgresql() -> None:
    async with a_database("postgresql") as database:
        await database.open()
        for name, failures in (("a\0b", 1), ("b", 2**31), ("\ud800", 1)):
            with pytest.raises(Unstorable):
                async with database.writing() as connection:
                    statement = text("UPDATE accounts SET failures = :failures WHERE name = :name")
                    await connection.execute(statement, {"name": name, "failures": failures})
        with pytest.raises(Unstorable):
            await database.fetch("SELECT id FROM accounts WHERE name = $1", "a\0b")


async def test_a_file_that_cannot_be_made_is_unavailable_and_can_be_tried_again(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    database = Database(tmp_path / "data" / "prosa.db")
    assert not await database.ready()
    for attempt in (database.open(), database.fetch("SELECT 1")):
        with pytest.raises(DatabaseUnavailable):
            await attempt
    (tmp_path / "data").unlink()
    await database.open()
    assert await database.ready()
    await database.aclose()


async def test_a_health_check_sees_whether_the_file_answers(tmp_path: Path) -> None:
    path = tmp_path / "prosa.db"
    assert await Database(path).ready()  # not there yet, and can be made
    assert not path.exists()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE a (b)")
    assert await Database(path).ready()
    path.write_bytes(b"torn" * 1000)
    assert not await Database(path).ready()


async def test_a_database_can_be_closed_at_any_time_and_used_again(counting: Database) -> None:
    for _ in range(2):
        await counting.aclose()
        assert await counting.fetch("SELECT value FROM counters") == [(0,)]
        await counting.aclose()
        assert await value_of(counting) == 0
