"""One timer for all time-outs: calls cost a set entry each instead of timers of their own."""

import asyncio
from collections.abc import Callable
from typing import Protocol

_COARSEST = 1.0
_FINEST = 0.01
_IDLE = 5.0


class Watched(Protocol):
    """Something under time-outs."""

    patience: float  # the smallest of its time-outs in seconds: how finely it must be looked at

    def check(self, now: float) -> None:
        """End it when it is overdue at loop time `now`."""
        ...


class Sweeper:
    """Looks at everything under time-outs, an eighth of the smallest time-out in use apart, and only while there is any.

    `expire(now)` is asked at each look and, while it says that idle connections remain, at least every five seconds.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, expire: Callable[[float], bool]) -> None:
        self._loop = loop
        self._expire = expire
        self._watched: set[Watched] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._interval = _COARSEST

    def watch(self, call: Watched) -> None:
        """Look at this call from now on."""
        self._watched.add(call)
        if self._timer is None or call.patience < self._interval * 8:
            self._hurry(call.patience)

    def forget(self, call: Watched) -> None:
        """Look at it no more; also right for one that isn't watched."""
        self._watched.discard(call)

    def idle(self) -> None:
        """A connection fell idle: see that somebody looks."""
        if self._timer is None:
            self._arm(_IDLE)

    def stop(self) -> None:
        """No more looks."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._watched.clear()

    def _hurry(self, patience: float) -> None:
        interval = max(_FINEST, min(_COARSEST, patience / 8))
        if self._timer is None or interval < self._interval:
            self._arm(interval)

    def _arm(self, interval: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._interval = interval
        self._timer = self._loop.call_later(interval, self._look)

    def _look(self) -> None:
        self._timer = None
        now = self._loop.time()
        finest = _COARSEST * 8
        for call in list(self._watched):
            call.check(now)
            if call.patience < finest:
                finest = call.patience
        idle = self._expire(now)
        if self._watched:
            self._hurry(finest)
        elif idle:
            self.idle()
