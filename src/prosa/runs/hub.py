"""The readers of a process: each follows the log from its own number, and all share what was read or written last."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Final
from weakref import WeakValueDictionary

from prosa.events import Signals
from prosa.kit.errors import ProsaError
from prosa.runs.batch import Batch
from prosa.runs.errors import RunNotFound
from prosa.runs.store import PAGE, RunStore

TAIL_BYTES: Final = 64 * 1024  # of a run that is followed are kept for its readers; older events are read from the log
LOOK_SECONDS: Final = 0.25  # what a lost wake-up costs at most


def topic_of(run_id: str) -> str:
    """What is signalled when a run has new events, in any process."""
    return f"run:{run_id}"


class Channel:
    """One run that is followed here: its newest events, and who waits for more."""

    __slots__ = ("_leave", "_lent", "_size", "_waiters", "deaf", "doubts", "end", "gone", "readers", "tail")

    def __init__(self, leave: Callable[[], None]) -> None:
        self.tail: deque[Batch] = deque()
        self.doubts = 0  # how often somebody elsewhere may have written more than is known here
        self.deaf = False  # to the signal that goes out from here
        self.readers = 0
        self.gone = False
        self.end: int | None = None  # the number of the final event, once it is known
        self._size = 0
        self._lent: WeakValueDictionary[tuple[int, int], Batch] = WeakValueDictionary()  # what readers hold that isn't kept
        self._waiters: list[asyncio.Future[None]] = []
        self._leave = leave

    def offer(self, batch: Batch) -> None:
        """Keep events that follow those that are kept, or the first ones."""
        if self.tail and batch.first != self.tail[-1].last + 1:
            if batch.first <= self.tail[-1].last:
                return
            self.tail.clear()
            self._size = 0
        self.tail.append(batch)
        if batch.final:
            self.end = batch.last
        self._size += len(batch.payload)
        while self._size > TAIL_BYTES and len(self.tail) > 1:
            self._size -= len(self.tail.popleft().payload)

    def holds(self, number: int) -> bool:
        """Whether events after this one are known."""
        return bool(self.tail) and self.tail[-1].last > number

    def find(self, number: int) -> Sequence[Batch]:
        """The next events after this one, where they are kept."""
        for batch in reversed(self.tail):
            if batch.last <= number:
                break
            if batch.first <= number + 1:
                return (batch.after(number),)
        return ()

    def lend(self, batches: Sequence[Batch]) -> Sequence[Batch]:
        """As many of what was read as a reader may hold, the first whatever its size; what another one holds too, only once."""
        found: list[Batch] = []
        size = 0
        for batch in batches:
            size += len(batch.payload)
            if found and size > TAIL_BYTES:
                break
            found.append(self._lent.setdefault((batch.first, batch.last), batch))
        return found

    def hear(self, _payload: str) -> None:
        """Another process says that there is something new."""
        if not self.deaf:
            self.doubt()

    def doubt(self) -> None:
        """There may be something new in the log."""
        self.doubts += 1
        self.wake()

    def wake(self) -> None:
        """Have those who wait look again."""
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def news(self) -> None:
        """Return at the next wake-up."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    def close(self) -> None:
        """Nobody follows any more."""
        self._leave()


class Hub:
    """All runs that are followed in this process."""

    def __init__(self, store: RunStore, signals: Signals, driven: Callable[[str], bool]) -> None:
        """`driven`: whether a run is driven by this process, so that all its events are told here."""
        self._driven = driven
        self._store = store
        self._signals = signals
        self._channels: dict[str, Channel] = {}
        self._looking: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._channels)

    def publish(self, run_id: str, batch: Batch) -> None:
        """These events are durable: wake who follows, here and elsewhere."""
        channel = self._channels.get(run_id)
        if channel is None:
            self._signals.publish(topic_of(run_id))
            return
        channel.offer(batch)
        channel.wake()
        channel.deaf = True
        self._signals.publish(topic_of(run_id))
        channel.deaf = False

    async def follow(
        self, run_id: str, after: int, *, ended: bool = False, first: Batch | None = None
    ) -> AsyncGenerator[Batch, None]:
        """The events after this number, as they come, up to the final one. Raises RunNotFound when the run is deleted.

        `ended`: the run is known to have ended, so that all of its events are there; `first`: those with which it began, where
        they are known.
        """
        channel = self._join(run_id)
        if first is not None and not channel.tail:
            channel.offer(first)
        position, doubts, page = after, -1, PAGE
        try:
            while True:
                found = channel.find(position)
                if not found and (doubts != channel.doubts or channel.holds(position)):
                    known = channel.doubts
                    found = channel.lend(await self._store.read(run_id, position, page))
                    page = min(PAGE, 2 * len(found)) or PAGE
                    doubts = -1 if found else known  # behind a page there may be another one
                for batch in found:
                    channel.offer(batch)
                    yield batch
                    position = batch.last
                    if batch.final:
                        return
                if not found and doubts == channel.doubts and not channel.holds(position):
                    if channel.gone or (ended and run_id not in await self._store.newest_of([run_id])):
                        raise RunNotFound
                    if ended or (channel.end is not None and position >= channel.end):
                        return  # who asks for what comes after the end
                    await channel.news()
        finally:
            self._leave(run_id, channel)

    def _join(self, run_id: str) -> Channel:
        channel = self._channels.get(run_id)
        if channel is None:
            leave: list[Callable[[], None]] = []
            channel = self._channels[run_id] = Channel(lambda: leave[0]())
            leave.append(self._signals.subscribe(topic_of(run_id), channel.hear))
        channel.readers += 1
        if self._looking is None:
            self._looking = asyncio.get_running_loop().create_task(self._look())
        return channel

    def _leave(self, run_id: str, channel: Channel) -> None:
        channel.readers -= 1
        if not channel.readers:
            channel.close()
            if self._channels.get(run_id) is channel:
                del self._channels[run_id]

    async def _look(self) -> None:
        """Now and then, as long as somebody follows: wake-ups may be lost, and runs deleted elsewhere."""
        try:
            while self._channels:
                await asyncio.sleep(LOOK_SECONDS)
                try:
                    await self._compare()
                except ProsaError:
                    continue  # the database doesn't answer; the next look comes in its time
        finally:
            self._looking = None

    async def _compare(self) -> None:
        asked = [(run_id, channel) for run_id, channel in self._channels.items() if not (channel.tail and self._driven(run_id))]
        newest = await self._store.newest_of([run_id for run_id, _ in asked])
        for run_id, channel in asked:
            number, final = newest.get(run_id, (None, None))
            if number is None:
                channel.gone = True
                channel.doubt()
            elif final != channel.end:
                channel.end = final
                channel.doubt()
            elif not channel.tail or number > channel.tail[-1].last:
                channel.doubt()

    async def stop(self) -> None:
        """Look no more."""
        looking = self._looking
        if looking is not None:
            looking.cancel()
            await asyncio.wait([looking])
