"""What an answer tells of its rate limit: OpenAI's header fields, or the plain ones."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from prosa.api.edge.asgi import Header
from prosa.usage import Decision


@dataclass(frozen=True, slots=True)
class RateStyle:
    """The names of the three fields (number a minute, what is left, time until it is whole) and how that time is told."""

    names: tuple[bytes, bytes, bytes]
    told: Callable[[float], bytes]

    def headers(self, decision: Decision) -> tuple[Header, ...]:
        """The fields one by one."""
        limit, remaining, reset = self.names
        return (
            (limit, b"%d" % decision.limit),
            (remaining, b"%d" % decision.remaining),
            (reset, self.told(decision.reset_seconds)),
        )

    def lines(self, decision: Decision) -> bytes:
        """The fields as lines of a head."""
        limit, remaining, reset = self.names
        values = (limit, decision.limit, remaining, decision.remaining, reset, self.told(decision.reset_seconds))
        return b"%b: %d\r\n%b: %d\r\n%b: %b\r\n" % values


def _duration(seconds: float) -> bytes:
    """As OpenAI writes it: `20ms`, `1s`, `6m0s`."""
    milliseconds = math.ceil(seconds * 1000)
    if milliseconds < 1000:
        return b"%dms" % milliseconds
    minutes, rest = divmod(math.ceil(seconds), 60)
    return b"%dm%ds" % (minutes, rest) if minutes else b"%ds" % rest


def _seconds(seconds: float) -> bytes:
    """Whole seconds from now."""
    return b"%d" % math.ceil(seconds)


_PREFIX = b"x-ratelimit-"
OPENAI = RateStyle((_PREFIX + b"limit-requests", _PREFIX + b"remaining-requests", _PREFIX + b"reset-requests"), _duration)
PLAIN = RateStyle((_PREFIX + b"limit", _PREFIX + b"remaining", _PREFIX + b"reset"), _seconds)
