"""The generic cell rate algorithm: one number a bucket, the time at which its calls would be evenly spread.

In whole nanoseconds, so that sixty calls of a second each are exactly a minute. The number of a minute passes at once, then
one call each `60 / number` seconds (B11, S07).
"""

from math import ceil

from prosa.usage.models import NANOSECONDS, WINDOW, Decision


def decide(arrival: int, now: int, per_minute: int, cost: float) -> tuple[Decision, int]:
    """The decision on a call at `now` and the bucket's new theoretical arrival time; the old one where the call is refused.

    `arrival` is the stored time (0: none), both in nanoseconds of one monotonic clock. A stored time that lies further ahead than
    a full bucket can is from another boot of the machine, or torn: it counts as none.
    """
    interval = WINDOW // per_minute
    burst = interval * per_minute
    if arrival < now or arrival > now + burst:
        arrival = now
    step = interval if cost == 1.0 else ceil(interval * cost)
    after = arrival + step
    ahead = after - now
    if ahead > burst:
        left = (burst - (arrival - now)) // interval
        return Decision(False, per_minute, left, (arrival - now) / NANOSECONDS, (ahead - burst) / NANOSECONDS), arrival
    return Decision(True, per_minute, (burst - ahead) // interval, ahead / NANOSECONDS, 0.0), after
