"""A process that does jobs: the service's own, which ends when there is nothing to do, and `prosa worker`, which stays.

`python -m prosa.boot.jobs_worker` reads its settings from standard input, where nobody else sees their secrets, and ends with it.
"""

import asyncio
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Final

import msgspec

from prosa.boot.jobs import JobParts, JobSettings, make_jobs, place_of
from prosa.boot.jobs_lock import JobsElsewhere, doing_jobs
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.drivers.telemetry import configure_logs, log_form
from prosa.events import Signals
from prosa.jobs import JobFigures, JobStore, Planner, Worker, system_address
from prosa.kit.clock import SystemClock

if TYPE_CHECKING:
    from prosa.boot.settings import Settings

SIGNALS: Final = "signals"
NICE: Final = 10  # callers come first
IDLE: Final = 3.0  # seconds without anything to do after which the service's own ends
TRIES: Final = 10  # who only asks whether somebody does the jobs is in the way for an instant
HEAD: Final = 8  # bytes that tell the settings' length


def order(settings: JobSettings) -> bytes:
    """What is written to the service's own worker."""
    body = msgspec.json.encode(settings, enc_hook=str)  # paths
    return len(body).to_bytes(HEAD, "big") + body


async def work(settings: JobSettings, *, stays: bool) -> None:
    """Do jobs until cancelled, or with nothing left to do. Raises JobsElsewhere."""
    with ExitStack() as stack:
        if settings.database.path is not None:
            stack.enter_context(doing_jobs(settings.data_dir, TRIES if stays else 1))
        database, clock = Database(settings.database), SystemClock()
        signals, journal = Signals(settings.run_dir / SIGNALS, database), Journal(database)
        jobs = make_jobs(JobParts(settings, database, journal, signals, clock))
        store, place = JobStore(database, journal), place_of(settings)
        worker = Worker(store, clock, jobs, place, system_address(settings.database))
        planner = Planner(store, clock, jobs, place, _unheard)
        try:
            if stays:
                planner.start()
            await _worked(worker, stays=stays)
        finally:
            await planner.stop()
            await journal.aclose()
            await database.aclose()


async def _worked(worker: Worker, *, stays: bool) -> None:
    running = asyncio.create_task(worker.run())
    try:
        while stays or worker.idle < IDLE:
            done, _ = await asyncio.wait([running], timeout=0.5)
            if done:
                running.result()
    finally:
        running.cancel()
        try:
            with suppress(asyncio.CancelledError):
                await running
        finally:
            # DBOS gives the loop an executor of its own, and shuts it down as it ends; what is closed afterwards needs one.
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))


async def _unheard(_figures: JobFigures, _waiting: bool) -> None:
    """Nobody: this very process looks for itself."""


def begin(settings: "Settings") -> int:
    """`prosa worker`: until a signal; the exit status. Raises StartRefused: a data folder that can't be written."""
    from prosa.boot.desk import prepared

    chosen = JobSettings.of(prepared(settings))
    _log(chosen)
    try:
        asyncio.run(_until_told(chosen, None))
    except JobsElsewhere:
        sys.stderr.write("prosa: another process does the jobs of this data folder\n")
        return 1
    return 0


async def _until_told(settings: JobSettings, lifeline: int | None) -> None:
    """Work until a signal, or the end of the lifeline: then the service is gone."""
    task = asyncio.create_task(work(settings, stays=lifeline is None))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    if lifeline is not None:
        loop.add_reader(lifeline, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        if not task.cancelled():
            raise
    finally:
        if lifeline is not None:
            loop.remove_reader(lifeline)


def main() -> int:
    """The life of the service's own worker."""
    stream = sys.stdin.buffer
    size = int.from_bytes(stream.read(HEAD), "big")
    settings = msgspec.json.decode(stream.read(size), type=JobSettings, dec_hook=lambda kind, text: kind(text))
    os.nice(NICE)
    _log(settings)
    with suppress(JobsElsewhere):
        asyncio.run(_until_told(settings, stream.fileno()))
    return 0


def _log(settings: JobSettings) -> None:
    configure_logs(settings.logs.level, log_form(settings.logs.form, sys.stdout), sys.stdout, settings.logs.secrets)


if __name__ == "__main__":
    sys.exit(main())
