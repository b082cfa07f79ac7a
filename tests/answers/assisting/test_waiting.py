"""A run that waits for the client's functions: whatever dies meanwhile, it hears each output once and goes on."""

import asyncio
from typing import Any

import msgspec
import pytest

from prosa.answers import AnswerSettings, CreateOptions, Given
from prosa.answers.assisting.pinned import Pending, Pinned
from prosa.answers.assisting.waiting import woken
from prosa.answers.kind import AnswerKind
from prosa.drivers.sql import Database
from prosa.runs import Drive, Event, Run, RunSettings, RunState
from tests.answers.house import House, a_house, function, json, numbered, text_of
from tests.answers.sdk_types import check_event, check_item
from tests.answers.test_every_cut import _Kept

PINNED = Pinned("asst_ana", 1, "ana")
CALLS = '[[mock tool_calls=[{"name":"weather","arguments":{}},{"name":"tide","arguments":{}}] text="Let me see."]]'
TOOLS = [function("weather"), function("tide")]


async def begin(house: House, input: str = CALLS, pinned: Pinned = PINNED, **fields: Any) -> Given:
    place = await house.conversations.create("ana")
    wish = {"conversation": f"conv_{place.id}", "tools": TOOLS, "truncation": "auto"} | fields
    return await house.create(options=CreateOptions(assisting=pinned), input=input, **wish)


async def waits(house: House, given: Given) -> tuple[Run, Pending]:
    async with asyncio.timeout(20):
        while (run := await house.engine.get("ana", given.run.id)).state is not RunState.WAITING:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.01)
    return run, Pending.of(run.result or "")


async def answered(house: House, run: Run, pending: Pending) -> bool:
    outputs = {call.call_id: f"{call.name}: fine" for call in pending.calls}
    return await house.engine.wake(run, (), woken(pending, outputs, house.engine.now() / 1e6))


async def told(house: House, run: Run) -> list[dict[str, Any]]:
    """The whole log of the run, once it has ended; judged."""
    async with asyncio.timeout(20):
        await house.engine.finished(run)
    events = await house.log(run)
    assert numbered(events)
    for event in events:
        check_event(event)
    return events


async def test_it_hears_the_outputs_in_another_process_and_leaves_them_with_the_conversation(database: Database) -> None:
    async with a_house(database) as other:
        async with a_house(database) as house:
            given = await begin(house)
            run, pending = await waits(house, given)
            assert [call.name for call in pending.calls] == ["weather", "tide"] and run.driver is None
        other.engine.start("service")
        await asyncio.sleep(1)  # nobody drives what waits
        assert (await other.engine.get("ana", run.id)).fence == run.fence
        assert await answered(other, run, pending)
        response = (await told(other, run))[-1]["response"]
        assert response["status"] == "completed" and len(other.records) == 1
        kinds = [item["type"] for item in response["output"]]
        assert kinds == ["message", *["function_call"] * 2, *["function_call_output"] * 2, "message"]
        for item in response["output"]:
            check_item(item)
        kept = await other.conversations.items_of("ana", run.conversation_id or "")
        assert [item.type for item in kept][1:] == kinds
        usage = other.records[0].usage
        assert usage is not None and response["usage"]["input_tokens"] > usage.prompt_tokens, "of both calls"


async def test_an_answer_that_was_journaled_is_heard_though_its_taker_dies_at_once(database: Database) -> None:
    async with a_house(database, runs=RunSettings(lease_seconds=1.0)) as other:
        async with a_house(database) as house:
            given = await begin(house)
            run, pending = await waits(house, given)
            assert await answered(house, run, pending)
        other.engine.start("service")
        events = await told(other, run)
        response = events[-1]["response"]
        assert response["status"] == "completed" and text_of(response).startswith("Let me see.")
        outputs = [item for item in response["output"] if item["type"] == "function_call_output"]
        assert [item["output"] for item in outputs] == ["weather: fine", "tide: fine"]


async def test_whoever_drives_on_from_any_event_comes_to_wait_for_the_same_calls(database: Database) -> None:
    async with a_house(database) as house:
        given = await begin(house)
        run, pending = await waits(house, given)
        assert await answered(house, run, pending)
        whole = await told(house, run)
        log = tuple(await house.engine.log(run))
        running = msgspec.structs.replace(run, state=RunState.RUNNING)
        numbers = {event["type"]: event["sequence_number"] for event in whole}
        asked, woke = numbers["prosa:run.waiting"], numbers["prosa:run.woken"]
        # What a run waits with is written at once, and so is what it is woken with.
        for cut in [*range(1, asked), *range(woke + 1, len(log))]:
            events, ending = await _driven_on(house, running, log[:cut])
            assert numbered(events)
            if cut < asked and ending.state is RunState.WAITING:
                again = Pending.of(ending.result)
                assert [call.name for call in again.calls] in (["weather", "tide"], ["weather"]), cut
                assert again.number == events[-1]["sequence_number"] and events[-1]["type"] == "prosa:run.waiting"
            elif cut > woke:
                response = events[-1]["response"]
                assert response["status"] == "completed" or response["incomplete_details"] == {"reason": "interrupted"}, cut
                assert [item["type"] for item in response["output"]].count("function_call_output") == 2


async def _driven_on(house: House, run: Run, log: tuple[Event, ...]) -> tuple[list[dict[str, Any]], Any]:
    kept = _Kept()
    drive = Drive(run, log, kept, resumed=True)
    ending = await AnswerKind(house.parts).drive(drive)
    await drive.flush()
    return [json(event.data) for event in (*log, *kept.events)] + [json(data) for data in ending.events], ending


async def test_what_nobody_answers_expires_with_what_was_said(database: Database) -> None:
    async with a_house(database, settings=AnswerSettings(action_seconds=0.2)) as house:
        given = await begin(house)
        house.engine.start("service")
        events = await told(house, given.run)
        response = events[-1]["response"]
        assert response["status"] == "incomplete" and response["incomplete_details"] == {"reason": "expired"}
        assert text_of(response) == "Let me see."
        kept = await house.conversations.items_of("ana", given.run.conversation_id or "")
        assert [item.type for item in kept] == ["message", "message", "function_call", "function_call"]
        assert [item["status"] for item in response["output"]] == ["completed", "incomplete", "incomplete"]
        place = f"conv_{given.run.conversation_id}"
        assert (await house.ask(input='[[mock text="x"]]', conversation=place))["status"] == "completed", (
            "nobody is blamed for it"
        )


async def test_a_run_ends_where_it_has_asked_with_as_many_tokens_as_it_may(database: Database) -> None:
    async with a_house(database) as house:
        pinned = Pinned("asst_ana", 1, "ana", max_prompt_tokens=10)
        run, pending = await waits(house, await begin(house, pinned=pinned))
        assert await answered(house, run, pending)
        response = (await told(house, run))[-1]["response"]
        assert response["incomplete_details"] == {"reason": "max_prompt_tokens"} and len(house.records) == 1


async def test_of_another_dialect_nobody_waits(database: Database) -> None:
    async with a_house(database) as house:
        response = await house.ask(input=CALLS, tools=TOOLS)
        assert response["status"] == "completed" and response["output"][-1]["type"] == "function_call"


@pytest.mark.attack("A17")
async def test_who_may_call_models_no_more_is_not_gone_on_for(database: Database) -> None:
    async with a_house(database) as house:
        run, pending = await waits(house, await begin(house))
        house.allowed = False
        assert await answered(house, run, pending)
        response = (await told(house, run))[-1]["response"]
        assert response["status"] == "failed" and len(house.records) == 1
