"""`/api/v1/runs`: one's own runs are found again, followed from any number, and ended."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from prosa.runs import Run
from tests.api.app.house import House, Person, house, problem
from tests.api.puppet import Puppet, event


@dataclass
class Stage:
    """Ana at her browser, and runs of hers that do what the test says."""

    home: House
    ana: Person
    puppet: Puppet

    async def begin(self, **fields: Any) -> Run:
        """A run of Ana's."""
        return await self.puppet.begin(self.ana.account.id, **fields)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with house() as home:
        stage = Stage(home, await home.person("ana"), Puppet(home.prosa.system.runs))
        yield stage
        stage.puppet.finish()


def frames(text: str) -> list[tuple[int, str, dict[str, Any]]]:
    """A stream's frames: id, event, data."""
    *blocks, rest = text.split("\n\n")
    assert rest == "", rest
    found = []
    for block in blocks:
        if block.startswith(":"):
            continue
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return found


async def test_a_run_is_found_again_and_read(stage: Stage) -> None:
    run = await stage.begin()
    path = f"/runs/run_{run.id}"
    listed = (await stage.ana.ask("GET", "/runs?open=true")).json()
    assert listed["next_cursor"] is None
    shown = listed["data"][0]
    assert (shown["id"], shown["kind"], shown["state"], shown["open"]) == (f"run_{run.id}", "puppet", "running", True)
    assert shown["metadata"] == {"topic": "tests"} and shown["ended_at"] is None and shown["events_kept"] is True
    assert (await stage.ana.ask("GET", path)).json() == shown | {"result": None}
    await stage.puppet.ended(run)
    assert (await stage.ana.ask("GET", "/runs?open=true")).json()["data"] == []
    whole = (await stage.ana.ask("GET", path)).json()
    assert whole["state"] == "completed" and not whole["open"] and whole["ended_at"] and whole["result"] == {"made": "of nothing"}
    assert len((await stage.ana.ask("GET", "/runs?kind=puppet")).json()["data"]) == 1
    assert (await stage.ana.ask("GET", "/runs?kind=answer")).json()["data"] == []


async def test_the_list_goes_by_pages_and_by_conversation(stage: Stage) -> None:
    runs = [await stage.begin() for _ in range(5)]
    talk = "0" * 32
    spoken = await stage.begin(conversation_id=talk)
    expected = [f"run_{run.id}" for run in sorted([*runs, spoken], key=lambda run: (run.created_at, run.id), reverse=True)]
    first = (await stage.ana.ask("GET", "/runs?limit=4")).json()
    second = (await stage.ana.ask("GET", "/runs", params={"limit": 4, "cursor": first["next_cursor"]})).json()
    assert [run["id"] for run in first["data"] + second["data"]] == expected and second["next_cursor"] is None
    other = await stage.ana.ask("GET", "/runs", params={"open": "true", "cursor": first["next_cursor"]})
    assert problem(other) == (400, "unknown_cursor")
    found = (await stage.ana.ask("GET", f"/runs?conversation_id=conv_{talk}")).json()["data"]
    assert [run["id"] for run in found] == [f"run_{spoken.id}"] and found[0]["conversation_id"] == f"conv_{talk}"
    assert (await stage.ana.ask("GET", "/runs?conversation_id=nothing")).json()["data"] == []


async def test_a_run_is_followed_from_any_number_to_its_end(stage: Stage) -> None:
    run = await stage.begin()
    path = f"/api/v1/runs/run_{run.id}/events"

    async def whole(after: str = "", **headers: str) -> str:
        async with stage.ana.browser.stream("GET", path + after, headers=headers) as answer:
            assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
            return "".join([piece async for piece in answer.aiter_text()])

    readers = [asyncio.create_task(whole()) for _ in range(3)]
    await asyncio.sleep(0.1)
    stage.puppet.say(run, "um", "dois")
    await asyncio.sleep(0.1)
    late = asyncio.create_task(whole("?starting_after=1"))
    back = asyncio.create_task(whole("?starting_after=0", **{"Last-Event-ID": "2"}))
    await asyncio.sleep(0.1)
    await stage.puppet.ended(run)
    texts = await asyncio.gather(*readers)
    assert len(set(texts)) == 1
    found = frames(texts[0])
    assert [(number, kind) for number, kind, _ in found] == [(0, "begun"), (1, "said"), (2, "said"), (3, "completed")]
    assert [data["sequence_number"] for *_, data in found] == [0, 1, 2, 3]
    assert frames(await late) == found[2:] and frames(await back) == found[3:]
    assert await whole() == texts[0] and frames(await whole("?starting_after=2")) == found[3:]
    assert await whole("?starting_after=3") == "" and await whole("?starting_after=99") == ""


async def test_a_page_of_events_can_be_asked_for_and_waited_for(stage: Stage) -> None:
    run = await stage.begin()

    async def page(**query: object) -> dict[str, Any]:
        answer = await stage.ana.ask("GET", f"/runs/run_{run.id}/events", params=query, headers={"accept": "application/json"})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    assert await page() == {"data": [{"number": 0, "event": json.loads(event(0, "begun"))}], "last": 0, "ended": False}
    assert await page(starting_after=0) == {"data": [], "last": 0, "ended": False}
    assert await page(starting_after=0, wait=0.05) == {"data": [], "last": 0, "ended": False}
    waiting = asyncio.create_task(page(starting_after=0, wait=20))
    await asyncio.sleep(0.1)
    stage.puppet.say(run, "um")
    assert [found["number"] for found in (await asyncio.wait_for(waiting, 2))["data"]] == [1]
    stage.puppet.say(run, *map(str, range(200)))
    await stage.puppet.ended(run)
    first = await page(starting_after=1, limit=150)
    rest = await page(starting_after=first["last"])
    assert (len(first["data"]), first["ended"], first["last"]) == (150, False, 151)
    assert (len(rest["data"]), rest["ended"], rest["last"]) == (51, True, 202)
    assert await page(starting_after=202, wait=20) == {"data": [], "last": 202, "ended": True}


async def test_a_run_is_cancelled_and_deleted(stage: Stage) -> None:
    run = await stage.begin()
    path = f"/runs/run_{run.id}"
    ended = await stage.ana.ask("PUT", f"{path}/cancellation")
    assert ended.status_code == 200 and ended.json()["state"] == "cancelled"
    again = await stage.ana.ask("PUT", f"{path}/cancellation")
    assert again.json() == ended.json()
    assert (await stage.ana.ask("DELETE", path)).status_code == 204
    for method, place in (("GET", ""), ("DELETE", ""), ("PUT", "/cancellation"), ("GET", "/events")):
        assert problem(await stage.ana.ask(method, path + place)) == (404, "not_found")


async def test_wrong_numbers_are_told(stage: Stage) -> None:
    run = await stage.begin()
    for query in ("starting_after=x", "starting_after=99999999999", "limit=0", "wait=-1", "wait=1e9", "limit=2000"):
        assert problem(await stage.ana.ask("GET", f"/runs/run_{run.id}/events?{query}"))[0] == 422


@pytest.mark.attack("A17")
async def test_a_page_that_waits_ends_with_the_right_to_it(stage: Stage) -> None:
    run = await stage.begin()
    asked = stage.ana.ask("GET", f"/runs/run_{run.id}/events?starting_after=0&wait=20", headers={"accept": "application/json"})
    waiting = asyncio.create_task(asked)
    await asyncio.sleep(0.2)
    await stage.home.prosa.system.people.identity.sessions.end_all(stage.ana.account.id)
    assert problem(await asyncio.wait_for(waiting, 1)) == (401, "invalid_api_key")


@pytest.mark.attack("A1", "A13")
async def test_nobody_else_learns_of_a_run(stage: Stage) -> None:
    run = await stage.begin()
    bia = await stage.home.person("bia")
    for method, place in (("GET", ""), ("DELETE", ""), ("PUT", "/cancellation"), ("GET", "/events"), ("GET", "/events?wait=20")):
        answers: list[httpx2.Response] = []
        for name in (f"run_{run.id}", "run_" + "0" * 32, "run_1", run.id, f"resp_{run.id}"):
            person = bia if name == f"run_{run.id}" else stage.ana
            answers.append(await person.ask(method, f"/runs/{name}{place}", headers={"x-request-id": "same"}))
        assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert (await bia.ask("GET", "/runs")).json()["data"] == []
    await stage.begin()
    cursor = (await stage.ana.ask("GET", "/runs?limit=1")).json()["next_cursor"]
    assert problem(await bia.ask("GET", "/runs", params={"cursor": cursor})) == (400, "unknown_cursor")
    assert (await stage.puppet.engine.get(run.space, run.id)).open
