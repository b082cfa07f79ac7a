"""Acknowledged is durable: a process that is killed, a machine that loses its power."""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from tests.databases import KINDS, a_database
from tests.drivers.journal.conftest import ADD, Ground, furnish

KILL_AFTER = 300  # acknowledgements


@pytest.mark.parametrize("kind", KINDS)
async def test_what_a_killed_process_acknowledged_is_there(kind: str) -> None:
    async with a_database(kind) as database:
        await furnish(database)
        place = database.address.url or str(database.address.path)
        acknowledged = await asyncio.to_thread(killed_in_mid_writing, place)
        rows = await database.fetch("SELECT run, number FROM events")
        assert acknowledged <= {f"{run} {number}" for run, number in rows}
        ground = Ground(database, Journal(database))
        for run in {str(run) for run, _ in rows}:
            numbers = await ground.numbers(run)
            assert numbers == list(range(len(numbers)))  # no gap: they were written in their order
        await ground.journal.append(ADD, ("z", 1, "x"))
        await ground.journal.aclose()


def killed_in_mid_writing(place: str) -> set[str]:
    """The events that were acknowledged before the process was killed."""
    command = [sys.executable, "-m", "tests.drivers.journal.writing_process", place]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = {next(process.stdout).strip() for _ in range(KILL_AFTER)}
        process.kill()
        lines |= {line.strip() for line in process.stdout if line.endswith("\n")}
    return lines


async def test_a_log_that_is_cut_behind_the_last_sync_holds_what_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "prosa.db"
    log = tmp_path / "prosa.db-wal"
    database = Database(path)
    await furnish(database)
    journal = Journal(database)
    synced: list[tuple[int, int]] = []  # bytes of the log, events acknowledged by then
    for number in range(6):
        await journal.append(ADD, ("a", number, "x" * 700))
        synced.append((log.stat().st_size, number + 1))
    whole = log.read_bytes()
    for cut in range(synced[0][0], len(whole), 701):
        acknowledged = max(events for size, events in synced if size <= cut)
        assert events_in(path, whole[:cut]) >= acknowledged
    await journal.aclose()
    await database.aclose()


def events_in(path: Path, log: bytes) -> int:
    """How many events a file and its log hold that a machine without power left."""
    copy = path.parent / "cut" / "prosa.db"
    copy.parent.mkdir()
    shutil.copy(path, copy)
    Path(f"{copy}-wal").write_bytes(log)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found = int(connection.execute("SELECT count(*) FROM events").fetchone()[0])
    shutil.rmtree(copy.parent)
    return found
