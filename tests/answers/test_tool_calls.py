"""The tools loop: the server's own tools are called once, in the log before and after; the caller's end the answer."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from prosa.answers import AnswerSettings
from prosa.answers.tools import ToolContext
from prosa.drivers.sql import Database
from tests.answers.house import House, a_house, function, json, kinds_of, numbered, read, text_of, until, until_true

TIME = {"type": "prosa:current_time", "timezone": "America/Fortaleza"}
SUM = {"type": "prosa:calculator"}


class Bell:
    """A tool with an effect: it counts, and rings as long as it is told."""

    name = "bell"
    type = "prosa:bell"
    description = "Rings."
    parameters = msgspec.Raw(b'{"type":"object","properties":{}}')

    def __init__(self, seconds: float = 0.0, *, idempotent: bool = False) -> None:
        self.seconds = seconds
        self.idempotent = idempotent
        self.calls: list[str] = []
        self.at_once = self.most = 0

    def check(self, options: Mapping[str, object]) -> None:
        """Anything goes."""

    async def call(self, arguments: bytes, context: ToolContext) -> str:
        """Ring."""
        self.calls.append(context.call_id)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.at_once -= 1
        return f"rang {len(self.calls)}"


def calls(*named: tuple[str, dict[str, Any]], rounds: int = 1) -> str:
    """A message that makes the mock call these tools."""
    spelled = [{"name": name, "arguments": arguments} for name, arguments in named]
    return f"[[mock tool_calls={msgspec.json.encode(spelled).decode()} rounds={rounds}]]"


async def test_own_tools_are_called_and_the_model_says_what_they_answered(database: Database) -> None:
    async with a_house(database) as house:
        given = await house.create(
            input=calls(("calculator", {"expression": "6*7"}), ("current_time", {})), tools=[TIME, SUM], max_tool_calls=5
        )
        events = await read(given)
        assert numbered(events)
        kinds = kinds_of(events)
        assert kinds.index("prosa:tool_call.started") < kinds.index("prosa:model_call.completed") < len(kinds) - 1
        response = events[-1]["response"]
        assert [item["type"] for item in response["output"]] == ["prosa:tool_call", "prosa:tool_call", "message"]
        sum_, time, said = response["output"]
        assert sum_["output"] == "42" and sum_["status"] == "completed" and "-03:00" in time["output"]
        assert "42" in said["content"][0]["text"] and "-03:00" in said["content"][0]["text"]
        assert response["usage"]["input_tokens"] > 0 and len(house.records) == 2
        told = sum(record.usage.completion_tokens for record in house.records if record.usage is not None)
        assert response["usage"]["output_tokens"] == told
        again = await house.ask(input="Thanks", previous_response_id=response["id"])
        assert again["status"] == "completed"


async def test_functions_of_the_caller_end_the_answer_and_it_goes_on_with_their_outputs(database: Database) -> None:
    async with a_house(database) as house:
        tools = [function("get_weather"), SUM]
        asked = calls(("get_weather", {}), ("calculator", {"expression": "1+1"}))
        first = await house.ask(input=asked, tools=tools)
        assert first["status"] == "completed"
        assert [item["type"] for item in first["output"]] == ["function_call", "prosa:tool_call"]
        assert first["output"][1]["output"] == "2"
        output = {"type": "function_call_output", "call_id": first["output"][0]["call_id"], "output": "sunny"}
        second = await house.ask(input=[output], tools=tools, previous_response_id=first["id"])
        assert "sunny" in text_of(second) and "2" in text_of(second)


async def test_calls_of_one_answer_run_together_each_once(database: Database) -> None:
    bell = Bell(0.05)
    async with a_house(database, tools=(bell,)) as house:
        response = await house.ask(input=calls(("bell", {}), ("bell", {}), ("bell", {})), tools=[{"type": "prosa:bell"}])
        assert bell.most == 3 and len(set(bell.calls)) == 3
        assert [item["call_id"] for item in response["output"][:3]] == bell.calls


async def test_what_nobody_offered_or_allowed_is_not_called(database: Database) -> None:
    bell = Bell()
    async with a_house(database, tools=(bell,)) as house:
        response = await house.ask(input=calls(("bell", {})), tools=[SUM])
        assert bell.calls == [] and response["output"][0]["type"] == "function_call"
        only = {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "prosa:calculator"}]}
        response = await house.ask(input=calls(("bell", {})), tools=[SUM, {"type": "prosa:bell"}], tool_choice=only)
        assert bell.calls == []


async def test_more_calls_than_are_allowed_are_not_made(database: Database) -> None:
    bell = Bell()
    async with a_house(database, tools=(bell,)) as house:
        response = await house.ask(
            input=calls(("bell", {}), ("bell", {}), rounds=9), tools=[{"type": "prosa:bell"}], max_tool_calls=3
        )
        assert response["status"] == "completed" and len(bell.calls) == 3
        assert [item["status"] for item in response["output"]] == ["completed"] * 3 + ["failed", "completed"]
        assert text_of(response)


async def test_an_answer_that_never_ends_is_ended(database: Database) -> None:
    bell = Bell()
    async with a_house(database, tools=(bell,), settings=AnswerSettings(steps=4)) as house:
        response = await house.ask(input=calls(("bell", {}), rounds=99), tools=[{"type": "prosa:bell"}])
        assert response["status"] == "incomplete" and response["incomplete_details"] == {"reason": "max_steps"}
        assert len(bell.calls) == 4
    slow = Bell(5)
    async with a_house(database, tools=(slow,), settings=AnswerSettings(seconds=1.5)) as house:
        response = await house.ask(input=calls(("bell", {})), tools=[{"type": "prosa:bell"}])
        assert response["status"] == "incomplete" and response["incomplete_details"] == {"reason": "time_limit"}


async def test_a_call_is_in_the_log_before_it_is_made(database: Database) -> None:
    bell = Bell(5)
    async with a_house(database, tools=(bell,)) as house:
        given = await house.create(input=calls(("bell", {})), tools=[{"type": "prosa:bell"}])
        await until_true(lambda: bool(bell.calls))
        assert "prosa:tool_call.started" in kinds_of(await house.log(given.run))
        ended = json(await house.answers.cancel("ana", "resp_" + given.run.id))
        assert ended["output"][0]["status"] == "incomplete" and ended["output"][0]["output"] is None


async def _taken_over(database: Database, first: Bell, second: Bell) -> tuple[House, dict[str, Any]]:
    """An answer whose driver is gone while the tool rings, and what another process made of it."""
    async with a_house(database, tools=(second,)) as other:
        async with a_house(database, tools=(first,)) as house:
            given = await house.create(input=calls(("bell", {})), tools=[{"type": "prosa:bell"}])
            await until_true(lambda: bool(first.calls))
        other.engine.start("service")
        async with asyncio.timeout(10):
            run = await other.engine.finished(given.run)
        return other, json(await other.answers.shown(run))


async def test_a_tool_with_effects_is_never_called_twice(database: Database) -> None:
    second = Bell()
    _, response = await _taken_over(database, Bell(30), second)
    assert second.calls == []
    assert response["status"] == "incomplete" and response["incomplete_details"] == {"reason": "interrupted"}


async def test_a_harmless_tool_is_called_again_under_the_same_id(database: Database) -> None:
    first, second = Bell(30, idempotent=True), Bell(idempotent=True)
    _, response = await _taken_over(database, first, second)
    assert first.calls == second.calls and len(second.calls) == 1
    assert response["status"] == "completed" and "rang 1" in text_of(response)


async def test_results_that_are_in_the_log_are_not_asked_for_again(database: Database) -> None:
    first, second = Bell(), Bell()
    async with a_house(database, tools=(second,)) as other:
        async with a_house(database, tools=(first,)) as house:
            asked = calls(("bell", {})).replace("]]", " first_byte=0.4]]")
            given = await house.create(input=asked, tools=[{"type": "prosa:bell"}])
            await until(given, "prosa:model_call.completed")
        other.engine.start("service")
        async with asyncio.timeout(10):
            run = await other.engine.finished(given.run)
        response = json(await other.answers.shown(run))
        assert second.calls == [] and response["status"] == "completed" and "rang 1" in text_of(response)
        assert [item["type"] for item in response["output"]] == ["prosa:tool_call", "message"]


@pytest.mark.attack("A17")
async def test_the_next_step_is_not_taken_for_whoever_may_call_models_no_more(database: Database) -> None:
    bell = Bell(0.3)
    async with a_house(database, tools=(bell,)) as house:
        given = await house.create(input=calls(("bell", {})), tools=[{"type": "prosa:bell"}])
        await until_true(lambda: bool(bell.calls))
        house.allowed = False
        events = await read(given)
        assert "access_ended" in [event.get("code") for event in events]
        response = events[-1]["response"]
        assert response["status"] == "failed" and response["output"][0]["output"] == "rang 1" and len(house.records) == 1


async def test_a_tool_that_has_to_be_called_is_called_once(database: Database) -> None:
    bell = Bell()
    async with a_house(database, tools=(bell,)) as house:
        for choice in ("required", {"type": "prosa:bell"}):
            fields: dict[str, Any] = {"tools": [{"type": "prosa:bell"}], "tool_choice": choice, "max_tool_calls": 3}
            response = json(await (await house.create(input=f"[[mock rounds=5]] {choice}", **fields)).response())
            assert response["status"] == "completed" and text_of(response)
        assert len(bell.calls) == 2
