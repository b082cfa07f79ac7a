"""Tiny reads past SQLAlchemy: the same in both kinds, never in the way of the loop, never of a file that is gone."""

import asyncio
import shutil
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from prosa.drivers.sql import Database, DatabaseNotMigrated, downgrade, open_sqlite, sqlite_reader, upgrade
from tests.databases import migrated_file

FIND = "SELECT name, value FROM installation WHERE name = $1 OR value = $2 OR name = $1 ORDER BY name"
SLOW = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT max(i), 1 FROM n"


async def put(database: Database, name: str, value: str) -> None:
    async with database.writing() as connection:
        await connection.execute(text("INSERT INTO installation VALUES (:name, :value)"), {"name": name, "value": value})


async def test_parameters_are_numbered_and_rows_are_tuples_in_both_kinds(database: Database) -> None:
    await put(database, "a", "1")
    await put(database, "b", "'; DROP TABLE installation; --")
    assert await database.fetch(FIND, "a", "'; DROP TABLE installation; --") == [
        ("a", "1"),
        ("b", "'; DROP TABLE installation; --"),
    ]
    assert await database.fetch(FIND, "none", "none") == []


async def test_what_is_committed_is_seen_at_once(database: Database) -> None:
    for number in range(20):
        await put(database, str(number), "x")
        assert len(await database.fetch("SELECT name FROM installation")) == number + 1


async def test_many_at_once_get_each_its_own_rows(database: Database) -> None:
    for number in range(5):
        await put(database, str(number), "x")
    found = await asyncio.gather(*(database.fetch(FIND, str(number % 5), "none") for number in range(100)))
    assert [rows[0][0] for rows in found] == [str(number % 5) for number in range(100)]


async def test_a_missing_table_is_told_apart_and_the_next_use_brings_the_database_up_to_date(database: Database) -> None:
    await put(database, "a", "1")
    await asyncio.to_thread(downgrade, database.address, "base")
    with pytest.raises(DatabaseNotMigrated):
        await database.fetch("SELECT name FROM installation")
    assert await database.fetch("SELECT name FROM installation") == []
    await asyncio.to_thread(downgrade, database.address, "base")
    with pytest.raises(DatabaseNotMigrated):
        await put(database, "a", "1")
    await put(database, "a", "1")


async def test_a_slow_read_leaves_the_loop_to_others(tmp_path: Path) -> None:
    database = Database(copied(tmp_path))
    await database.fetch("SELECT 1")
    longest, done = 0.0, False

    async def watch() -> None:
        nonlocal longest
        while not done:
            began = time.monotonic()
            await asyncio.sleep(0.001)
            longest = max(longest, time.monotonic() - began)

    watching = asyncio.create_task(watch())
    began = time.monotonic()
    assert await database.fetch(SLOW) == [(1000000, 1)]
    took, done = time.monotonic() - began, True
    await watching
    assert longest < max(0.1, took / 2)
    await database.aclose()


async def test_a_read_waits_for_a_file_that_another_program_locks_without_holding_up_the_loop(tmp_path: Path) -> None:
    path = copied(tmp_path)
    database = Database(path)
    await database.prepare()
    with closing(open_sqlite(path)) as locking:
        locking.execute("PRAGMA locking_mode=EXCLUSIVE")
        locking.execute("BEGIN EXCLUSIVE")
        locking.execute("INSERT INTO installation VALUES ('late', '1')")
        reading = asyncio.create_task(database.fetch("SELECT name FROM installation"))
        await asyncio.sleep(0.1)
        assert not reading.done()
        locking.execute("COMMIT")
    assert await reading == [("late",)]
    await database.aclose()


async def test_a_disk_that_has_become_slow_is_left_to_the_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_reader, "SLOW", -1.0)
    database = Database(copied(tmp_path))
    for _ in range(3):
        assert await database.fetch("SELECT 1") == [(1,)]
    assert any(thread.name == "prosa-reader" for thread in threading.enumerate())
    await database.aclose()
    assert not any(thread.name == "prosa-reader" for thread in threading.enumerate())


async def test_a_file_that_was_removed_or_replaced_is_noticed(tmp_path: Path) -> None:
    path = copied(tmp_path)
    database = Database(path)
    await put(database, "old", "1")
    remove(tmp_path)
    assert await database.fetch("SELECT name FROM installation") == []
    other = tmp_path / "other.db"
    upgrade(other)
    with closing(open_sqlite(other)) as connection:
        connection.execute("INSERT INTO installation VALUES ('new', '1')")
    remove(tmp_path)
    shutil.move(other, path)
    assert await database.fetch("SELECT name FROM installation") == [("new",)]
    await database.aclose()


async def test_who_gives_up_waiting_disturbs_nobody(database: Database) -> None:
    await database.prepare()
    waiting = [asyncio.create_task(database.fetch("SELECT 1")) for _ in range(10)]
    await asyncio.sleep(0)
    for task in waiting[::2]:
        task.cancel()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(rows == [(1,)] for rows in found[1::2])
    assert await database.fetch("SELECT 1") == [(1,)]


def test_a_read_of_a_file_that_is_up_to_date_loads_no_heavy_library(tmp_path: Path) -> None:
    code = (
        "import sys, asyncio, pathlib; from prosa.drivers.sql import Database;"
        "database = Database(pathlib.Path(sys.argv[1]));"
        "print(asyncio.run(database.fetch('SELECT count(*) FROM accounts')));"
        "sys.exit(any(name.split('.')[0] in {'sqlalchemy', 'alembic', 'aiosqlite', 'asyncpg'} for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(copied(tmp_path))], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "[(0,)]"), done.stderr


async def test_who_asks_while_the_connections_are_closed_begins_anew_and_keeps_nobody_from_ending(tmp_path: Path) -> None:
    database = Database(copied(tmp_path))
    await database.fetch("SELECT 1")
    async with asyncio.timeout(30):
        for _ in range(3):
            slow = asyncio.create_task(database.fetch(SLOW))
            await asyncio.sleep(0.01)
            ending = asyncio.create_task(database.aclose())
            await asyncio.sleep(0.01)
            assert await database.fetch(SLOW) == [(1000000, 1)]
            await ending
            assert await slow == [(1000000, 1)]
        await database.aclose()
    assert not [thread for thread in threading.enumerate() if thread.name == "prosa-reader"]


def copied(folder: Path) -> Path:
    return Path(shutil.copy(migrated_file(), folder / "prosa.db"))


def remove(folder: Path) -> None:
    for file in folder.glob("prosa.db*"):
        file.unlink()
