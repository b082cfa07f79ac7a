"""A server that is killed amid an import: another one goes on, and nothing is lost or there twice."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from prosa.drivers.sql import Database
from prosa.runs import RunState
from tests.conversations.carrier import SPACE, a_carrier
from tests.conversations.importing import exports_of_others as others
from tests.conversations.importing.victim import SHORT
from tests.databases import KINDS, an_address

MANY = 300


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
async def test_a_killed_import_is_finished_by_another_process(kind: str, tmp_path: Path) -> None:
    chats = tmp_path / "chats.json"
    chats.write_text(json.dumps([{**others.openwebui()[1], "id": f"w{number}"} for number in range(MANY)]))
    with an_address(kind) as address:
        database = Database(address)
        place = address.url or str(address.path)
        victim = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.conversations.importing.victim", place, str(tmp_path), str(chats))
        )
        try:
            async with asyncio.timeout(60):
                while len(await database.fetch("SELECT id FROM conversations")) < 5:
                    assert victim.returncode is None
                    await asyncio.sleep(0.005)
        finally:
            victim.kill()
            await victim.wait()
        written = len(await database.fetch("SELECT id FROM conversations"))
        assert 5 <= written < MANY
        [[run_id]] = await database.fetch("SELECT id FROM runs")
        async with a_carrier(database, tmp_path, SHORT) as carrier:
            carrier.runs.start()
            run = await carrier.finished(await carrier.runs.get(SPACE, str(run_id)))
            report = json.loads(run.result or "")
            assert run.state is RunState.COMPLETED and run.attempts == 2
            assert (report["written"], report["already_there"]) == (MANY - written, written)
            assert len(await carrier.rows("conversations")) == MANY and len(await carrier.rows("items")) == 2 * MANY
        await database.aclose()
