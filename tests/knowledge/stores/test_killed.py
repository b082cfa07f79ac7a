"""A service that is killed while it reads files goes on where it was."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import openai
import pytest

from prosa.drivers.sql import DatabaseAddress, look
from tests.api.openai.storing import BURROS, PATIENCE, sdk_of
from tests.runs.killing import ENV, KEY, Host

FILES = 12


@asynccontextmanager
async def hosted(folder: Path) -> AsyncIterator[Host]:
    host = Host(folder, (), dict(ENV))
    await host.start()
    try:
        yield host
    finally:
        await host.close()


def sdk(host: Host) -> openai.AsyncOpenAI:
    return sdk_of(f"http://127.0.0.1:{host.port}", KEY)


@pytest.mark.slow
async def test_after_a_kill_every_file_of_a_batch_is_read_once(tmp_path: Path) -> None:
    async with hosted(tmp_path) as host:
        async with sdk(host) as client:
            ids = [
                (
                    await client.files.create(file=(f"{number}.md", f"{BURROS} Caderno {number}.".encode()), purpose="assistants")
                ).id
                for number in range(FILES)
            ]
            store = await client.vector_stores.create(file_ids=ids)
            async with asyncio.timeout(PATIENCE):
                while True:
                    if (await client.vector_stores.retrieve(store.id)).file_counts.completed >= 2:
                        break
                    await asyncio.sleep(0.01)
        await host.kill()
        await host.start()
        async with sdk(host) as client, asyncio.timeout(PATIENCE):
            while True:
                counts = (await client.vector_stores.retrieve(store.id)).file_counts
                if not counts.in_progress:
                    break
                await asyncio.sleep(0.05)
            found = (await client.vector_stores.search(store.id, query="burro", max_num_results=50)).data
        assert (counts.completed, counts.failed, counts.total) == (FILES, 0, FILES)
        assert sorted(hit.file_id for hit in found) == sorted(ids)
        [[attempts]] = await look(DatabaseAddress(path=tmp_path / "data" / "prosa.db"), "SELECT attempts FROM runs")
        assert attempts == 2
