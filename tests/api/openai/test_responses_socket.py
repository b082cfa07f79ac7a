"""Responses over a WebSocket: turn after turn with the official SDK, and what a client may do wrong on the way."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from openai import AsyncOpenAI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from prosa.answers import AnswerService
from prosa.api.openai import ResponseSockets
from prosa.identity import OPERATOR, KeyChanges, Scope
from tests.answers.sdk_types import check_event
from tests.api.app.house import House, Person, house

Event = dict[str, Any]
TERMINAL = ("response.completed", "response.failed", "response.incomplete")
WEATHER = {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}
LONG = "[[mock delay=0.02 repeat=300]] Conte!"


@dataclass
class Program:
    """Somebody's program and its key."""

    home: House
    person: Person
    key: str

    def connect(self, **changed: str) -> connect:
        """A new connection."""
        address = self.home.prosa.base.replace("http", "ws") + "/v1/responses"
        return connect(address, additional_headers={"Authorization": f"Bearer {self.key}"} | changed)

    async def stored(self, response_id: str) -> Event:
        """A stored response, once it has ended."""
        client = await self.home.program(self.key)
        for _ in range(200):
            told: Event = (await client.get(f"/v1/responses/{response_id}")).json()
            if told["status"] != "in_progress":
                break
            await asyncio.sleep(0.05)
        return told


@asynccontextmanager
async def programs(env: Mapping[str, str] | None = None, *names: str) -> AsyncIterator[list[Program]]:
    """People's programs at one prosa."""
    async with house(env) as home:
        found = []
        for name in names or ("ana",):
            person = await home.person(name)
            found.append(Program(home, person, await home.key(person, Scope.READ, Scope.WRITE)))
        yield found


@pytest.fixture
async def ana() -> AsyncIterator[Program]:
    async with programs() as (program,):
        yield program


async def ask(client: ClientConnection, input: object, **fields: object) -> None:
    """Begin a turn."""
    await client.send(json.dumps({"type": "response.create", "model": "mock", "input": input} | fields))


async def turn(client: ClientConnection) -> list[Event]:
    """The events of a turn to its end, or an error alone."""
    found: list[Event] = []
    while not found or (found[-1]["type"] not in TERMINAL and "status" not in found[-1]):
        found.append(json.loads(await asyncio.wait_for(client.recv(), 10)))
    return found


async def said(client: ClientConnection, input: object, **fields: object) -> Event:
    """The response that a turn ends with."""
    await ask(client, input, **fields)
    response: Event = (await turn(client))[-1]["response"]
    return response


async def error(client: ClientConnection, message: str | Event) -> tuple[int, str, str | None]:
    """Status, code and param of the error that answers a message."""
    await client.send(message if isinstance(message, str) else json.dumps(message))
    (told,) = await turn(client)
    assert told["type"] == "error" and told["error"]["message"] and told["error"]["type"]
    return told["status"], told["error"]["code"], told["error"]["param"]


async def ending(client: ClientConnection) -> int:
    """The code of the server's goodbye."""
    with pytest.raises(ConnectionClosed) as ended:
        while True:
            await asyncio.wait_for(client.recv(), 10)
    return ended.value.rcvd.code if ended.value.rcvd is not None else 1006


async def test_the_official_sdk_takes_turns_on_one_connection(ana: Program) -> None:
    async with AsyncOpenAI(base_url=f"{ana.home.prosa.base}/v1", api_key=ana.key).responses.connect() as connection:
        previous = None
        for number in range(3):
            await connection.response.create(model="mock-echo", input=f"turn {number}", previous_response_id=previous)
            async for event in connection:
                if event.type == "response.completed":
                    break
            assert event.type == "response.completed" and event.response.previous_response_id == previous
            assert event.response.output_text == f"turn {number}"
            previous = event.response.id
    assert previous is not None and (await ana.stored(previous))["status"] == "completed"


async def test_a_turn_has_the_events_of_a_stream(ana: Program) -> None:
    client = await ana.home.program(ana.key)
    body = {"model": "mock-tools", "input": "Olá!", "stream": True, "tools": [WEATHER]}
    lines = (await client.post("/v1/responses", json=body)).text.splitlines()
    streamed = [json.loads(line[6:])["type"] for line in lines if line.startswith("data: {")]
    async with ana.connect() as socket:
        await ask(socket, "Olá!", model="mock-tools", tools=[WEATHER])
        events = await turn(socket)
    assert [event["type"] for event in events] == streamed
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    for event in events:
        check_event(event)


async def test_what_is_not_stored_is_gone_on_from_on_its_own_connection_alone(ana: Program) -> None:
    async with ana.connect() as client, ana.connect() as other:
        first = await said(client, "Weather?", model="mock-tools", tools=[WEATHER], store=False)
        (call,) = first["output"]
        output = [{"type": "function_call_output", "call_id": call["call_id"], "output": "sunny"}]
        second = await said(client, output, model="mock-tools", tools=[WEATHER], store=False, previous_response_id=first["id"])
        assert "sunny" in second["output"][0]["content"][0]["text"] and second["previous_response_id"] == first["id"]
        third = await said(client, "Thanks!", store=False, previous_response_id=second["id"])
        assert third["usage"]["input_tokens"] > second["usage"]["output_tokens"]
        gone_on = {"type": "response.create", "model": "mock", "input": "Hm?"}
        missing = (400, "previous_response_not_found", "previous_response_id")
        assert await error(other, gone_on | {"previous_response_id": third["id"]}) == missing
        assert await error(client, gone_on | {"previous_response_id": first["id"]}) == missing  # the newest alone is held
        assert (await said(client, "And now?", previous_response_id=third["id"]))["store"] is True
    assert (await (await ana.home.program(ana.key)).get(f"/v1/responses/{third['id']}")).status_code == 404


async def test_a_stored_turn_keeps_all_that_it_went_on_from(ana: Program) -> None:
    async with ana.connect() as client:
        first = await said(client, "My name is Ana.", store=False)
        second = await said(client, "And I like tea.", previous_response_id=first["id"])
    program = await ana.home.program(ana.key)
    items = (await program.get(f"/v1/responses/{second['id']}/input_items?order=asc")).json()["data"]
    assert [item["role"] for item in items] == ["user", "assistant", "user"]
    assert items[0]["content"][0]["text"] == "My name is Ana."
    async with ana.connect() as client:  # it is stored, so that any connection goes on from it
        third = await said(client, "What do I like?", previous_response_id=second["id"], store=False)
        fourth = await said(client, "Yes?", previous_response_id=third["id"], store=False)
        assert fourth["usage"]["input_tokens"] > third["usage"]["input_tokens"] > second["usage"]["input_tokens"]


async def test_a_turn_that_fails_leaves_nothing_to_go_on_from(ana: Program) -> None:
    async with ana.connect() as client:
        first = await said(client, "Olá!", store=False)
        await ask(client, "Hm?", model="mock-error", store=False, previous_response_id=first["id"])
        *_, cause, last = await turn(client)
        assert set(cause) == {"type", "sequence_number", "error"} and cause["error"]["code"] == "provider_error"
        failed = last["response"]
        assert failed["status"] == "failed" and failed["error"]["message"]
        again = {"type": "response.create", "model": "mock", "input": "Hm?", "previous_response_id": first["id"]}
        assert (await error(client, again))[1] == "previous_response_not_found"
        assert (await said(client, "From the beginning then."))["status"] == "completed"


async def test_a_turn_can_be_prepared_without_an_answer(ana: Program) -> None:
    async with ana.connect() as client:
        await ask(client, "You will be asked of tea.", generate=False, instructions="Be brief.")
        created, completed = await turn(client)
        check_event(created)
        check_event(completed)
        assert completed["response"]["output"] == [] and completed["response"]["status"] == "completed"
        answer = await said(client, "Which?", store=False, previous_response_id=completed["response"]["id"])
        alone = await said(client, "Which?", store=False)
        assert answer["usage"]["input_tokens"] > alone["usage"]["input_tokens"]
        assert (await error(client, {"type": "response.create", "generate": False}))[2] == "input"


async def test_lanes_go_side_by_side_and_each_in_its_order(ana: Program) -> None:
    async with ana.connect() as client:
        await ask(client, "[[mock first_byte=0.5]] slow", stream_id="a", model="mock-echo")
        await ask(client, "behind it", stream_id="a", model="mock-echo")
        await ask(client, "quick", stream_id="b", model="mock-echo")
        await ask(client, "of no lane", model="mock-echo")
        ends: list[tuple[str | None, str]] = []
        lanes: dict[str | None, list[int]] = {}
        while len(ends) < 4:
            event = json.loads(await asyncio.wait_for(client.recv(), 10))
            lanes.setdefault(event.get("stream_id"), []).append(event["sequence_number"])
            if event["type"] in TERMINAL:
                ends.append((event.get("stream_id"), event["response"]["output"][0]["content"][0]["text"].strip()))
    assert ends[2:] == [("a", "slow"), ("a", "behind it")] and set(ends[:2]) == {("b", "quick"), (None, "of no lane")}
    assert lanes["b"] == list(range(len(lanes["b"])))
    assert all(later == earlier + 1 or later == 0 for earlier, later in zip(lanes["a"], lanes["a"][1:], strict=False))


async def test_a_lane_forks_off_what_another_holds(ana: Program) -> None:
    async with ana.connect() as client:
        first = await said(client, "My name is Ana.", store=False, stream_id="main")
        branch = await said(client, "Who am I?", store=False, stream_id="branch", previous_response_id=first["id"])
        trunk = await said(client, "Who am I?", store=False, stream_id="main", previous_response_id=first["id"])
        assert branch["usage"]["input_tokens"] == trunk["usage"]["input_tokens"] > first["usage"]["input_tokens"]


@pytest.mark.attack("J8")
async def test_more_turns_or_lanes_than_one_connection_has_are_refused_and_the_others_go_on(ana: Program) -> None:
    async with ana.connect() as client:
        for number in range(17):
            await ask(client, "[[mock first_byte=0.5]]", stream_id=f"lane {number % 2}")
        refused = json.loads(await client.recv())
        while refused["type"] != "error":
            refused = json.loads(await client.recv())
        assert (refused["status"], refused["error"]["code"]) == (429, "websocket_stream_limit_reached")
        assert refused["stream_id"] == "lane 0"
    async with ana.connect() as client:
        for number in range(33):
            await said(client, "Olá!", stream_id=str(number))
        assert (await error(client, {"type": "response.create", "model": "mock", "input": "Olá!", "stream_id": "one more"}))[
            0
        ] == 429


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("{", (400, "invalid_request", None)),
        ("[]", (400, "invalid_request", None)),
        ("null", (400, "invalid_request", None)),
        ('{"a":' * 500 + "1" + "}" * 500, (400, "invalid_request", None)),
        ({"model": "mock", "input": "a"}, (400, "invalid_request", "type")),
        ({"type": "response.cancel"}, (400, "invalid_request", "type")),
        ({"type": 1}, (400, "invalid_request", "type")),
        ({"type": "response.create", "input": "a", "stream_id": ""}, (400, "invalid_request", "stream_id")),
        ({"type": "response.create", "input": "a", "stream_id": 1}, (400, "invalid_request", "stream_id")),
        ({"type": "response.create", "input": "a", "background": True}, (400, "invalid_request", "background")),
        ({"type": "response.create", "input": "a", "generate": "no"}, (400, "invalid_request", "generate")),
        ({"type": "response.create", "input": "a", "nonsense": 1}, (400, "unknown_parameter", "nonsense")),
        ({"type": "response.create", "input": [{"type": "message", "role": "wizard", "content": "a"}]}, (400, None, None)),
        ({"type": "response.create", "input": "a", "model": "openai/nothing"}, (404, "model_not_found", None)),
        ({"type": "response.create", "input": "a", "previous_response_id": "resp_x"}, (400, "previous_response_not_found", None)),
    ],
)
async def test_what_is_wrong_is_told_and_the_connection_goes_on(
    ana: Program, message: str | Event, expected: tuple[int, str | None, str | None]
) -> None:
    async with ana.connect() as client:
        found = await error(client, message)
        assert [got for got, wanted in zip(found, expected, strict=True) if wanted is not None] == [
            wanted for wanted in expected if wanted is not None
        ]
        assert (await said(client, "Olá!"))["status"] == "completed"


async def test_steering_is_refused_in_the_words_that_clients_know(ana: Program) -> None:
    async with ana.connect() as client:
        await client.send(json.dumps({"type": "response.steer", "previous_response_id": "resp_1", "input": "No, tea!"}))
        told = json.loads(await client.recv())
        assert told["type"] == "response.steer.failed" and told["error"]["code"] == "steering_not_supported"
        assert told["steer"] == {"input": "No, tea!", "previous_response_id": "resp_1"}


async def test_who_leaves_cancels_what_is_not_stored_and_nothing_else(ana: Program) -> None:
    front: Any = ana.home.prosa.system.app
    answers = front._fallback._parts.features.answers
    async with ana.connect() as client:
        await ask(client, "[[mock delay=0.02 repeat=5]] Conte!")
        stored = json.loads(await client.recv())["response"]["id"]
        await ask(client, LONG, store=False, stream_id="b")
        while json.loads(await client.recv()).get("stream_id") != "b":
            pass
        assert sum(answers._passing.values()) == 1
        client.transport.abort()
    for _ in range(40):
        if not sum(answers._passing.values()):
            break
        await asyncio.sleep(0.05)
    assert not sum(answers._passing.values())
    assert (await ana.stored(stored))["status"] == "completed"


@pytest.mark.attack("A3")
async def test_nobody_goes_on_from_what_another_said() -> None:
    async with programs(None, "ana", "bia") as (ana, bia), ana.connect() as hers, bia.connect() as his:
        kept, held = await said(hers, "My secret is tea."), await said(hers, "And coffee.", store=False, stream_id="b")
        for response in (kept, held):
            message = {"type": "response.create", "model": "mock", "input": "Hm?", "previous_response_id": response["id"]}
            assert await error(his, message) == (400, "previous_response_not_found", "previous_response_id")


@pytest.mark.attack("A17", "K9")
async def test_a_taken_key_ends_the_connection_within_a_second_in_the_middle_of_a_turn() -> None:
    async with programs(None, "ana", "bia") as (ana, bia), ana.connect() as hers, bia.connect() as his:
        await ask(hers, LONG)
        assert json.loads(await hers.recv())["type"] == "response.created"
        began = asyncio.get_running_loop().time()
        await ana.home.prosa.system.people.identity.accounts.suspend(OPERATOR, ana.person.account.id)
        assert await ending(hers) == 1008
        assert asyncio.get_running_loop().time() - began < 1.0
        assert (await said(his, "Olá!"))["status"] == "completed"


@pytest.mark.attack("K9")
@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_a_page_of_another_site_opens_none_even_where_no_key_is_asked_for(origin: str) -> None:
    async with house() as home:
        address = home.prosa.base.replace("http", "ws") + "/v1/responses"
        with pytest.raises(InvalidStatus) as refused:
            await connect(address, additional_headers={"Origin": origin})
        assert refused.value.response.status_code == 403
        assert json.loads(refused.value.response.body or b"")["error"]["code"] == "origin_not_allowed"
        async with connect(address) as client:  # a program on this machine, while nobody has an account
            assert (await said(client, "Olá!"))["status"] == "completed"


async def test_a_program_that_names_some_origin_is_no_page(ana: Program) -> None:
    async with ana.connect(Origin="https://prosa.example") as client:
        assert (await said(client, "Olá!"))["status"] == "completed"


async def test_a_key_that_may_only_read_opens_none(ana: Program) -> None:
    reading = await ana.home.key(ana.person, Scope.READ, name="reader")
    for key, status in ((reading, 403), ("sk-nothing", 401)):
        with pytest.raises(InvalidStatus) as refused:
            await ana.connect(Authorization=f"Bearer {key}")
        assert refused.value.response.status_code == status


async def test_each_turn_counts_as_a_request() -> None:
    async with programs({"PROSA_REQUESTS_PER_MINUTE": "2"}) as (ana,), ana.connect() as client:
        assert (await said(client, "Olá!"))["status"] == "completed"
        assert (await error(client, {"type": "response.create", "model": "mock", "input": "Olá!"}))[0] == 429


@pytest.mark.attack("A17")
async def test_what_a_key_may_ask_is_looked_up_anew_for_each_turn(ana: Program) -> None:
    keys = ana.home.prosa.system.people.identity.keys
    async with ana.connect() as client:
        assert (await said(client, "Olá!"))["status"] == "completed"
        (key,) = (await keys.list(OPERATOR)).items
        await keys.change(OPERATOR, key.id, KeyChanges(models=("mock-echo",)))
        assert (await error(client, {"type": "response.create", "model": "mock", "input": "Olá!"}))[:2] == (
            404,
            "model_not_found",
        )
        assert (await said(client, "Olá!", model="mock-echo"))["status"] == "completed"


async def test_what_nobody_foresaw_ends_the_connection_and_no_other(ana: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    async with ana.connect() as client, ana.connect() as other:
        assert (await said(client, "Olá!"))["status"] == "completed"
        with monkeypatch.context() as broken:
            broken.setattr(AnswerService, "create", None)
            await ask(client, "Olá!")
            assert await ending(client) == 1011
        assert (await said(other, "Olá!"))["status"] == "completed"


@pytest.mark.attack("J8")
async def test_what_is_held_is_bounded_in_bytes(ana: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prosa.api.openai.responses_socket.HELD_BYTES", 3000)
    gone_on = {"type": "response.create", "model": "mock", "input": "Hm?"}
    async with ana.connect() as client:
        first = await said(client, "a" * 1000, store=False, stream_id="a")
        second = await said(client, "b" * 1000, store=False, stream_id="b")
        assert (await said(client, "c" * 1000, store=False, stream_id="c"))["status"] == "completed"
        assert (await error(client, gone_on | {"previous_response_id": first["id"]}))[1] == "previous_response_not_found"
        assert (await said(client, "Hm?", previous_response_id=second["id"]))["status"] == "completed"
        large = await said(client, "d" * 5000, store=False)
        assert (await error(client, gone_on | {"previous_response_id": large["id"]}))[1] == "previous_response_not_found"


@pytest.mark.attack("J8")
async def test_what_waits_is_bounded_in_bytes(ana: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prosa.api.openai.responses_socket.WAITING_BYTES", 3000)
    async with ana.connect() as client:
        await ask(client, "[[mock first_byte=0.5]]")
        await ask(client, "a" * 4000)  # alone it may be as large as a request
        await ask(client, "b" * 1000)
        while (refused := json.loads(await asyncio.wait_for(client.recv(), 10)))["type"] != "error":
            pass
        assert (refused["status"], refused["error"]["code"]) == (429, "websocket_stream_limit_reached")
        for _ in range(2):
            while json.loads(await asyncio.wait_for(client.recv(), 10))["type"] not in TERMINAL:
                pass


async def test_a_connection_lasts_as_long_as_one_may_and_lets_a_turn_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prosa.api.parts.ResponseSockets", partial(ResponseSockets, longest_seconds=0.3))
    async with programs() as (ana,), ana.connect() as client:
        await ask(client, "[[mock first_byte=0.6]]")
        assert (await turn(client))[-1]["type"] == "response.completed"
        (told,) = await turn(client)
        assert told["error"]["code"] == "websocket_connection_limit_reached"
        assert await ending(client) == 1000


async def test_a_server_that_stops_lets_a_turn_end_and_begins_no_other() -> None:
    async with programs() as (ana,):
        client, idle = await ana.connect(), await ana.connect()
        await ask(client, "[[mock first_byte=0.7]]")
        await ask(client, "never begun")
        assert json.loads(await client.recv())["type"] == "response.created"
        stopping = asyncio.create_task(ending(idle))
        left = asyncio.create_task(turn(client))
        await asyncio.sleep(0.1)
    assert await stopping == 1012
    assert (await left)[-1]["type"] == "response.completed"
    assert await ending(client) == 1012
