"""DBOS behind a few verbs: a job's parts are steps of a workflow whose id is the job's key. Importing this loads DBOS.

What has to hold is in prosa's own tables. DBOS remembers which parts of a job are done, tries failed ones again with growing
pauses, and lets another process go on with a dead one's jobs. Its tables may be lost: what is open is begun anew then.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, PortableWorkflowError, SetWorkflowID, StepOptions
from dbos import error as errors

from prosa.drivers.sql import DatabaseAddress, plain_engine
from prosa.jobs.attempt import PartFailed, attempt
from prosa.jobs.models import ANYWHERE, Asked, Job

# The default is a hash of the code, and what another version left behind would never be taken up again.
VERSION: Final = "1"
SCHEMA: Final = "prosa_jobs"
LONGEST: Final = 2000  # parts of one job; where there is more, it is asked for again
PAUSE: Final = 2.0  # seconds until a failed part is tried again, the first time
GROWTH: Final = 3.0
RECOVERIES: Final = 10  # processes that one job may take with it
_AT_ONCE: Final = 500
_TELLINGS: Final = 8  # attempts to note an end, over four minutes: databases are started anew
_LAST_WORDS: Final = 5.0  # seconds for what is done to be noted as done
_NAME: Final = "prosa"
_OVER: Final = frozenset({"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})
_FAILURES: Final = (PartFailed, errors.DBOSMaxStepRetriesExceeded, PortableWorkflowError)


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told what becomes of a job, by its key: its end, with a code where it failed; and each attempt that failed."""

    ended: Callable[[str, str | None], Awaitable[None]]
    stumbled: Callable[[str, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Post:
    """Where a worker works: a name that no process had before, its place, and the file or server of the system database."""

    worker: str
    place: str
    address: DatabaseAddress


class Engine:
    """DBOS in this process; one at a time, launched inside the loop in which jobs run."""

    def __init__(self, post: Post, jobs: dict[str, Job], told: Told, pause: float = PAUSE) -> None:
        # It brings a handler of its own, which it leaves out where there is one: its words belong into prosa's log.
        logging.getLogger("dbos").handlers = [logging.NullHandler()]
        self._jobs = jobs
        self._told = told
        self._place = post.place
        self._pause = pause
        self._working: set[asyncio.Task[object]] = set()
        self._ending: set[asyncio.Task[object]] = set()  # of these, those whose last part is done
        self._tables = plain_engine(post.address, expendable=True)
        config: DBOSConfig = {
            "name": _NAME,
            "application_version": VERSION,
            "executor_id": post.worker,
            "system_database_engine": self._tables,
            "dbos_system_schema": SCHEMA,
            "serializer": DBOSPortableJSONSerializer(),  # the default is pickle
            "use_listen_notify": False,  # nobody waits for a job's result: one connection less
            "log_level": "ERROR",
        }
        DBOS(config=config)

        @DBOS.workflow(name="job", max_recovery_attempts=RECOVERIES)
        async def run(key: str, name: str, place: str) -> None:
            await self._work(key, name, place)

        self._run = run

    def launch(self) -> None:
        """Begin; makes the library's tables where they are missing. Takes a tenth of a second, in which the loop stands still."""
        DBOS.launch()

    async def start(self, asked: Asked, place: str) -> None:
        """Do a job, unless it was begun under this key already."""
        with SetWorkflowID(asked.key):
            await DBOS.start_workflow_async(self._run, asked.key, asked.name, place)

    async def recover(self, workers: list[str]) -> None:
        """Take up what dead processes had begun. May be repeated, also elsewhere: each is taken up once."""
        # The library's promised way to this was taken out with 3.0; this one is atomic and idempotent, and tried by our tests.
        await asyncio.to_thread(DBOS._recover_pending_workflows, workers)

    async def over(self, key: str) -> bool:
        """Whether nothing more will be done for this key here, for it is over."""
        status = await DBOS.get_workflow_status_async(key)
        return status is not None and status.status in _OVER

    async def forget(self, before: float) -> None:
        """Delete what ended before this moment, in seconds since 1970."""
        moment = datetime.fromtimestamp(before, UTC).isoformat()
        while old := await DBOS.list_workflows_async(
            completed_before=moment, limit=_AT_ONCE, load_input=False, load_output=False
        ):
            await DBOS.delete_workflows_async([status.workflow_id for status in old])

    async def close(self) -> None:
        """Let go, also of what is being done: who is cancelled leaves no note, so the next process goes on with it."""
        if self._ending:
            await asyncio.wait(tuple(self._ending), timeout=_LAST_WORDS)
        working = tuple(self._working)
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as aside:
            await loop.run_in_executor(aside, partial(DBOS.destroy, destroy_registry=True))
            await loop.run_in_executor(aside, self._tables.dispose)
        # It had put threads of its own in the place of the loop's, and has ended them.
        loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix="asyncio"))

    async def _work(self, key: str, name: str, place: str) -> None:
        """The workflow: parts, until there is no more, and then the note that it is over."""
        task = asyncio.current_task()
        assert task is not None
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        job = self._jobs.get(name)
        if job is None:
            error: str | None = "unknown_job"
        elif place not in (ANYWHERE, self._place):
            error = "other_place"
        else:
            error = await self._parts(key, job)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        await DBOS.run_step_async(
            {"name": "end", "retries_allowed": True, "max_attempts": _TELLINGS}, self._told.ended, key, error
        )

    async def _parts(self, key: str, job: Job) -> str | None:
        options: StepOptions = {
            "name": job.name,
            "retries_allowed": job.attempts > 1,
            "max_attempts": job.attempts,
            "interval_seconds": self._pause,
            "backoff_rate": GROWTH,
        }
        try:
            for _ in range(LONGEST):
                if not await DBOS.run_step_async(options, self._part, key, job.name):
                    break
                await asyncio.sleep(job.pause)
        except _FAILURES as error:
            return _code(error)
        return None

    async def _part(self, key: str, name: str) -> bool:
        try:
            return await attempt(self._jobs[name])
        except PartFailed as error:
            await self._told.stumbled(key, str(error))
            raise


def _code(error: Exception) -> str:
    last = error.errors[-1] if isinstance(error, errors.DBOSMaxStepRetriesExceeded) and error.errors else error
    return str(last) if isinstance(last, PartFailed) else "failed"
