"""What is scheduled, and is it due? A light look that a serving process can make: nothing is loaded for it."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from prosa.jobs.models import ANYWHERE, Job, JobFigures, Queue
from prosa.jobs.steadiness import Steadiness, until
from prosa.jobs.store import JobStore
from prosa.jobs.worker import SILENT
from prosa.kit.clock import Clock
from prosa.kit.errors import ProsaError
from prosa.kit.rounds import Rounds

_logger: Final = logging.getLogger("prosa.jobs")
LOOK: Final = 15.0  # seconds

Wanted = Callable[[JobFigures, bool], Awaitable[None]]
"""Told after each look what came of jobs so far, and whether there are some that nobody does."""


class Planner:
    """Asks for each scheduled job once in its time, whoever else plans: the key is the job's name and the number of the time."""

    def __init__(self, store: JobStore, clock: Clock, jobs: Sequence[Job], place: str, wanted: Wanted) -> None:
        self._store = store
        self._clock = clock
        self._jobs = [job for job in jobs if job.every is not None]
        self._place = place
        self._wanted = wanted
        self._steadiness = Steadiness(store, clock)
        self._began = clock.monotonic()
        self._asked: dict[str, int] = {}  # the number of the time for which it was asked, or found to have nothing to do
        self._every = min([LOOK, *(job.every for job in self._jobs if job.every is not None)])
        self._rounds = Rounds("planning jobs", self._round, self._every)

    def start(self) -> None:
        """Begin; the first look comes after the first pause, so that a start is not slowed."""
        self._rounds.start()

    async def stop(self) -> None:
        """End."""
        await self._rounds.stop()

    async def _round(self) -> float:
        try:
            await self.look()
        except ProsaError as error:
            _logger.warning("jobs could not be planned: %s %s", error.code, getattr(error, "reason", ""))
        return self._every

    async def look(self) -> None:
        """Once: ask for what is due, and tell what there is to do. Raises DatabaseUnavailable."""
        await self._steadiness.look()
        for job in self._jobs:
            await self._plan(job)
        waiting = await self._store.waiting(self._place, 1) or await self._store.left(self._place, self._clock.now() - SILENT)
        await self._wanted(await self.figures(), bool(waiting))

    async def figures(self) -> JobFigures:
        """What an operator is told. Raises DatabaseUnavailable."""
        queue: Queue = await self._store.queue()
        return JobFigures(queue, await self._store.totals(), until(await self._store.clock(), self._clock.now()))

    async def _plan(self, job: Job) -> None:
        assert job.every is not None
        now = self._clock.now()
        number = int(now // job.every)
        if self._asked.get(job.name) == number or self._clock.monotonic() - self._began < job.settle:
            return
        if job.due is None or await job.due():
            key = f"{job.name}@{number}"
            place = self._place if job.here else ANYWHERE
            await self._store.ask_next(f"{key}@{place}" if place else key, job.name, now, place)
        self._asked[job.name] = number
