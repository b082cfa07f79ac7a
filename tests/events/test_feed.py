"""The feed of changes: in order, complete, and never before they are durable."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.events import Change, Feed, Signals
from tests.databases import a_database

HERE, ELSEWHERE = "space-a", "space-b"
SOON = 20.0
DAY = 24 * 3600.0


class House:
    """A database with a feed, as one process has it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.journal = Journal(database)
        self.feed = Feed(database, Signals(folder / "signals", database))

    async def say(self, *names: str, space: str = HERE, now: float = 0.0, aloud: bool = True) -> None:
        """Append changes."""
        await self.journal.append_all([self.feed.part(space, "thing.made", name, b'{"v":1}', now) for name in names])
        if aloud:
            self.feed.published(space)

    async def aclose(self) -> None:
        """Let all go."""
        await self.feed.stop()
        await self.journal.aclose()


@asynccontextmanager
async def housed(database: Database, folder: Path) -> AsyncIterator[House]:
    """A feed over this database."""
    house = House(database, folder)
    try:
        yield house
    finally:
        await house.aclose()


async def heard(feed: Feed, count: int, after: int = 0, space: str = HERE) -> list[Change]:
    """The next changes of a space."""
    found: list[Change] = []
    async with asyncio.timeout(SOON), aclosing(feed.follow(space, after)) as pages:
        async for page in pages:
            found += page
            if len(found) >= count:
                break
    return found


async def test_a_reader_gets_the_changes_of_its_space_in_order_and_nobody_elses(database: Database, tmp_path: Path) -> None:
    async with housed(database, tmp_path) as house:
        await house.say("a", "b")
        await house.say("x", space=ELSEWHERE)
        reading = asyncio.create_task(heard(house.feed, 4))
        await asyncio.sleep(0.05)
        await house.say("c")
        await house.say("d", aloud=False)  # the wake-up is lost; the look comes in any case
        found = await reading
    assert [change.object_id for change in found] == ["a", "b", "c", "d"]
    assert [change.number for change in found] == sorted(change.number for change in found)
    assert found[0].data == b'{"v":1}'


async def test_a_reader_goes_on_where_it_stood_or_begins_now(database: Database, tmp_path: Path) -> None:
    async with housed(database, tmp_path) as house:
        assert (await house.feed.stand()).number == 0
        await house.say("a", "b", "c")
        first = (await heard(house.feed, 3))[0]
        stand = await house.feed.stand(first.number)
        assert stand.whole
        assert [change.object_id for change in await heard(house.feed, 2, stand.number)] == ["b", "c"]
        now = await house.feed.stand()
        await house.say("d")
        assert [change.object_id for change in await heard(house.feed, 1, now.number)] == ["d"]


async def test_who_comes_back_after_the_log_was_trimmed_has_to_reload(database: Database, tmp_path: Path) -> None:
    async with housed(database, tmp_path) as house:
        await house.say("a", "b", now=0.0)
        seen = (await heard(house.feed, 2))[0].number
        await house.say("c", "d", now=2 * DAY)
        last = (await heard(house.feed, 4))[-1].number
        assert await house.feed.trim(house.journal, 2 * DAY) == 2
        assert not (await house.feed.stand(seen)).whole
        assert (await house.feed.stand(last)).whole
        assert not (await house.feed.stand(last + 1000)).whole  # a number of another database, or of one that was restored
        assert await house.feed.trim(house.journal, 9 * DAY) == 1  # the newest one stays, to tell that nothing came after it
        assert (await house.feed.stand(last)) == (await house.feed.stand())


async def test_a_page_of_many_changes_is_followed_by_the_rest(database: Database, tmp_path: Path) -> None:
    async with housed(database, tmp_path) as house:
        await house.say(*(str(number) for number in range(450)))
        found = await heard(house.feed, 450)
    assert [change.object_id for change in found] == [str(number) for number in range(450)]


@pytest.mark.parametrize("kind", ["postgresql"])
async def test_a_number_that_commits_late_is_not_skipped(kind: str, tmp_path: Path) -> None:
    # The greater number is committed first: a reader that only looked for what is greater than what it has would miss the other.
    insert = "INSERT INTO changes (space, type, object_id, created_at) VALUES ('space-a', 't', $1, 0)"
    async with a_database(kind) as database, housed(database, tmp_path) as house:
        await house.say("first")
        slow, quick = await database.session(), await database.session()
        try:
            late = slow.transaction()
            await late.start()
            await slow.execute(insert, "late")
            reading = asyncio.create_task(heard(house.feed, 3))
            await quick.execute(insert, "early")
            house.feed.published(HERE)
            await asyncio.sleep(0.4)
            assert not reading.done()
            await late.commit()
            found = await reading
        finally:
            await slow.close()
            await quick.close()
        assert [change.object_id for change in found] == ["first", "late", "early"]


@pytest.mark.parametrize("kind", ["postgresql"])
async def test_many_writers_at_once_lose_nothing_and_keep_the_order(kind: str, tmp_path: Path) -> None:
    async with a_database(kind) as database, housed(database, tmp_path) as house:
        journals = [Journal(database) for _ in range(4)]
        stop = asyncio.Event()

        async def write(index: int) -> None:
            for number in range(40):
                parts = [house.feed.part(HERE, "t", f"{index}-{number}-{each}", None, 0.0) for each in range(3)]
                await journals[index].append_all(parts)
                house.feed.published(HERE)
            stop.set()

        reading = asyncio.create_task(heard(house.feed, 480))
        await asyncio.gather(*(write(index) for index in range(4)))
        found = await reading
        await asyncio.gather(*(journal.aclose() for journal in journals))
    assert len({change.object_id for change in found}) == len(found) == 480
    assert [change.number for change in found] == sorted(change.number for change in found)


async def test_nothing_runs_while_nobody_follows(database: Database, tmp_path: Path) -> None:
    async with housed(database, tmp_path) as house:
        await house.say("a")
        before = len(asyncio.all_tasks())
        await heard(house.feed, 1)
        assert len(house.feed) == 0
        for _ in range(200):
            if len(asyncio.all_tasks()) == before:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("something still runs")
