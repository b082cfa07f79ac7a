"""What was said is never un-said: an answer that breaks off, or whose driver dies, goes on or ends with its text."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from prosa.answers import AnswerSettings
from prosa.drivers.sql import Database
from prosa.gateway import GatewaySettings, MockServer, ProviderSettings
from prosa.runs import RunState
from tests.answers.house import House, a_house, json, kinds_of, numbered, read, text_of, until

WORDS = "one two three four five six seven eight"


def texts(events: list[dict[str, Any]]) -> str:
    """The deltas together."""
    return "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")


def resumed(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """How the answer was gone on with."""
    return [(event["reason"], event["how"]) for event in events if event["type"] == "prosa:run_resumed"]


async def test_a_stream_that_breaks_is_gone_on_with_from_where_it_stands(database: Database) -> None:
    async with a_house(database) as house:
        given = await house.create(input=f'[[mock text="{WORDS}" error_after=4 fail_first=1 key=breaks]]')
        events = await read(given)
        assert resumed(events) == [("stream_broken", "continued")]
        response = events[-1]["response"]
        assert texts(events) == text_of(response) == WORDS and len(response["output"]) == 1
        assert response["status"] == "completed" and numbered(events)
        assert response["usage"]["output_tokens"] > 8, "what the broken call cost is counted, too"


async def test_a_stream_that_keeps_breaking_ends_with_what_was_said(database: Database) -> None:
    async with a_house(database) as house:
        given = await house.create(input=f'[[mock text="{WORDS}" error_after=3 fail_first=1000 key=always]]')
        events = await read(given)
        response = events[-1]["response"]
        assert response["status"] == "incomplete" and response["incomplete_details"] == {"reason": "interrupted"}
        assert resumed(events)[-1] == ("stream_broken", "ended") and WORDS.startswith(text_of(response))
        assert texts(events) == text_of(response) and response["output"][0]["status"] == "incomplete"


async def test_an_answer_is_not_asked_for_its_rest_for_ever(database: Database) -> None:
    async with a_house(database, settings=AnswerSettings(breaks=1)) as house:
        events = await read(await house.create(input=f'[[mock text="{WORDS}" error_after=3]]'))
        assert resumed(events) == [("stream_broken", "continued"), ("stream_broken", "ended")]
        assert events[-1]["response"]["incomplete_details"] == {"reason": "interrupted"} and len(house.records) == 2


@asynccontextmanager
async def elsewhere() -> AsyncIterator[GatewaySettings]:
    """A provider that isn't known to go on from a beginning."""
    server = MockServer()
    port = await server.start()
    try:
        settings = ProviderSettings("elsewhere", "openai_compatible", f"http://127.0.0.1:{port}/v1", models=("m",))
        yield GatewaySettings(providers=(settings,), retries=0)
    finally:
        await server.stop()


async def test_where_nobody_goes_on_from_a_beginning_the_text_is_kept_and_one_request_goes_on(database: Database) -> None:
    async with elsewhere() as gateway, a_house(database, gateway=gateway) as house:
        broken = await house.ask(model="elsewhere/m", input=f'[[mock text="{WORDS}" cut_after=1500 fail_first=1 key=cut]]')
        assert broken["status"] == "incomplete" and broken["incomplete_details"] == {"reason": "interrupted"}
        assert text_of(broken) and WORDS.startswith(text_of(broken))
        rest = await house.ask(model="elsewhere/m", input=[], previous_response_id=broken["id"])
        assert rest["status"] == "completed", "asked in words"


async def test_an_empty_input_goes_on_with_the_last_answer(database: Database) -> None:
    async with a_house(database) as house:
        first = await house.ask(input=f'[[mock text="{WORDS}"]]', max_output_tokens=16)
        cut = await house.ask(input=f'[[mock text="{WORDS * 4}"]]', max_output_tokens=16)
        assert first["status"] == "completed" and cut["status"] == "incomplete"
        rest = await house.ask(input=[], previous_response_id=cut["id"])
        assert text_of(cut) + text_of(rest) == WORDS * 4


async def _driven_on(database: Database, allowed: bool = True, **fields: Any) -> tuple[list[dict[str, Any]], House]:
    """An answer whose driver is gone once it has spoken, told by the process that took it over."""
    async with a_house(database) as other:
        other.allowed = allowed
        async with a_house(database) as house:
            given = await house.create(**fields)
            await until(given, fields.pop("wait", "response.output_text.delta"), 2)
        other.engine.start("service")
        async with asyncio.timeout(10):
            await other.engine.finished(given.run)
        return await other.log(given.run), other


async def test_another_process_goes_on_in_the_same_item(database: Database) -> None:
    events, _ = await _driven_on(database, input=f'[[mock text="{WORDS}" delay=0.05]]')
    assert resumed(events) == [("driver_lost", "continued")] and numbered(events)
    response = events[-1]["response"]
    assert texts(events) == text_of(response) == WORDS and len(response["output"]) == 1
    assert kinds_of(events).count("response.output_item.added") == 1


async def test_what_had_said_nothing_yet_is_asked_again(database: Database) -> None:
    async with a_house(database) as other:
        async with a_house(database) as house:
            given = await house.create(input=f'[[mock text="{WORDS}" first_byte=0.5]]')
            await until(given, "response.in_progress")
        other.engine.start("service")
        events = [*await read_by(other, given.run.id)]
        assert resumed(events) == [("driver_lost", "asked_again")] and text_of(events[-1]["response"]) == WORDS


async def read_by(house: House, run_id: str) -> list[dict[str, Any]]:
    """All events, read in this process."""
    run = await house.engine.get("ana", run_id)
    async with asyncio.timeout(10):
        await house.engine.finished(run)
    return await house.log(run)


async def test_thoughts_alone_are_told_to_their_end_and_the_model_is_asked_again(database: Database) -> None:
    async with a_house(database) as other:
        async with a_house(database) as house:
            given = await house.create(input=f'[[mock text="{WORDS}" reasoning="let me think it over" delay=0.1]]')
            await until(given, "response.reasoning_text.delta", 2)
        other.engine.start("service")
        events = await read_by(other, given.run.id)
        response = events[-1]["response"]
        assert response["status"] == "completed" and text_of(response) == WORDS
        assert [item["type"] for item in response["output"]] == ["reasoning", "reasoning", "message"]


@pytest.mark.attack("A17")
async def test_whoever_may_call_models_no_more_is_not_gone_on_for(database: Database) -> None:
    events, _ = await _driven_on(database, allowed=False, input=f'[[mock text="{WORDS}" delay=0.05]]')
    response = events[-1]["response"]
    assert response["status"] == "failed" and texts(events) == text_of(response) != ""
    assert [event["code"] for event in events if event["type"] == "error"] == ["access_ended"]


async def test_an_answer_whose_drivers_all_die_ends_with_its_text(database: Database) -> None:
    async with a_house(database) as other:
        async with a_house(database) as house:
            given = await house.create(input=f'[[mock text="{WORDS}" delay=0.05]]')
            await until(given, "response.output_text.delta", 2)
        other.engine._settings = replace(other.engine._settings, attempts=1)
        other.engine.start("service")
        events = await read_by(other, given.run.id)
        run = await other.engine.get("ana", given.run.id)
        assert run.state is RunState.INCOMPLETE
        assert json(await other.answers.shown(run)) == events[-1]["response"]
        assert events[-1]["response"]["incomplete_details"] == {"reason": "interrupted"}


@pytest.mark.parametrize("fault", ["status=503", "drop", "instead=html", "status=429 retry_after=0"])
async def test_a_provider_that_never_answers_fails_the_run(database: Database, fault: str) -> None:
    async with a_house(database) as house:
        response = await house.ask(input=f"[[mock {fault}]]")
        assert response["status"] == "failed" and response["error"]["message"] and response["output"] == []
