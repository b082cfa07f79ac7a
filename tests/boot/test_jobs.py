"""Background work in processes of its own: killed at any point it loses and doubles nothing; what is purged leaves no trace."""

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import MappingProxyType

import httpx2
import msgspec
import pytest

from prosa.boot import jobs_worker
from prosa.boot.jobs import JobSettings
from prosa.boot.jobs_lock import JobsElsewhere, alone, doing_jobs, done_elsewhere
from prosa.boot.settings import Settings, StartRefused
from prosa.conversations import ConversationService, SearchIndexer
from prosa.drivers.blobs import blobs_of
from prosa.drivers.journal import Journal, Statement
from prosa.drivers.sql import Database
from prosa.files import FileService, FileSettings
from prosa.jobs import JobStore, look_at_jobs
from prosa.kit.clock import SystemClock
from tests.databases import KINDS, an_address, environment
from tests.files.filing import pieces
from tests.serving import running, settings_of

ROOT = Path(__file__).parents[2]
CANARY = "zwitschervogel"
DAY = 86_400


class House:
    """A data folder with a conversation in the trash for long enough, and one that lives."""

    def __init__(self, settings: Settings, env: dict[str, str]) -> None:
        self.settings = settings
        self.env = env
        self.clock = SystemClock()
        self.database = Database(settings.database)
        self.journal = Journal(self.database)
        self.store = JobStore(self.database, self.journal)
        self.talks = ConversationService(self.database, self.journal, self.clock)

    async def fill(self, count: int) -> None:
        files = FileService(
            self.database, blobs_of(self.database, self.settings.server.data_dir, self.clock), FileSettings(), self.clock
        )
        async with files.upload("ana") as upload:
            await upload.receive("a.txt", None, pieces(f"the {CANARY} in a file".encode()))
            file = await upload.keep("user_data", None)
        lives = [_message(f"lives {number} {'x' * (number * 37 % 900)}") for number in range(count)]
        goes = [_message(f"{CANARY} {number} file-{file.id} {'y' * (number * 53 % 900)}") for number in range(count)]
        for begin in range(0, count, 50):
            for name, items in (("lives", lives), ("goes", goes)):
                some = items[begin : begin + 50]
                id = _id(name)
                await (self.talks.add_items("ana", id, some) if begin else self.talks.create("ana", b"{}", some, id))
        now = self.clock.now()
        await self.store.note_clock(now, now - 2 * DAY)
        await self.write("UPDATE conversations SET title = $2 WHERE id = $1", _id("goes"), f"about the {CANARY}")
        await self.write("UPDATE items SET run_id = $2 WHERE conversation_id = $1", _id("goes"), "r" * 32)  # rows move
        await self.write("UPDATE conversations SET deleted_at = CAST($2 AS BIGINT) WHERE id = $1", _id("goes"), 1)

    async def write(self, sql: str, *row: object) -> None:
        await self.journal.append(Statement(sql), row)

    async def count(self, table: str, where: str = "1 = 1") -> int:
        return msgspec.convert((await self.database.fetch(f"SELECT count(*) FROM {table} WHERE {where}"))[0][0], int)

    async def worker(self, name: str = "", number: int = 0, when: str = "") -> int:
        """A worker's whole life; how it ended."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.boot.dying_worker", name, str(number), when),
            env={**os.environ, **self.env, "PYTHONPATH": str(ROOT)},
            cwd=self.settings.server.data_dir,
        )
        return await asyncio.wait_for(process.wait(), 60)

    async def done(self, name: str) -> tuple[int, int]:
        """How often a job was done, and failed."""
        return next(((total.done, total.failed) for total in await self.store.totals() if total.name == name), (0, 0))

    async def aclose(self) -> None:
        await self.journal.aclose()
        await self.database.aclose()


def _id(name: str) -> str:
    return name.encode().hex().ljust(32, "0")


def _message(text: str) -> bytes:
    return msgspec.json.encode({"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]})


@asynccontextmanager
async def a_house(kind: str, folder: Path, more: Mapping[str, str] = MappingProxyType({})) -> AsyncIterator[House]:
    with _address(kind) as env:
        env |= {**more, "PROSA_DATA_DIR": str(folder / "data")}
        house = House(settings_of(folder, env), env)
        try:
            yield house
        finally:
            await house.aclose()


@contextmanager
def _address(kind: str) -> Iterator[dict[str, str]]:
    if kind == "sqlite":
        yield {}
        return
    with an_address(kind) as address:
        yield environment(address)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
async def test_a_purge_that_is_killed_again_and_again_loses_and_doubles_nothing(kind: str, tmp_path: Path) -> None:
    async with a_house(kind, tmp_path) as house:
        await house.fill(450)
        await house.store.ask("trash@1", "trash", house.clock.now())
        points = ((1, "after"), (2, "after"), (3, "before"))  # hidden; some items gone; files to look at
        for number, when in points if kind == "sqlite" else points[1:2]:
            assert await house.worker("trash", number, when) == -signal.SIGKILL
            assert await house.count("items", f"conversation_id = '{_id('lives')}'") == 450
            if kind == "postgresql":  # no lock tells there that a worker is dead
                await house.write("UPDATE job_workers SET seen_at = $1", 1)
        assert await house.worker() == 0
        assert await house.done("trash") == (1, 0)
        assert await house.count("items") == 450 and await house.count("conversations") == 1
        for table in ("files", "conversations_gone", "files_let_go"):
            assert await house.count(table) == 0, table


@pytest.mark.slow
@pytest.mark.attack("N1")
async def test_no_byte_of_what_was_purged_is_left_in_the_data_folder(tmp_path: Path) -> None:
    async with a_house("sqlite", tmp_path) as house:
        await house.fill(450)
        assert await _found(tmp_path, CANARY) and await _found(tmp_path, "lives 17 ")
        indexer = SearchIndexer(house.database, house.journal, house.clock)
        assert await indexer.settle() and await house.count("search_entries", f"conversation_id = '{_id('goes')}'") > 0
        await indexer.release()
        for names in (("trash", "files"), ("traces",)):
            for name in names:
                await house.store.ask(name, name, house.clock.now())
            assert await house.worker() == 0
        assert [await house.done(name) for name in ("trash", "files", "traces")] == [(1, 0)] * 3
        assert await _found(tmp_path, CANARY) == ""
        assert await _found(tmp_path, "lives 17 ")


async def _found(folder: Path, text: str) -> str:
    """The files that hold this text, in any case.

    A process of its own looks: who closes SQLite's file in this one, however it opened it, lets go of SQLite's locks.
    """
    process = await asyncio.create_subprocess_exec("grep", "-rlai", text, str(folder), stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    return told.decode()


@pytest.mark.slow
async def test_a_server_begins_a_worker_when_there_is_something_to_do_and_another_when_it_is_killed(tmp_path: Path) -> None:
    async with running({}, tmp_path) as found, httpx2.AsyncClient(base_url=found.base) as client:
        jobs, store = found.system.jobs, JobStore(found.system.people.database, found.system.people.journal)
        assert jobs is not None
        await jobs.planner.look()
        before = jobs.worker
        await store.ask("files@1", "files", time.time())
        await jobs.planner.look()
        first = jobs.worker
        assert before is None and first is not None
        os.kill(first, signal.SIGKILL)
        for _ in range(200):
            await asyncio.sleep(0.1)
            await jobs.planner.look()
            figures = await jobs.planner.figures()
            if figures.totals:
                break
        assert [(total.name, total.done, total.failed) for total in figures.totals] == [("files", 1, 0)]
        await jobs.planner.look()
        told = (await client.get("/metrics")).text
        assert 'prosa_jobs_total{job="files",outcome="done"} 1\n' in told
        assert 'prosa_jobs_open{state="waiting"} 0\n' in told and "prosa_jobs_oldest_seconds 0\n" in told
        assert re.search(r'prosa_jobs_last_success_timestamp_seconds\{job="files"\} \d{10}', told)
        second = jobs.worker
    assert first != second and (second is None or not _lives(second))
    shown = await look_at_jobs(found.system.people.database.address, time.time())
    assert shown.queue.waiting == shown.queue.running == 0 and shown.paused is None


@pytest.mark.slow
async def test_a_worker_of_its_own_stays_and_a_second_one_is_refused(tmp_path: Path) -> None:
    """On SQLite; SIGTERM ends it gently."""
    async with a_house("sqlite", tmp_path) as house:
        first = await _prosa(house, "worker")
        await house.store.ask("files@1", "files", house.clock.now())
        for _ in range(600):
            if await house.done("files") == (1, 0):
                break
            await asyncio.sleep(0.1)
        second = await _prosa(house, "worker")
        _, complaint = await second.communicate()
        assert (second.returncode, complaint) == (1, b"prosa: another process does the jobs of this data folder\n")
        first.terminate()
        assert await first.wait() == 0


async def _prosa(house: House, *words: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "prosa", *words),
        env={**os.environ, **house.env},
        cwd=house.settings.server.data_dir,
        stderr=asyncio.subprocess.PIPE,
    )


@pytest.mark.slow
async def test_a_worker_ends_quietly_after_reads_that_took_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_worker, "IDLE", 0.5)
    monkeypatch.setattr("prosa.drivers.sql.sqlite_reader.SLOW", -1.0)  # so each read after the first one has a thread
    async with a_house("sqlite", tmp_path) as house:
        await house.fill(1)
        await house.store.ask("files@1", "files", house.clock.now())
        await jobs_worker.work(JobSettings.of(house.settings), stays=False)
        assert await house.done("files") == (1, 0)


async def test_one_process_at_a_time_does_the_jobs_of_a_folder(tmp_path: Path) -> None:
    assert not done_elsewhere(tmp_path)
    with doing_jobs(tmp_path):
        assert done_elsewhere(tmp_path)
        with pytest.raises(JobsElsewhere), doing_jobs(tmp_path):
            pass
        with pytest.raises(StartRefused, match="prosa worker"), alone(tmp_path):
            pass
    with alone(tmp_path):
        assert done_elsewhere(tmp_path)
    assert not done_elsewhere(tmp_path)


@pytest.mark.slow
async def test_a_backup_that_was_made_when_its_worker_died_is_not_made_again(tmp_path: Path) -> None:
    async with a_house("sqlite", tmp_path, {"PROSA_BACKUP_EVERY": "1d"}) as house:
        await house.store.ask("backup@1", "backup", house.clock.now())
        assert await house.worker("backup", 1, "after") == -signal.SIGKILL
        assert await house.worker() == 0 and await house.done("backup") == (1, 0)
        assert len(list(house.settings.backups.folder.iterdir())) == 1


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
