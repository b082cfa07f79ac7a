"""A worker that is killed, as by kill -9, before or after the n-th part of a job: `-m tests.boot.dying_worker NAME N before`.

The data folder is that of the environment's settings. Without a number it works until nothing is left to do.
"""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from prosa.boot.jobs import JobParts, JobSettings, make_jobs, place_of
from prosa.boot.settings import load
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.events import Signals
from prosa.jobs import Job, JobStore, Worker, system_address
from prosa.kit.clock import SystemClock


def dying(job: Job, number: int, when: str) -> Job:
    """The same job, whose n-th part ends the process."""
    count = 0

    async def part() -> bool:
        nonlocal count
        count += 1
        if count == number and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        more = await job.part()
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return more

    return replace(job, part=part, pause=0.0)


async def work(name: str, number: int, when: str) -> None:
    """Until nothing is left, or the end."""
    settings, clock = JobSettings.of(load(os.environ, Path.cwd(), {}).settings), SystemClock()
    database = Database(settings.database)
    journal = Journal(database)
    made = make_jobs(JobParts(settings, database, journal, Signals(settings.run_dir / "signals", database), clock))
    jobs = [dying(job, number, when) if job.name == name else job for job in made]
    store = JobStore(database, journal)
    worker = Worker(store, clock, jobs, place_of(settings), system_address(settings.database))
    queue = await store.queue()
    while queue.waiting + queue.running:
        await worker.look()
        await asyncio.sleep(0.02)
        queue = await store.queue()
    await worker.close()
    await journal.aclose()
    await database.aclose()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
