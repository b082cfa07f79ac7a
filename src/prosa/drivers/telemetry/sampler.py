"""What is looked at from time to time: how late the event loop runs, and the workers' common figures."""

import asyncio
from collections.abc import Callable

from prosa.drivers.telemetry.metrics import Metrics


class LoopSampler:
    """Every `every` seconds: measures how late its timer ran, then calls `also` (the writing of shared figures)."""

    def __init__(self, metrics: Metrics, also: Callable[[], None] | None = None, every: float = 1.0) -> None:
        self._metrics = metrics
        self._also = also
        self._every = every
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin, in the running loop."""
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._every, self._look, loop, loop.time() + self._every)

    def stop(self) -> None:
        """End, with a last call of `also`."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            if self._also is not None:
                self._also()

    def _look(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        self._metrics.lag.observe(max(0.0, loop.time() - due))
        if self._also is not None:
            self._also()
        self._timer = loop.call_later(self._every, self._look, loop, loop.time() + self._every)
