"""Whatever the last event was that a dead driver wrote, the next one makes a whole and consistent answer of it."""

import asyncio
from typing import Any

import msgspec
import pytest

from prosa.answers.kind import AnswerKind
from prosa.answers.responses import fold, stored_form
from prosa.answers.tools import BUILT_IN
from prosa.drivers.sql import Database
from prosa.runs import Drive, Ending, Event, Run, RunState, Why
from tests.answers.house import House, a_house, function, json, numbered, read, text_of
from tests.answers.sdk_types import check_event
from tests.answers.shelf import SEARCH, Shelf
from tests.answers.test_interruptions import elsewhere
from tests.answers.test_tool_calls import Bell, calls

SAID = '[[mock text="one two three four" {}]]'
BELLS = calls(("bell", {}), ("calculator", {"expression": "6*7"}))
TOOLS: list[dict[str, Any]] = [{"type": "prosa:bell"}, {"type": "prosa:calculator"}, SEARCH, function("get_weather")]
SCRIPTS = {
    "text": SAID.format(""),
    "thoughts": SAID.format('reasoning="let me think"'),
    "refusal": "[[mock refusal='I would rather not say']]",
    "own tools": BELLS,
    "text and own tools": BELLS.replace("[[mock ", '[[mock text="let me see" '),
    "a function": calls(("get_weather", {})),
    "own tools and a function": calls(("bell", {}), ("get_weather", {})),
    "a search": calls(("file_search", {"queries": ["owner"]})),
    "a search and own tools": calls(("file_search", {"queries": ["owner"]}), ("bell", {})),
}


class _Kept:
    """Takes in what a drive pushes."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def mark(self, drive: Drive) -> None:
        """At once, but not within the push."""
        asyncio.get_running_loop().call_soon(self._take, drive)

    def hurry(self) -> None:
        """It is quick."""

    def _take(self, drive: Drive) -> None:
        batch = drive.take()
        if batch is not None:
            self.events += batch.events()
            drive.written()


async def _driven_on(house: House, run: Run, log: tuple[Event, ...]) -> list[dict[str, Any]]:
    """The whole log, as the next driver leaves it."""
    kept = _Kept()
    drive = Drive(run, log, kept, resumed=True)
    ending = await AnswerKind(house.parts).drive(drive)
    await drive.flush()
    return [json(event.data) for event in (*log, *kept.events)] + [json(data) for data in ending.events]


def _check(events: list[dict[str, Any]]) -> dict[str, Any]:
    """What holds of every log; its response."""
    assert numbered(events)
    for event in events:
        check_event(event)
    response: dict[str, Any] = events[-1]["response"]
    assert response["status"] in ("completed", "incomplete")
    said = "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")
    assert text_of(response) == said
    begun = [event["item"]["id"] for event in events if event["type"] == "response.output_item.added"]
    ended = [event["item"]["id"] for event in events if event["type"] == "response.output_item.done"]
    assert [item["id"] for item in response["output"]] == begun and sorted(begun) == sorted(ended)
    assert all(item["status"] != "in_progress" for item in response["output"])
    assert [json(stored_form(item)[2]) for item in fold(map(msgspec.json.encode, events)).items] == [
        {name: value for name, value in item.items() if name != "id"} for item in response["output"]
    ]
    if response["status"] == "completed":
        assert all(item["status"] in ("completed", "failed") for item in response["output"])
    return response


@pytest.mark.parametrize("script", SCRIPTS)
async def test_the_next_driver_goes_on_from_every_event(database: Database, script: str) -> None:
    bell = Bell()
    async with a_house(database, tools=(bell, Shelf())) as house:
        given = await house.create(input=SCRIPTS[script], tools=TOOLS)
        whole = await read(given)
        log = tuple(await house.engine.log(given.run))
        run = msgspec.structs.replace(await house.engine.get("ana", given.run.id), state=RunState.RUNNING)
        wanted = text_of(whole[-1]["response"])
        for cut in range(1, len(log)):
            bell.calls.clear()
            events = await _driven_on(house, run, log[:cut])
            response = _check(events)
            started = sum(event["type"] == "prosa:tool_call.started" for event in whole[:cut])
            assert len(bell.calls) <= 1 and not (started and bell.calls), (cut, "called twice")
            if response["status"] == "completed":
                assert text_of(response).endswith(wanted) or wanted.startswith(text_of(response)), cut
            else:
                assert response["incomplete_details"] == {"reason": "interrupted"}, cut


@pytest.mark.parametrize("script", SCRIPTS)
async def test_an_end_from_outside_fits_every_event(database: Database, script: str) -> None:
    async with a_house(database, tools=(Bell(), Shelf())) as house:
        given = await house.create(input=SCRIPTS[script], tools=TOOLS)
        await read(given)
        log = tuple(await house.engine.log(given.run))
        run = msgspec.structs.replace(await house.engine.get("ana", given.run.id), state=RunState.RUNNING)
        kind = AnswerKind(house.parts)
        for cut in range(1, len(log)):
            for why, status in ((Why.CANCELLED, "cancelled"), (Why.INTERRUPTED, "incomplete")):
                ending: Ending = await kind.settle(run, log[:cut], why, None)
                events = [json(event.data) for event in log[:cut]] + [json(data) for data in ending.events]
                assert numbered(events) and events[-1]["response"]["status"] == status
                for event in events[cut:]:
                    check_event(event)
                said = "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")
                assert text_of(events[-1]["response"]) == said


async def test_where_no_word_was_said_any_provider_is_asked_again(database: Database) -> None:
    async with elsewhere() as gateway, a_house(database, gateway=gateway) as house:
        given = await house.create(model="elsewhere/m", input=SCRIPTS["text"])
        await read(given)
        log = tuple(await house.engine.log(given.run))
        run = msgspec.structs.replace(await house.engine.get("ana", given.run.id), state=RunState.RUNNING)
        for cut in range(1, len(log)):
            events = await _driven_on(house, run, log[:cut])
            response = _check(events)
            words = any(event["type"] == "response.output_text.delta" for event in map(_json, log[:cut]))
            over = any(event["type"] == "response.output_item.done" for event in map(_json, log[:cut]))
            assert response["status"] == ("incomplete" if words and not over else "completed"), cut


def _json(event: Event) -> Any:
    return json(event.data)


def test_the_built_in_tools_are_harmless() -> None:
    assert all(tool.idempotent for tool in BUILT_IN)
