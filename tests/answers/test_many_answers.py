"""Many answers at once: none shows another's words, and nothing is left over."""

import asyncio
import random

import pytest

from prosa.answers import AnswerSettings
from prosa.drivers.sql import Database
from prosa.kit.ids import new_object_id
from tests.answers.house import House, a_house, json, text_of, until_true


async def _one(house: House, chance: random.Random) -> bool:
    """Ask for a word that nobody else asks for; sometimes leave, sometimes cancel. Whether the answer came to its end."""
    word = new_object_id()
    store = chance.random() < 0.7
    given = await house.create(input=f"[[mock text={word}{word} chunk=4 delay=0.002]]", store=store, background=False)
    asking = asyncio.ensure_future(given.response())
    fate = chance.random()
    if fate < 0.6:
        await asyncio.sleep(chance.random() * 0.1)
        asking.cancel()
        if store and fate < 0.3:
            await house.answers.cancel("ana", "resp_" + given.run.id)
    try:
        response = json(await asking)
    except asyncio.CancelledError:
        if store:
            run = await house.engine.finished(given.run)
            response = json(await house.answers.shown(run))
            assert (word * 2).startswith(text_of(response)), "another's words"
        return False
    assert text_of(response) == word * 2 or (response["status"] == "cancelled" and (word * 2).startswith(text_of(response)))
    return True


@pytest.mark.attack("A19")
@pytest.mark.parametrize("seed", range(3))
async def test_a_storm_of_cancels_mixes_nothing_up_and_leaves_nothing(database: Database, seed: int) -> None:
    chance = random.Random(seed)  # repeatable, no secret
    async with a_house(database) as house:
        done = await asyncio.gather(*(_one(house, chance) for _ in range(40)))
        assert any(done) and not all(done)
        await until_true(lambda: house.engine.live == 0 and house.mock.stage.figures.open == 0)
        assert house.parts.prepared == {} and not house.answers._passing
        assert len(house.records) == 40


async def test_a_model_that_never_stops_is_stopped(database: Database) -> None:
    async with a_house(database, settings=AnswerSettings(said_bytes=100_000)) as house:
        response = await house.ask(input="[[mock text=xxxxxxxxxxxxxxxx chunk=16 repeat=100000]]")
        assert response["status"] == "incomplete" and 1_000 < len(text_of(response)) < 20_000
        await until_true(lambda: house.mock.stage.figures.open == 0)
