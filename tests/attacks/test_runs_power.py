"""A power cut: whatever the disk had not yet taken is gone, and what was acknowledged or shown is there."""

import asyncio
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from prosa.drivers.journal import Journal
from prosa.drivers.journal.sqlite_store import SqliteWriter
from prosa.drivers.sql import Database
from prosa.events import Signals
from prosa.kit.clock import SystemClock
from prosa.runs import Engine, EngineParts, NewRun, RunSettings
from tests.databases import migrated_file
from tests.runs.scripted import KIND, Script, ScriptedKind, Step, first_event, given

SPACE = "space"
PARTS = 10  # of all the bytes, so that they can be spread over processes
SCRIPT = Script([Step("push", 3), Step("flush"), Step("push", 4), Step("flush"), Step("push", 1)])
TORN = (
    "SELECT id FROM runs r WHERE (state = 'completed') <> EXISTS (SELECT 1 FROM run_events e WHERE e.run_id = r.id AND e.final)"
    " OR (state = 'completed') <> EXISTS (SELECT 1 FROM items i WHERE i.run_id = r.id AND i.made)"
    " OR NOT EXISTS (SELECT 1 FROM items i WHERE i.run_id = r.id AND NOT i.made)"
    " OR (SELECT sum(last - first + 1) FROM run_events e WHERE e.run_id = r.id)"
    " <> (SELECT max(last) + 1 FROM run_events e WHERE e.run_id = r.id)"
)


@dataclass(frozen=True)
class Moment:
    """What somebody had been told when the log of the file was so long."""

    size: int
    run_id: str
    number: int  # of the last event that was shown; 0 also stands for the start alone
    state: str | None = None


@dataclass(frozen=True)
class Tale:
    """A file as it was at the beginning, its whole log, and what was told meanwhile."""

    file: Path
    log: bytes
    moments: Sequence[Moment]


def engine_on(path: Path) -> tuple[Engine, Database, Journal]:
    """An engine over a file, which looks after whatever it finds there."""
    database = Database(path)
    journal = Journal(database)
    signals = Signals(path.parent / "wake", database)
    engine = Engine(EngineParts(database, journal, signals, SystemClock()), RunSettings(lease_seconds=1.0))
    engine.kinds[KIND] = ScriptedKind()
    return engine, database, journal


async def told(folder: Path, runs: int) -> Tale:
    """Have runs started, driven and read, one after the other, and note after each step how much was on the disk."""
    path, before = folder / "prosa.db", folder / "before.db"
    shutil.copy(migrated_file(), path)
    shutil.copy(path, before)
    log = folder / "prosa.db-wal"
    engine, database, journal = engine_on(path)
    moments: list[Moment] = []
    for number in range(runs):
        run_id = f"{number:032x}"
        events, parts = (first_event(),), (given(SPACE, run_id),)
        run = await engine.start_run(NewRun(SPACE, KIND, msgspec.json.encode(SCRIPT), events, parts, id=run_id))
        moments.append(Moment(log.stat().st_size, run_id, 0))
        async with aclosing(engine.follow(run)) as batches:
            async for batch in batches:
                moments.append(Moment(log.stat().st_size, run_id, batch.last))
        run = await engine.finished(run)
        moments.append(Moment(log.stat().st_size, run_id, 0, run.state))
    content = log.read_bytes()
    writer = journal._writer
    assert isinstance(writer, SqliteWriter) and writer._connection is not None
    assert writer._connection.execute("PRAGMA synchronous").fetchone() == (2,)  # a commit returns when the disk has it
    await engine.stop()
    await journal.aclose()
    await database.aclose()
    return Tale(before, content, moments)


@pytest.fixture
def shelf() -> Iterator[Path]:
    """A folder in memory, where thousands of files are opened in little time."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


def opened(tale: Tale, shelf: Path, log: bytes) -> sqlite3.Connection:
    """The file with this log, as a machine finds it that has its power back."""
    for file in shelf.glob("cut.db*"):
        file.unlink()
    shutil.copy(tale.file, shelf / "cut.db")
    (shelf / "cut.db-wal").write_bytes(log)
    return sqlite3.connect(shelf / "cut.db", isolation_level=None)


def judge(tale: Tale, shelf: Path, cut: int, rest: bytes = b"", *, thoroughly: bool = False) -> None:
    """Cut the log there, with `rest` where the disk has left something else; all that was told by then has to be there."""
    with closing(opened(tale, shelf, tale.log[:cut] + rest)) as found:
        states = dict(found.execute("SELECT id, state FROM runs").fetchall())
        newest = dict(found.execute("SELECT run_id, max(last) FROM run_events GROUP BY run_id").fetchall())
        for moment in tale.moments:
            if moment.size <= cut:
                assert moment.run_id in states and newest[moment.run_id] >= moment.number, (cut, moment, newest)
                assert moment.state in (None, states[moment.run_id]), (cut, moment, states)
        assert found.execute(TORN).fetchall() == [], cut
        if thoroughly:
            assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)], cut


@pytest.mark.slow
async def test_a_log_cut_anywhere_behind_a_sync_holds_what_was_told_by_then(tmp_path: Path, shelf: Path) -> None:
    tale = await told(tmp_path, 3)
    draw = random.Random(1)
    sizes = sorted({moment.size for moment in tale.moments})
    assert len(sizes) > 6 and sizes[-1] == len(tale.log)
    for cut in draw.sample(range(sizes[-3], sizes[-2]), 500):  # within one commit
        judge(tale, shelf, cut)
    for cut in (*range(0, len(tale.log), 3989), *sizes, *(size - 1 for size in sizes)):
        judge(tale, shelf, cut, thoroughly=True)
        judge(tale, shelf, cut, draw.randbytes(draw.randrange(1, 9000)))
        judge(tale, shelf, cut, bytes(4120))


@pytest.mark.faults
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", range(PARTS))
async def test_every_byte_of_a_log(tmp_path: Path, shelf: Path, part: int) -> None:
    tale = await told(tmp_path, 2)  # every kind of commit that a run makes, before and after another run's
    draw = random.Random(part)
    for cut in range(part, len(tale.log), PARTS):
        judge(tale, shelf, cut)
    for cut in range(part, len(tale.log), 97 * PARTS):
        judge(tale, shelf, cut, thoroughly=True)
        judge(tale, shelf, cut, draw.randbytes(draw.randrange(1, 9000)))
        judge(tale, shelf, cut, bytes(4120))


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_was_cut_off_is_driven_to_its_end_afterwards(tmp_path: Path, shelf: Path, seed: int) -> None:
    tale = await told(tmp_path, 3)
    cut = random.Random(seed).randrange(tale.moments[0].size, len(tale.log))
    opened(tale, shelf, tale.log[:cut]).close()
    engine, database, journal = engine_on(shelf / "cut.db")
    engine.start(sole=True)
    async with asyncio.timeout(10):
        for (run_id,) in await database.fetch("SELECT id FROM runs"):
            await engine.finished(await engine.get(SPACE, str(run_id)))
    assert await database.fetch(TORN) == []
    assert await database.fetch("SELECT DISTINCT state FROM runs") == [("completed",)]
    await engine.stop()
    await journal.aclose()
    await database.aclose()
