"""What one caller can make answers cost: live ones, readers that never read, requests that are told again and again."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.client import connect

from prosa.runs import RunQuery
from tests.api.openai.answering import Program, Stage, a_stage
from tests.calling import resident

LASTING = "[[mock first_byte=60]] x"
MB = 1024 * 1024
LARGE = "é" * (120 * 1024)  # nearly as much as a request may say beside its input


@contextlib.asynccontextmanager
async def never_reading(program: Program, path: str, count: int) -> AsyncIterator[None]:
    """So many connections that ask for this and take nothing of the answer."""
    host, _, port = str(program.http.base_url).removeprefix("http://").rstrip("/").partition(":")
    head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {program.key}\r\n\r\n".encode()
    loop = asyncio.get_running_loop()
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            caller = stack.enter_context(socket.socket())
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            caller.setblocking(False)
            await loop.sock_connect(caller, (host, int(port)))
            await loop.sock_sendall(caller, head)
        yield


@pytest.mark.attack("J13")
async def test_one_caller_has_a_bounded_number_of_answers_under_way_and_others_have_theirs() -> None:
    async with a_stage(PROSA_MAX_RUNS="4") as stage:
        bia = await stage.program("bia")
        ids = [(await stage.ana.create(LASTING, background=True))["id"] for _ in range(4)]
        refused = await stage.ana.http.post("/v1/responses", json={"model": "mock", "input": "x"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_runs")
        assert refused.headers["retry-after"] == "1"
        stored = {"model": "mock", "store": True, "messages": [{"role": "user", "content": "x"}]}
        assert (await stage.ana.http.post("/v1/chat/completions", json=stored)).status_code == 429
        assert (await stage.ana.create("x", status=429, store=False))["error"]["code"] == "too_many_runs"
        assert (await bia.create("x"))["status"] == "completed"
        await stage.ana.http.post(f"/v1/responses/{ids[0]}/cancel")
        assert (await stage.ana.create("x"))["status"] == "completed"


@pytest.mark.attack("J13")
async def test_answers_that_nobody_stores_count_as_well() -> None:
    async with a_stage(PROSA_MAX_RUNS="3") as stage:
        bia = await stage.program("bia")
        asked = [asyncio.create_task(stage.ana.create("[[mock first_byte=2]] x", store=False)) for _ in range(3)]
        await asyncio.sleep(0.7)
        assert (await stage.ana.create("x", status=429, store=False))["error"]["code"] == "too_many_runs"
        assert (await bia.create("x", store=False))["status"] == "completed"
        await asyncio.gather(*asked)
        assert (await stage.ana.create("x", store=False))["status"] == "completed"


@pytest.mark.attack("J13")
async def test_a_conversation_holds_a_bounded_queue_and_a_storm_of_replacements_leaves_one() -> None:
    async with a_stage() as stage:
        talk = (await stage.ana.http.post("/v1/conversations", json={})).json()["id"]
        body = {"model": "mock", "input": LASTING, "background": True, "conversation": talk}
        answers = [await stage.ana.http.post("/v1/responses", json=body) for _ in range(30)]
        codes = [answer.status_code for answer in answers]
        assert codes == [200] * 21 + [429] * 9 and answers[-1].json()["error"]["code"] == "too_many_waiting"
        storm = [stage.ana.http.post("/v1/responses", json=body | {"when_busy": "replace"}) for _ in range(12)]
        codes = [answer.status_code for answer in await asyncio.gather(*storm)]
        assert set(codes) <= {200, 429} and 200 in codes
        assert (await stage.ana.http.post("/v1/responses", json=body | {"when_busy": "replace"})).status_code == 200
        left = (await stage.ana.http.get("/api/v1/runs?open=true&limit=100")).json()["data"]
        assert len(left) == 1
        assert (await stage.ana.http.delete(f"/v1/conversations/{talk}")).status_code == 200
        assert stage.home.prosa.system.runs.live == 0


@pytest.mark.attack("J6", "J5")
async def test_what_a_response_repeats_of_its_request_is_bounded() -> None:
    async with a_stage() as stage:
        for fields in (
            {"instructions": "x" * (600 * 1024)},
            {"tools": [_tool(f"f{n}", 60 * 1024) for n in range(10)]},
            {"instructions": "x" * (300 * 1024), "tools": [_tool("f", 250 * 1024)]},
        ):
            told = await stage.ana.create("x", status=400, **fields)
            assert told["error"]["code"] == "fields_too_large"
        assert (await stage.ana.create("x" * (3 * MB), instructions="x" * (400 * 1024)))["status"] == "completed"


@pytest.mark.attack("J5", "J13")
async def test_followers_that_never_read_hold_little_of_a_large_log() -> None:
    async with a_stage() as stage:
        made = await stage.ana.create("x", instructions=LARGE)
        path = f"/v1/responses/{made['id']}?stream=true"
        async with never_reading(stage.ana, path, 5):
            await asyncio.sleep(0.5)
            before = resident()
            async with never_reading(stage.ana, path, 40):
                await asyncio.sleep(1)
                grown = resident() - before
        # Of four events of a quarter of a megabyte each of them holds one, and of all that was read there is one copy.
        assert grown < 40 * MB, grown / MB
        assert (await stage.ana.follow(made["id"]))[-1]["type"] == "response.completed"


@pytest.mark.attack("J13")
async def test_a_list_of_runs_does_not_read_what_they_were_asked() -> None:
    async with a_stage() as stage:
        for _ in range(3):
            await stage.ana.create("x", instructions=LARGE)
        found = await stage.home.prosa.system.runs.list(stage.ana.person.account.id, _everything())
        assert len(found) == 3 and [(run.request, run.result) for run in found] == [("", None)] * 3
        assert len((await stage.ana.http.get("/api/v1/runs")).json()["data"]) == 3


@pytest.mark.attack("J5", "J13")
async def test_turns_that_wait_on_a_socket_hold_a_bounded_number_of_bytes() -> None:
    async with a_stage() as stage:
        address = str(stage.ana.http.base_url).replace("http", "ws").rstrip("/") + "/v1/responses"
        async with connect(address, additional_headers={"Authorization": f"Bearer {stage.ana.key}"}, max_size=None) as client:
            await client.send(json.dumps({"type": "response.create", "model": "mock", "input": LASTING}))
            for _ in range(4):
                await client.send(json.dumps({"type": "response.create", "model": "mock", "input": "x" * (9 * MB)}))
            while (told := json.loads(await asyncio.wait_for(client.recv(), 10)))["type"] != "error":
                pass
            assert (told["status"], told["error"]["code"]) == (429, "websocket_stream_limit_reached")


def _tool(name: str, size: int) -> dict[str, object]:
    return {"type": "function", "name": name, "parameters": {"type": "object", "description": "x" * size}}


def _everything() -> RunQuery:
    return RunQuery(limit=10)


@pytest.mark.attack("J13")
async def test_a_list_of_completions_does_not_hold_all_that_was_asked_at_once() -> None:
    async with a_stage() as stage:
        body = {"model": "mock", "store": True, "messages": [{"role": "user", "content": "x" * (6 * MB)}]}
        for _ in range(8):
            assert (await stage.ana.http.post("/v1/chat/completions", json=body)).status_code == 200
        await stage.ana.http.get("/v1/chat/completions?limit=1")
        before = resident()
        found = await stage.ana.http.get("/v1/chat/completions?limit=100")
        assert len(found.json()["data"]) == 8 and resident() - before < 40 * MB


@pytest.mark.attack("J6", "J13")
async def test_a_conversation_of_any_size_is_not_read_whole_to_be_refused() -> None:
    async with a_stage() as stage:
        talk = (await stage.ana.http.post("/v1/conversations", json={})).json()["id"]
        for _ in range(13):
            items = [{"role": "user", "content": "x" * (2 * MB)}] * 4
            assert (await stage.ana.http.post(f"/v1/conversations/{talk}/items", json={"items": items})).status_code == 200
        read = await _most_read(stage, talk)
        assert 32 * MB < read < 70 * MB
        told = await stage.ana.create("x", status=400, conversation=talk)
        assert told["error"]["code"] == "context_length_exceeded"
        counted = {"model": "mock", "input": "x", "conversation": talk, "truncation": "auto"}
        assert (await stage.ana.http.post("/v1/responses/input_tokens", json=counted)).status_code == 200
        for _ in range(40):
            items = [{"role": "user", "content": "y"}]
            await stage.ana.http.post(f"/v1/conversations/{talk}/items", json={"items": items})
        assert await _most_read(stage, talk) < 70 * MB


async def _most_read(stage: Stage, talk: str) -> int:
    conversations = stage.home.prosa.system.features.conversations
    found = await conversations.items_of(stage.ana.person.account.id, talk.removeprefix("conv_"), cut=True)
    return sum(len(item.body) for item in found)
