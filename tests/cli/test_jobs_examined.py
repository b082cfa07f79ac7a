"""What `prosa doctor` tells of background work."""

import time
from pathlib import Path

import pytest

from prosa.cli.jobs_examined import jobs
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database, DatabaseAddress
from prosa.jobs import JobStore
from tests.databases import KINDS, an_address


@pytest.mark.parametrize("kind", KINDS)
async def test_queue_age_successes_failures_and_a_pause_are_told(kind: str) -> None:
    now = time.time()
    with an_address(kind) as address:
        assert await jobs(address) == [("ok", "queue", "0 waiting, 0 running")]
        database = Database(address)
        journal = Journal(database)
        store = JobStore(database, journal)
        for key, error in (("backup@1", None), ("backup@2", "backup_failed"), ("usage@1", "ValueError"), ("usage@2", None)):
            await store.ask(key, key.partition("@")[0], now)
            await store.end(key, error, now - 10 if key.endswith("1") else now)
        await store.ask("trash@1", "trash", now - 7200)
        await store.note_clock(now, now - 3600)
        await journal.aclose()
        await database.aclose()
        told = await jobs(address)
    states = {name: state for state, name, _ in told}
    assert states == {"queue": "warn", "purge": "warn", "backup": "warn", "usage": "ok"}
    texts = {name: text for _, name, text in told}
    assert texts["queue"].startswith("1 waiting, 0 running; the oldest has waited for 2.0 hours")
    assert texts["purge"].startswith("paused for 23.0 hours more")
    assert (
        "1 done, last 20" in texts["backup"]
        and "1 failed, last 20" in texts["backup"]
        and texts["backup"].endswith("backup_failed")
    )
    assert texts["usage"].endswith("ValueError")


async def test_where_there_is_no_database_yet_nothing_is_wrong(tmp_path: Path) -> None:
    assert await jobs(DatabaseAddress(path=tmp_path / "prosa.db")) == [("ok", "queue", "empty")]
    with an_address("sqlite", migrated=False) as address:
        assert address.path is not None
        address.path.touch()
        assert await jobs(address) == [("ok", "queue", "empty")]
