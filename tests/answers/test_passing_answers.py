"""An answer with `store: false`: nothing of it stays, and whoever leaves ends it."""

from contextlib import aclosing

import pytest

from prosa.answers import AnswerSettings, TooManyAnswers
from prosa.drivers.sql import Database
from prosa.gateway import CallStatus
from prosa.kit.errors import BadRequest
from prosa.runs import RunQuery
from tests.answers.house import a_house, json, kinds_of, numbered, read, text_of, until_true

TOOLS = [{"type": "prosa:calculator"}]
CALL = '[[mock tool_calls=[{"name":"calculator","arguments":{"expression":"6*7"}}]]]'


async def test_it_is_told_as_any_other_and_nothing_is_stored(database: Database) -> None:
    async with a_house(database) as house:
        stored = await read(await house.create(input='[[mock text="Hello there"]]'))
        runs = len(await house.engine.list("ana", RunQuery()))
        given = await house.create(input='[[mock text="Hello there"]]', store=False)
        events = await read(given)
        assert kinds_of(events) == kinds_of(stored) and numbered(events)
        assert events[-1]["response"]["store"] is False and text_of(events[-1]["response"]) == "Hello there"
        assert len(await house.engine.list("ana", RunQuery())) == runs
        assert await house.conversations.items_of_run("ana", given.run.id) == []
        assert house.parts.prepared == {}


async def test_tools_and_failures_are_as_in_a_stored_one(database: Database) -> None:
    async with a_house(database) as house:
        response = await house.ask(input=CALL, tools=TOOLS, store=False)
        assert response["output"][0]["output"] == "42" and "42" in text_of(response)
        failed = await house.ask(input="[[mock status=400]]", store=False)
        assert failed["status"] == "failed" and failed["error"]["message"]
        broken = await house.ask(input='[[mock text="one two three" error_after=3 fail_first=1 key=passing]]', store=False)
        assert broken["status"] == "completed" and text_of(broken) == "one two three"


async def test_leaving_ends_it_and_the_providers_call(database: Database) -> None:
    async with a_house(database) as house:
        given = await house.create(input='[[mock text="one two three four" delay=0.5]]', store=False)
        async with aclosing(given.follow()) as batches:
            async for batch in batches:
                if b"output_text.delta" in batch.payload:
                    break
        await until_true(lambda: house.mock.stage.figures.open == 0)
        assert [record.status for record in house.records] == [CallStatus.CANCELLED]


async def test_it_can_go_on_from_what_is_stored(database: Database) -> None:
    async with a_house(database) as house:
        first = await house.ask(input="Hello")
        assert (await house.ask(input="Again", previous_response_id=first["id"], store=False))["status"] == "completed"


async def test_a_reader_that_is_slow_slows_the_provider(database: Database) -> None:
    async with a_house(database) as house:
        given = await house.create(input='[[mock text="xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" chunk=32 repeat=20000]]', store=False)
        async with aclosing(given.follow()) as batches:
            async for batch in batches:
                assert len(batch.payload) < 2 * 1024 * 1024
        assert json(batch.payload.split(b"\n")[-1])["response"]["status"] == "completed"


async def test_bounds_hold(database: Database) -> None:
    async with a_house(database, settings=AnswerSettings(passing=1)) as house:
        one = await house.create(input="[[mock delay=0.2]]", store=False)
        async with aclosing(one.follow()) as batches:
            await anext(batches)
            with pytest.raises(TooManyAnswers):
                await house.create(input="Hi", store=False)
        assert (await house.ask(input="Hi", store=False))["status"] == "completed"
        with pytest.raises(BadRequest):
            await house.create(input="Hi", store=False, background=True)
