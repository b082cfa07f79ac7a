"""A limiter in the memory of one process."""

from prosa.kit.clock import Clock
from prosa.usage.gcra import decide
from prosa.usage.models import NANOSECONDS, UNLIMITED, WINDOW, Decision


class MemoryLimiter:
    """Keeps at most `most` buckets, the last used ones; a bucket that is whole again is forgotten."""

    def __init__(self, clock: Clock, most: int = 100_000) -> None:
        self._clock = clock
        self._most = most
        self._arrivals: dict[str, int] = {}  # in the order of their last use

    def __len__(self) -> int:
        return len(self._arrivals)

    def take(self, bucket: str, per_minute: int, cost: float = 1.0) -> Decision:
        """See Limiter."""
        if per_minute <= 0:
            return UNLIMITED
        now = int(self._clock.monotonic() * NANOSECONDS)
        arrivals = self._arrivals
        known = arrivals.pop(bucket, None)
        if known is None:
            self._forget(now)
        decision, arrivals[bucket] = decide(known or 0, now, per_minute, cost)
        return decision

    def _forget(self, now: int) -> None:
        """Make room for one: the two oldest if they are over, the oldest in any case when there are too many."""
        arrivals = self._arrivals
        for _ in range(2):
            oldest = next(iter(arrivals), None)
            if oldest is None or now <= arrivals[oldest] <= now + WINDOW:
                break
            del arrivals[oldest]
        if len(arrivals) >= self._most:
            del arrivals[next(iter(arrivals))]
