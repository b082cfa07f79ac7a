"""Looking: at each wake-up, now and then in any case, whatever goes wrong."""

import asyncio
from pathlib import Path

import pytest

from prosa.drivers.sql import Database, DatabaseUnavailable
from prosa.events import Look, Signals


class Question:
    """Counts how often it was asked; fails when it is told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.at_once = 0
        self.failure: Exception | None = None
        self.seconds = 0.0

    async def __call__(self) -> None:
        self.asked += 1
        self.at_once += 1
        assert self.at_once == 1, "asked twice at the same time"
        await asyncio.sleep(self.seconds)
        self.at_once -= 1
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def signals(tmp_path: Path) -> Signals:
    """Signals of this process alone."""
    return Signals(tmp_path / "signals", Database(tmp_path / "prosa.db"))


async def test_it_looks_at_once_and_now_and_then(signals: Signals) -> None:
    question = Question()
    look = Look(question, signals, "news", every=0.05)
    assert look.age == float("inf")
    look.start()
    await asyncio.sleep(0.18)
    await look.stop()
    assert 3 <= question.asked <= 5
    assert look.age < 0.2
    asked = question.asked
    await asyncio.sleep(0.1)
    signals.publish("news")
    await asyncio.sleep(0.02)
    assert question.asked == asked


async def test_a_wake_up_is_followed_at_once_and_many_are_one(signals: Signals) -> None:
    question = Question()
    look = Look(question, signals, "news", every=10)
    look.start()
    await asyncio.sleep(0.02)
    assert question.asked == 1
    for _ in range(100):
        signals.publish("news", "x")
    await asyncio.sleep(0.02)
    assert question.asked == 2
    await look.stop()


async def test_news_that_comes_while_it_looks_is_looked_at_too(signals: Signals) -> None:
    question = Question()
    question.seconds = 0.05
    look = Look(question, signals, "news", every=10)
    look.start()
    await asyncio.sleep(0.02)
    signals.publish("news")
    await asyncio.sleep(0.1)
    assert question.asked == 2
    await look.stop()


async def test_a_failure_is_told_by_its_age_and_isnt_the_end(signals: Signals) -> None:
    question = Question()
    look = Look(question, signals, "news", every=0.03)
    look.start()
    await asyncio.sleep(0.02)
    question.failure = DatabaseUnavailable()
    await asyncio.sleep(0.1)
    assert look.age > 0.08
    question.failure = None
    await asyncio.sleep(0.06)
    assert look.age < 0.08
    await look.stop()


async def test_an_error_that_nobody_foresaw_is_said_and_isnt_the_end(signals: Signals, caplog: pytest.LogCaptureFixture) -> None:
    question = Question()
    question.failure = KeyError("a defect")
    look = Look(question, signals, "news", every=0.03)
    look.start()
    await asyncio.sleep(0.1)
    assert "a look at news failed" in caplog.text
    assert "a defect" in caplog.text
    assert 2 <= question.asked <= 5
    question.failure = None
    await asyncio.sleep(0.05)
    assert look.age < 0.1
    await look.stop()


async def test_stopping_ends_a_look_that_hangs(signals: Signals) -> None:
    question = Question()
    question.seconds = 100
    look = Look(question, signals, "news")
    look.start()
    look.start()
    await asyncio.sleep(0.01)
    await look.stop()
    await look.stop()
    assert question.asked == 1
    assert len(asyncio.all_tasks()) == 1
