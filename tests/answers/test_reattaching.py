"""An answer that the provider makes in its background is found again by whoever takes the run over, and asked for once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prosa.answers.attaching import before_step, heard
from prosa.answers.responses import OutputText, Scribe, fold
from prosa.drivers.sql import Database
from prosa.gateway import GatewaySettings, Heard, ProviderSettings
from prosa.runs import Event
from tests.answers.house import a_house, json, text_of, until, until_true
from tests.serving import Running, running

WORDS = " ".join(f"word{number}" for number in range(30))


@asynccontextmanager
async def _lab() -> AsyncIterator[tuple[Running, GatewaySettings]]:
    """Another prosa, which is asked by its Responses API."""
    async with running({"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}) as lab:
        row = ProviderSettings("lab", "openai_responses", f"{lab.base}/v1", models=("mock",))
        yield lab, GatewaySettings(providers=(row,), retries=0)


async def _asked_there(lab: Running) -> int:
    return int(str((await lab.system.people.database.fetch("SELECT count(*) FROM runs"))[0][0]))


async def test_another_process_listens_on_where_the_first_stopped(database: Database) -> None:
    async with _lab() as (lab, gateway), a_house(database, gateway=gateway) as other:
        async with a_house(database, gateway=gateway) as house:
            given = await house.create(model="lab/mock", input=f"[[mock text='{WORDS}' speed=60]]")
            await until(given, "response.output_text.delta", 3)
        assert await _asked_there(lab) == 1
        other.engine.start("service")
        async with asyncio.timeout(20):
            await other.engine.finished(given.run)
        events = await other.log(given.run)
        assert [event["how"] for event in events if event["type"] == "prosa:run_resumed"] == ["reattached"]
        response = events[-1]["response"]
        deltas = "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")
        assert text_of(response) == deltas == WORDS and response["status"] == "completed" and len(response["output"]) == 1
        shown = [event for event in events if event["type"] == "prosa:model_call.attached"]
        assert len(shown) == 1 and "resp_" not in shown[0]["attachment"]


async def test_a_cancel_stops_it_there(database: Database) -> None:
    async with _lab() as (lab, gateway), a_house(database, gateway=gateway) as house:
        given = await house.create(model="lab/mock", input=f"[[mock text='{WORDS}' speed=5]]")
        await until(given, "response.output_text.delta", 2)
        ended = json(await house.answers.cancel("ana", "resp_" + given.run.id))
        assert ended["status"] == "cancelled"
        await until_true(lambda: lab.system.runs.live == 0)


def _events(scribe_events: list[bytes]) -> list[Event]:
    return [Event(number, data) for number, data in enumerate(scribe_events)]


def _told() -> tuple[Scribe, list[bytes]]:
    """Thoughts, a call of our own with its result, and then half a message."""
    scribe = Scribe()
    place, event = scribe.new_call("calculator", "call_1", hosted=True)
    told = [event, *scribe.end_part(place), scribe.tool_started(place), scribe.tool_ended(place, "42"), scribe.model_called(None)]
    place, event = scribe.new_message()
    told += [event, scribe.new_part(place, OutputText())]
    growth = scribe.said.growth(place)
    assert growth is not None
    told.append(scribe.text(place, 0, growth, "Forty"))
    return scribe, told


def test_what_was_heard_is_counted_from_the_present_call_on() -> None:
    scribe, told = _told()
    begin = before_step(_events(told))
    assert begin == 1 and heard(scribe.said, begin) == Heard(text=5)
    assert heard(fold(told), begin) == Heard(text=5)
    assert heard(scribe.said, 0) == Heard(text=5, calls=1)


def test_a_call_that_is_half_told_can_not_be_gone_on_with() -> None:
    scribe, _ = _told()
    scribe.end_all(whole=True)
    scribe.new_call("get_weather", "call_2")
    assert heard(scribe.said, 1) is None
    scribe.end_all(whole=True)
    assert heard(scribe.said, 1) == Heard(text=5, calls=1)
