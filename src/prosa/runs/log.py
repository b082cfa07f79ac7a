"""The one writer of a process's logs: what all its runs push meanwhile goes out together."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

from prosa.drivers.journal import RowRefused
from prosa.drivers.sql import DatabaseUnavailable
from prosa.kit.errors import ProsaError
from prosa.runs.batch import Batch
from prosa.runs.drive import Drive
from prosa.runs.errors import LeaseLost
from prosa.runs.store import RunStore

_logger = logging.getLogger("prosa.runs")
PATIENCE: Final = 30.0  # seconds for which what can't be written is kept and tried again
PAUSES: Final = (0.05, 0.1, 0.25, 0.5, 1.0)
LINGER: Final = 0.015  # seconds for which pieces are gathered that nobody waits for: a commit costs as much as ten of them
_Taken = tuple[Drive, Batch]


class LogWriter:
    """Writes what drives have pushed, in their order, and tells of it once it is durable."""

    def __init__(self, store: RunStore, publish: Callable[[str, Batch], None]) -> None:
        self._store = store
        self._publish = publish
        self._marked: list[Drive] = []
        self._pump: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def mark(self, drive: Drive) -> None:
        """This drive has something to write."""
        self._marked.append(drive)
        if self._pump is None and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LINGER, self._begin)

    def hurry(self) -> None:
        """Somebody waits for what was pushed."""
        if self._marked:
            self._begin()

    def _begin(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._pump is None:
            self._pump = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Wait until nothing is written any more."""
        self.hurry()
        while self._pump is not None:
            await asyncio.wait([self._pump])

    async def _run(self) -> None:
        drives, self._marked = self._marked, []
        taken = [(drive, batch) for drive in drives if (batch := drive.take()) is not None]
        try:
            if taken:
                await self._write(taken)
        finally:
            self._pump = None
            if any(drive.awaited for drive in self._marked):
                self._begin()
            elif self._marked and self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(LINGER, self._begin)

    async def _write(self, taken: Sequence[_Taken]) -> None:
        try:
            counts = await self._append(taken)
        except RowRefused as error:
            if len(taken) > 1:  # one of them is at fault, and only it is to suffer
                for one in taken:
                    await self._write([one])
                return
            _logger.error("an event of run %s can't be stored: %s", taken[0][0].run.id, type(error.__cause__).__name__)
            taken[0][0].fail(error)
            return
        except ProsaError as error:
            for drive, _ in taken:
                drive.fail(error)
            return
        for (drive, batch), count in zip(taken, counts, strict=True):
            await self._settle(drive, batch, count)

    async def _append(self, taken: Sequence[_Taken]) -> Sequence[int]:
        """Write, again and again while the database doesn't answer. Raises DatabaseUnavailable in the end, RowRefused."""
        rows = [(drive.run.id, drive.run.fence, batch) for drive, batch in taken]
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        turn = 0
        while True:
            try:
                return await self._store.append(rows)
            except DatabaseUnavailable:
                pause = PAUSES[min(turn, len(PAUSES) - 1)]
                if loop.time() + pause > until:
                    raise
                turn += 1
                await asyncio.sleep(pause)

    async def _settle(self, drive: Drive, batch: Batch, count: int) -> None:
        # After a failure whose outcome nobody knew, the same row finds itself there already.
        try:
            if count or await self._store.wrote(drive.run.id, drive.run.fence, batch):
                self._publish(drive.run.id, batch)
                drive.written()
            else:
                drive.fail(LeaseLost())
        except ProsaError as error:
            drive.fail(error)
