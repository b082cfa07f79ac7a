"""Wake-ups between hosts, by PostgreSQL's LISTEN and NOTIFY: two folders stand for two hosts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from prosa.drivers.sql import Database, DatabaseAddress
from prosa.events import Signals
from tests import postgres
from tests.databases import a_database
from tests.events.conftest import SOON, Heard, neighbour

END_OTHERS = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@asynccontextmanager
async def host(folder: Path, database: Database) -> AsyncIterator[tuple[Signals, Heard]]:
    """Signals of one host that hear the topic `news`."""
    signals, heard = Signals(folder, database), Heard()
    signals.subscribe("news", heard)
    await signals.start()
    yield signals, heard
    await signals.stop()


async def until_heard(speaker: Signals, heard: Heard, payload: str) -> None:
    """Say it until it is heard: a way that was lost opens again by itself."""
    async with asyncio.timeout(SOON):
        while payload not in heard.payloads:
            speaker.publish("news", payload)
            await asyncio.sleep(0.03)


async def test_processes_of_another_host_hear_and_are_heard(tmp_path: Path) -> None:
    async with a_database("postgresql") as database, host(tmp_path / "one", database) as (signals, heard):
        assert database.address.url is not None
        async with neighbour(tmp_path / "two", database.address.url) as other:
            hearing = asyncio.create_task(other.told())
            while not hearing.done():
                signals.publish("news", "from here")  # until its connection is there
                await asyncio.sleep(0.05)
            assert hearing.result() == ["news", "from here"]
            await other.publish("news", "from there")
            await heard.until("from there")
        assert set(heard.payloads) == {"from here", "from there"}


async def test_long_lists_are_split_and_arrive_in_order(tmp_path: Path) -> None:
    async with (
        a_database("postgresql") as database,
        host(tmp_path / "one", database) as (signals, _),
        host(tmp_path / "two", database) as (_, heard),
    ):
        await until_heard(signals, heard, "begin")
        for number in range(60):
            signals.publish("news", f"{number:02d}" + "é" * 400)
        signals.publish("news", "end")
        await heard.until("end")
        assert [payload[:2] for payload in heard.payloads if payload.endswith("é")] == [f"{number:02d}" for number in range(60)]


async def test_a_connection_that_is_lost_costs_looks_alone(tmp_path: Path) -> None:
    async with (
        a_database("postgresql") as database,
        host(tmp_path / "one", database) as (signals, here),
        host(tmp_path / "two", database) as (_, heard),
    ):
        await until_heard(signals, heard, "before")
        other = await database.session()
        await other.execute(END_OTHERS)
        await other.close()
        signals.publish("news", "perhaps lost")
        assert here.payloads[-1] == "perhaps lost"
        await until_heard(signals, heard, "after")


async def test_a_server_that_comes_later_or_goes_for_a_while_is_found(tmp_path: Path) -> None:
    server = await asyncio.to_thread(postgres.new_server)
    database = Database(DatabaseAddress(url=server.url("postgres")))
    await asyncio.to_thread(server.stop)
    try:
        async with host(tmp_path / "one", database) as (signals, here), host(tmp_path / "two", database) as (_, heard):
            signals.publish("news", "to nobody")
            assert here.payloads == ["to nobody"]
            await asyncio.to_thread(server.start)
            await until_heard(signals, heard, "first")
            await asyncio.to_thread(server.stop)
            signals.publish("news", "into the dark")
            await asyncio.to_thread(server.start)
            await until_heard(signals, heard, "second")
    finally:
        await asyncio.to_thread(postgres.remove, server)


async def test_stopping_sends_what_waits_and_leaves_nothing(tmp_path: Path) -> None:
    async with a_database("postgresql") as database, host(tmp_path / "two", database) as (listener, heard):
        async with host(tmp_path / "one", database) as (signals, _):
            await until_heard(signals, heard, "before")
            signals.publish("news", "last words")
        await heard.until("last words")
        del listener
        tasks = len(asyncio.all_tasks())
        assert tasks == 2  # this test, and the listener that goes on


@pytest.mark.parametrize("payload", ["'; DROP TABLE accounts; --", "\x00", '"\\', "line\nbreak", "é"])
async def test_payloads_are_data(tmp_path: Path, payload: str) -> None:
    async with (
        a_database("postgresql") as database,
        host(tmp_path / "one", database) as (signals, _),
        host(tmp_path / "two", database) as (_, heard),
    ):
        await until_heard(signals, heard, payload)
