"""The scheduled backup: a plain timer in one process of the service, and a process of its own for the work."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from prosa.boot.settings import BackupSettings
from prosa.drivers.telemetry import Metrics
from prosa.kit.clock import Clock

_logger = logging.getLogger("prosa.backups")
SETTLE: Final = 10.0
_LONGEST_NAP: Final = 3600.0  # seconds after which the clock is looked at again: it may have been set, or the machine have slept
_AGAIN: Final = 300.0  # seconds at most until a failed one is tried again
_PATIENCE: Final = 10.0  # seconds for a running one to let go when the server stops
_MOST_TOLD: Final = 500  # characters of a complaint that are logged

Work = Callable[[], Awaitable[str | None]]


class BackupTimer:
    """Backs up when the newest scheduled file is `every_seconds` old; it goes by that file, so that a restart changes nothing."""

    def __init__(
        self, settings: BackupSettings, metrics: Metrics, clock: Clock, work: Work | None = None, settle: float = SETTLE
    ) -> None:
        """`work` makes one backup, and returns a complaint or None; by default `prosa backup` in a process of its own.

        `settle`: seconds before the very first one, for a server that makes its database at this start.
        """
        self._settle = settle
        self._folder = settings.folder
        self._every = settings.every_seconds
        self._metrics = metrics
        self._clock = clock
        self._work = work or backed_up
        self._failed = False
        self._since = clock.monotonic()  # when this process made one, or began to wait
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, where a schedule is set."""
        if self._every is not None:
            self._metrics.backup_failures.add((), 0.0)
            self._task = asyncio.create_task(self._run(self._every))

    async def stop(self) -> None:
        """End; a backup that is being made is given up, and leaves nothing behind."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self, every: float) -> None:
        while True:
            wait = await self._wait(every)
            if wait > 0:
                await asyncio.sleep(min(wait, _LONGEST_NAP))
                continue
            complaint = await self._work()
            self._failed = complaint is not None
            self._since = self._clock.monotonic()
            if complaint is not None:
                self._metrics.backup_failures.add()
                _logger.error("the scheduled backup failed: %s", complaint)

    async def _wait(self, every: float) -> float:
        """Seconds until the next one is due. Beside a file of the future, after a clock was set back, our own time counts."""
        newest = await asyncio.to_thread(last_success, self._folder)
        if newest is not None:
            self._metrics.backup_success.set(newest)
        if self._failed:
            self._failed = False
            return min(every, _AGAIN)
        waited = self._clock.monotonic() - self._since
        if newest is None:
            return min(every, self._settle) - waited
        age = self._clock.now() - newest
        return every - (age if age >= 0 else waited)


def last_success(folder: Path) -> float | None:
    """When the newest scheduled backup was made, in seconds since 1970; None where there is none."""
    from prosa.drivers.archive import last_scheduled

    return last_scheduled(folder)


async def backed_up() -> str | None:
    """Make one in a process of its own, so that what it needs of memory and time is not the callers'; a complaint, or None."""
    try:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "prosa", "backup", "--scheduled"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        return f"no process for it: {error.strerror}"
    try:
        _, complaint = await child.communicate()
    except asyncio.CancelledError:
        await _end(child)
        raise
    if child.returncode == 0:
        return None
    lines = complaint.decode("utf-8", "replace").strip().splitlines()
    return (lines[-1] if lines else f"status {child.returncode}")[-_MOST_TOLD:]


async def _end(child: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        child.terminate()
    try:
        await asyncio.wait_for(child.wait(), _PATIENCE)
    except TimeoutError:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
