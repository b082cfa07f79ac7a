"""`/v1/responses`: asked for, read, listed, ended, deleted, counted, compacted."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from prosa.identity import Scope
from tests.answers.sdk_types import check_response
from tests.api.app.house import problem
from tests.api.openai.answering import Stage, a_stage, text_of
from tests.calling import error
from tests.databases import KINDS, an_address, environment

SLOW = "[[mock delay=0.05 repeat=400]] Conte!"
TOOL = {
    "type": "function",
    "name": "weather",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_stage() as made:
        yield made


async def test_a_response_is_given_whole_and_read_again(stage: Stage) -> None:
    made = await stage.ana.create("Olá, açaí", model="mock-echo", metadata={"topic": "frutas"}, instructions="Seja breve.")
    assert made["status"] == "completed" and text_of(made) == "Olá, açaí" and made["metadata"] == {"topic": "frutas"}
    assert made["usage"]["total_tokens"] > 0 and made["store"] is True and made["instructions"] == "Seja breve."
    assert await stage.ana.get(made["id"]) == made
    run = (await stage.ana.http.get(f"/api/v1/runs/{made['id'].replace('resp_', 'run_')}")).json()
    assert (run["kind"], run["state"], run["result"], run["metadata"]) == ("answer", "completed", made, made["metadata"])


async def test_one_whose_events_are_not_kept_any_more_is_still_read(stage: Stage) -> None:
    made = await stage.ana.create()
    run = made["id"].replace("resp_", "run_")
    async with stage.home.prosa.system.people.database.writing() as connection:
        await connection.exec_driver_sql("DELETE FROM run_events")
        await connection.exec_driver_sql("UPDATE runs SET trimmed = 1")
    assert await stage.ana.get(made["id"]) == made
    assert error(await stage.ana.http.get(f"/v1/responses/{made['id']}?stream=true")) == (410, "log_expired")
    for accept in ("text/event-stream", "application/json"):
        assert problem(await stage.ana.http.get(f"/api/v1/runs/{run}/events", headers={"accept": accept})) == (410, "log_expired")
    assert (await stage.ana.http.get(f"/api/v1/runs/{run}")).json()["events_kept"] is False


async def test_one_that_runs_in_the_background_is_answered_at_once_and_read_later(stage: Stage) -> None:
    made = await stage.ana.create("[[mock delay=0.02]] Olá", model="mock-echo", background=True)
    assert made["status"] in ("queued", "in_progress") and made["background"] is True and made["output"] == []
    found = made
    for _ in range(200):
        found = await stage.ana.get(made["id"])
        if found["status"] == "completed":
            break
        await asyncio.sleep(0.02)
    assert found["status"] == "completed" and text_of(found) == "Olá"


async def test_one_that_is_not_stored_is_nowhere_afterwards(stage: Stage) -> None:
    made = await stage.ana.create("Olá", model="mock-echo", store=False)
    assert made["status"] == "completed" and made["store"] is False and text_of(made) == "Olá"
    assert error(await stage.ana.http.get(f"/v1/responses/{made['id']}")) == (404, "not_found")
    for table in ("runs", "run_events", "items"):
        assert await stage.home.prosa.system.people.database.fetch(f"SELECT count(*) FROM {table}") == [(0,)]
    refused = await stage.ana.create(status=400, store=False, background=True)
    assert refused["error"]["param"] == "background"


async def test_it_goes_on_from_what_was_said_before(stage: Stage) -> None:
    first = await stage.ana.create("Meu nome é Ana.", model="mock-echo")
    second = await stage.ana.create("E agora?", model="mock-echo", previous_response_id=first["id"])
    assert second["previous_response_id"] == first["id"] and text_of(second) == "E agora?"
    items = (await stage.ana.http.get(f"/v1/responses/{second['id']}/input_items?order=asc")).json()
    said = [item["content"][0]["text"] for item in items["data"]]
    assert said == ["Meu nome é Ana.", "Meu nome é Ana.", "E agora?"] and items["has_more"] is False
    assert error(await stage.ana.http.post("/v1/responses", json={"input": "a", "previous_response_id": "resp_1"})) == (
        400,
        "previous_response_not_found",
    )


async def test_input_items_go_by_pages(stage: Stage) -> None:
    given = [{"role": "user", "content": str(number)} for number in range(5)]
    made = await stage.ana.create(given)
    path = f"/v1/responses/{made['id']}/input_items"

    async def page(**query: str | int) -> dict[str, Any]:
        answer = await stage.ana.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def texts(found: dict[str, Any]) -> list[str]:
        return [item["content"][0]["text"] for item in found["data"]]

    first = await page(limit=2)
    assert texts(first) == ["4", "3"] and first["has_more"] is True and first["object"] == "list"
    assert (first["first_id"], first["last_id"]) == (first["data"][0]["id"], first["data"][1]["id"])
    rest = await page(limit=3, after=first["last_id"])
    assert texts(rest) == ["2", "1", "0"] and rest["has_more"] is False
    assert texts(await page(order="asc")) == ["0", "1", "2", "3", "4"]
    for query in ("limit=0", "limit=101", "order=up", "after=msg_1", "include[]=everything"):
        assert (await stage.ana.http.get(f"{path}?{query}")).status_code in (400, 404), query
    everything = await page(**{"include[]": "message.output_text.logprobs"})
    assert len(everything["data"]) == 5


async def test_a_function_is_called_by_the_client(stage: Stage) -> None:
    made = await stage.ana.create("Chove em Fortaleza?", model="mock-tools", tools=[TOOL])
    call = next(item for item in made["output"] if item["type"] == "function_call")
    assert made["status"] == "completed" and call["name"] == "weather" and "city" in json.loads(call["arguments"])
    result = {"type": "function_call_output", "call_id": call["call_id"], "output": "sol"}
    then = await stage.ana.create([result], model="mock-tools", previous_response_id=made["id"], tools=[TOOL])
    assert "sol" in text_of(then)


async def test_an_answer_has_the_form_that_was_asked_for(stage: Stage) -> None:
    form = {"type": "json_schema", "name": "city", "schema": TOOL["parameters"], "strict": True}
    made = await stage.ana.create("Uma cidade", text={"format": form})
    assert "city" in json.loads(text_of(made)) and made["text"]["format"]["name"] == "city"


async def test_one_that_is_cut_short_says_so(stage: Stage) -> None:
    made = await stage.ana.create("Conte uma história longa", model="mock-long", max_output_tokens=16)
    assert made["status"] == "incomplete" and made["incomplete_details"] == {"reason": "max_output_tokens"}


async def test_a_cancelled_one_ends_now_and_keeps_what_was_said(stage: Stage) -> None:
    for fields in ({"background": True}, {"stream": True}):
        body = {"model": "mock", "input": SLOW} | fields
        async with stage.ana.http.stream("POST", "/v1/responses", json=body) as answer:
            if "background" in fields:
                response_id = json.loads(await answer.aread())["id"]
                await asyncio.sleep(0.3)
            else:
                lines = answer.aiter_lines()
                first = [await anext(lines) for _ in range(40)]
                response_id = json.loads(first[1].removeprefix("data: "))["response"]["id"]
            began = asyncio.get_running_loop().time()
            ended = (await stage.ana.http.post(f"/v1/responses/{response_id}/cancel")).json()
            assert asyncio.get_running_loop().time() - began < 1
        check_response(ended)
        assert ended["status"] == "cancelled" and text_of(ended)
        assert (await stage.ana.http.post(f"/v1/responses/{response_id}/cancel")).json() == ended
        assert await stage.ana.get(response_id) == ended


async def test_a_deleted_one_is_gone(stage: Stage) -> None:
    made = await stage.ana.create()
    path = f"/v1/responses/{made['id']}"
    gone = await stage.ana.http.delete(path)
    assert (gone.status_code, gone.json()) == (200, {"id": made["id"], "object": "response.deleted", "deleted": True})
    for method, place in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/input_items"), ("GET", "?stream=true")):
        assert error(await stage.ana.http.request(method, path + place)) == (404, "not_found")
    for table in ("runs", "run_events", "items"):
        assert await stage.home.prosa.system.people.database.fetch(f"SELECT count(*) FROM {table}") == [(0,)]


async def test_tokens_are_counted_and_a_conversation_is_made_shorter(stage: Stage) -> None:
    counted = await stage.ana.http.post("/v1/responses/input_tokens", json={"model": "mock", "input": "Olá, mundo!"})
    assert (
        counted.status_code == 200 and counted.json()["object"] == "response.input_tokens" and counted.json()["input_tokens"] > 2
    )
    first = await stage.ana.create("Meu nome é Ana.")
    compacted = await stage.ana.http.post("/v1/responses/compact", json={"model": "mock", "previous_response_id": first["id"]})
    told = compacted.json()
    assert compacted.status_code == 200 and told["object"] == "response.compaction", told
    assert [item["type"] for item in told["output"]] == ["message", "compaction"] and told["usage"]["total_tokens"] > 0
    then = await stage.ana.create([*told["output"], {"role": "user", "content": "E agora?"}], model="mock-echo")
    assert text_of(then) == "E agora?"
    refused = await stage.ana.http.post("/v1/responses/compact", json={"input": "Olá"})
    assert error(refused) == (400, "missing_required_parameter")


WRONG: list[tuple[Any, int, str, str | None]] = [
    ({"input": "a", "model": "nobody-has-this"}, 404, "model_not_found", "model"),
    ({"input": [{"role": "nobody", "content": "a"}]}, 400, "invalid_value", "input[0].role"),
    ({"input": [{"role": "user", "content": [{"type": "unknown"}]}]}, 400, "invalid_value", "input[0].content[0].type"),
    ({"input": "a", "temperature": 9}, 400, "invalid_value", "temperature"),
    ({"input": "a", "wish": 1}, 400, "unknown_parameter", "wish"),
    ({"input": "a", "when_busy": "panic"}, 400, "invalid_value", "when_busy"),
    ({"input": "a", "conversation": "conv_1"}, 404, "not_found", None),
    ({"input": "a", "tools": [{"type": "web_search"}]}, 400, "unsupported_tool", "tools[0].type"),
    ({}, 400, "missing_required_parameter", "input"),
    ([], 400, "invalid_type", None),
]


async def test_what_is_wrong_is_told_before_anything_is_stored(stage: Stage) -> None:
    for body, status, code, param in WRONG:
        for fields in ({}, {"stream": True}, {"store": False}, {"background": True}):
            answer = await stage.ana.http.post("/v1/responses", json=body | fields if isinstance(body, dict) else body)
            told = answer.json()["error"]
            assert (answer.status_code, told["code"], told["param"]) == (status, code, param), (body, told)
            assert told["type"] == "invalid_request_error" and told["message"]
    assert await stage.home.prosa.system.people.database.fetch("SELECT count(*) FROM runs") == [(0,)]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_response_lives_on_both_databases(kind: str) -> None:
    with an_address(kind) as address:
        async with a_stage(**environment(address)) as stage:
            ana = stage.ana
            streamed = await ana.stream("Olá, mundo", model="mock-echo", metadata={"a": "b"})
            made = streamed[-1]["response"]
            assert await ana.get(made["id"]) == made and await ana.follow(made["id"], 3) == streamed[4:]
            running = await ana.create(SLOW, background=True, previous_response_id=made["id"])
            followed = asyncio.create_task(ana.follow(running["id"]))
            await asyncio.sleep(0.3)
            ended = (await ana.http.post(f"/v1/responses/{running['id']}/cancel")).json()
            assert ended["status"] == "cancelled" and (await followed)[-1]["type"] == "response.incomplete"
            items = (await ana.http.get(f"/v1/responses/{running['id']}/input_items")).json()["data"]
            assert [item["role"] for item in items] == ["user", "assistant", "user"]
            listed = (await ana.http.get("/api/v1/runs")).json()["data"]
            assert [run["state"] for run in listed] == ["cancelled", "completed"]
            for each in (running, made):
                assert (await ana.http.delete(f"/v1/responses/{each['id']}")).status_code == 200
            assert await stage.home.prosa.system.people.database.fetch("SELECT count(*) FROM run_events") == [(0,)]


async def test_wrong_addresses_are_told(stage: Stage) -> None:
    made = await stage.ana.create()
    for query in ("stream=perhaps", "stream=true&starting_after=x", "stream=true&starting_after=99999999999"):
        assert error(await stage.ana.http.get(f"/v1/responses/{made['id']}?{query}"))[0] == 400


@pytest.mark.attack("C2")
async def test_a_key_that_may_only_read_starts_and_ends_nothing(stage: Stage) -> None:
    made = await stage.ana.create()
    path = f"/v1/responses/{made['id']}"
    key = await stage.home.key(stage.ana.person, Scope.READ, name="reader")
    reader = await stage.home.program(key)
    assert [(await reader.get(path + place)).status_code for place in ("", "/input_items", "?stream=true")] == [200] * 3
    for method, place in (("POST", "/v1/responses"), ("POST", f"{path}/cancel"), ("DELETE", path)):
        answer = await reader.request(method, place, json={"input": "a"} if place == "/v1/responses" else None)
        assert error(answer) == (403, "permission_denied")


@pytest.mark.attack("C2", "C11")
async def test_a_response_runs_on_the_keys_own_models(stage: Stage) -> None:
    from prosa.identity import OPERATOR, NewKey

    keys = stage.home.prosa.system.people.identity.keys
    scopes = frozenset({Scope.READ, Scope.WRITE})
    _, text = await keys.create(OPERATOR, NewKey(stage.ana.person.account.id, "narrow", scopes, models=("mock-echo",)))
    program = await stage.home.program(text)

    async def ask(model: str, **fields: object) -> httpx2.Response:
        return await program.post("/v1/responses", json={"model": model, "input": "Olá"} | fields)

    assert (await ask("mock-echo")).status_code == 200
    unknown = await ask("nobody-has-this")
    for fields in ({}, {"stream": True}, {"background": True}, {"store": False}):
        other = await ask("mock", **fields)
        assert (other.status_code, other.content) == (404, unknown.content)
