"""Vector stores as tests fill and judge them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import openai
from openai.types.vector_stores import VectorStoreFileBatch

from tests.databases import an_address, environment
from tests.serving import Running, running

QUIET = dict.fromkeys(("PROSA_REQUESTS_PER_MINUTE", "PROSA_ANONYMOUS_REQUESTS_PER_MINUTE", "PROSA_FAILED_PER_MINUTE"), "0")
PATH = "/v1/vector_stores"
BURROS = "# Burros\n\nO burro carrega a lenha. O dono do burro chama-se Anselmo.\n"
MULAS = "# Mulas\n\nA mula pasta na serra. Quem cuida da mula é a Benedita.\n"
PATIENCE = 60.0  # seconds, for a machine that does much else


@asynccontextmanager
async def stocked(kind: str = "sqlite", env: dict[str, str] | None = None) -> AsyncIterator["Stock"]:
    """prosa over a database of this kind, with a client and the SDK of somebody without a key."""
    with an_address(kind) as address:
        async with (
            running(QUIET | environment(address) | (env or {})) as prosa,
            httpx2.AsyncClient(base_url=prosa.base, timeout=PATIENCE) as client,
            sdk_of(prosa.base) as sdk,
        ):
            yield Stock(prosa, client, sdk)


def sdk_of(base: str, key: str = "sk-anything") -> openai.AsyncOpenAI:
    """OpenAI's own client, strict about what it gets."""
    return openai.AsyncOpenAI(base_url=f"{base}/v1", api_key=key, max_retries=0, _strict_response_validation=True)


class Stock:
    """A running prosa, and who asks it."""

    def __init__(self, prosa: Running, client: httpx2.AsyncClient, sdk: openai.AsyncOpenAI) -> None:
        self.prosa = prosa
        self.client = client
        self.sdk = sdk

    async def file(self, name: str, text: str | bytes) -> str:
        """A file's id."""
        data = text if isinstance(text, bytes) else text.encode()
        return (await self.sdk.files.create(file=(name, data), purpose="assistants")).id

    async def store(self, **files: str | bytes) -> str:
        """A store with these files in it, read: `burros=…` is burros.md."""
        ids = [await self.file(f"{name}.md", text) for name, text in files.items()]
        store = await self.sdk.vector_stores.create(name="Bichos", file_ids=ids)
        await self.settled(store.id)
        return store.id

    async def settled(self, store_id: str) -> None:
        """Until every file of the store is read, or isn't to be."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if not (await self.sdk.vector_stores.retrieve(store_id)).file_counts.in_progress:
                    return
                await asyncio.sleep(0.02)

    async def batch(self, store_id: str, batch_id: str) -> VectorStoreFileBatch:
        """A batch, once it has ended."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await self.sdk.vector_stores.file_batches.retrieve(batch_id, vector_store_id=store_id)
                if found.status != "in_progress":
                    return found
                await asyncio.sleep(0.02)

    async def search(self, store_id: str, query: str, **more: Any) -> list[dict[str, Any]]:
        """What is found."""
        answer = await self.client.post(f"{PATH}/{store_id}/search", json={"query": query, **more})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        return found
