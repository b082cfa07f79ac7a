"""`/v1/assistants` as OpenAI had it: through the official SDK, and by hand, each body judged strictly by the SDK's types."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import openai
import pytest

from tests.serving import Running, running

QUIET = {"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}


@dataclass
class Desk:
    """A running prosa, and who calls it."""

    prosa: Running
    http: httpx2.AsyncClient
    sdk: openai.AsyncOpenAI


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running(QUIET) as prosa:
        base = f"{prosa.base}/v1"
        async with (
            httpx2.AsyncClient(base_url=base, timeout=30) as http,
            openai.AsyncOpenAI(base_url=base, api_key="sk-any", max_retries=0) as sdk,
        ):
            yield Desk(prosa, http, sdk)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_the_sdk_makes_reads_changes_and_deletes_an_assistant(desk: Desk) -> None:
    assistants = desk.sdk.beta.assistants
    made = await assistants.create(model="mock", name="Contratos", tools=[{"type": "file_search"}])
    print(made)
    assert (await assistants.retrieve(made.id)) == made
    changed = await assistants.update(made.id, name="Outro", instructions=None, tools=[])
    print(changed)
    print(await assistants.list())
    gone = await assistants.delete(made.id)
    assert gone.deleted
    with pytest.raises(openai.NotFoundError) as e:
        await assistants.retrieve(made.id)
    print(e.value)
