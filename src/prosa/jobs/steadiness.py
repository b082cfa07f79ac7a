"""Whether the clock can be trusted with what cannot be undone.

A clock that leaps (a flat battery, a wrong time server, a restored machine) makes everything old at once. So it is noted down
every hour, and held against the monotonic one meanwhile; after a leap of more than a day, forward or back, nothing is purged
before it has gone on for a day without another. A server that was off for longer than a day can't be told from one whose clock
leapt: there, too, purging begins a day later.
"""

import logging
from typing import Final

from prosa.jobs.store import JobStore
from prosa.kit.clock import Clock

_logger: Final = logging.getLogger("prosa.jobs")
LEAP: Final = 86_400.0
TRIAL: Final = 86_400.0  # seconds that a clock has to go on for after a leap
NOTED: Final = 3600.0  # seconds between two notes


class Steadiness:
    """One per process; what it finds is shared by the database."""

    def __init__(self, store: JobStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._last: tuple[float, float] | None = None  # the wall clock and the monotonic one at the last look

    async def look(self) -> None:
        """Note the clock, if it is time. Raises DatabaseUnavailable."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        noted = await self._store.clock()
        last, self._last = self._last, (now, monotonic)
        if noted is None:
            await self._store.note_clock(now, now - TRIAL)  # a new installation has nothing that is old
            return
        seen, steady = noted
        leap = now - seen
        if last is not None and abs((now - last[0]) - (monotonic - last[1])) > LEAP:
            leap = (now - last[0]) - (monotonic - last[1])
        if abs(leap) > LEAP:
            _logger.warning(
                "the clock leapt by %.1f days, or nobody looked for so long: nothing is purged for a day", leap / LEAP
            )
            await self._store.note_clock(now, now)
        elif abs(now - seen) >= NOTED:
            await self._store.note_clock(now, min(steady, now))

    async def paused(self) -> float | None:
        """Until when nothing may be purged, in seconds since 1970; None: nothing is in the way. Raises DatabaseUnavailable."""
        await self.look()
        noted = await self._store.clock()
        return until(noted, self._clock.now())


def until(noted: tuple[float, float] | None, now: float) -> float | None:
    """The same from what was noted."""
    if noted is None:
        return now + TRIAL
    ends = noted[1] + TRIAL
    return ends if now < ends or abs(now - noted[0]) > LEAP else None
