"""The scheduled backup: when it is due, what follows a failure, what health and figures tell of it."""

import asyncio
import gzip
import re
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from prosa.boot.backups import BackupFailed, Backups, backed_up
from prosa.boot.settings import BackupSettings
from prosa.drivers.archive import last_scheduled, prune, scheduled_name, stamp, sweep
from tests.serving import asking, running

NOW = 1_790_000_000.0


class Hands:
    """A clock that stands still, and work that is only noted."""

    def __init__(self, folder: Path, *complaints: str) -> None:
        self.folder = folder
        self.complaints = list(complaints)
        self.time = NOW
        self.waited = 0.0
        self.worked = 0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.waited

    async def work(self) -> str | None:
        self.worked += 1
        if self.complaints:
            return self.complaints.pop(0)
        (self.folder / scheduled_name(self.time)).touch()
        return None

    def backups(self, every: float | None) -> Backups:
        return Backups(BackupSettings(every, 7, self.folder), self, self.work)


async def test_the_first_is_due_at_once_and_the_next_when_the_newest_is_old_enough(tmp_path: Path) -> None:
    hands = Hands(tmp_path)
    assert await hands.backups(3600).due()
    assert not await hands.backups(3600).part() and hands.worked == 1
    hands.time += 3500
    assert not await hands.backups(3600).due()  # a new start looks at the newest file
    hands.time += 200
    assert await hands.backups(3600).due()


async def test_without_a_schedule_nothing_is_due(tmp_path: Path) -> None:
    backups = Hands(tmp_path).backups(None)
    assert backups.every is None and not await backups.due()


async def test_a_clock_that_was_set_back_neither_storms_nor_stops_it(tmp_path: Path) -> None:
    hands = Hands(tmp_path)
    (tmp_path / scheduled_name(NOW + 10 * 86_400)).touch()
    backups = hands.backups(100)
    due = []
    for _ in range(31):
        due.append(await backups.due())
        hands.waited += 10
    assert sum(due) == 3


async def test_a_failure_is_said_and_tried_again_within_minutes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    hands = Hands(tmp_path, "no space left")
    backups = hands.backups(86_400)
    with pytest.raises(BackupFailed):
        await backups.part()
    assert "the scheduled backup failed: no space left" in caplog.text
    assert backups.every == 300 and await backups.due()
    await backups.part()
    assert last_scheduled(tmp_path) is not None and not await backups.due()


def test_names_tell_moments_and_only_scheduled_ones_are_pruned(tmp_path: Path) -> None:
    assert last_scheduled(tmp_path / "nowhere") is None
    for number in range(5):
        (tmp_path / scheduled_name(NOW + number)).touch()
    (tmp_path / f"prosa-{stamp(NOW + 9)}.tar.gz").touch()
    (tmp_path / ".scheduled-x.part").touch()
    assert last_scheduled(tmp_path) == NOW + 4
    assert [path.name for path in prune(tmp_path, 2)] == [scheduled_name(NOW + number) for number in range(3)]
    assert prune(tmp_path, 0) == [tmp_path / scheduled_name(NOW + 3)]  # never all of them
    sweep(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


async def test_the_work_is_a_process_whose_complaint_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROSA_DATA_DIR", str(tmp_path / "nothing"))
    complaint = await backed_up()
    assert complaint == "prosa: the database can't be used: there is none yet"


async def test_a_worker_that_stops_takes_the_work_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROSA_DATA_DIR", str(tmp_path / "data"))
    work = asyncio.create_task(Backups(BackupSettings(3600, 7, tmp_path / "data" / "backups"), Hands(tmp_path)).part())
    await asyncio.sleep(0.3)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert not (tmp_path / "data" / "backups").exists()


async def _first(folder: Path) -> float:
    """The moment of the first scheduled backup, once it is there."""
    for _ in range(600):
        made = last_scheduled(folder)
        if made is not None:
            return made
        await asyncio.sleep(0.1)
    raise AssertionError("no backup was made")


async def _told(client: httpx2.AsyncClient) -> float:
    """The moment that the figures tell, once they do."""
    for _ in range(200):
        found = re.search(
            r"^prosa_backup_last_success_timestamp_seconds (\d+)$", (await client.get("/metrics")).text, re.MULTILINE
        )
        if found:
            return float(found[1])
        await asyncio.sleep(0.05)
    raise AssertionError("the figures never told of it")


@pytest.mark.slow
@pytest.mark.contract("A73", "A36")
async def test_a_server_with_a_schedule_backs_up_and_tells_when(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROSA_DATA_DIR", str(tmp_path / "data"))
    folder = tmp_path / "data" / "backups"
    async with running({"PROSA_BACKUP_EVERY": "2"}, tmp_path) as found, httpx2.AsyncClient(base_url=found.base) as client:
        made = await _first(folder)
        for path in ("/health", "/api/health"):
            told = (await client.get(path)).json()["backup"]["last_success"]
            assert datetime.fromisoformat(told) >= datetime.fromtimestamp(made, UTC)
            assert told.endswith("Z")
        assert await _told(client) >= made
    assert gzip.decompress((folder / scheduled_name(made)).read_bytes())


async def test_without_a_schedule_health_says_nothing_of_backups() -> None:
    async with asking() as client:
        for path in ("/health", "/api/health"):
            assert "backup" not in (await client.get(path)).json()
