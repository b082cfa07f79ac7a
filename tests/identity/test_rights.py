"""Changes of rights reach every process that follows them, and what nobody follows is not trusted."""

import asyncio
from pathlib import Path

import pytest

from prosa.drivers.sql import Database
from prosa.events import Look, Signals
from prosa.identity import Rights
from prosa.identity.rights import TOPIC
from prosa.identity.rights_store import RightsStore
from prosa.kit.clock import SystemClock
from tests.databases import KINDS, an_address


class Follower:
    """A process's way of following: its own connection, its own socket."""

    def __init__(self, database: Database, folder: Path, number: int) -> None:
        self.database = database
        self.signals = Signals(folder / str(number), database)
        self.rights = Rights(database, self.signals, SystemClock())
        self.heard: list[tuple[str | None, str | None]] = []
        self.news: asyncio.Queue[tuple[str | None, str | None]] = asyncio.Queue()
        self.rights.watch(self._hear)

    def _hear(self, account_id: str | None, credential_id: str | None) -> None:
        self.heard.append((account_id, credential_id))
        self.news.put_nowait((account_id, credential_id))

    async def hears(self, *change: str) -> None:
        while await self.news.get() != change:
            pass


@pytest.mark.attack("B3")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_change_is_known_everywhere_within_a_second_even_where_no_wake_up_comes(kind: str, tmp_path: Path) -> None:
    with an_address(kind) as address:
        one, two = (Follower(Database(address), tmp_path, number) for number in range(2))
        looks = [Look(each.rights.look, each.signals, TOPIC) for each in (one, two)]
        for look in looks:
            look.start()
        await one.rights.look()
        await two.rights.look()
        async with one.rights.changing("ana", "key"):
            pass
        assert ("ana", "key") in one.heard
        await asyncio.wait_for(two.hears("ana", "key"), 1)
        assert one.rights.fresh and two.rights.fresh
        for look, each in zip(looks, (one, two), strict=True):
            await look.stop()
            await each.database.aclose()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_change_that_fails_is_told_to_nobody(kind: str, tmp_path: Path) -> None:
    with an_address(kind) as address:
        each = Follower(Database(address), tmp_path, 0)
        await each.rights.look()
        each.heard.clear()
        with pytest.raises(RuntimeError):
            async with each.rights.changing("ana"):
                raise RuntimeError("no")
        await each.rights.look()
        assert each.heard == []
        await each.database.aclose()


@pytest.mark.attack("B3")
async def test_who_can_not_look_any_more_trusts_nothing_that_it_remembers(tmp_path: Path) -> None:
    with an_address("sqlite") as address:
        each = Follower(Database(address), tmp_path, 0)
        trusted = [each.rights.fresh]
        await each.rights.look()
        trusted.append(each.rights.fresh)
        await asyncio.sleep(1)
        trusted.append(each.rights.fresh)
        assert trusted == [False, True, False]
        await each.database.aclose()


@pytest.mark.attack("B3")
@pytest.mark.parametrize("kind", ["postgresql"])
async def test_a_change_whose_number_was_given_out_before_but_seen_after_another_is_not_missed(kind: str, tmp_path: Path) -> None:
    with an_address(kind) as address:
        one, two, three = (Follower(Database(address), tmp_path, number) for number in range(3))
        await two.rights.look()
        async with one.rights.changing("first"):
            pass
        await two.rights.look()
        written, going_on = asyncio.Event(), asyncio.Event()

        async def slow() -> None:
            async with one.database.writing() as connection:
                await RightsStore().note(connection, "slow", None, 1)  # it has its number now …
                written.set()
                await going_on.wait()  # … and is committed after the next one

        waiting = asyncio.create_task(slow())
        await written.wait()
        async with three.rights.changing("quick"):
            pass
        await two.rights.look()
        going_on.set()
        await waiting
        await two.rights.look()
        await two.rights.look()
        assert [account for account, _ in two.heard if account] == ["first", "quick", "slow"]
        for each in (one, two, three):
            await each.database.aclose()
