"""`kill -9` of real services on SQLite in mid-answer: every reader gets every number once, and somebody goes on."""

import random
from pathlib import Path

import pytest

from tests.runs.dying import MOMENTS, RUNS, WAYS, siege_of

KILLS = 2_000
PARTS = 10  # of each way to die; so many tests share the kills


@pytest.mark.slow
@pytest.mark.parametrize("way", ["one", "workers"])
async def test_whoever_dies_in_mid_answer_is_followed_by_another(tmp_path: Path, way: str) -> None:
    async with siege_of(way, tmp_path, seed=1) as siege:
        for when in MOMENTS[1::2] + MOMENTS[-1:]:  # the others in the other module
            await WAYS[way](siege, when)
        assert await siege.taken_over()  # it was no idle process that died


@pytest.mark.faults
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("way", WAYS)
async def test_two_thousand_deaths(tmp_path: Path, way: str, part: int) -> None:
    seed = random.SystemRandom().randrange(2**32) if part == 0 else part
    async with siege_of(way, tmp_path, seed, RUNS) as siege:
        for number in range(KILLS // PARTS // len(WAYS)):
            print(f"{way}, seed {seed}, death {number}")
            await WAYS[way](siege, siege.random.choice(MOMENTS))
