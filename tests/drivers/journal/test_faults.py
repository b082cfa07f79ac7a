"""A database that is taken away, full, locked or restarted: typed errors, and it goes on by itself."""

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import pytest

from prosa.drivers.journal import Bounds, Journal, Statement
from prosa.drivers.sql import Database, DatabaseAddress, DatabaseUnavailable, upgrade
from tests import postgres
from tests.databases import a_database
from tests.drivers.journal.conftest import ADD, RAISE, Ground, furnish

CHANGE = Statement("INSERT INTO rights_changes (account_id, changed_at) VALUES ($1, $2)")


@asynccontextmanager
async def ground_on(database: Database, patience: float = 30.0) -> AsyncIterator[Ground]:
    """A journal over this database, with the tests' tables."""
    await furnish(database)
    journal = Journal(database, Bounds(patience=patience))
    yield Ground(database, journal)
    await journal.aclose()
    await database.aclose()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program holds the write lock."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_a_file_that_another_holds_is_waited_for(tmp_path: Path) -> None:
    async with ground_on(Database(tmp_path / "prosa.db")) as ground:
        await ground.journal.append(ADD, ("a", 1, "x"))
        with locked(tmp_path / "prosa.db"):
            waiting = asyncio.create_task(ground.journal.append(ADD, ("a", 2, "x")))
            for _ in range(10):
                await asyncio.sleep(0.01)  # the loop goes on meanwhile
            assert not waiting.done()
        assert await waiting == 1


async def test_a_file_that_another_doesnt_let_go_is_a_typed_error_that_heals(tmp_path: Path) -> None:
    async with ground_on(Database(tmp_path / "prosa.db"), patience=0.1) as ground:
        await ground.journal.append(ADD, ("a", 1, "x"))
        with locked(tmp_path / "prosa.db"):
            appends = [ground.journal.append(ADD, ("a", number, "x")) for number in (2, 3)]
            found = await asyncio.gather(*appends, return_exceptions=True)
            assert [type(error) for error in found] == [DatabaseUnavailable] * 2
            assert found[0] is not found[1]
            ground.journal.append_soon(ADD, ("a", 4, "x"))
            await ground.journal.flush()
            assert ground.journal.lost == 1
        assert await ground.journal.append(ADD, ("a", 5, "x")) == 1
        assert await ground.numbers() == [1, 5]


async def test_who_waits_for_room_doesnt_wait_for_ever(tmp_path: Path) -> None:
    async with ground_on(Database(tmp_path / "prosa.db"), patience=0.1) as ground:
        journal = Journal(ground.database, Bounds(entries=2, patience=0.2))
        with locked(tmp_path / "prosa.db"):
            appends = [journal.append(ADD, ("a", number, "x")) for number in range(8)]
            found = await asyncio.gather(*appends, return_exceptions=True)
            assert [type(error) for error in found] == [DatabaseUnavailable] * 8
        assert await asyncio.gather(*(journal.append(ADD, ("a", number, "x")) for number in range(8))) == [1] * 8
        await journal.aclose()


async def test_a_disk_that_takes_no_more_is_a_typed_error_that_heals(tmp_path: Path) -> None:
    async with ground_on(Database(tmp_path / "prosa.db")) as ground:
        await ground.journal.append(ADD, ("a", 1, "x"))
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        size = (tmp_path / "prosa.db-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 6000, hard))
        try:
            with pytest.raises(DatabaseUnavailable):
                await ground.journal.append(ADD, ("a", 2, "x" * 50_000))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert await ground.journal.append(ADD, ("a", 3, "x")) == 1
        assert await ground.numbers() == [1, 3]


async def test_rows_go_to_the_file_that_is_there_now(tmp_path: Path) -> None:
    path, backup = tmp_path / "prosa.db", tmp_path / "backup.db"
    database = Database(path)
    journal = Journal(database)
    assert await journal.append(CHANGE, ("one", 1)) == 1
    remove(path)
    assert await journal.append(CHANGE, ("two", 2)) == 1
    assert accounts_in(path) == ["two"]
    upgrade(backup)
    remove(path)
    backup.rename(path)
    assert await journal.append(CHANGE, ("three", 3)) == 1
    assert accounts_in(path) == ["three"]
    await journal.aclose()
    await database.aclose()


async def test_garbage_in_its_place_is_a_typed_error_that_heals(tmp_path: Path) -> None:
    path = tmp_path / "prosa.db"
    database = Database(path)
    journal = Journal(database)
    assert await journal.append(CHANGE, ("one", 1)) == 1
    remove(path)
    path.write_bytes(b"no database at all " * 500)
    with pytest.raises(DatabaseUnavailable):
        await journal.append(CHANGE, ("two", 2))
    path.unlink()
    assert await journal.append(CHANGE, ("three", 3)) == 1
    assert accounts_in(path) == ["three"]
    await journal.aclose()
    await database.aclose()


def remove(path: Path) -> None:
    """Take the database's files away."""
    for file in path.parent.glob("prosa.db*"):
        file.unlink()


def accounts_in(path: Path) -> list[str]:
    """Which accounts' rights the file says have changed."""
    with closing(sqlite3.connect(path)) as connection:
        return [account for (account,) in connection.execute("SELECT account_id FROM rights_changes ORDER BY number")]


END_OTHERS = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


async def test_a_session_that_is_ended_while_it_rests_is_made_anew() -> None:
    async with a_database("postgresql") as database, ground_on(database) as ground:
        await ground.journal.append(ADD, ("a", 1, "x"))
        other = await database.session()
        await other.execute(END_OTHERS)
        await asyncio.sleep(0.05)
        assert await ground.journal.append(ADD, ("a", 2, "x")) == 1
        assert await ground.numbers() == [1, 2]
        await other.close()


async def test_a_session_that_is_ended_at_work_is_a_typed_error_that_heals() -> None:
    async with a_database("postgresql") as database, ground_on(database) as ground:
        other = await database.session()
        async with other.transaction():
            await other.execute("UPDATE journal_runs SET count = 5")
            tasks = [asyncio.create_task(ground.journal.append(RAISE, ("a",))) for _ in range(3)]
            await asyncio.sleep(0.2)  # it waits for the row
            await other.execute(END_OTHERS)
            found = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(error) for error in found] == [DatabaseUnavailable] * 3
        assert await ground.journal.append(RAISE, ("a",)) == 1
        assert await ground.count() == 6
        await other.close()


async def test_a_server_that_is_restarted_is_found_again() -> None:
    server = await asyncio.to_thread(postgres.new_server)
    try:
        address = DatabaseAddress(url=server.url(postgres.new_database(server)))
        async with ground_on(Database(address)) as ground:
            await ground.journal.append(ADD, ("a", 1, "x"))
            await asyncio.to_thread(server.stop)
            for _ in range(2):
                with pytest.raises(DatabaseUnavailable):
                    await ground.journal.append(ADD, ("a", 2, "x"))
            await asyncio.to_thread(server.start)
            assert await ground.journal.append(ADD, ("a", 3, "x")) == 1
            assert await ground.numbers() == [1, 3]
    finally:
        await asyncio.to_thread(postgres.remove, server)


async def test_a_server_that_acknowledges_too_soon_is_told_to_wait() -> None:
    async with a_database("postgresql") as database, ground_on(database) as ground:
        other = await database.session()
        name = await other.fetchval("SELECT current_database()")
        await other.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        statement = Statement("INSERT INTO events VALUES ($1, 1, current_setting('synchronous_commit'))")
        await ground.journal.append(statement, ("a",))
        assert await database.fetch("SELECT body FROM events") == [("on",)]
        await other.close()


async def test_a_table_that_was_dropped_is_made_anew() -> None:
    async with a_database("postgresql") as database:
        journal = Journal(database)
        assert await journal.append(CHANGE, ("one", 1)) == 1
        other = await database.session()
        await other.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        with pytest.raises(DatabaseUnavailable):
            await journal.append(CHANGE, ("two", 2))
        assert await journal.append(CHANGE, ("three", 3)) == 1
        await other.close()
        await journal.aclose()
