"""Time, as something that can be handed in."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time: `now` in seconds since 1970 for records, `monotonic` in seconds for time-outs and limits."""

    def now(self) -> float: ...

    def monotonic(self) -> float: ...


class SystemClock:
    """The machine's own clocks."""

    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)
