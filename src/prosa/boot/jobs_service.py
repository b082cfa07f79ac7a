"""Jobs as a serving process has them: it plans and tells, and starts a process of its own where there is something to do."""

import asyncio
import logging
import sys
from contextlib import suppress
from typing import Final

from prosa.boot.backups import NAME as BACKUP
from prosa.boot.backups import last_success
from prosa.boot.jobs import JobParts, make_jobs, place_of
from prosa.boot.jobs_lock import done_elsewhere
from prosa.drivers.telemetry import Metrics
from prosa.jobs import JobFigures, JobStore, Planner

_logger: Final = logging.getLogger("prosa.jobs")
PATIENCE: Final = 10.0  # seconds for the worker to let go when the server stops


class JobsService:
    """In the first process of the service. Its worker is a child that lives while there is something to do."""

    def __init__(self, parts: JobParts, metrics: Metrics) -> None:
        self._parts = parts
        self._settings = parts.settings
        self._metrics = metrics
        self._child: asyncio.subprocess.Process | None = None
        store = JobStore(parts.database, parts.journal)
        self.planner = Planner(store, parts.clock, make_jobs(parts), place_of(parts.settings), self._look)

    @property
    def worker(self) -> int | None:
        """The number of the worker's process; None while there is none."""
        return None if self._child is None or self._child.returncode is not None else self._child.pid

    def start(self) -> None:
        """Begin to plan."""
        if self._settings.backups.every_seconds is not None:
            self._metrics.backup_failures.add((), 0.0)
        self.planner.start()

    async def stop(self) -> None:
        """End, and the worker with it: what it was doing is gone on with after the next start."""
        await self.planner.stop()
        child, self._child = self._child, None
        if child is None or child.returncode is not None:
            return
        assert child.stdin is not None
        child.stdin.close()
        try:
            await asyncio.wait_for(child.wait(), PATIENCE)
        except TimeoutError:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    async def _look(self, figures: JobFigures, waiting: bool) -> None:
        await self._tell(figures)
        if self._settings.who != "service":
            return
        if self.worker is not None:
            return
        child, self._child = self._child, None
        status = 0 if child is None else child.returncode
        if status:
            _logger.warning("the worker for background work died (status %s); another one goes on with it", status)
        alone = self._settings.database.path is not None
        if (waiting or (status and figures.queue.running)) and not (alone and done_elsewhere(self._settings.data_dir)):
            await self._begin()

    async def _begin(self) -> None:
        from prosa.boot.jobs_worker import order

        try:
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "prosa.boot.jobs_worker"), stdin=asyncio.subprocess.PIPE
            )
        except OSError as error:
            _logger.error("no process for background work: %s", error.strerror)
            return
        self._child = child
        assert child.stdin is not None
        child.stdin.write(order(self._settings))
        with suppress(ConnectionError):
            await child.stdin.drain()

    async def _tell(self, figures: JobFigures) -> None:
        metrics, now = self._metrics, self._parts.clock.now()
        queue = figures.queue
        metrics.jobs_open.set(queue.waiting, ("waiting",))
        metrics.jobs_open.set(queue.running, ("running",))
        metrics.jobs_oldest.set(0.0 if queue.oldest is None else max(0.0, now - queue.oldest))
        metrics.jobs_paused.set(0.0 if figures.paused is None else max(0.0, figures.paused - now))
        for total in figures.totals:
            metrics.jobs_ended.cell((total.name, "done"))[0] = float(total.done)
            metrics.jobs_ended.cell((total.name, "failed"))[0] = float(total.failed)
            if total.done_at is not None:
                metrics.jobs_success.set(total.done_at, (total.name,))
            if total.name == BACKUP:
                metrics.backup_failures.cell(())[0] = float(total.failed)
        if self._settings.backups.every_seconds is not None:
            newest = await asyncio.to_thread(last_success, self._settings.backups.folder)
            if newest is not None:
                metrics.backup_success.set(newest)
