"""Assistants, threads and stores: for those whose right to them ends, who come all at once, and who send what fits nothing."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest

from tests.api.app.house import Person
from tests.api.openai.answering import Stage, a_stage
from tests.privacy.canaries import rows_with

CANARY = "canarioxq7"
PATIENCE = 90
FUNCTION = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}
SEARCHES = '{"name":"file_search","arguments":{"queries":["dono"]}}'
SEARCHES_LATER = '[[mock tool_calls=[{"name":"weather","arguments":{}},' + SEARCHES + "] rounds=2]] Quem?"
ODD: tuple[object, ...] = (
    *(
        None,
        True,
        0,
        -1,
        1e308,
        10**40,
        2**63,
        0.5,
        "",
        "x" * 300,
        "\x00",
        "a\u202eb",
        "\ud800",
        [],
        {},
        [None],
        [[]],
        {"a": None},
    ),
    *({"type": "x"}, [{"type": "x"}], {"\x00": "\x00"}),
)
ODD_ONES = 220


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_stage() as found:
        yield found


async def post(http: httpx2.AsyncClient, path: str, **body: object) -> dict[str, Any]:
    answer = await http.post(path, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def until(http: httpx2.AsyncClient, path: str, *statuses: str) -> dict[str, Any]:
    """An object, once it has one of these."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found: dict[str, Any] = (await http.get(path)).json()
            if found["status"] in statuses:
                return found
            await asyncio.sleep(0.05)


async def a_store(http: httpx2.AsyncClient, text: str, name: str = "burros.md") -> tuple[str, str]:
    """A store with one file: the ids of both."""
    sent = {"file": (name, text.encode())}
    file = (await http.post("/v1/files", files=sent, data={"purpose": "assistants"})).json()["id"]
    store = (await post(http, "/v1/vector_stores", file_ids=[file]))["id"]
    await until(http, f"/v1/vector_stores/{store}", "completed")
    return store, file


@pytest.mark.attack("F13")
async def test_nothing_of_a_deleted_file_is_left_not_even_its_name_in_the_log_of_its_reading(stage: Stage) -> None:
    http, database = stage.ana.http, stage.home.prosa.system.people.database
    store, file = await a_store(http, f"# Burros\n\nO dono é {CANARY}.\n", f"{CANARY}.md")
    assert {"files", "passages", "vector_store_files"} <= set(await rows_with(database, CANARY))
    assert [(await http.delete(path)).status_code for path in (f"/v1/files/{file}", f"/v1/vector_stores/{store}")] == [200, 200]
    async with asyncio.timeout(PATIENCE):
        while await rows_with(database, CANARY):  # noqa: ASYNC110  # what is marked is taken away by a job
            await asyncio.sleep(0.1)


async def shared(owner: Person, assistant: str, **sharing: object) -> None:
    answer = await owner.ask("PUT", f"/assistants/{assistant}/sharing", sharing, headers={"if-match": "*"})
    assert answer.status_code == 200, answer.text


@pytest.mark.attack("A5", "G11")
async def test_a_run_that_goes_on_after_its_assistant_was_taken_away_reads_no_more_of_its_documents(stage: Stage) -> None:
    ana, bia_ = stage.ana, await stage.program("bia")
    bia = bia_.http
    store, _ = await a_store(ana.http, f"# Burros\n\nO dono do burro é {CANARY}.\n")
    resources = {"file_search": {"vector_store_ids": [store]}}
    tools = [{"type": "file_search"}, FUNCTION]
    assistant = (await post(ana.http, "/v1/assistants", model="mock", tools=tools, tool_resources=resources))["id"]
    found = []
    for taken_away in (False, True):
        await shared(ana.person, assistant, audience="chosen", people=[{"user": bia_.person.id}])
        thread = (await post(bia, "/v1/threads", messages=[{"role": "user", "content": SEARCHES_LATER}]))["id"]
        path = f"/v1/threads/{thread}/runs"
        path += f"/{(await post(bia, path, assistant_id=assistant))['id']}"
        run = await until(bia, path, "requires_action")
        if taken_away:
            await shared(ana.person, assistant, audience="private")
            assert (await bia.post(f"/v1/threads/{thread}/runs", json={"assistant_id": assistant})).status_code in (400, 404)
        calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
        await post(bia, f"{path}/submit_tool_outputs", tool_outputs=[{"tool_call_id": calls[0]["id"], "output": "sol"}])
        await until(bia, path, "requires_action")
        include = {"include[]": "step_details.tool_calls[*].file_search.results[*].content"}
        found.append((await bia.get(f"{path}/steps", params=include)).text.count(CANARY))
    assert found == [2, 1], "the search before it was taken away, and none after"


@pytest.mark.attack("I1", "I6")
async def test_a_model_that_obeys_a_document_asks_the_client_for_no_function_that_the_run_was_not_given(stage: Stage) -> None:
    http = stage.ana.http
    for tools, given in (([], []), ([FUNCTION], ["weather"])):
        assistant = (await post(http, "/v1/assistants", model="mock", tools=tools))["id"]
        calls: list[object] = [{"name": name, "arguments": {}} for name in ("delete_everything", "code_interpreter", "weather")]
        thread = {"messages": [{"role": "user", "content": f"[[mock tool_calls={json.dumps(calls)}]] Olá"}]}
        run = await post(http, "/v1/threads/runs", assistant_id=assistant, thread=thread)
        path = f"/v1/threads/{run['thread_id']}/runs/{run['id']}"
        run = await until(http, path, "requires_action" if given else "completed")
        asked = run["required_action"]["submit_tool_outputs"]["tool_calls"] if given else []
        assert [call["function"]["name"] for call in asked] == given


@pytest.mark.attack("A19", "J13")
async def test_of_many_runs_that_come_at_once_one_begins_and_the_others_leave_nothing(stage: Stage) -> None:
    http = stage.ana.http
    assistant = (await post(http, "/v1/assistants", model="mock"))["id"]
    thread = (await post(http, "/v1/threads"))["id"]
    wishes = [
        {"assistant_id": assistant, "additional_messages": [{"role": "user", "content": f"{place} [[mock first_byte=30]]"}]}
        for place in range(25)
    ]
    answers = await asyncio.gather(*(http.post(f"/v1/threads/{thread}/runs", json=wish) for wish in wishes))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: 24}
    (winner,) = [place for place, answer in enumerate(answers) if answer.status_code == 200]
    [kept] = (await http.get(f"/v1/threads/{thread}/messages")).json()["data"]
    assert kept["content"][0]["text"]["value"].startswith(f"{winner} ")
    assert (await http.delete(f"/v1/threads/{thread}")).status_code == 200


def paths_in(body: object, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The place of every value."""
    if before:
        yield before
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for name, value in inner:
        yield from paths_in(value, (*before, name))


def with_odd(body: object, path: tuple[str | int, ...], odd: object) -> bytes:
    """The same with another value at that place."""
    whole = inside = json.loads(json.dumps(body))
    for name in path[:-1]:
        inside = inside[name]
    inside[path[-1]] = odd
    return json.dumps(whole).encode()


def bodies(ids: dict[str, str]) -> dict[str, dict[str, object]]:
    """What each route takes, with every field that it has."""
    file, store, assistant, thread = ids["file"], ids["store"], ids["assistant"], ids["thread"]
    sizes = {"type": "static", "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400}}
    searches = {"max_num_results": 3, "ranking_options": {"ranker": "auto", "score_threshold": 0.1}}
    tools: list[object] = [{"type": "file_search", "file_search": searches}, FUNCTION, {"type": "code_interpreter"}]
    held = {"file_search": {"vector_store_ids": [store]}, "code_interpreter": {"file_ids": [file]}}
    made = {"file_search": {"vector_stores": [{"file_ids": [file], "chunking_strategy": sizes, "metadata": {"a": "b"}}]}}
    image = {"type": "image_file", "image_file": {"file_id": file, "detail": "low"}}
    attached: list[object] = [{"file_id": file, "tools": [{"type": "file_search"}]}]
    message: dict[str, object] = {
        "role": "user",
        "content": [{"type": "text", "text": "Olá"}, image],
        "attachments": attached,
        "metadata": {},
    }
    schema = {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}, "strict": True}}
    among = {"type": "in", "key": "k", "value": ["a", 1]}
    filters = {"type": "and", "filters": [{"type": "eq", "key": "k", "value": "v"}, {"type": "or", "filters": [among]}]}
    definition: dict[str, object] = {"model": "mock", "name": "n", "tools": tools, "tool_resources": held, "temperature": 1}
    run: dict[str, object] = {"assistant_id": assistant, "tools": tools, "tool_choice": {"type": "file_search"}}
    run |= {
        "response_format": schema,
        "truncation_strategy": {"type": "last_messages", "last_messages": 3},
        "max_prompt_tokens": 300,
    }
    hybrid = {"hybrid_search": {"embedding_weight": 1, "text_weight": 1}}
    return {
        "/v1/assistants": definition,
        f"/v1/assistants/{assistant}": definition,
        "/v1/threads": {"messages": [message], "tool_resources": made, "metadata": {"a": "b"}},
        f"/v1/threads/{thread}": {"tool_resources": held, "metadata": {"a": "b"}},
        f"/v1/threads/{thread}/messages": message,
        f"/v1/threads/{thread}/runs": run,
        "/v1/threads/runs": run | {"thread": {"messages": [message]}, "tool_resources": held},
        "/v1/vector_stores": {"expires_after": {"anchor": "last_active_at", "days": 3}, "chunking_strategy": sizes},
        f"/v1/vector_stores/{store}/files": {"file_id": file, "attributes": {"a": "b", "n": 1}, "chunking_strategy": sizes},
        f"/v1/vector_stores/{store}/file_batches": {"files": [{"file_id": file, "attributes": {"a": 1}}]},
        f"/v1/vector_stores/{store}/search": {"query": ["burro"], "filters": filters, "ranking_options": hybrid},
    }


@pytest.mark.attack("J10")
async def test_no_odd_value_in_any_field_makes_the_server_fail(stage: Stage) -> None:
    http = stage.ana.http
    store, file = await a_store(http, "# Burros\n")
    assistant = (await post(http, "/v1/assistants", model="mock"))["id"]
    thread = (await post(http, "/v1/threads", messages=[{"role": "user", "content": "Olá"}]))["id"]
    whole = bodies({"file": file, "store": store, "assistant": assistant, "thread": thread})
    tries = [(path, place, odd) for path, body in whole.items() for place in paths_in(body) for odd in ODD]
    seed = random.randrange(10**6)
    for path, place, odd in random.Random(seed).sample(tries, ODD_ONES):
        content = with_odd(whole[path], place, odd)
        answer = await http.post(path, content=content, headers={"content-type": "application/json"})
        assert answer.status_code < 500, (seed, path, place, odd, answer.text)


@pytest.mark.attack("J6")
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/assistants", '{"model":"mock","tools":[{"type":"function","function":{"name":"f","parameters":{"a":%s}}}]}'),
        ("/v1/threads", '{"unknown":%s}'),
        ("/v1/vector_stores", '{"metadata":%s}'),
        ("/v1/responses", '{"model":"mock","input":"x","tools":[{"type":"code_interpreter","container":%s}]}'),
    ],
)
async def test_endless_nesting_is_refused(stage: Stage, path: str, body: str) -> None:
    content = (body % ("[" * 100_000 + "]" * 100_000)).encode()
    answer = await stage.ana.http.post(path, content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 400 and "levels deep" in answer.json()["error"]["message"]
