"""What changed: one's other devices learn it at once, by server-sent events and by WebSocket, and nobody else does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from prosa.identity import OPERATOR
from tests.api.app.house import House, Person, house, problem

CHANGES = "/api/v1/changes"
STREAM = {"accept": "text/event-stream"}
Json = dict[str, Any]


@asynccontextmanager
async def followed(person: Person, **fields: str) -> AsyncIterator[AsyncIterator[Json]]:
    """The events that a browser of theirs gets."""
    headers = STREAM | {name.replace("_", "-"): value for name, value in fields.items()}
    async with person.browser.stream("GET", CHANGES, headers=headers) as answer:
        assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
        yield events(answer)


async def events(answer: httpx2.Response) -> AsyncIterator[Json]:
    """Each event, whose number is its id, too, and whose type is its name."""
    frame: Json = {}
    async for line in answer.aiter_lines():
        if line.startswith(("id: ", "event: ", "data: ")):
            name, _, value = line.partition(": ")
            frame[name] = value
        elif not line and "data" in frame:
            found: Json = json.loads(frame["data"])
            assert frame["id"] == str(found["number"]) and frame["event"] == found["type"]
            yield found
            frame = {}


async def made(home: House, person: Person, text: str = "um segredo") -> str:
    """A conversation of theirs, as some other device made it."""
    said = json.dumps({"type": "message", "role": "user", "content": text}).encode()
    found = await home.prosa.system.features.conversations.create(person.account.id, items=[said])
    return found.id


async def one(found: AsyncIterator[Json], type: str) -> Json:
    """The next event of this type."""
    async with asyncio.timeout(20):
        async for event in found:
            if event["type"] == type:
                return event
    raise AssertionError(type)


@pytest.mark.attack("A3")
async def test_one_hears_what_changed_from_now_on_without_a_word_of_what_was_said_and_nothing_of_others() -> None:
    async with house() as home:
        ana, ben = await home.person("ana"), await home.person("ben")
        await made(home, ana)
        async with followed(ana) as found:
            ready = await one(found, "changes.ready")
            await made(home, ben)
            id = await made(home, ana)
            event = await one(found, "conversation.created")
        assert event["id"] == f"conv_{id}" and event["number"] > ready["number"] and event["at"].endswith("Z")
        assert "segredo" not in json.dumps(event)


async def test_who_comes_back_gets_what_it_missed_and_who_was_away_too_long_reloads() -> None:
    async with house() as home:
        ana = await home.person("ana")
        async with followed(ana) as found:
            start = (await one(found, "changes.ready"))["number"]
        ids = [await made(home, ana) for _ in range(3)]
        async with followed(ana, last_event_id=str(start)) as found:
            assert (await one(found, "changes.ready"))["number"] == start
            missed = [await one(found, "conversation.created") for _ in ids]
        assert [event["id"] for event in missed] == [f"conv_{id}" for id in ids]
        async with ana.browser.stream("GET", CHANGES, params={"after": missed[1]["number"]}, headers=STREAM) as answer:
            assert (await one(events(answer), "conversation.created"))["id"] == f"conv_{ids[2]}"
        async with followed(ana, last_event_id=str(10**9)) as found:
            assert (await one(found, "changes.reload"))["number"] >= missed[2]["number"]
        assert problem(await ana.browser.get(CHANGES, params={"after": "x"}))[0] == 422


async def test_an_answer_given_once_more_is_told_as_every_other_is() -> None:
    async with house() as home:
        ana = await home.person("ana")
        talk = (await ana.ask("POST", "/conversations", {})).json()["id"]
        await ana.ask("POST", f"/conversations/{talk}/answers", {"input": "Olá"})
        answer = (await ana.ask("GET", f"/conversations/{talk}/items")).json()["data"][0]
        async with followed(ana) as found:
            await one(found, "changes.ready")
            await ana.ask("POST", f"/conversations/{talk}/answers", {"regenerates": answer["id"]})
            started, ended = await one(found, "run.started"), await one(found, "run.ended")
        assert started["id"] == ended["id"] != answer["run_id"]
        assert started["data"] == ended["data"] == {"conversation_id": talk}


async def test_a_server_that_stops_waits_for_nobody_who_follows_without_end(caplog: pytest.LogCaptureFixture) -> None:
    async with AsyncExitStack() as outside:
        async with house() as home:
            ana = await home.person("ana")
            client = httpx2.AsyncClient(base_url=home.prosa.base, cookies=dict(ana.browser.cookies), timeout=30)
            await outside.enter_async_context(client)
            answer = await outside.enter_async_context(client.stream("GET", CHANGES, headers=STREAM))
            lines = answer.aiter_lines()
            while not (await anext(lines)).startswith("data: "):
                pass
        left = [line async for line in lines]
    assert ": not the end; follow on from the last number" in left
    assert "the time to end has passed" not in caplog.text


async def test_who_comes_again_and_again_gets_pages() -> None:
    async with house() as home:
        ana = await home.person("ana")
        now = (await ana.browser.get(CHANGES)).json()
        assert (now["data"], now["reload"], now["more"]) == ([], False, False)
        id = await made(home, ana)
        page = (await ana.browser.get(CHANGES, params={"after": now["number"]})).json()
        assert f"conv_{id}" in [event["id"] for event in page["data"]] and page["number"] == page["data"][-1]["number"]
        assert (await ana.browser.get(CHANGES, params={"after": page["number"]})).json()["data"] == []
        assert (await ana.browser.get(CHANGES, params={"after": 10**9})).json() == page | {"reload": True, "data": []}


def opened(home: House, person: Person, query: str = "", **changed: str) -> connect:
    """The socket as a page of prosa's own opens it."""
    base = home.prosa.base
    fields = {"Origin": base, "Cookie": f"prosa_session={person.browser.cookies['prosa_session']}"} | changed
    return connect(f"{base.replace('http', 'ws')}{CHANGES}{query}", additional_headers=fields)


async def next_of(socket: ClientConnection, type: str) -> Json:
    """The next message of this type."""
    async with asyncio.timeout(20):
        async for text in socket:
            found: Json = json.loads(text)
            if found["type"] == type:
                return found
    raise AssertionError(type)


@pytest.mark.contract("C40")
async def test_a_socket_tells_the_same_and_which_devices_are_there() -> None:
    async with house() as home:
        ana = await home.person("ana")
        async with opened(home, ana) as first:
            ready = await next_of(first, "changes.ready")
            own = await next_of(first, "presence")
            assert [device["id"] for device in own["devices"]] == [own["self"]]
            async with opened(home, ana, f"?after={ready['number']}") as second:
                await next_of(second, "changes.ready")
                await second.send("not JSON")
                await second.send(json.dumps({"type": "presence", "state": "typing", "place": "conv_1"}))
                while True:
                    devices = (await next_of(first, "presence"))["devices"]
                    if [(device["state"], device["place"]) for device in devices] == [("active", None), ("typing", "conv_1")]:
                        break
                id = await made(home, ana)
                for socket in (first, second):
                    assert (await next_of(socket, "conversation.created"))["id"] == f"conv_{id}"
            while len((await next_of(first, "presence"))["devices"]) != 1:
                continue


@pytest.mark.attack("A17", "K9")
async def test_a_socket_is_for_pages_of_ours_and_ends_with_the_session() -> None:
    async with house() as home:
        ana = await home.person("ana")
        with pytest.raises(InvalidStatus) as refused:
            await opened(home, ana, Origin="https://evil.example")
        assert refused.value.response.status_code == 403
        with pytest.raises(InvalidStatus) as refused:
            await opened(home, ana, Cookie="prosa_session=no")
        assert refused.value.response.status_code == 401
        with pytest.raises(InvalidStatus) as refused:
            await opened(home, ana, "?after=-1")
        assert refused.value.response.status_code == 400
        async with opened(home, ana) as socket, followed(ana) as found:
            await next_of(socket, "changes.ready")
            await one(found, "changes.ready")
            await home.prosa.system.people.identity.accounts.suspend(OPERATOR, ana.account.id)
            async with asyncio.timeout(5):
                with pytest.raises(ConnectionClosed):
                    while True:
                        await socket.recv()
                assert [event async for event in found] == []
            assert socket.close_code == 1008
