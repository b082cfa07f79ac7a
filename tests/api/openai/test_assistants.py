"""`/v1/assistants` as OpenAI had it: through the official SDK, and by hand, each body judged strictly by the SDK's types."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import openai
import pytest
from openai.types.beta import Assistant, AssistantDeleted

from prosa.identity import OPERATOR, NewKey, Scope
from tests.api.app.house import House, house
from tests.serving import Running, running

pytestmark = pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")
QUIET = {"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}
NOBODYS = "0123456789abcdef0123456789abcdef"
FUNCTION = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "How it is outside.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        "strict": True,
    },
}
SEARCH = {"type": "file_search", "file_search": {"max_num_results": 7, "ranking_options": {"score_threshold": 0.5}}}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}, "strict": True}}
WHOLE: dict[str, Any] = {
    "model": "mock",
    "name": "Contratos",
    "description": "Reads contracts.",
    "instructions": "Answer by the contracts alone.",
    "tools": [SEARCH, {"type": "code_interpreter"}, FUNCTION],
    "metadata": {"topic": "burros"},
    "temperature": 0.5,
    "top_p": 0.25,
    "reasoning_effort": "low",
    "response_format": SCHEMA,
}


@dataclass
class Desk:
    """A running prosa, and who calls it."""

    prosa: Running
    http: httpx2.AsyncClient
    sdk: openai.AsyncOpenAI

    async def made(self, **fields: object) -> dict[str, Any]:
        """A new assistant, judged by the SDK's type."""
        return judged(await self.http.post("/assistants", json={"model": "mock"} | fields))

    async def ids(self, **query: object) -> tuple[list[str], bool]:
        """The ids of a page, and whether there is more."""
        answer = await self.http.get("/assistants", params={name: str(value) for name, value in query.items()})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert set(page) == {"object", "data", "first_id", "last_id", "has_more"} and page["object"] == "list"
        ids = [each["id"] for each in page["data"]]
        assert (page["first_id"], page["last_id"]) == ((ids[0], ids[-1]) if ids else (None, None))
        return ids, page["has_more"]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running(QUIET) as prosa:
        base = f"{prosa.base}/v1"
        async with (
            httpx2.AsyncClient(base_url=base, timeout=30) as http,
            openai.AsyncOpenAI(base_url=base, api_key="sk-any", max_retries=0) as sdk,
        ):
            yield Desk(prosa, http, sdk)


def judged(answer: httpx2.Response) -> dict[str, Any]:
    """An assistant's body, strictly of the SDK's type: nothing missing, nothing else but what OpenAI sent beside its own type."""
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    Assistant.model_validate_json(answer.content, strict=True)
    assert set(body) == {*Assistant.model_fields, "reasoning_effort"}
    return body


def refusal(answer: httpx2.Response) -> tuple[int, str, str | None]:
    """Status, code and field of an error in OpenAI's form."""
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"} and error["type"] == "invalid_request_error"
    return answer.status_code, error["code"], error["param"]


@pytest.mark.contract("A02")
async def test_the_sdk_makes_reads_changes_lists_and_deletes_an_assistant(desk: Desk) -> None:
    assistants = desk.sdk.beta.assistants
    made = await assistants.create(**WHOLE)
    assert made.id.startswith("asst_") and made.object == "assistant" and made.tools[0].type == "file_search"
    told = json.loads(made.model_dump_json(exclude_none=True, by_alias=True))
    assert told | WHOLE == told
    assert await assistants.retrieve(made.id) == made
    changed = await assistants.update(made.id, name="Outros", instructions=None, tools=[], metadata=None)
    assert (changed.name, changed.instructions, changed.tools, changed.metadata) == ("Outros", None, [], {})
    assert (changed.model, changed.temperature, changed.created_at) == ("mock", 0.5, made.created_at)
    second = await assistants.create(model="mock")
    assert [each.id async for each in assistants.list(limit=1)] == [second.id, made.id]
    gone = await assistants.delete(made.id)
    assert gone == AssistantDeleted(id=made.id, deleted=True, object="assistant.deleted")
    with pytest.raises(openai.NotFoundError) as refused:
        await assistants.retrieve(made.id)
    assert refused.value.body == {
        "message": f"No assistant found with id '{made.id}'.",
        "type": "invalid_request_error",
        "param": None,
        "code": "not_found",
    }


async def test_a_change_leaves_what_it_does_not_name_and_nulls_empty_what_can_be_empty(desk: Desk) -> None:
    bare = await desk.made()
    assert {name: bare[name] for name in ("name", "description", "instructions", "reasoning_effort")} == dict.fromkeys(
        ("name", "description", "instructions", "reasoning_effort")
    )
    assert (bare["temperature"], bare["top_p"], bare["response_format"]) == (1.0, 1.0, "auto")
    assert (bare["tools"], bare["tool_resources"], bare["metadata"]) == ([], {}, {})
    again = await desk.made(**{name: None for name in (*WHOLE, "tool_resources") if name not in ("model", "tools")}, tools=[])
    assert again | {"id": bare["id"], "created_at": bare["created_at"]} == bare
    made = await desk.made(**WHOLE)
    path = f"/assistants/{made['id']}"
    assert judged(await desk.http.post(path, json={})) == made
    # What the older application sends at every edit: nulls for what it doesn't know, and an empty list of tools.
    nulls = dict.fromkeys(("description", "temperature", "top_p", "reasoning_effort", "response_format", "metadata"))
    emptied = judged(await desk.http.post(path, json={"name": "x", "model": None, "tool_resources": None, "tools": []} | nulls))
    assert emptied == made | {"name": "x", "tools": [], "metadata": {}, "description": None, "response_format": "auto"} | {
        "temperature": 1.0,
        "top_p": 1.0,
        "reasoning_effort": None,
    }
    # Version 1, and one for each change: what changed nothing is none.
    [[versions]] = await desk.prosa.system.people.database.fetch(
        "SELECT COUNT(*) FROM assistant_versions WHERE assistant_id = $1", made["id"].removeprefix("asst_")
    )
    assert versions == 2


REFUSED: list[tuple[dict[str, Any], str, str | None]] = [
    ({"model": None}, "invalid_type", "model"),
    ({"name": "x" * 257}, "invalid_value", "name"),
    ({"description": "x" * 513}, "invalid_value", "description"),
    ({"instructions": "x" * 256_001}, "invalid_value", "instructions"),
    ({"tools": [{"type": "code_interpreter"}] * 129}, "invalid_value", "tools"),
    ({"tools": [{"type": "retrieval"}]}, "invalid_value", "tools[0].type"),
    ({"tools": [{"type": "function", "function": {"name": "no spaces"}}]}, "invalid_value", "tools[0].function.name"),
    ({"tools": [FUNCTION, FUNCTION]}, "function_named_twice", "tools"),
    ({"metadata": {f"k{number}": "v" for number in range(17)}}, "invalid_value", "metadata"),
    ({"metadata": {"k": "v" * 513}}, "invalid_value", "metadata"),
    ({"temperature": 2.1}, "invalid_value", "temperature"),
    ({"top_p": "1"}, "invalid_type", "top_p"),
    ({"response_format": {"type": "json_schema"}}, "missing_required_parameter", "response_format.json_schema"),
    ({"tool_resources": {"code_interpreter": {"file_ids": ["f"] * 21}}}, "invalid_value", None),
    ({"tool_resources": {"file_search": {"vector_store_ids": ["a", "b"]}}}, "invalid_value", None),
    ({"file_ids": []}, "unknown_parameter", "file_ids"),
    ({"id": "asst_mine"}, "unknown_parameter", "id"),
]


async def test_what_is_out_of_bounds_is_refused_by_name(desk: Desk) -> None:
    for fields, code, param in REFUSED:
        status, found, named = refusal(await desk.http.post("/assistants", json={"model": "mock"} | fields))
        assert (status, found) == (400, code), fields
        assert param is None or named == param
    assert await desk.ids() == ([], False)


async def test_lists_go_both_ways_from_any_assistant(desk: Desk) -> None:
    assert await desk.ids() == ([], False)
    ids = [(await desk.made(name=str(number)))["id"] for number in range(5)]
    newest = ids[::-1]
    assert await desk.ids() == (newest, False)
    assert await desk.ids(limit=1000, order="asc") == (ids, False)  # more than OpenAI allowed: the older application asks so
    assert await desk.ids(limit=2) == (newest[:2], True)
    assert await desk.ids(limit=2, after=newest[1]) == (newest[2:4], True)
    assert await desk.ids(limit=2, after=newest[3]) == (newest[4:], False)
    assert await desk.ids(limit=2, before=newest[3]) == (newest[1:3], True)
    assert await desk.ids(limit=3, before=newest[3]) == (newest[:3], False)
    assert await desk.ids(after=newest[0], before=newest[3]) == (newest[1:3], False)
    assert await desk.ids(limit=2, order="asc", before=ids[4]) == (ids[2:4], True)
    for query in ({"limit": 0}, {"limit": 1001}, {"order": "up"}):
        assert refusal(await desk.http.get("/assistants", params=query))[:2] == (400, "invalid_value")
    unknown = await desk.http.get("/assistants", params={"after": f"asst_{NOBODYS}"})
    assert refusal(unknown) == (404, "not_found", "after")


async def test_a_page_ends_before_it_becomes_too_large(desk: Desk) -> None:
    ids = [(await desk.made(instructions="é" * 256_000, name=str(number)))["id"] for number in range(11)]
    found, more = await desk.ids(limit=100, order="asc")
    assert more and 0 < len(found) < 11
    assert found + (await desk.ids(limit=100, order="asc", after=found[-1]))[0] == ids
    huge = {"model": "mock", "instructions": "\U0001f600" * 256_000, "description": "é" * 512, "metadata": {"k": "v" * 500}}
    tools = [{"type": "function", "function": {"name": f"f{number}", "description": "d" * 60_000}} for number in range(2)]
    assert refusal(await desk.http.post("/assistants", json=huge | {"tools": tools})) == (400, "assistant_too_large", None)


@pytest.mark.attack("A2", "A4")
async def test_foreign_files_and_stores_are_as_unknown_as_those_that_nobody_has() -> None:
    async with house() as home:
        ana, bia = await home.person("ana"), await home.person("bia")
        mine, hers = await program(home, ana), await program(home, bia)
        files = {"file": ("dados.csv", b"a,b\n1,2\n", "text/csv")}
        uploaded = await mine.post("/v1/files", files=files, data={"purpose": "assistants"})
        file = uploaded.json()["id"]
        store = (await mine.post("/v1/vector_stores", json={"name": "Contratos"})).json()["id"]
        own = await mine.post("/v1/assistants", json={"model": "mock"} | resources([store], [file]))
        assert own.json()["tool_resources"] == resources([store], [file])["tool_resources"]
        assert (await hers.post("/v1/assistants", json={"model": "mock"})).status_code == 200
        theirs = (await hers.get("/v1/assistants")).json()["data"][0]
        for place in ("/v1/assistants", f"/v1/assistants/{theirs['id']}"):
            for stores, held in (([store], []), ([], [file])):
                body = resources(stores, held) | ({"model": "mock"} if place == "/v1/assistants" else {})
                there = await hers.post(place, json=body)
                nowhere = await hers.post(place, json=json.loads(blind(json.dumps(body), [store, file])))
                assert refusal(there)[0] == 404 and blind(there.text, [store, file]) == nowhere.text
        found = (await hers.get("/v1/assistants")).json()["data"]
        assert found == [theirs] and theirs["tool_resources"] == {}


async def program(home: House, person: Any, **narrow: Any) -> httpx2.AsyncClient:
    """A program with a key of somebody's."""
    wish = NewKey(person.account.id, f"key {len(narrow)}", frozenset({Scope.READ, Scope.WRITE}), **narrow)
    return await home.program((await home.prosa.system.people.identity.keys.create(OPERATOR, wish))[1])


def resources(stores: list[str], files: list[str]) -> dict[str, Any]:
    """`tool_resources` as a body has them."""
    return {"tool_resources": {"file_search": {"vector_store_ids": stores}, "code_interpreter": {"file_ids": files}}}


def blind(text: str, ids: list[str]) -> str:
    """With ids that nobody has in the place of these."""
    for id in ids:
        text = text.replace(id, id[:-32] + NOBODYS)
    return text


async def test_a_store_is_made_on_the_way_and_a_retry_makes_no_second(desk: Desk) -> None:
    store = {"chunking_strategy": {"type": "static", "static": {"max_chunk_size_tokens": 200, "chunk_overlap_tokens": 50}}}
    body = {"model": "mock", "name": "Contratos", "tool_resources": {"file_search": {"vector_stores": [store]}}}
    key = {"Idempotency-Key": "make-one"}
    made = judged(await desk.http.post("/assistants", json=body, headers=key))
    again = judged(await desk.http.post("/assistants", json=body, headers=key))
    assert again == made and (await desk.ids())[0] == [made["id"]]
    [id] = made["tool_resources"]["file_search"]["vector_store_ids"]
    stores = (await desk.http.get("/vector_stores")).json()["data"]
    assert [(each["id"], each["name"]) for each in stores] == [(id, "Contratos")]
    both = {"vector_store_ids": [id], "vector_stores": [store]}
    refused = await desk.http.post("/assistants", json={"model": "mock", "tool_resources": {"file_search": both}})
    assert refusal(refused) == (400, "invalid_value", "tool_resources.file_search")
    # A store that is deleted stays named, and an edit that sends it back is no fault.
    await desk.http.delete(f"/vector_stores/{id}")
    kept = {"tool_resources": made["tool_resources"], "name": "x"}
    assert judged(await desk.http.post(f"/assistants/{made['id']}", json=kept))["tool_resources"] == made["tool_resources"]
    gone: dict[str, Any] = {"tool_resources": {"file_search": {"vector_store_ids": []}}}
    assert judged(await desk.http.post(f"/assistants/{made['id']}", json=gone))["tool_resources"] == {
        "file_search": {"vector_store_ids": []}
    }


@pytest.mark.attack("A5")
async def test_a_key_gives_an_assistant_only_the_models_that_it_may_name() -> None:
    async with house() as home:
        ana = await home.person("ana")
        whole, narrow = await program(home, ana), await program(home, ana, models=("mock",))
        assert (await narrow.post("/v1/assistants", json={"model": "mock"})).status_code == 200
        made = (await whole.post("/v1/assistants", json={"model": "mock-error"})).json()
        forbidden = await narrow.post("/v1/assistants", json={"model": "mock-error"})
        unknown = await narrow.post("/v1/assistants", json={"model": "no such model"})
        assert refusal(forbidden) == (404, "model_not_found", "model") and forbidden.content == unknown.content
        path = f"/v1/assistants/{made['id']}"
        assert (await narrow.post(path, json={"name": "x"})).status_code == 200  # its model stays as it was
        assert refusal(await narrow.post(path, json={"model": "mock-slow"})) == (404, "model_not_found", "model")
        assert refusal(await whole.post(path, json={"model": "no such model"}))[:2] == (404, "model_not_found")


async def test_edits_at_one_moment_are_all_there_one_version_each(desk: Desk) -> None:
    made = await desk.made(metadata={})
    path = f"/assistants/{made['id']}"
    bodies = [{"name": f"name {number}"} for number in range(12)]
    answers = await asyncio.gather(*(desk.http.post(path, json=body) for body in bodies))
    assert [answer.status_code for answer in answers] == [200] * 12
    rows = await desk.prosa.system.people.database.fetch("SELECT number, body FROM assistant_versions ORDER BY number")
    assert [row[0] for row in rows] == list(range(1, 14))
    assert {json.loads(str(row[1])).get("name") for row in rows} == {None, *(body["name"] for body in bodies)}
