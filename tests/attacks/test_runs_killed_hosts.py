"""`kill -9` and SIGSTOP of one of two hosts on PostgreSQL in mid-answer; beside the other module, so that both run at once."""

from pathlib import Path

import pytest

from tests.runs.dying import MOMENTS, WAYS, siege_of


@pytest.mark.slow
@pytest.mark.parametrize("way", ["hosts", "sleeper"])
async def test_one_of_two_hosts_is_followed_by_the_other(tmp_path: Path, way: str) -> None:
    async with siege_of(way, tmp_path, seed=1) as siege:
        for when in MOMENTS[::2]:
            await WAYS[way](siege, when)
        assert await siege.taken_over()  # it was no idle process that died
