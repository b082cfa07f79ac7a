"""Jobs over a fresh database of each kind, with a worker in the test's own process."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.jobs import Job, JobStore, Worker, system_address
from tests.databases import database

__all__ = ["database"]


class Time:
    """The machine's clock, and how much later it is."""

    later = 0.0
    slept = 0.0

    def now(self) -> float:
        return time.time() + self.later + self.slept

    def monotonic(self) -> float:
        return time.monotonic() + self.slept


class Yard:
    """Where jobs are asked for and done."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.journal = Journal(database)
        self.store = JobStore(database, self.journal)
        self.clock = Time()
        self.done: list[str] = []
        self.workers: list[Worker] = []

    def worker(self, *jobs: Job, place: str = "here") -> Worker:
        self.workers.append(Worker(self.store, self.clock, jobs, place, system_address(self.database.address)))
        return self.workers[-1]

    def counting(self, name: str, parts: int = 1) -> Job:
        """A job of some parts, each of which is noted."""

        async def part() -> bool:
            self.done.append(name)
            return self.done.count(name) % parts != 0

        return Job(name, part, pause=0.0)

    async def until(self, worker: Worker, true: Callable[[], Awaitable[bool]], seconds: float = 20.0) -> None:
        """Have the worker look until it is so."""
        ends = time.monotonic() + seconds
        while not await true():
            assert time.monotonic() < ends, "it never became so"
            await worker.look()
            await asyncio.sleep(0.02)

    async def finished(self) -> bool:
        queue = await self.store.queue()
        return queue.waiting + queue.running == 0


@pytest.fixture
async def yard(database: Database) -> AsyncIterator[Yard]:
    """A yard over a fresh database."""
    await database.open()
    made = Yard(database)
    yield made
    for worker in made.workers:
        await worker.close()
    await made.journal.aclose()
