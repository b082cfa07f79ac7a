"""Why a call is put off."""

from prosa.kit.errors import ProsaError, Unavailable


class RateLimited(ProsaError):
    """More calls than the limit lets through. `retry_after` says in seconds when the next one passes."""

    code = "rate_limit_exceeded"
    status = 429
    kind = "rate_limit_error"

    def __init__(self, retry_after: float) -> None:
        super().__init__("Rate limit exceeded", retry_after=retry_after)


class LimiterUnavailable(Unavailable):
    """The shared count can't be used: nothing is let through, for a limit that nobody counts is none."""

    code = "limiter_unavailable"

    def __init__(self) -> None:
        super().__init__("The rate limiter is not available.", retry_after=1.0)
