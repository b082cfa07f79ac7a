"""Where a service had accounts once, an empty database in its place is no new installation (attacks.md B13, C14)."""

from pathlib import Path

import pytest

from prosa.boot.locking import PEOPLED
from prosa.boot.people import make_people
from prosa.identity import OPERATOR, NewAccount
from prosa.kit.clock import SystemClock
from prosa.usage import MemoryLimiter
from tests.serving import settings_of


@pytest.mark.attack("B3", "C14")
@pytest.mark.parametrize("before", [False, True])
async def test_a_process_that_begins_knows_whether_there_were_accounts(tmp_path: Path, before: bool) -> None:
    settings = settings_of(tmp_path, {})
    note = settings.server.run_dir / PEOPLED
    if before:
        note.touch()
    people = make_people(settings, MemoryLimiter(SystemClock()), SystemClock())
    await people.start()
    assert await people.identity.authenticator.locked() is before
    await people.stop()


@pytest.mark.attack("C14")
async def test_a_process_notes_that_there_are_accounts(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, {})
    people = make_people(settings, MemoryLimiter(SystemClock()), SystemClock())
    note = settings.server.run_dir / PEOPLED
    await people.start()
    assert not note.exists()
    await people.identity.accounts.create(OPERATOR, NewAccount("ana@example.org"))
    await people._follow()
    await people._follow()
    assert note.exists()
    await people.stop()
