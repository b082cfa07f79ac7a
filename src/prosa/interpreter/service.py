"""The interpreter: a kernel for each conversation that runs code, kept as long as it is used."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from prosa.interpreter.errors import InterpreterBusy, InterpreterUnavailable
from prosa.interpreter.jail import Obstacle, obstacle, why_not
from prosa.interpreter.kernel import Kernel, KernelDied
from prosa.interpreter.meeting import Meeting, Order, Told
from prosa.interpreter.models import How, Made, Ran
from prosa.interpreter.settings import InterpreterSettings
from prosa.kit.clock import Clock

_logger = logging.getLogger("prosa.interpreter")
_LOOK: Final = 15.0  # seconds between two looks for idle kernels


async def _nothing(_ids: Sequence[str]) -> Mapping[str, Made]:
    return {}


@dataclass(frozen=True, slots=True)
class Files:
    """What a cell finds in its folder: names that tell files apart, and how those are fetched that a kernel hasn't had yet. What
    isn't there any more is missing in the answer."""

    ids: tuple[str, ...] = ()
    fetch: Callable[[Sequence[str]], Awaitable[Mapping[str, Made]]] = _nothing


NO_FILES: Final = Files()


@dataclass(slots=True)
class _Seat:
    """A kernel and whose it is."""

    space: str
    key: str
    number: int
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    kernel: Kernel | None = None
    used: float = 0.0  # on the monotonic clock
    laid: set[str] = field(default_factory=set)  # the files that its kernel has had


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

    async def obstacle(self) -> tuple[Obstacle, str] | None:
        """The same with its name, looked for beside the requests."""
        return await asyncio.to_thread(obstacle, self._settings)

    async def run(self, space: str, key: str, code: str, files: Files = NO_FILES) -> Ran:
        """Run a cell in the kernel of this key, a new one where there is none; files that it hasn't had are laid into it before.

        Raises InterpreterUnavailable, InterpreterBusy.
        """
        reason = await asyncio.to_thread(self.why_not)
        if reason is not None:
            raise InterpreterUnavailable(reason)
        while True:
            if self._meeting is not None and (space, key) not in self._seats:
                elsewhere = await self._elsewhere(self._meeting, Order(space, key, code, list(files.ids)), files)
                if elsewhere is not None:
                    return elsewhere
            ran = await self._here(await self._seat(space, key), code, files)
            if ran is not None:
                return ran

    def knows(self, space: str, key: str) -> bool:
        """Whether this key has a kernel now, in whichever process."""
        return (space, key) in self._seats or (self._meeting is not None and self._meeting.owner(space, key) is not None)

    def holds(self, space: str) -> bool:
        """Whether this process has a kernel of a space."""
        return any(place[0] == space for place in self._seats)

    async def forget(self, space: str, key: str | None = None) -> None:
        """End the kernel of a key, in whichever process it is; or all of a space that are in this one."""
        for place in [place for place in self._seats if place[0] == space and key in (None, place[1])]:
            await self._end(place)
        owner = None if self._meeting is None or key is None else self._meeting.owner(space, key)
        if self._meeting is not None and key is not None and owner is not None:
            await self._meeting.ask(owner, Order(space, key, "", forget=True))

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

    async def _elsewhere(self, meeting: Meeting, order: Order, files: Files) -> Ran | None:
        """What came of it in the process that has the kernel; None where the key is ours from now on."""
        while (owner := await meeting.claim(order.space, order.key)) is not None:
            told = await meeting.ask(owner, order)
            if told is not None and told.missing:
                order.files = dict.fromkeys(told.missing) | dict(await files.fetch(told.missing))
                told = await meeting.ask(owner, order)
            if told is not None and told.ran is not None:
                return told.ran
        return None

    async def _for_another(self, order: Order) -> Told:
        if order.forget:
            await self._end((order.space, order.key))
        seat = self._seats.get((order.space, order.key))
        if seat is None:
            self._leave(order.space, order.key)
            return Told()
        missing = [id for id in order.ids if id not in seat.laid and id not in order.files]
        if missing:
            return Told(missing=missing)

        async def fetch(ids: Sequence[str]) -> Mapping[str, Made]:
            return {id: made for id in ids if (made := order.files.get(id)) is not None}

        return Told(await self._here(seat, order.code, Files(tuple(order.ids), fetch)))

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
                seat.kernel, seat.laid = await Kernel.started(self._settings, seat.number), set()
            missing = [id for id in files.ids if id not in seat.laid]
            if missing:
                await seat.kernel.put(list((await files.fetch(missing)).values()))
                seat.laid.update(missing)
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
