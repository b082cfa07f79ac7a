"""What is done again and again goes on whatever becomes of it once, and ends when it is told to."""

import asyncio
import logging

import pytest

from prosa.kit.rounds import Rounds


async def test_a_defect_in_one_round_is_said_and_ends_no_later_one(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []
    enough = asyncio.Event()

    async def once() -> float:
        done.append(len(done))
        if len(done) == 5:
            enough.set()
        if len(done) == 2:
            raise ZeroDivisionError
        return 0.0

    rounds = Rounds("tries", once, 0.001)
    with caplog.at_level(logging.ERROR, "prosa"):
        rounds.start()
        rounds.start()
        await asyncio.wait_for(enough.wait(), 5)
        await rounds.stop()
    count = len(done)
    await asyncio.sleep(0.02)
    assert len(done) == count and [record.getMessage() for record in caplog.records] == ["a round of tries failed"]
    await rounds.stop()


async def test_a_round_under_way_is_cancelled() -> None:
    begun, ended = asyncio.Event(), False

    async def once() -> float:
        nonlocal ended
        begun.set()
        await asyncio.sleep(60)
        ended = True
        return 0.0

    rounds = Rounds("tries", once, 0.0)
    rounds.start()
    await asyncio.wait_for(begun.wait(), 5)
    await asyncio.wait_for(rounds.stop(), 5)
    assert not ended
