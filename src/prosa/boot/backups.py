"""The scheduled backup: a job that is due when the newest file is old enough, and a process of its own for the work."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from prosa.boot.settings import BackupSettings
from prosa.kit.clock import Clock
from prosa.kit.errors import ProsaError

_logger = logging.getLogger("prosa.backups")
NAME: Final = "backup"  # of the job
SETTLE: Final = 10.0  # seconds before the very first one, for a server that makes its database at this start
AGAIN: Final = 300.0  # seconds at most until a failed one is tried again
_PATIENCE: Final = 10.0  # seconds for a running one to let go when the server stops
_MOST_TOLD: Final = 500  # characters of a complaint that are logged

Work = Callable[[], Awaitable[str | None]]


class BackupFailed(ProsaError):
    """The scheduled backup could not be made; the log says why."""

    code = "backup_failed"

    def __init__(self) -> None:
        super().__init__("The scheduled backup failed.")


class Backups:
    """Backs up when the newest scheduled file is `every_seconds` old; it goes by that file, so that a restart changes nothing."""

    def __init__(self, settings: BackupSettings, clock: Clock, work: Work | None = None) -> None:
        """`work` makes one backup, and returns a complaint or None; by default `prosa backup` in a process of its own."""
        self._folder = settings.folder
        self._every = settings.every_seconds
        self._clock = clock
        self._work = work or backed_up
        self._since = clock.monotonic()  # when this process found a file of the future, or began

    @property
    def every(self) -> float | None:
        """Seconds between two looks whether it is due; None where none is scheduled."""
        return None if self._every is None else min(self._every, AGAIN)

    async def due(self) -> bool:
        """Whether it is time. Beside a file of the future, after a clock was set back, our own time counts."""
        if self._every is None:
            return False
        newest = await asyncio.to_thread(last_success, self._folder)
        if newest is None:
            return True
        age = self._clock.now() - newest
        if age >= 0:
            return age >= self._every
        waited = self._clock.monotonic() - self._since
        if waited < self._every:
            return False
        self._since = self._clock.monotonic()
        return True

    async def part(self) -> bool:
        """Make one, unless somebody has by now: who was killed meanwhile may have been done with it. Raises BackupFailed."""
        complaint = await self._work() if await self.due() else None
        if complaint is not None:
            _logger.error("the scheduled backup failed: %s", complaint)
            raise BackupFailed
        return False


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
