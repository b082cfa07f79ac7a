"""The service over a real gateway and a real file: what is kept, who is asked, and for how long."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from prosa.drivers.outbound import Client
from prosa.drivers.sql import Database
from prosa.gateway import Gateway, GatewaySettings, Transports
from prosa.gateway.providers.mock import MockTransport
from prosa.interactions import (
    AnswerTooSlow,
    CleanPrompt,
    Interaction,
    InteractionService,
    InteractionSettings,
    InteractionStatus,
    PageRequest,
    Question,
    UnknownCursor,
)
from prosa.interactions.cache import MOST, AnswerCache
from prosa.interactions.models import Answer
from prosa.kit.clock import SystemClock
from prosa.kit.errors import ProsaError

Made = Callable[[InteractionSettings], InteractionService]


@pytest.fixture
async def made(database: Database) -> AsyncIterator[Made]:
    client, clock = Client(), SystemClock()
    gateway = Gateway(GatewaySettings(retries=0), Transports(client, MockTransport()), clock, lambda _record: None)
    yield lambda settings: InteractionService(database, gateway, settings, clock)
    await client.aclose()


def question(prompt: str = "Olá!") -> Question:
    return Question("key-1", "ana", CleanPrompt(prompt), "trace-1")


async def newest(service: InteractionService) -> Interaction:
    return (await service.history("key-1", "ana", PageRequest())).items[0]


@pytest.mark.contract("S29")
async def test_a_slow_model_is_given_up_within_the_bound_and_kept_as_failed(made: Made) -> None:
    service = made(InteractionSettings(model="mock-stall", fallback_models=("mock-stall",), answer_seconds=0.3))
    begun = asyncio.get_running_loop().time()
    with pytest.raises(AnswerTooSlow):
        await service.ask(question("[[mock first_byte=60]]"))
    kept = await newest(service)
    assert asyncio.get_running_loop().time() - begun < 3
    assert (kept.status, kept.error, kept.response, kept.trace_id) == (
        InteractionStatus.FAILED,
        "answer_timeout",
        None,
        "trace-1",
    )
    assert kept.latency_ms is not None and kept.latency_ms >= 250


@pytest.mark.contract("S29")
async def test_a_slow_first_model_leaves_time_for_the_next(made: Made) -> None:
    service = made(InteractionSettings(model="mock-stall", fallback_models=("mock-echo",), answer_seconds=0.6))
    answered = await service.ask(question("um dois"))
    assert (answered.response, answered.model) == ("um dois", "mock-echo")


async def test_of_several_failures_the_last_is_told(made: Made) -> None:
    service = made(InteractionSettings(model="mock-busy", fallback_models=("mock-error",)))
    with pytest.raises(ProsaError) as caught:
        await service.ask(question())
    assert caught.value.status == 502
    assert (await newest(service)).status is InteractionStatus.FAILED


async def test_a_call_that_is_cut_off_stays_unfinished(made: Made) -> None:
    service = made(InteractionSettings(model="mock-stall"))
    task = asyncio.create_task(service.ask(question()))
    async with asyncio.timeout(5):
        while not (await service.history("key-1", "ana", PageRequest())).items:  # noqa: ASYNC110  # the row is the sign
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await newest(service)).status is InteractionStatus.UNFINISHED


async def test_reasoning_is_no_part_of_the_answer(made: Made) -> None:
    answered = await made(InteractionSettings(model="mock-think")).ask(question())
    assert answered.response and "think" not in answered.response


@pytest.mark.parametrize(
    "cursor", ["", "x", "!!!", "MS4y" * 20, "MS4yLjM", "LTEuMg" + "=" * 9, "é", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5LjE"]
)
async def test_a_foreign_cursor_is_refused(made: Made, cursor: str) -> None:
    with pytest.raises(UnknownCursor):
        await made(InteractionSettings()).history("key-1", "ana", PageRequest(cursor=cursor))


async def test_readiness_asks_nobody(made: Made) -> None:
    assert made(InteractionSettings(model="mock-stall")).model_ready()
    assert not made(InteractionSettings(model="nobody/serves-this")).model_ready()


class Watch:
    """A clock that is set by hand."""

    time = 100.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time


def test_the_cache_forgets_after_its_time_and_beyond_its_bound() -> None:
    clock = Watch()
    cache = AnswerCache(clock, 60)
    prompt = CleanPrompt("Olá")
    cache.put("s", "u", prompt, Answer("Oi", "m", 3))
    found = cache.get("s", "u", CleanPrompt("OLÁ"))
    assert found == Answer("Oi", "cache", None, cached=True)
    assert cache.get("s", "v", prompt) is None and cache.get("t", "u", prompt) is None
    clock.time += 60
    assert cache.get("s", "u", prompt) is None
    for number in range(MOST + 1):
        cache.put("s", str(number), prompt, Answer("Oi", "m", 3))
    assert cache.get("s", "0", prompt) is None
    assert cache.get("s", "1", prompt) is not None
