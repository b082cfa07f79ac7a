"""Answers and what belongs to them, asked for by others, and by those whose right to them has just ended."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from prosa.identity import OPERATOR, KeyChanges, Reach, Scope
from tests.api.openai.answering import Program, Stage, a_stage

SECRET = "canary-of-ana"
NOBODYS = "0" * 32
SAME = {"x-request-id": "the-same"}
ENDLESS = "[[mock delay=0.02 repeat=500]] Conte!"
SILENT = "[[mock first_byte=60]] Conte!"
ENDED = "The account or the key that started this may call models no more."
TIME = {"type": "prosa:current_time"}
AGENT = "[[mock tools=auto rounds=20 first_byte=0.4]] Que horas são?"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_stage() as found:
        yield found


async def things(ana: Program) -> dict[str, str]:
    """One of everything that Ana can have, by the prefix of its id."""
    made = await ana.create(SECRET)
    talk = (await ana.http.post("/v1/conversations", json={"items": [{"role": "user", "content": SECRET}]})).json()["id"]
    item = (await ana.http.get(f"/v1/conversations/{talk}/items")).json()["data"][0]["id"]
    body = {"model": "mock", "store": True, "messages": [{"role": "user", "content": SECRET}]}
    chat = (await ana.http.post("/v1/chat/completions", json=body)).json()["id"]
    sent = {"file": (f"{SECRET}.txt", SECRET.encode())}
    file = (await ana.http.post("/v1/files", files=sent, data={"purpose": "user_data"})).json()["id"]
    return {"resp_": made["id"], "conv_": talk, "msg_": item, "chatcmpl-": chat, "file-": file}


PATHS = [
    *((method, path) for path in ("/v1/responses/resp_{}",) for method in ("GET", "DELETE")),
    *(("GET", f"/v1/responses/resp_{{}}{rest}") for rest in ("?stream=true", "/input_items", "/input_items?after=msg_{}")),
    ("POST", "/v1/responses/resp_{}/cancel"),
    *((method, "/v1/conversations/conv_{}") for method in ("GET", "POST", "DELETE")),
    *((method, "/v1/conversations/conv_{}/items") for method in ("GET", "POST")),
    *((method, "/v1/conversations/conv_{}/items/msg_{}") for method in ("GET", "DELETE")),
    *((method, "/v1/chat/completions/chatcmpl-{}") for method in ("GET", "POST", "DELETE")),
    ("GET", "/v1/chat/completions/chatcmpl-{}/messages"),
    ("GET", "/v1/chat/completions?after=chatcmpl-{}"),
    *((method, "/v1/files/file-{}") for method in ("GET", "DELETE")),
    *(("GET", path) for path in ("/v1/files/file-{}/content", "/v1/files?after=file-{}")),
    *((method, "/api/v1/runs/run_{}") for method in ("GET", "DELETE")),
    *(("GET", f"/api/v1/runs/run_{{}}/events{rest}") for rest in ("", "?starting_after=1")),
    ("PUT", "/api/v1/runs/run_{}/cancellation"),
]
Body = dict[str, Any]
BODIES: dict[str, Any] = {
    "/v1/conversations/conv_{}": {"metadata": {}},
    "/v1/conversations/conv_{}/items": {"items": [{"role": "user", "content": "x"}]},
    "/v1/chat/completions/chatcmpl-{}": {"metadata": {}},
}


async def tried(who: Program, method: str, path: str, bare: str) -> tuple[int, bytes]:
    body = BODIES.get(path) if method == "POST" else None
    answer = await who.http.request(method, path.replace("{}", bare), json=body, headers=SAME)
    return answer.status_code, answer.content


@pytest.mark.attack("A3")
@pytest.mark.attack("A1", "A12")
async def test_no_id_of_anothers_under_any_prefix_is_told_from_one_that_never_was(stage: Stage) -> None:
    bia = await stage.program("bia")
    hers = await things(stage.ana)
    bare = {prefix: id.removeprefix(prefix) for prefix, id in hers.items()}
    for method, path in PATHS:
        never = await tried(bia, method, path, NOBODYS)
        assert never[0] == 404, (method, path, never)
        for prefix, id in bare.items():
            assert await tried(bia, method, path, id) == never, (method, path, prefix)
    for prefix, path in (
        ("resp_", "responses"),
        ("conv_", "conversations"),
        ("chatcmpl-", "chat/completions"),
        ("file-", "files"),
    ):
        assert (await stage.ana.http.get(f"/v1/{path}/{hers[prefix]}")).status_code == 200
    assert (await stage.ana.http.get(f"/v1/conversations/{hers['conv_']}/items/{hers['msg_']}")).status_code == 200


@pytest.mark.attack("A2")
async def test_an_id_of_another_kind_is_none_even_for_its_owner(stage: Stage) -> None:
    hers = await things(stage.ana)
    for prefix, path in (
        ("resp_", "responses"),
        ("conv_", "conversations"),
        ("chatcmpl-", "chat/completions"),
        ("file-", "files"),
    ):
        for other, id in hers.items():
            answer = await stage.ana.http.get(f"/v1/{path}/{prefix}{id.removeprefix(other)}")
            assert answer.status_code == (200 if other == prefix else 404), (path, other)
    chat = hers["chatcmpl-"].removeprefix("chatcmpl-")
    told = await stage.ana.create("x", status=400, previous_response_id=f"resp_{chat}")
    assert told["error"]["code"] == "previous_response_not_found"


def inside(ids: dict[str, str]) -> list[tuple[str, Body]]:
    """Bodies of one's own that name what these ids are of."""
    message: Body = {"role": "user", "content": "x"}
    file: Body = {"role": "user", "content": [{"type": "input_file", "file_id": ids["file-"]}]}
    picture: Body = {"role": "user", "content": [{"type": "input_image", "file_id": ids["file-"], "detail": "auto"}]}
    output: list[Body] = [
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_file", "file_id": ids["file-"]}]},
    ]
    reference: Body = {"type": "item_reference", "id": ids["msg_"]}
    asked: list[Body] = [
        *({"input": [item]} for item in (reference, file, picture)),
        {"input": output},
        {"input": [message], "previous_response_id": ids["resp_"]},
        {"input": [message], "conversation": ids["conv_"]},
        {"input": [message], "conversation": {"id": ids["conv_"]}},
    ]
    found: list[tuple[str, Body]] = [
        (path, {"model": "mock", **body})
        for body in asked
        for path in ("/v1/responses", "/v1/responses/input_tokens", "/v1/responses/compact")
    ]
    found += [("/v1/responses", {"model": "mock", "store": False, **body}) for body in asked]
    found += [("/v1/conversations", {"items": [reference]})]
    for kept in (True, False):
        for part in (
            {"type": "file", "file": {"file_id": ids["file-"]}},
            {"type": "image_url", "image_url": {"file_id": ids["file-"]}},
        ):
            messages = [{"role": "user", "content": [part]}]
            found.append(("/v1/chat/completions", {"model": "mock", "store": kept, "messages": messages}))
    return found


@pytest.mark.attack("A2")
async def test_a_foreign_id_inside_ones_own_request_is_one_that_never_was(stage: Stage) -> None:
    bia = await stage.program("bia")
    hers = await things(stage.ana)
    nobodys = {prefix: prefix + NOBODYS for prefix in hers}
    for (path, foreign), (_, never) in zip(inside(hers), inside(nobodys), strict=True):
        one = await bia.http.post(path, json=foreign, headers=SAME)
        two = await bia.http.post(path, json=never, headers=SAME)
        assert 400 <= one.status_code < 500 and (one.status_code, one.content) == (two.status_code, two.content), (path, foreign)
        assert SECRET not in one.text
    database = stage.home.prosa.system.people.database
    for table in ("runs", "items", "conversations"):
        [[count]] = await database.fetch(f"SELECT count(*) FROM {table} WHERE space = $1", bia.person.account.id)
        assert count == 0, table
    async with sockets(bia) as client:
        for body in ({"previous_response_id": hers["resp_"]}, {"conversation": hers["conv_"]}):
            await client.send(json.dumps({"type": "response.create", "model": "mock", "input": "x", **body}))
            told = json.loads(await asyncio.wait_for(client.recv(), 5))
            assert told["type"] == "error" and told["status"] in (400, 404) and SECRET not in str(told)


@pytest.mark.attack("A13")
async def test_a_cursor_of_one_is_worth_nothing_to_another(stage: Stage) -> None:
    bia = await stage.program("bia")
    for who in (stage.ana, bia):
        for _ in range(2):
            await who.create("x")
    cursor = (await stage.ana.http.get("/api/v1/runs?limit=1")).json()["next_cursor"]
    refused = await bia.http.get("/api/v1/runs", params={"limit": 1, "cursor": cursor})
    assert refused.status_code == 400
    assert (await stage.ana.http.get("/api/v1/runs", params={"limit": 1, "cursor": cursor})).status_code == 200


# Rights that end while something is open


def sockets(program: Program, path: str = "/v1/responses") -> connect:
    base = str(program.http.base_url).replace("http", "ws").rstrip("/")
    return connect(base + path, additional_headers={"Authorization": f"Bearer {program.key}"})


async def _suspend(stage: Stage, program: Program) -> None:
    await stage.home.prosa.system.people.identity.accounts.suspend(OPERATOR, program.person.account.id)


async def _revoke(stage: Stage, program: Program) -> None:
    keys = stage.home.prosa.system.people.identity.keys
    reach = Reach(program.person.account.id)
    for key in (await keys.list(reach)).items:
        await keys.revoke(reach, key.id)


async def _delete(stage: Stage, program: Program) -> None:
    await stage.home.prosa.system.people.identity.accounts.delete(OPERATOR, program.person.account.id)


async def _change(stage: Stage, program: Program, changes: KeyChanges) -> None:
    keys = stage.home.prosa.system.people.identity.keys
    for key in (await keys.list(Reach(program.person.account.id))).items:
        await keys.change(OPERATOR, key.id, changes)


Taking = Callable[[Stage, Program], Awaitable[None]]


@pytest.mark.attack("A17", "C4")
@pytest.mark.parametrize("take", [_suspend, _revoke, _delete])
async def test_every_way_of_listening_ends_with_the_right_to_it(stage: Stage, take: Taking) -> None:
    ana = stage.ana
    run = (await ana.create(SILENT, background=True))["id"]
    events = f"/api/v1/runs/{run.replace('resp_', 'run_')}/events"
    await asyncio.sleep(0.4)
    last = (await ana.http.get(events, headers={"Accept": "application/json"})).json()["last"]
    poll = f"{events}?wait=50&starting_after={last}"
    waiting = [
        ana.http.get(poll, headers={"Accept": "application/json"}),
        ana.http.post("/v1/responses", json={"model": "mock", "input": SILENT}),
        ana.http.post("/v1/responses", json={"model": "mock", "input": SILENT, "store": False}),
        ana.http.post("/v1/chat/completions", json=_chat(store=True)),
        *(ana.http.get(path) for path in (events, f"/v1/responses/{run}?stream=true")),
        *(
            ana.http.post("/v1/responses", json={"model": "mock", "input": ENDLESS, "stream": True, "store": kept})
            for kept in (True, False)
        ),
        ana.http.post("/v1/chat/completions", json=_chat(store=True, stream=True)),
        _heard(ana, "/v1/responses", {"type": "response.create", "model": "mock", "input": ENDLESS}),
        _heard(ana, events, None),
    ]
    tasks = [asyncio.ensure_future(each) for each in waiting]
    await asyncio.sleep(0.6)
    assert [index for index, task in enumerate(tasks) if task.done()] == []
    began = time.monotonic()
    await take(stage, ana)
    found = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
    assert time.monotonic() - began < 2.5  # a second, on a machine that does nothing else
    for index, each in enumerate(found):
        if isinstance(each, httpx2.Response):
            assert each.status_code == 401 if index < 4 else "response.completed" not in each.text, (index, each.text[-200:])
    assert (await ana.http.get("/v1/responses/" + run)).status_code == 401


def _chat(**fields: object) -> dict[str, object]:
    return {"model": "mock", "messages": [{"role": "user", "content": SILENT}], **fields}


async def _heard(program: Program, path: str, message: object) -> tuple[int, int]:
    """How many messages came over a socket until it was closed, and the code."""
    count = 0
    async with sockets(program, path) as client:
        if message is not None:
            await client.send(json.dumps(message))
        try:
            while True:
                await client.recv()
                count += 1
        except ConnectionClosed as ended:
            return count, ended.rcvd.code if ended.rcvd is not None else 1006


@pytest.mark.attack("A17", "C3")
@pytest.mark.parametrize(
    "changes",
    [
        KeyChanges(models=("mock-echo",)),
        KeyChanges(scopes=frozenset({Scope.READ})),
    ],
    ids=["other models", "only to read"],
)
async def test_an_agent_takes_no_further_step_with_a_key_that_was_narrowed(stage: Stage, changes: KeyChanges) -> None:
    made = await stage.ana.create(AGENT, background=True, tools=[TIME])
    await asyncio.sleep(0.6)
    await _change(stage, stage.ana, changes)
    state, fault, steps = await _ended(stage, made["id"])
    assert (state, fault) == ("failed", ENDED) and 0 < steps < 6


@pytest.mark.attack("A17")
@pytest.mark.parametrize("take", [_suspend, _revoke])
async def test_an_agent_takes_no_further_step_for_who_may_not_ask_any_more(stage: Stage, take: Taking) -> None:
    made = await stage.ana.create(AGENT, background=True, tools=[TIME])
    await asyncio.sleep(0.6)
    await take(stage, stage.ana)
    state, fault, steps = await _ended(stage, made["id"])
    assert (state, fault) == ("failed", ENDED) and 0 < steps < 6


@pytest.mark.attack("A17")
async def test_what_waits_in_a_conversation_does_not_begin_for_who_was_narrowed(stage: Stage) -> None:
    talk = (await stage.ana.http.post("/v1/conversations", json={})).json()["id"]
    await stage.ana.create("[[mock first_byte=1]] x", background=True, conversation=talk)
    waiting = await stage.ana.create("x", background=True, conversation=talk)
    await _change(stage, stage.ana, KeyChanges(models=("mock-echo",)))
    assert (await _ended(stage, waiting["id"]))[:2] == ("failed", ENDED)


async def _ended(stage: Stage, response_id: str) -> tuple[str, str | None, int]:
    """State and fault of a run, and how often its model was asked; from inside, since its owner may not see it any more."""
    runs = stage.home.prosa.system.runs
    run = await runs.get(stage.ana.person.account.id, response_id.removeprefix("resp_"))
    async with asyncio.timeout(15):
        run = await runs.finished(run)
    error = json.loads(run.result or "{}").get("error")
    steps = [event for event in await runs.log(run) if b"prosa:model_call.completed" in event.data]
    return run.state, error and error["message"], len(steps)
