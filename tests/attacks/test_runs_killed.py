"""`kill -9` and SIGSTOP of real services in mid-answer: every reader gets every number once, and nothing stays without a driver."""

import asyncio
import random
import signal
from pathlib import Path

import pytest

from tests.databases import an_address
from tests.runs.killing import BUSY, LEASE, PROMISED, Siege, besieged, kill_worker, postgres_hosts, sqlite_host

RUNS = 12  # at a time; with READERS each
READERS = 2

# When it happens: the moment is part of what is tried.
MOMENTS = ("at once", "first word", "middle", "last words", "any time")


async def moment(siege: Siege, when: str) -> None:
    """Wait for it; the newest runs are those that count."""
    newest = siege.asked[-RUNS:]
    if when == "any time":
        await asyncio.sleep(siege.random.random() * 2)
    elif when != "at once":
        number = {"first word": 4, "middle": 24, "last words": 42}[when]
        await siege.until(lambda: max(asked.seen for asked in newest) >= number, 20, when)


@pytest.mark.slow
@pytest.mark.parametrize("when", MOMENTS)
async def test_one_process_on_sqlite_goes_on_after_its_restart(tmp_path: Path, when: str) -> None:
    host, address = sqlite_host(tmp_path)
    async with besieged([host], address, seed=MOMENTS.index(when)) as siege:
        await siege.begin(RUNS, READERS)
        await moment(siege, when)
        await host.kill()
        before = await siege.open()
        assert before
        await host.start()
        await siege.nobody_is_left_alone(before, PROMISED + BUSY)
        await siege.finish()


@pytest.mark.slow
@pytest.mark.parametrize("when", MOMENTS)
async def test_the_workers_of_a_service_take_over_from_one_that_is_killed(tmp_path: Path, when: str) -> None:
    host, address = sqlite_host(tmp_path, "--workers", "4")
    async with besieged([host], address, seed=MOMENTS.index(when)) as siege:
        await siege.begin(RUNS, READERS)
        await moment(siege, when)
        before = await siege.open()
        kill_worker(host, siege.random)
        await siege.nobody_is_left_alone({}, LEASE + PROMISED + BUSY)
        assert before
        await siege.finish()


@pytest.mark.slow
@pytest.mark.parametrize("when", MOMENTS)
async def test_of_two_hosts_on_postgresql_one_dies_for_good(tmp_path: Path, when: str) -> None:
    with an_address("postgresql") as address:
        hosts = postgres_hosts(tmp_path, address)
        async with besieged(hosts, address, seed=MOMENTS.index(when)) as siege:
            await siege.begin(RUNS, READERS)
            await moment(siege, when)
            await hosts[0].kill()
            await siege.nobody_is_left_alone({}, LEASE + PROMISED + BUSY)
            siege.hosts = hosts[1:]
            await siege.finish()


@pytest.mark.slow
@pytest.mark.parametrize("when", MOMENTS)
async def test_of_two_hosts_on_postgresql_one_sleeps_through_its_lease(tmp_path: Path, when: str) -> None:
    with an_address("postgresql") as address:
        hosts = postgres_hosts(tmp_path, address)
        async with besieged(hosts, address, seed=MOMENTS.index(when)) as siege:
            await siege.begin(RUNS, READERS, words=80)
            await moment(siege, when)
            hosts[0].send(signal.SIGSTOP)
            siege.hosts = hosts[1:]
            await siege.nobody_is_left_alone({}, LEASE + PROMISED + BUSY)
            await asyncio.sleep(random.random())
            hosts[0].send(signal.SIGCONT)
            siege.hosts = hosts
            await siege.finish()
