"""The ways in which a service dies in mid-answer: which processes, when, and what has to be seen afterwards."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.databases import an_address
from tests.runs.killing import BUSY, LEASE, PROMISED, Siege, besieged, kill_worker, postgres_hosts, sqlite_host

RUNS = 50
FEW = 16  # as `make test` has them
READERS = 2  # of each
WORDS = 40
# When it happens is part of what is tried.
MOMENTS = ("at once", "first word", "middle", "last words", "any time")
Round = Callable[[Siege, str], Awaitable[None]]


async def moment(siege: Siege, when: str) -> None:
    """Wait for it."""
    if when == "any time":
        await asyncio.sleep(siege.random.random() * 2)
    elif when != "at once":
        number = {"first word": 4, "middle": 4 + WORDS // 2, "last words": 1 + WORDS}[when]
        await siege.until(lambda: max(asked.seen for asked in siege.asked) >= number, 20, when)


async def restarted(siege: Siege, when: str) -> None:
    """The only process dies, and starts again; sometimes it dies over that, too."""
    [host] = siege.hosts
    await siege.begin(siege.runs, READERS, WORDS)
    await moment(siege, when)
    await host.kill()
    if when == "any time":
        await host.start()
        await asyncio.sleep(siege.random.random())
        await host.kill()
    before = await siege.open()
    await host.start()
    await siege.nobody_is_left_alone(PROMISED + BUSY, before)
    await siege.finish()


async def one_of_four(siege: Siege, when: str) -> None:
    """A worker dies, and another is forked."""
    [host] = siege.hosts
    await siege.begin(siege.runs, READERS, WORDS)
    await moment(siege, when)
    kill_worker(host, siege.random)
    await asyncio.sleep(LEASE)
    await siege.nobody_is_left_alone(PROMISED + BUSY)
    await siege.finish()


async def one_of_two(siege: Siege, when: str) -> None:
    """A host dies and isn't seen again for long."""
    await siege.begin(siege.runs, READERS, WORDS)
    await moment(siege, when)
    dead = siege.hosts.pop(siege.random.randrange(2))
    await dead.kill()
    await asyncio.sleep(LEASE)
    await siege.nobody_is_left_alone(PROMISED + BUSY)
    await siege.finish()
    await dead.start()
    siege.hosts.append(dead)


async def a_sleeper(siege: Siege, when: str) -> None:
    """A host stops in mid-sentence, is taken for dead, and wakes."""
    await siege.begin(siege.runs, READERS, WORDS * 2)
    await moment(siege, when)
    sleeper = siege.hosts.pop(siege.random.randrange(2))
    sleeper.send(signal.SIGSTOP)
    await asyncio.sleep(LEASE)
    await siege.nobody_is_left_alone(PROMISED + BUSY)
    await asyncio.sleep(siege.random.random())
    sleeper.send(signal.SIGCONT)
    siege.hosts.append(sleeper)
    await siege.finish()


WAYS: dict[str, Round] = {"one": restarted, "workers": one_of_four, "hosts": one_of_two, "sleeper": a_sleeper}


@asynccontextmanager
async def siege_of(way: str, folder: Path, seed: int, runs: int = FEW) -> AsyncIterator[Siege]:
    """The services for this way to die, and clients that start so many runs each time."""
    if way in ("one", "workers"):
        host, address = sqlite_host(folder, *(("--workers", "4") if way == "workers" else ()))
        async with besieged([host], address, seed) as siege:
            siege.runs = runs
            yield siege
        return
    with an_address("postgresql") as address:
        async with besieged(postgres_hosts(folder, address), address, seed) as siege:
            siege.runs = runs
            yield siege
