"""Assistants in conversations: who answers, with which words, tools and knowledge, and what becomes of one that is taken away."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from prosa.conversations import margin_of
from prosa.identity import OPERATOR, NewKey, Scope
from tests.api.app.house import House, Person, house, problem
from tests.api.app.test_answers import Talk, begun, events
from tests.databases import KINDS, an_address, environment

ANY = {"if-match": "*"}
NOBODYS = "asst_0123456789abcdef0123456789abcdef"
FUNCTION = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}
SEARCHES = '[[mock tool_calls=[{"name":"file_search","arguments":{"queries":["dono do burro"]}}]]] Quem é o dono?'
BURROS = "# Burros\n\nO dono do burro é Anselmo.\n"
PATIENCE = 60


@pytest.fixture
async def home() -> AsyncIterator[House]:
    async with house() as found:
        yield found


async def made(person: Person, **fields: object) -> str:
    """The id of a new assistant."""
    answer = await person.ask("POST", "/assistants", {"name": "Contratos", "model": "mock"} | fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def shared(person: Person, id: str, audience: str = "everyone") -> None:
    answer = await person.ask("PUT", f"/assistants/{id}/sharing", {"audience": audience}, headers=ANY)
    assert answer.status_code == 200, answer.text


async def first(talk: Talk, **body: Any) -> dict[str, Any]:
    """The response object with which an answer begins."""
    told: dict[str, Any] = events((await talk.ask(**body)).text)[0]["response"]
    return told


async def document(talk: Talk) -> dict[str, Any]:
    told: dict[str, Any] = (await talk.person.ask("GET", talk.path)).json()
    return told


async def a_store(person: Person, text: str = BURROS) -> tuple[str, str]:
    """A store with one file: the ids of both."""
    http = person.browser
    file = (await http.post("/v1/files", files={"file": ("burros.md", text.encode())}, data={"purpose": "assistants"})).json()[
        "id"
    ]
    store = str((await http.post("/v1/vector_stores", json={"file_ids": [file]})).json()["id"])
    async with asyncio.timeout(PATIENCE):
        while (await http.get(f"/v1/vector_stores/{store}")).json()["status"] != "completed":  # noqa: ASYNC110  # over HTTP there is nothing to wait for
            await asyncio.sleep(0.05)
    return store, file


async def test_an_assistant_answers_with_its_words_before_the_persons_and_the_run_tells_its_version(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    limits = {"max_completion_tokens": 300, "max_prompt_tokens": 5_000}
    id = await made(ana, instructions="Fale de contratos.", temperature=0.5, model="mock-echo", limits=limits)
    await shared(ana, id)
    settings = {"assistant": id, "instructions": "Seja breve.", "temperature": 1.5, "top_p": 0.5, "max_output_tokens": 900}
    talk = await begun(bia, model="mock", settings=settings)
    told = await first(talk, input="Olá")
    assert (told["instructions"], told["model"]) == ("Fale de contratos.\n\nSeja breve.", "mock-echo")
    assert (told["temperature"], told["top_p"], told["max_output_tokens"]) == (0.5, 0.5, 300)
    own = await first(talk, input="Olá", model="mock", temperature=2, instructions="Fale.", max_output_tokens=100)
    assert (own["model"], own["temperature"], own["max_output_tokens"]) == ("mock", 2, 100)
    assert own["instructions"] == "Fale de contratos.\n\nFale."
    await ana.ask("PATCH", f"/assistants/{id}", {"name": "Leis", "instructions": "Leis."}, headers=ANY)
    assert (await first(talk, input="E agora?"))["instructions"].startswith("Leis.")
    without = await first(talk, input="E só?", assistant=None)
    assert (without["instructions"], without["model"], without["temperature"]) == ("Seja breve.", "mock", 1.5)
    runs = (await bia.ask("GET", f"{talk.path}/answers")).json()["data"]
    before, now = {"id": id, "name": "Contratos", "version": 1}, {"id": id, "name": "Leis", "version": 2}
    assert [run["assistant"] for run in runs] == [None, now, before, before]
    assert (await bia.ask("GET", f"/runs/{runs[1]['id']}")).json()["assistant"] == now
    listed = {run["id"]: run["assistant"] for run in (await bia.ask("GET", "/runs", params={"kind": "answer"})).json()["data"]}
    assert listed == {run["id"]: run["assistant"] for run in runs}
    said = [(each["made"], each["assistant_id"]) for each in await talk.items()]
    assert said == [(True, None), (False, None), *[(True, id), (False, None)] * 3]
    present = {"id": id, "name": "Leis", "picture": None, "available": True}
    [seen] = (await bia.ask("GET", "/conversations")).json()["data"]
    assert seen["assistant"] == (await document(talk))["assistant"] == present and seen["settings"]["assistant"] == id
    exported = (await bia.ask("GET", f"/conversations/{talk.id}/export", params={"format": "json"})).json()
    assert exported["conversations"][0]["assistant"] == id


@pytest.mark.attack("A1", "A5")
async def test_one_that_is_not_there_not_allowed_or_taken_away_is_the_same_404_until_the_person_chooses(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    id, private = await made(ana), await made(ana)
    await shared(ana, id)
    talk = await begun(bia, settings={"assistant": id})
    assert (await first(talk, input="Olá"))["status"] == "in_progress"
    refusals = []
    for shown in (NOBODYS, private, "asst_x", "x" * 200, "burro"):
        for method, path, body in (
            ("POST", f"{talk.path}/answers", {"input": "Olá", "assistant": shown}),
            ("POST", "/answers", {"input": "Olá", "model": "mock", "assistant": shown}),
            ("POST", "/conversations", {"settings": {"assistant": shown}}),
            ("PATCH", talk.path, {"settings": {"assistant": shown}}),
        ):
            answer = await bia.ask(method, path, body, headers=ANY)
            assert problem(answer) == (404, "assistant_not_found"), answer.text
            refusals.append(answer.json()["detail"].replace(shown[:80], "ID"))
    await shared(ana, id, "private")
    assert (await document(talk))["assistant"] == {"id": id, "name": None, "picture": None, "available": False}
    gone = await bia.ask("POST", f"{talk.path}/answers", {"input": "Olá"})
    assert problem(gone) == (404, "assistant_not_found") and gone.json()["param"] == "assistant"
    assert {gone.json()["detail"].replace(id, "ID"), *refusals} == {"No assistant found with id 'ID'."}
    await shared(ana, id)
    assert (await ana.ask("DELETE", f"/assistants/{id}")).status_code == 204
    assert problem(await bia.ask("POST", f"{talk.path}/answers", {"input": "Olá"})) == (404, "assistant_not_found")
    kept = await bia.ask("PATCH", talk.path, {"settings": {"assistant": id, "temperature": 1}}, headers=ANY)
    assert kept.status_code == 200, "other settings can change beside it"
    assert (await first(talk, input="Olá", assistant=None))["status"] == "in_progress"
    left = await bia.ask("PATCH", talk.path, {"settings": {"assistant": None}}, headers=ANY)
    assert (left.json()["assistant"], left.json()["settings"]["assistant"]) == (None, None)
    await talk.ask(input="Olá")
    runs = (await bia.ask("GET", f"{talk.path}/answers")).json()["data"]
    assert [run["assistant"] and run["assistant"]["id"] for run in runs] == [None, None, id], "what was answered is still told"


async def test_what_is_answered_again_edited_or_gone_on_with_keeps_the_assistant_of_its_place(home: House) -> None:
    ana = await home.person("ana")
    one, other = await made(ana, instructions="Um."), await made(ana, instructions="Outro.")
    talk = await begun(ana, settings={"assistant": one})
    await talk.ask(input="Olá")
    answer, asked = await talk.items()
    await ana.ask("PATCH", talk.path, {"settings": {"assistant": other}}, headers=ANY)
    for body in (
        {"regenerates": answer["id"]},
        {"regenerates": asked["id"]},
        {"edits": asked["id"], "input": "Oi"},
        {"after": asked["id"]},
        {},
    ):
        assert (await first(talk, **body))["instructions"] == "Um.", body
    approval = {"type": "message", "role": "user", "content": "Olá"}
    assert (await first(talk, after=answer["id"], input=[approval]))["instructions"] == "Outro."
    assert (await first(talk, regenerates=answer["id"], assistant=other))["instructions"] == "Outro."
    assert (await first(talk, regenerates=answer["id"], assistant=None))["instructions"] is None
    run = (await ana.ask("GET", f"{talk.path}/answers")).json()["data"][-1]
    await ana.ask("DELETE", f"/runs/{run['id']}")
    assert (await first(talk, edits=asked["id"], input="Oi"))["instructions"] == "Outro.", "nobody knows any more"


@pytest.mark.attack("I1", "I6")
async def test_functions_that_only_a_client_could_run_are_not_offered_and_leave_no_call_behind(home: House) -> None:
    ana = await home.person("ana")
    id = await made(ana, tools=[FUNCTION])
    talk = await begun(ana, settings={"assistant": id})
    told = events((await talk.ask(input='[[mock tool_calls=[{"name":"weather","arguments":{}}]]] Olá')).text)
    assert told[0]["response"]["tools"] == [] and told[-1]["type"] == "response.completed"
    assert {each["item"]["type"] for each in await talk.items()} == {"message"}
    assert (await first(talk, input="Olá"))["status"] == "in_progress"
    weather = {"type": "function", "name": "weather", "parameters": {"type": "object", "properties": {}}}
    asked = await first(talk, input="Olá", tools=[weather], tool_choice="auto")
    assert [tool["name"] for tool in asked["tools"]] == ["weather"], "what the question itself brings, its client runs"


@pytest.mark.contract("A24")
@pytest.mark.attack("A5", "I4")
async def test_its_knowledge_is_searched_cited_with_its_place_and_lent_no_longer_than_it_is_shared(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    store, file = await a_store(ana)
    own, _ = await a_store(bia, "# Burros\n\nO dono do burro é Bernardo.\n")
    id = await made(ana, tools=[{"type": "file_search"}], vector_store_ids=[store])
    await shared(ana, id)
    talk = await begun(bia, settings={"assistant": id})
    await talk.ask(input=SEARCHES)
    said, call, _ = await talk.items("?include=file_search_call.results")
    assert call["item"]["type"] == "file_search_call" and "Anselmo" in call["item"]["results"][0]["text"]
    part = said["item"]["content"][0]
    assert "【" not in part["text"] and part["annotations"][0]["file_id"] == file
    assert part["annotations"][0]["prosa"]["heading"] == ["Burros"]
    assert "results" not in (await talk.items())[1]["item"]
    exported = (await bia.ask("GET", f"{talk.path}/export", params={"format": "markdown"})).text
    assert f'assistant: "{id}"' in exported and "file_search(dono do burro)" in exported
    both = [{"type": "file_search", "vector_store_ids": [own], "max_num_results": 5}]
    asked = await first(talk, input="Olá", tools=both)
    assert asked["tools"] == [{"type": "file_search", "vector_store_ids": [store, own], "max_num_results": 5}]
    await talk.ask(input=SEARCHES, tools=both)
    found = (await talk.items("?include=file_search_call.results"))[1]["item"]["results"]
    assert {"Anselmo", "Bernardo"} <= {name for each in found for name in ("Anselmo", "Bernardo") if name in each["text"]}
    # A question that waits behind another one has its assistant taken away.
    slow = await bia.ask("POST", f"{talk.path}/answers", {"input": "[[mock first_byte=30]]", "stream": False, "assistant": None})
    waits = await bia.ask("POST", f"{talk.path}/answers", {"input": SEARCHES, "stream": False})
    assert waits.json()["assistant"]["id"] == id and waits.json()["state"] == "queued"
    await shared(ana, id, "private")
    await bia.ask("PUT", f"/runs/{slow.json()['id']}/cancellation")
    await bia.ask("GET", f"/runs/{waits.json()['id']}/events")
    call = (await talk.items("?include=file_search_call.results"))[1]["item"]
    assert call["type"] == "file_search_call" and not call.get("results")


@pytest.mark.contract("A68")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_thread_shows_its_last_runs_assistant_and_a_run_that_waits_says_for_what(kind: str) -> None:
    with an_address(kind) as address:
        async with house(environment(address)) as home:
            await seen_in_the_app(await home.person("ana"))


async def seen_in_the_app(ana: Person) -> None:
    one, other = await made(ana, instructions="Um."), await made(ana, instructions="Outro.", name="Tempo", tools=[FUNCTION])
    http = ana.browser
    said = [{"role": "user", "content": '[[mock tool_calls=[{"name":"weather","arguments":{"city":"Faro"}}]]]'}]
    run = (
        await http.post(
            "/v1/threads/runs", json={"assistant_id": one, "thread": {"messages": [{"role": "user", "content": "Olá"}]}}
        )
    ).json()
    talk = Talk(ana, {"id": run["thread_id"].replace("thread_", "conv_")})
    await ana.ask("GET", f"/runs/{run['id']}/events")
    told = await document(talk)
    assert (told["assistant"]["id"], told["settings"]["assistant"], told["dialect"]) == (one, one, "openai")
    wish = {"assistant_id": other, "additional_messages": said}
    run = (await http.post(f"/v1/threads/{run['thread_id']}/runs", json=wish)).json()
    async with asyncio.timeout(PATIENCE):
        while (waits := (await ana.ask("GET", f"/runs/{run['id']}")).json())["state"] != "waiting":  # noqa: ASYNC110  # as above
            await asyncio.sleep(0.02)
    [call] = waits["awaits"]["calls"]
    assert (call["name"], json.loads(call["arguments"]), waits["open"]) == ("weather", {"city": "Faro"}, True)
    assert waits["awaits"]["until"] > waits["created_at"] and waits["assistant"]["name"] == "Tempo"
    [listed] = (await ana.ask("GET", "/runs", params={"open": True})).json()["data"]
    assert (
        listed["awaits"] == waits["awaits"]
        and (await ana.ask("GET", f"{talk.path}/answers")).json()["data"][0]["awaits"] == listed["awaits"]
    )
    assert (await document(talk))["answering"] is True
    ended = (await ana.ask("PUT", f"/runs/{run['id']}/cancellation")).json()
    assert (ended["state"], ended["awaits"]) == ("cancelled", None)
    # Who goes on in the app goes on with the same assistant, until they choose otherwise.
    assert (await first(talk, input="Olá"))["instructions"] == "Outro."
    steps = await http.get(f"/v1/threads/{run['thread_id']}/runs")
    assert [each["assistant_id"] for each in steps.json()["data"]] == [other, other, one]
    await ana.ask("PATCH", talk.path, {"settings": {"assistant": None}}, headers=ANY)
    assert (await document(talk))["assistant"] is None and (await first(talk, input="Olá"))["instructions"] is None


async def test_a_passing_question_is_answered_by_an_assistant_and_leaves_nothing(home: House) -> None:
    ana = await home.person("ana")
    id = await made(ana, instructions="Fale de contratos.")
    talk = await begun(ana, settings={"assistant": id})
    for path in ("/answers", f"{talk.path}/answers"):
        body = {"input": "Olá", "assistant": id} if path == "/answers" else {"input": "Olá", "temporary": True}
        told = events((await ana.ask("POST", path, body)).text)
        assert told[0]["response"]["instructions"] == "Fale de contratos." and told[-1]["type"] == "response.completed"
    assert (await ana.ask("GET", "/runs", params={"kind": "answer"})).json()["data"] == [] and await talk.items() == []


async def test_what_fits_nothing_is_refused_and_a_narrow_key_asks_no_model_but_its_own(home: House) -> None:
    ana = await home.person("ana")
    store, file = await a_store(ana)
    tools: list[object] = [{"type": "file_search"}, {"type": "code_interpreter"}]
    id = await made(ana, tools=tools, vector_store_ids=[store], file_ids=[file], model="mock-echo")
    odd: list[object] = [7, None, "x", [], {}, [7], {"file_ids": 7}, {"type": "auto", "file_ids": [7]}, "\ud800"]
    for kind, member in (("file_search", "vector_store_ids"), ("code_interpreter", "container"), ("file_search", "filters")):
        for value in odd:
            given = {"type": kind, member: value}
            body = json.dumps({"input": "Olá", "assistant": id, "tools": [given, given]})
            answer = await ana.browser.post("/api/v1/answers", content=body, headers={"content-type": "application/json"})
            assert answer.status_code in (200, 400, 404, 422), (given, answer.text)
    for tool in ({"type": ["file_search"]}, {"type": 7}, {}, {"type": "nothing"}):
        answer = await ana.ask("POST", "/answers", {"input": "Olá", "assistant": id, "tools": [tool, tool]})
        assert answer.status_code in (400, 422), answer.text
    both = [{"type": "code_interpreter", "container": {"type": "auto", "file_ids": [file, "file-" + "0" * 32]}}]
    told = events((await ana.ask("POST", "/answers", {"input": "Olá", "assistant": id, "tools": both})).text)
    containers = [tool["container"] for tool in told[0]["response"]["tools"] if tool["type"] == "code_interpreter"]
    assert containers == [{"type": "auto", "file_ids": [file, "file-" + "0" * 32]}]
    wish = NewKey(ana.account.id, "narrow", frozenset({Scope.WRITE}), models=("mock",))
    program = await home.program((await home.prosa.system.people.identity.keys.create(OPERATOR, wish))[1])
    for model, status in ((None, 404), ("mock", 200)):
        wanted = {"input": "Olá", "assistant": id} | ({} if model is None else {"model": model})
        assert (await program.post("/api/v1/answers", json=wanted)).status_code == status


async def test_an_assistants_name_stands_in_the_margin_of_what_it_said(home: House) -> None:
    ana = await home.person("ana")
    id = await made(ana)
    talk = await begun(ana, settings={"assistant": id})
    await talk.ask(input="Olá")
    rows = await home.prosa.system.people.database.fetch("SELECT body FROM items WHERE made ORDER BY number")
    assert [margin_of(str(body).encode()).assistant_id for [body] in rows] == [id]
    plain = await ana.browser.get(f"/v1/conversations/{talk.id}/items")
    assert "prosa:margin" not in plain.text
