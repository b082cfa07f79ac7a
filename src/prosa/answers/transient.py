"""An answer that nobody stores: driven by the same code over a log that only its one reader gets, who ends it by leaving."""

import asyncio
from collections.abc import AsyncGenerator

from prosa.runs import Batch, Drive, Ending, Event, Kind, Run, Why, settled, tried


async def passing(kind: Kind, run: Run, first: tuple[bytes, ...]) -> AsyncGenerator[Batch, None]:
    """Drive an unstored run for as long as somebody reads; closing this (`aclosing`) ends it, and the provider's call with it.

    What the reader hasn't taken yet counts as not written, so that a slow one slows the provider down.
    """
    reader = _Reader()
    drive = Drive(run, tuple(Event(number, data) for number, data in enumerate(first)), reader, resumed=False)
    task = asyncio.get_running_loop().create_task(tried(kind, drive))
    task.add_done_callback(reader.mark)
    said: list[Event] = list(drive.log)
    try:
        yield Batch(0, len(first) - 1, b"\n".join(first), final=False)
        while True:
            batch = drive.take()
            if batch is not None:
                said += batch.events()
                yield batch
                drive.written()
            elif task.done():
                break
            else:
                await reader.news()
        outcome = task.result()
        ending = outcome if isinstance(outcome, Ending) else await settled(kind, run, said, Why.FAILED, outcome)
        last = drive.next_number + len(ending.events) - 1
        yield Batch(drive.next_number, last, b"\n".join(ending.events), final=True)
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait((task,))


class _Reader:
    """Who waits for the next events; to the drive it is the writer of the log."""

    __slots__ = ("_waiter",)

    def __init__(self) -> None:
        self._waiter: asyncio.Future[None] | None = None

    def mark(self, _of: object) -> None:
        """There is something, or nothing more will come."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def hurry(self) -> None:
        """It is read as fast as the reader reads."""

    async def news(self) -> None:
        """Return when woken."""
        self._waiter = asyncio.get_running_loop().create_future()
        await self._waiter
