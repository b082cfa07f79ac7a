"""What a limiter answers, and what it is."""

from typing import NamedTuple, Protocol

NANOSECONDS = 1_000_000_000
WINDOW = 60 * NANOSECONDS  # limits are told per minute


class Decision(NamedTuple):
    """One answer of a limiter. Times in seconds; `limit` 0 means that there is none."""

    allowed: bool
    limit: int
    remaining: int
    reset_seconds: float  # until the whole number is free again
    retry_after: float  # until the next call passes; 0.0 where this one did


UNLIMITED = Decision(True, 0, 0, 0.0, 0.0)


class Limiter(Protocol):
    """Counts calls by bucket."""

    def take(self, bucket: str, per_minute: int, cost: float = 1.0) -> Decision:
        """Take `cost` calls out of the bucket if they are there; a refusal takes nothing. `per_minute` 0: no limit.

        Raises LimiterUnavailable where the count can't be kept.
        """
        ...
