"""What has to be done for files by and by: their time runs out, deleted content goes, what never became a file is removed."""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from prosa.files.service import FileService
from prosa.kit.clock import Clock
from prosa.kit.errors import ProsaError

_logger: Final = logging.getLogger("prosa.files")
LOOK: Final = 15.0  # seconds
SWEEP: Final = 3600.0


class FileKeeper:
    """Looks every `look` seconds, and hourly for lost content. One process of a service does it; several do no harm."""

    def __init__(self, files: FileService, clock: Clock, look: float = LOOK) -> None:
        self._files = files
        self._clock = clock
        self._look = look
        self._swept: float | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; the first look comes after the first pause, so that a start is not slowed."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._look)
            try:
                await self.look()
            except ProsaError as error:
                _logger.warning("files could not be looked after: %s %s", error.code, getattr(error, "reason", ""))

    async def look(self) -> None:
        """Once all of it that is due."""
        await self._files.expire()
        await self._files.clear()
        now = self._clock.monotonic()
        if self._swept is None or now - self._swept >= SWEEP:
            self._swept = now
            lost = await self._files.sweep()
            if lost:
                _logger.info("removed the content of %d uploads that never became files", lost)
