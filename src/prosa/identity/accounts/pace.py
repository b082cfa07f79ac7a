"""An answer's time that tells nothing: what was done for it takes a whole number of half seconds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from math import ceil
from typing import Final, TypeVar

from prosa.kit.clock import Clock

STEP: Final = 0.5  # seconds

T = TypeVar("T")


class Pace:
    """Measures one attempt from its beginning. Time in a queue is everybody's alike, so that it isn't rounded."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started = clock.monotonic()
        self._waited = 0.0

    @asynccontextmanager
    async def past(self, queue: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
        """Enter what stands behind a queue; until then the attempt waits."""
        came = self._clock.monotonic()
        async with queue as entered:
            self._waited += self._clock.monotonic() - came
            yield entered

    async def even_out(self) -> None:
        """Wait until the work has taken a whole number of steps."""
        worked = self._clock.monotonic() - self._started - self._waited
        until = self._started + self._waited + STEP * max(1, ceil(worked / STEP))
        await asyncio.sleep(until - self._clock.monotonic())
