"""What an installation of the older assistant application asks of the Assistants API, request by request, as it wrote them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import openai
import pytest

from tests.serving import running

pytestmark = [
    pytest.mark.contract("A68"),
    pytest.mark.filterwarnings("ignore:(deprecated|The Assistants API):DeprecationWarning"),
]
BETA = {"OpenAI-Beta": "assistants=v2", "Content-Type": "application/json", "Authorization": "Bearer sk-any"}
ASSISTANT = ("id", "object", "created_at", "name", "description", "model", "instructions", "tools", "top_p", "temperature")
NULLS = {"name": None, "description": None, "instructions": None, "temperature": None, "top_p": None, "metadata": None}


@pytest.fixture
async def vendor() -> AsyncIterator[httpx2.AsyncClient]:
    quiet = {"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}
    async with running(quiet) as prosa, httpx2.AsyncClient(base_url=f"{prosa.base}/v1", timeout=30, headers=BETA) as client:
        yield client


async def told(answer: httpx2.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def ended(vendor: httpx2.AsyncClient, thread: str, run: str) -> dict[str, Any]:
    """The run once it has one of the states that the application waits for."""
    async with asyncio.timeout(30):
        while True:
            found = await told(await vendor.get(f"/threads/{thread}/runs/{run}"))
            if found["status"] in ("completed", "failed", "cancelled", "expired"):
                return found
            await asyncio.sleep(0.02)


async def test_a_conversation_goes_as_the_application_leads_it(vendor: httpx2.AsyncClient) -> None:
    assistant = await told(
        await vendor.post("/assistants", json={"model": "mock-echo", "tools": [{"type": "file_search"}]} | NULLS)
    )
    thread = await told(await vendor.post("/threads"))  # no body, and a content type of one
    assert (await told(await vendor.post("/threads", json={})))["object"] == "thread"
    place = f"/threads/{thread['id']}"
    for number, extra in enumerate(({}, {"instructions": "Só em português."}), 1):
        await told(await vendor.post(f"{place}/messages", json={"role": "user", "content": f"Olá {number}"}))
        run = await told(await vendor.post(f"{place}/runs", json={"assistant_id": assistant["id"]} | extra))
        assert run["status"] in ("queued", "in_progress", "completed") and run["last_error"] is None
        assert (await ended(vendor, thread["id"], run["id"]))["status"] == "completed"
        messages = await told(await vendor.get(f"{place}/messages?after="))
        newest = messages["data"][0]
        assert (newest["role"], newest["content"][0]["text"]["value"]) == ("assistant", f"Olá {number}")
        assert len(messages["data"]) == 2 * number


async def test_a_run_that_fails_says_so_in_the_words_that_are_read(vendor: httpx2.AsyncClient) -> None:
    assistant = await told(await vendor.post("/assistants", json={"model": "mock-error", "tools": []}))
    thread = await told(await vendor.post("/threads", json={"messages": [{"role": "user", "content": "Olá"}]}))
    run = await told(await vendor.post(f"/threads/{thread['id']}/runs", json={"assistant_id": assistant["id"]}))
    failed = await ended(vendor, thread["id"], run["id"])
    assert failed["status"] == "failed" and set(failed["last_error"]) == {"code", "message"}


async def test_assistants_are_kept_as_the_application_keeps_them(vendor: httpx2.AsyncClient) -> None:
    made = [
        await told(await vendor.post("/assistants", json={"model": "mock", "name": f"{number}", "tools": []}))
        for number in range(3)
    ]
    ids = [each["id"] for each in reversed(made)]
    page = await told(await vendor.get("/assistants?order=desc&limit=2&after="))
    assert ([each["id"] for each in page["data"]], page["has_more"]) == (ids[:2], True)
    assert (page["first_id"], page["last_id"]) == (ids[0], ids[1])
    rest = await told(await vendor.get(f"/assistants?order=desc&limit=1000&after={page['last_id']}"))
    assert ([each["id"] for each in rest["data"]], rest["has_more"]) == (ids[2:], False)
    assert set(ASSISTANT) <= set(made[0])
    changed = await told(await vendor.post(f"/assistants/{ids[0]}", json={"model": "mock", "tools": []} | NULLS))
    assert changed["id"] == ids[0] and await told(await vendor.get(f"/assistants/{ids[0]}")) == changed
    assert (await told(await vendor.delete(f"/assistants/{ids[0]}")))["deleted"] is True
    assert (await vendor.get(f"/assistants/{ids[0]}")).status_code == 404


async def test_a_store_is_made_filled_and_given_to_an_assistant(vendor: httpx2.AsyncClient) -> None:
    store = await told(await vendor.post("/vector_stores", json={"name": "Docs"}))
    assert (await told(await vendor.get(f"/vector_stores/{store['id']}")))["name"] == "Docs"
    del vendor.headers["OpenAI-Beta"], vendor.headers["Content-Type"]
    sent = await vendor.post("/files", files={"file": ("ata.txt", b"Os burros e as mulas.")}, data={"purpose": "assistants"})
    file = await told(sent)
    vendor.headers.update(BETA)
    batches = f"/vector_stores/{store['id']}/file_batches"
    batch = await told(await vendor.post(batches, json={"file_ids": [file["id"]]}))
    async with asyncio.timeout(60):
        while batch["status"] == "in_progress":
            await asyncio.sleep(0.05)
            batch = await told(await vendor.get(f"{batches}/{batch['id']}"))
    assert (batch["status"], batch["file_counts"]) == (
        "completed",
        {"in_progress": 0, "completed": 1, "failed": 0, "cancelled": 0, "total": 1},
    )
    assistant = await told(await vendor.post("/assistants", json={"model": "mock", "tools": [{"type": "file_search"}]}))
    resources = {"file_search": {"vector_store_ids": [store["id"]]}}
    changed = await told(await vendor.post(f"/assistants/{assistant['id']}", json={"tool_resources": resources}))
    assert (changed["tool_resources"], changed["tools"]) == (resources, [{"type": "file_search"}])
    assert any(each["id"] == "mock" for each in (await told(await vendor.get("/models")))["data"])


async def test_the_applications_workers_ask_by_the_sdk(vendor: httpx2.AsyncClient) -> None:
    async with openai.AsyncOpenAI(base_url=str(vendor.base_url), api_key="sk-any", max_retries=0) as sdk:
        assistant = await sdk.beta.assistants.create(model="mock-echo")
        thread = await sdk.beta.threads.create()
        await sdk.beta.threads.messages.create(thread_id=thread.id, role="user", content="Olá")
        run = await sdk.beta.threads.runs.create(thread_id=thread.id, assistant_id=assistant.id)
        await ended(vendor, thread.id, run.id)
        run = await sdk.beta.threads.runs.retrieve(thread_id=thread.id, run_id=run.id)
        [newest, *_] = (await sdk.beta.threads.messages.list(thread_id=thread.id)).data
        assert run.last_error is None and newest.content[0].type == "text" and newest.content[0].text.value == "Olá"
