"""The write-ahead log is emptied, by one process at a time, and never while somebody writes."""

import asyncio
import logging
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from sqlalchemy import text

from prosa.drivers.sql import Database, checkpoints, open_sqlite
from prosa.drivers.sql.checkpoints import Checkpointer
from tests.databases import migrated_file

LARGE = "x" * 20_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copy(migrated_file(), tmp_path / "prosa.db"))


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks that follow closely, at a log that is due early."""
    for name, value in (("EVERY", 0.01), ("DUE", 200_000), ("REST", 0.05)):
        monkeypatch.setattr(checkpoints, name, value)


@asynccontextmanager
async def nobody() -> AsyncIterator[None]:
    """A queue without writers."""
    yield


def changed(path: Path) -> int:
    return path.stat().st_mtime_ns


def remove(path: Path) -> None:
    for file in path.parent.glob("prosa.db*"):
        file.unlink()


def log_of(path: Path) -> int:
    log = path.with_name("prosa.db-wal")
    return log.stat().st_size if log.exists() else 0


async def write(database: Database, times: int) -> None:
    for _ in range(times):
        async with database.writing() as connection:
            await connection.execute(text("INSERT OR REPLACE INTO installation VALUES ('large', :value)"), {"value": LARGE})


def is_sound(path: Path) -> bool:
    with closing(open_sqlite(path)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)])


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def test_without_it_nobody_empties_the_log_but_the_last_who_closes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "EVERY", 3600.0)  # on a busy machine a look falls into so many writes
    database = Database(path)
    before = changed(path)
    await write(database, 300)  # six times what SQLite by itself would have let stand
    assert log_of(path) > 6_000_000
    assert changed(path) == before
    await database.aclose()
    assert log_of(path) == 0
    assert is_sound(path)


@pytest.mark.usefixtures("often")
async def test_the_log_stays_small_however_much_is_written(path: Path) -> None:
    database = Database(path)
    largest = 0
    for _ in range(40):
        await write(database, 10)
        await asyncio.sleep(0.01)
        largest = max(largest, log_of(path))
    assert largest < 5_000_000  # 8 MB were written
    await database.aclose()
    assert is_sound(path)


async def test_nothing_is_copied_while_somebody_writes(path: Path) -> None:
    database = Database(path)
    await write(database, 30)
    with closing(open_sqlite(path)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        before = changed(path)
        connections = checkpoints._Connections(path)
        working = asyncio.create_task(asyncio.to_thread(connections.checkpoint))
        await asyncio.sleep(0.2)
        assert not working.done()
        assert changed(path) == before
        writer.execute("COMMIT")
        assert await working
    assert changed(path) > before
    connections.close()
    await database.aclose()


async def test_nobody_begins_to_write_while_it_copies(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(path)
    await write(database, 5)
    with closing(open_sqlite(path)) as reader, closing(open_sqlite(path)) as writer:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM installation").fetchone()  # keeps the copying from coming to its end
        await write(database, 5)
        monkeypatch.setattr(checkpoints, "TRIES", 100)
        connections = checkpoints._Connections(path)
        working = asyncio.create_task(asyncio.to_thread(connections.checkpoint))
        await asyncio.sleep(0.2)
        writer.execute("PRAGMA busy_timeout=0")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            writer.execute("BEGIN IMMEDIATE")
        reader.execute("COMMIT")
        assert await working
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("ROLLBACK")
    connections.close()
    await database.aclose()


@pytest.mark.usefixtures("often")
async def test_one_is_elected_and_another_when_that_one_is_gone(path: Path) -> None:
    first, second = (Checkpointer(path, nobody) for _ in range(2))
    writer = open_sqlite(path)
    writer.execute("INSERT INTO installation VALUES ('large', ?)", (LARGE * 20,))
    first.start()
    await until(lambda: first._election._held >= 0)
    second.start()
    await asyncio.sleep(0.1)
    assert second._election._held < 0
    await first.stop()
    await until(lambda: second._election._held >= 0)
    await second.stop()
    writer.close()


def test_a_process_that_dies_leaves_its_place(path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from prosa.drivers.sql.checkpoints import _Election;"
        "print(_Election(Path(sys.argv[1])).won(), flush=True); time.sleep(60)"
    )
    place = path.with_name("prosa.db-checkpointer")
    with subprocess.Popen([sys.executable, "-c", code, str(place)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "True\n"
        election = checkpoints._Election(place)
        assert not election.won()
        process.kill()
        process.wait()
        assert election.won() and election.won()
        election.leave()


@pytest.mark.usefixtures("often")
async def test_a_reader_that_doesnt_end_holds_up_nobody_and_is_told_of(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(checkpoints, "TOO_MUCH", 1_000_000)
    database = Database(path)
    await write(database, 1)
    with closing(open_sqlite(path)) as reader, caplog.at_level(logging.WARNING, "prosa.database"):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM installation").fetchone()
        await write(database, 60)
        await until(lambda: "a reader that doesn't end" in caplog.text)
        await write(database, 60)
        assert log_of(path) > 2_000_000
        assert caplog.text.count("a reader that doesn't end") == 1
    await asyncio.sleep(0.05)
    await write(database, 200)
    await until(lambda: log_of(path) < 6_000_000)
    await database.aclose()
    assert is_sound(path)


@pytest.mark.usefixtures("often")
async def test_a_file_that_was_replaced_gets_its_own(path: Path) -> None:
    database = Database(path)
    await write(database, 30)
    await asyncio.sleep(0.1)
    remove(path)
    await write(database, 30)
    await asyncio.sleep(0.1)
    await write(database, 30)
    await database.aclose()
    assert is_sound(path)


@pytest.mark.slow
def test_four_processes_that_write_and_empty_the_log_all_the_time_break_nothing(path: Path) -> None:
    code = """
import asyncio, sys
from pathlib import Path
from sqlalchemy import text
from prosa.drivers.sql import Database
from prosa.drivers.sql import checkpoints
checkpoints.EVERY, checkpoints.DUE = 0.002, 1
async def main():
    database = Database(Path(sys.argv[1]))
    for number in range(100):
        async with database.writing() as connection:
            await connection.execute(text("INSERT INTO installation VALUES (:name, 'x')"), {"name": sys.argv[2] + str(number)})
    await database.aclose()
asyncio.run(main())
"""
    running = [subprocess.Popen([sys.executable, "-c", code, str(path), f"{number}-"]) for number in range(4)]
    assert [process.wait(100) for process in running] == [0] * 4
    assert is_sound(path)
    with closing(open_sqlite(path)) as connection:
        assert connection.execute("SELECT count(*) FROM installation").fetchone() == (400,)
