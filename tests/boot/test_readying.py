"""What the first process does beside serving: the secrets are proven, and who holds others than the database is stopped."""

import asyncio
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from prosa.boot.people import make_people
from prosa.boot.readying import Readying
from prosa.drivers.vault import Keyring, settle
from prosa.kit.clock import SystemClock
from prosa.usage import MemoryLimiter
from tests.serving import settings_of

OURS, OTHERS = "a secret of this very server, long enough", "a secret of some other server, long enough"


@pytest.fixture
def leader() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that could be the service's first."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process
        process.kill()


@pytest.mark.attack("C10")
@pytest.mark.parametrize("made_with", [OURS, OTHERS])
async def test_a_server_with_other_secrets_than_its_databases_stops_and_invites_nobody(
    tmp_path: Path, leader: "subprocess.Popen[bytes]", made_with: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = replace(settings_of(tmp_path, {}), secrets=(OURS,))
    people = make_people(settings, MemoryLimiter(SystemClock()), SystemClock())
    await settle(people.database, Keyring.of((made_with,)), time.time())
    told: list[str] = []
    with caplog.at_level(logging.CRITICAL, "prosa"):
        await asyncio.wait_for(Readying(settings, people.database, people.identity, told.append, leader.pid).run(), 10)
    if made_with == OURS:
        assert leader.poll() is None and len(told) == 1 and caplog.text == ""
    else:
        assert await asyncio.to_thread(leader.wait, 3) == -signal.SIGTERM
        assert told == [] and "PROSA_SECRET" in caplog.text and OURS not in caplog.text
    await people.stop()
