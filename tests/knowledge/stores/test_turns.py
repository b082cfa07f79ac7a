"""Whose files are read next."""

import asyncio

import pytest

from prosa.knowledge.stores.turns import Turns


class Work:
    """Who got a place, in which order."""

    def __init__(self, places: int) -> None:
        self.turns = Turns(places)
        self.order: list[str] = []
        self.now = self.most = 0

    async def one(self, name: str) -> None:
        async with self.turns.turn(name[0]):
            self.order.append(name)
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0)
            self.now -= 1


@pytest.mark.attack("F12")
@pytest.mark.attack("J13")
async def test_who_brings_one_file_does_not_wait_for_a_thousand_of_somebody_else() -> None:
    work = Work(2)
    await asyncio.gather(*(work.one(f"a{number}") for number in range(1_000)), work.one("b"), work.one("c"))
    assert work.order.index("b") <= 4 and work.order.index("c") <= 4
    assert work.most == 3 and len(work.order) == 1_002, "two places, and one for who has none"


@pytest.mark.attack("J13")
async def test_who_has_no_place_does_not_wait_for_the_end_of_somebody_elses_long_documents() -> None:
    turns = Turns(2)
    async with turns.turn("ana"), turns.turn("ana"):
        third = asyncio.create_task(_through(turns, "ana"))
        async with asyncio.timeout(20), turns.turn("bia"):
            others = [asyncio.create_task(_through(turns, name)) for name in ("bia", "caio")]
            await asyncio.sleep(0)
            assert not any(task.done() for task in (third, *others)), "one such place, and one of it for each"
    async with asyncio.timeout(20):
        await asyncio.gather(third, *others)


async def _through(turns: Turns, space: str) -> None:
    async with turns.turn(space):
        pass


async def test_who_goes_away_while_waiting_leaves_the_place_to_the_next() -> None:
    work = Work(1)
    tasks = [asyncio.create_task(work.one(name)) for name in ("a1", "a2", "a3", "c1")]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert work.order == ["a1", "c1", "a3"]
    await asyncio.wait_for(work.one("d"), 20)
