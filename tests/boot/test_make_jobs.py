"""What the jobs do that is no feature's own."""

from pathlib import Path

import pytest

from prosa.boot.jobs import JobParts, JobSettings, make_jobs
from prosa.drivers.journal import Journal, Statement
from prosa.drivers.sql import Database
from prosa.events import Signals
from prosa.kit.clock import SystemClock
from tests.databases import KINDS, a_database
from tests.serving import settings_of

SHARED = Statement(
    "INSERT INTO shares (id, space, conversation_id, digest, content, messages, files, created_at, expires_at)"
    " VALUES ($1, 'ana', 'c', $1, '[]', 0, 0, 1, $2)"
)


@pytest.mark.parametrize("kind", KINDS)
async def test_links_whose_time_is_over_are_forgotten_and_others_are_not(kind: str, tmp_path: Path) -> None:
    async with a_database(kind) as database:
        await _forgotten(database, tmp_path)


async def _forgotten(database: Database, tmp_path: Path) -> None:
    journal, clock = Journal(database), SystemClock()
    for id, expires_at in (("over", 2), ("later", 2**60), ("never", None)):
        await journal.append(SHARED, (id, expires_at))
    parts = JobParts(JobSettings.of(settings_of(tmp_path, {})), database, journal, Signals(tmp_path / "signals", database), clock)
    [job] = [job for job in make_jobs(parts) if job.name == "changes"]
    await job.part()
    assert {row[0] for row in await database.fetch("SELECT id FROM shares")} == {"later", "never"}
    await journal.aclose()


TRASHED = Statement(
    "INSERT INTO conversations (id, space, metadata, created_at, updated_at, title_by, dialect, settings, version, deleted_at)"
    " VALUES ($1, 'ana', '{}', 1, 1, 'nobody', 'app', '{}', 1, $2)"
)
CHOSEN = Statement("INSERT INTO stored_settings (name, value, updated_at) VALUES ('upkeep.trash_days', $1, 1)")


@pytest.mark.parametrize("kind", KINDS)
async def test_the_trash_is_emptied_as_administrators_have_it_now_unless_the_start_says_otherwise(
    kind: str, tmp_path: Path
) -> None:
    async with a_database(kind) as database:
        journal, clock = Journal(database), SystemClock()
        ten_days_ago = round((clock.now() - 10 * 86_400) * 1_000_000)
        await journal.append(TRASHED, ("c" * 32, ten_days_ago))
        due = [await _trash_due(database, journal, tmp_path, {})]
        await journal.append(CHOSEN, ("5",))
        due += [await _trash_due(database, journal, tmp_path, env) for env in ({}, {"PROSA_TRASH_DAYS": "30"})]
        assert due == [False, True, False]
        await journal.aclose()


async def _trash_due(database: Database, journal: Journal, folder: Path, env: dict[str, str]) -> bool:
    settings = JobSettings.of(settings_of(folder, env))
    parts = JobParts(settings, database, journal, Signals(folder / "signals", database), SystemClock())
    [job] = [job for job in make_jobs(parts) if job.name == "trash"]
    assert job.due is not None
    return await job.due()
