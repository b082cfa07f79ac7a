"""One driver's hold on one run: what it pushes is in the log before anybody sees it, or it drives no more."""

import asyncio
from typing import Final, Protocol

from prosa.kit.errors import ProsaError
from prosa.runs.batch import Batch
from prosa.runs.models import Event, Run

MOST_PENDING: Final = 256 * 1024  # bytes that may wait to be written before `room` waits


class Writer(Protocol):
    """Who writes what drives push."""

    def mark(self, drive: "Drive") -> None:
        """This drive has something to write."""
        ...

    def hurry(self) -> None:
        """Somebody waits for what was pushed."""
        ...


class Drive:
    """What a kind drives a run with. `log` holds what was written before, `resumed` says that another driver began."""

    __slots__ = ("_failure", "_pending", "_size", "_waiter", "_writer", "_writing", "log", "next_number", "resumed", "run")

    def __init__(self, run: Run, log: tuple[Event, ...], writer: Writer, *, resumed: bool) -> None:
        self.run = run
        self.log = log
        self.resumed = resumed
        self.next_number = log[-1].number + 1 if log else 0
        self._writer = writer
        self._pending: list[bytes] = []
        self._size = 0
        self._writing = False
        self._failure: ProsaError | None = None
        self._waiter: asyncio.Future[None] | None = None

    def push(self, data: bytes) -> None:
        """Append an event, a line of JSON; it is written with the next group. Raises LeaseLost, DatabaseUnavailable."""
        if self._failure is not None:
            raise self._failure
        if not self._pending and not self._writing:
            self._writer.mark(self)
        self._pending.append(data)
        self._size += len(data)
        self.next_number += 1

    async def flush(self) -> None:
        """Return once all that was pushed is durable. Raises LeaseLost, DatabaseUnavailable."""
        while self._pending or self._writing:
            await self._turn()
        if self._failure is not None:
            raise self._failure

    async def room(self) -> None:
        """Wait while too much waits to be written. Raises LeaseLost, DatabaseUnavailable."""
        while self._size > MOST_PENDING:
            await self._turn()
        if self._failure is not None:
            raise self._failure

    def fail(self, error: ProsaError) -> None:
        """It can't write any more: whoever pushes or waits hears why."""
        self._failure = self._failure or error
        self._pending.clear()
        self._size = 0
        self._writing = False
        self._wake()

    def take(self) -> Batch | None:
        """What waits to be written, for the writer; None when nothing does."""
        if not self._pending:
            return None
        events, self._pending, self._size = self._pending, [], 0
        self._writing = True
        first = self.next_number - len(events)
        return Batch(first, self.next_number - 1, b"\n".join(events), final=False)

    def written(self) -> None:
        """The writer has written what it took."""
        self._writing = False
        if self._pending:
            self._writer.mark(self)
        self._wake()

    @property
    def first(self) -> Batch | None:
        """The events with which the run began, as they were written; None where another one began it."""
        if self.resumed or not self.log:
            return None
        return Batch(0, len(self.log) - 1, b"\n".join([event.data for event in self.log]), final=False)

    @property
    def awaited(self) -> bool:
        """Whether somebody waits for what was pushed to be written."""
        return self._waiter is not None

    async def _turn(self) -> None:
        self._writer.hurry()
        if self._waiter is None:
            self._waiter = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._waiter)

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)
