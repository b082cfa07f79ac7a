"""Each rule of answers by itself: kinds are not mistaken, bounds hold, calls are durable before they are made."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

import msgspec
import pytest

from prosa.answers import AnswerSettings, PreviousResponseNotFound, ResponseNotFound, TooManyAnswers
from prosa.answers.errors import ItemNotInInput
from prosa.answers.tools import ToolContext
from prosa.conversations import ItemQuery
from prosa.drivers.sql import Database
from prosa.files import FileNotFound
from prosa.kit.errors import ProsaError
from prosa.kit.ids import new_object_id
from prosa.runs import Drive, Ending, Event, Kind, NewRun, Run, RunSettings, RunState, TooManyRuns, Why
from tests.answers.house import BEN, PNG, House, a_house, file_part, json, stored_file
from tests.answers.test_every_cut import _driven_on as driven_on
from tests.answers.test_tool_calls import Bell, calls

BELL: dict[str, Any] = {"tools": [{"type": "prosa:bell"}]}


class Another(Kind):
    """Another feature's runs."""

    name = "another"

    async def drive(self, drive: Drive) -> Ending:
        return Ending(RunState.COMPLETED, (b'{"type":"done"}',), b"{}")

    async def settle(self, run: Run, log: Sequence[Event], why: Why, error: ProsaError | None) -> Ending:
        return Ending(RunState.CANCELLED, (b'{"type":"done"}',), b"{}")


class Looking(Bell):
    """Looks into the log when it is called."""

    house: House
    seen: list[str]

    async def call(self, arguments: bytes, context: ToolContext) -> str:
        """Look, and ring."""
        run = await self.house.engine.get(context.space, context.run_id)
        self.seen = [event["type"] for event in await self.house.log(run)]
        return await super().call(arguments, context)


async def test_a_run_of_another_kind_is_no_response(database: Database) -> None:
    async with a_house(database) as house:
        house.engine.kinds["another"] = Another()
        run = await house.engine.finished(await house.engine.start_run(NewRun("ana", "another", b"{}", (b'{"type":"begun"}',))))
        named = "resp_" + run.id
        for attempt in (house.answers.get, house.answers.cancel, house.answers.delete):
            with pytest.raises(ResponseNotFound):
                await attempt("ana", named)
        with pytest.raises(PreviousResponseNotFound):
            await house.create(input="Hi", previous_response_id=named)
        assert (await house.engine.get("ana", run.id)).state is RunState.COMPLETED


async def test_passing_answers_are_bounded(database: Database) -> None:
    slow: dict[str, Any] = {"input": "[[mock first_byte=5]]", "store": False}
    async with a_house(database, settings=AnswerSettings(passing=2), runs=RunSettings(driving=1)) as house:
        first, second = await house.create(**slow), await house.create(BEN, **slow)
        async with aclosing(first.follow()) as mine:
            await anext(mine)
            with pytest.raises(TooManyRuns):
                await house.create(**slow)
            async with aclosing(second.follow()) as theirs:
                await anext(theirs)  # others have room
                with pytest.raises(TooManyAnswers):
                    await house.create(house_caller("eva"), **slow)
        assert (await house.ask(input="Hi", store=False))["status"] == "completed"


def house_caller(space: str) -> Any:
    return type(BEN)(BEN.kind, space, f"key_{space}", BEN.address)


async def test_a_page_of_input_begins_at_an_item_of_it(database: Database) -> None:
    async with a_house(database) as house:
        first, other = await house.ask(input="First"), await house.ask(input="Other")
        page = await house.answers.input_items("ana", first["id"], ItemQuery())
        assert len(page.items) == 1
        elsewhere = await house.answers.input_items("ana", other["id"], ItemQuery())
        for after in (new_object_id(), elsewhere.items[0].id):
            with pytest.raises(ItemNotInInput):
                await house.answers.input_items("ana", first["id"], ItemQuery(after=after))


async def test_what_came_behind_a_message_is_not_its_input(database: Database) -> None:
    async with a_house(database) as house:
        named = "conv_" + (await house.conversations.create("ana")).id
        first = await house.ask(input="First", conversation=named)
        await house.ask(input="Second", conversation=named)
        page = await house.answers.input_items("ana", first["id"], ItemQuery())
        assert [json(item.body)["content"][0]["text"] for item in page.items] == ["First"]


async def test_no_call_is_made_before_it_is_durable(database: Database) -> None:
    bell = Looking()
    async with a_house(database, tools=(bell,)) as house:
        bell.house = house
        response = await house.ask(input=calls(("bell", {})), **BELL)
        assert response["status"] == "completed"
        assert "prosa:tool_call.started" in bell.seen


async def test_a_request_cannot_ask_for_more_calls_than_the_server_makes(database: Database) -> None:
    bell = Bell()
    async with a_house(database, tools=(bell,), settings=AnswerSettings(tool_calls=2)) as house:
        await house.ask(input=calls(("bell", {}), rounds=9), max_tool_calls=9, **BELL)
        assert len(bell.calls) == 2
        await house.ask(input=calls(("bell", {}), rounds=9), **BELL)
        assert len(bell.calls) == 4


async def test_a_file_of_another_space_is_not_heard(database: Database) -> None:
    async with a_house(database) as house:
        named = "file-" + await stored_file(house, PNG)
        assert (await house.ask(input=[file_part(named, "input_image")]))["status"] == "completed"
        output = {"type": "function_call_output", "call_id": "c1", "output": [{"type": "input_image", "file_id": named}]}
        call = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}
        for asked in ([file_part(named, "input_image")], [file_part(named)], [call, output]):
            with pytest.raises(FileNotFound):
                await house.create(BEN, input=asked)


async def test_streams_that_break_without_a_word_are_few(database: Database) -> None:
    async with a_house(database, settings=AnswerSettings(continuations=2)) as house:
        response = await house.ask(input='[[mock text="one two" reasoning="let me think it over" error_after=3]]')
        assert response["status"] == "incomplete" and len(house.records) == 2


async def test_a_tool_with_effects_that_was_not_called_yet_is_called_by_the_next_driver(database: Database) -> None:
    bell = Bell()
    async with a_house(database, tools=(bell,)) as house:
        given = await house.create(input=calls(("bell", {})), **BELL)
        await given.response()
        log = await house.engine.log(given.run)
        begun = next(place for place, event in enumerate(log) if b'"prosa:tool_call.started"' in event.data)
        run = msgspec.structs.replace(await house.engine.get("ana", given.run.id), state=RunState.RUNNING)
        bell.calls.clear()
        events = await driven_on(house, run, tuple(log[:begun]))
        assert events[-1]["response"]["status"] == "completed" and len(bell.calls) == 1
