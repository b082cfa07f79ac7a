"""This process's lease, and the look for runs that nobody drives: each process looks, and no queue stands between."""

import asyncio
import logging
import secrets
from typing import Final, Protocol

from prosa.events import Look, Signals
from prosa.kit.clock import Clock
from prosa.kit.errors import ProsaError
from prosa.kit.ids import new_object_id
from prosa.runs.lease_store import LeaseStore
from prosa.runs.models import Run
from prosa.runs.settings import RunSettings

_logger = logging.getLogger("prosa.runs")
TOPIC: Final = "runs"  # signalled when runs may be without a driver, or have another one
OWN_SECONDS: Final = 0.25  # between two looks at what this process drives
REST_SECONDS: Final = 0.8  # between two looks at what nobody drives, a little more or less
TRIM_SECONDS: Final = 60.0
TIME_SECONDS: Final = 5.0
DAY: Final = 24 * 3600.0


def micros(seconds: float) -> int:
    """Whole microseconds."""
    return round(seconds * 1_000_000)


class Driving(Protocol):
    """What the keeper asks of the engine."""

    def driven(self) -> dict[str, int]:
        """The fence of each run that is driven here, or about to be, by its id."""
        ...

    def lost(self, run_id: str) -> None:
        """Somebody else drives it, or has ended it."""
        ...

    async def adopt(self, run: Run) -> None:
        """Drive a run that nobody drives, unless somebody else is faster."""
        ...

    async def expire(self, run: Run) -> None:
        """End a run that waited in vain, unless somebody comes for it in this moment."""
        ...


class Keeper:
    """Renews the lease while this process drives anything, and looks for what nobody drives."""

    def __init__(self, store: LeaseStore, signals: Signals, settings: RunSettings, clock: Clock) -> None:
        self.driver = new_object_id()
        self._store = store
        self._signals = signals
        self._settings = settings
        self._clock = clock
        self._service = self.driver
        self._offset = 0
        self._until = 0  # of the lease, by the database's clock
        self._asked = False  # for a lease, whatever came of it
        self._renewing: asyncio.Task[None] | None = None
        self._look: Look | None = None
        self._next_rest = 0.0
        self._next_trim = 0.0
        self._next_time = float("-inf")
        self._ready = False
        self._sole = False
        self._driving: Driving | None = None

    def now(self) -> int:
        """Microseconds since 1970 by the clock that the processes share."""
        return micros(self._clock.now()) + self._offset

    def start(self, driving: Driving, service: str | None, *, sole: bool) -> None:
        """Begin to look. `service` names the start that its workers share; `sole`: no other service uses this database."""
        self._driving = driving
        self._service = service or self.driver
        self._sole = sole
        self._look = Look(self._ask, self._signals, TOPIC, OWN_SECONDS)
        self._look.start()

    async def hold(self) -> None:
        """Have a lease that is good for a while; renewed from then on. Raises DatabaseUnavailable."""
        if self._until - self.now() > micros(self._settings.lease_seconds) // 3:
            return
        await self._renew()

    async def _tell_time(self) -> None:
        """Hold the own clock against the one that the processes share, now and then."""
        if self._clock.monotonic() >= self._next_time:
            self._offset = await self._store.offset(micros(self._clock.now()))
            self._next_time = self._clock.monotonic() + TIME_SECONDS

    async def _renew(self) -> None:
        await self._tell_time()
        until = self.now() + micros(self._settings.lease_seconds)
        self._asked = True
        await self._store.renew(self.driver, self._service, until)
        self._until = until

    async def alive(self, driver: str) -> bool:
        """Whether this driver's lease holds."""
        return await self._store.alive(driver, self.now())

    async def stop(self) -> None:
        """Look no more, and leave what was driven here to the others."""
        if self._look is not None:
            await self._look.stop()
            self._look = None
        if self._asked:
            self._asked, self._until = False, 0
            try:
                await self._store.leave(self.driver)
            except ProsaError:
                _logger.warning("the lease could not be given back; others take over when it runs out")
            self._signals.publish(TOPIC)

    async def _ask(self) -> None:
        assert self._driving is not None
        driven = self._driving.driven()
        if self._until:
            # Also what it doesn't know of: a start of which nobody could tell whether it was written.
            held = await self._store.mine(self.driver)
            for run_id, fence in driven.items():
                if fence and held.get(run_id) != fence:
                    await self._recheck(run_id, fence)
            if driven or held:
                await self.hold()
        if self._clock.monotonic() >= self._next_rest:
            self._next_rest = self._clock.monotonic() + REST_SECONDS * (0.75 + secrets.randbelow(1000) / 2000)
            await self._look_around()

    async def _recheck(self, run_id: str, fence: int) -> None:
        """It may have been ended by its very driver, or have changed hands here, since the question was asked."""
        assert self._driving is not None
        found = await self._store.run(run_id)
        ended_here = bool(found) and found[0].fence == fence
        if not ended_here and self._driving.driven().get(run_id) == fence:
            self._driving.lost(run_id)

    async def _look_around(self) -> None:
        assert self._driving is not None
        if not self._ready:
            await self._store.check_ready()  # raises while another process brings the database up to date
            self._ready = True
        await self._tell_time()
        if self._sole:
            await self._store.forget_others(self._service)
            self._sole = False
        driven = self._driving.driven()
        now = self.now()
        found = [*await self._store.orphans(now), *await self._store.next_in_line()]
        if self._until:
            held = await self._store.mine(self.driver)
            found += [run for run_id in held if run_id not in driven for run in await self._store.run(run_id)]
        secrets.SystemRandom().shuffle(found)  # those that look at the same moment begin with different ones
        for run in found:
            if run.id not in driven:
                await self._driving.adopt(run)
        for run in await self._store.overdue(now):
            await self._driving.expire(run)
        if self._clock.monotonic() >= self._next_trim:
            self._next_trim = self._clock.monotonic() + TRIM_SECONDS
            await self._trim()

    async def _trim(self) -> None:
        for run_id in await self._store.old(self.now() - micros(self._settings.log_seconds)):
            await self._store.trim(run_id)
        await self._store.sweep(self.now() - micros(DAY))
