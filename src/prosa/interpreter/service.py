"""The interpreter: a kernel for each conversation that runs code, kept as long as it is used."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from prosa.interpreter.errors import InterpreterBusy, InterpreterUnavailable
from prosa.interpreter.jail import why_not
from prosa.interpreter.kernel import Kernel, KernelDied
from prosa.interpreter.meeting import Meeting, Order
from prosa.interpreter.models import How, Made, Ran
from prosa.interpreter.settings import InterpreterSettings
from prosa.kit.clock import Clock

_logger = logging.getLogger("prosa.interpreter")
_LOOK: Final = 15.0  # seconds between two looks for idle kernels


Files = Callable[[], Awaitable[Sequence[Made]]]


async def nothing() -> Sequence[Made]:
    """No files."""
    return ()


@dataclass(slots=True)
class _Seat:
    """A kernel and whose it is."""

    space: str
    key: str
    number: int
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    kernel: Kernel | None = None
    used: float = 0.0  # on the monotonic clock


class Interpreter:
    """Runs cells. A key names whose state a cell goes on from: a conversation's id, say; nobody else's code sees it."""

    def __init__(self, settings: InterpreterSettings, clock: Clock, meeting: Path | None = None) -> None:
        """`meeting`: the folder in which the processes of a service find each other's kernels; None where there is but one."""
        self._meeting = None if meeting is None else Meeting(meeting, self._for_another)
        self._settings = settings
        self._clock = clock
        self._seats: dict[tuple[str, str], _Seat] = {}
        self._taking = asyncio.Lock()  # a seat: who makes room waits for a kernel to end
        self._watch: asyncio.Task[None] | None = None

    @property
    def settings(self) -> InterpreterSettings:
        """Its bounds."""
        return self._settings

    def why_not(self) -> str | None:
        """What is missing for running code here; None where nothing is. Cheap after the first time."""
        return why_not(self._settings)

    async def run(self, space: str, key: str, code: str, files: Files = nothing) -> Ran:
        """Run a cell in the kernel of this key, a new one where there is none; `files` are asked for then, and laid into it.

        Raises InterpreterUnavailable, InterpreterBusy.
        """
        reason = await asyncio.to_thread(self.why_not)
        if reason is not None:
            raise InterpreterUnavailable(reason)
        while True:
            if self._meeting is not None and (space, key) not in self._seats:
                elsewhere = await self._elsewhere(self._meeting, Order(space, key, code))
                if elsewhere is not None:
                    return elsewhere
            ran = await self._here(await self._seat(space, key), code, files)
            if ran is not None:
                return ran

    async def forget(self, space: str, key: str | None = None) -> None:
        """End the kernel of a key, or all of a space."""
        for place in [place for place in self._seats if place[0] == space and key in (None, place[1])]:
            await self._end(place)

    async def stop(self) -> None:
        """End all of them."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])
            self._watch = None
        for place in list(self._seats):
            await self._end(place)
        if self._meeting is not None:
            await self._meeting.close()

    async def _elsewhere(self, meeting: Meeting, order: Order) -> Ran | None:
        """What came of it in the process that has the kernel; None where the key is ours from now on."""
        while (owner := await meeting.claim(order.space, order.key)) is not None:
            ran = await meeting.ask(owner, order)
            if ran is not None:
                return ran
        return None

    async def _for_another(self, order: Order) -> Ran | None:
        seat = self._seats.get((order.space, order.key))
        if seat is None:
            self._leave(order.space, order.key)
            return None
        return await self._here(seat, order.code, nothing)

    async def _here(self, seat: _Seat, code: str, files: Files) -> Ran | None:
        """None where the seat was given up while others were in front."""
        async with seat.lock:
            if self._seats.get((seat.space, seat.key)) is not seat:
                return None
            try:
                return await self._ran(seat, code, files)
            finally:
                seat.used = self._clock.monotonic()
                if (seat.kernel is None or not seat.kernel.alive) and self._seats.get((seat.space, seat.key)) is seat:
                    del self._seats[seat.space, seat.key]
                    self._leave(seat.space, seat.key)

    def _leave(self, space: str, key: str) -> None:
        if self._meeting is not None:
            self._meeting.leave(space, key)

    async def _ran(self, seat: _Seat, code: str, files: Files) -> Ran:
        try:
            if seat.kernel is None or not seat.kernel.alive:
                seat.kernel = await Kernel.started(self._settings, seat.number)
                await seat.kernel.put(await files())
        except KernelDied:
            _logger.warning("a kernel of the code interpreter did not start")
            raise InterpreterUnavailable("its process does not start: see prosa doctor.") from None
        ran = await seat.kernel.run(code)
        if ran.how is How.DIED:
            _logger.info("a kernel of the code interpreter broke its bounds and was ended")
        return ran

    async def _seat(self, space: str, key: str) -> _Seat:
        async with self._taking:
            found = self._seats.get((space, key))
            if found is not None:
                return found
            await self._make_room(space)
            number = min(set(range(self._settings.kernels)) - {seat.number for seat in self._seats.values()})
            found = self._seats[space, key] = _Seat(space, key, number, used=self._clock.monotonic())
            self._begin_watch()
            return found

    async def _make_room(self, space: str) -> None:
        """Where the space, or all, have as many as they may, that ends which was unused for longest. Raises InterpreterBusy."""
        own = [place for place in self._seats if place[0] == space]
        for places, most in ((own, self._settings.space_kernels), (list(self._seats), self._settings.kernels)):
            if len(places) < most:
                continue
            idle = [place for place in places if not self._seats[place].lock.locked()]
            if not idle:
                raise InterpreterBusy
            await self._end(min(idle, key=lambda place: self._seats[place].used))
            return

    async def _end(self, place: tuple[str, str]) -> None:
        seat = self._seats.pop(place, None)
        if seat is not None:
            self._leave(*place)
            if seat.kernel is not None:
                await seat.kernel.end()

    def _begin_watch(self) -> None:
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._end_idle())

    async def _end_idle(self) -> None:
        while self._seats:
            await asyncio.sleep(_LOOK)
            before = self._clock.monotonic() - self._settings.idle_seconds
            for place, seat in list(self._seats.items()):
                if seat.used < before and not seat.lock.locked():
                    await self._end(place)
