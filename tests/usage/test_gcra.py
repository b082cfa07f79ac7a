"""The limiter's arithmetic against a plain account of it."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prosa.usage import Decision, MemoryLimiter
from prosa.usage.gcra import decide

SECOND = 1_000_000_000


class Oracle:
    """A bucket that holds `number` calls and fills evenly: the token-bucket reading of the same rule, in exact fractions."""

    def __init__(self, number: int) -> None:
        self.rate = Fraction(1, 60 * SECOND // number)
        self.size = Fraction(number)
        self.level, self.last = self.size, 0

    def take(self, now: int, cost: int) -> bool:
        self.level = min(self.size, self.level + (now - self.last) * self.rate)
        self.last = now
        if self.level < cost:
            return False
        self.level -= cost
        return True


@settings(max_examples=200, deadline=None)
@given(
    number=st.integers(1, 1000),
    calls=st.lists(st.tuples(st.integers(0, 5 * SECOND), st.integers(1, 3)), min_size=1, max_size=150),
)
def test_it_decides_as_a_bucket_that_fills_evenly_does(number: int, calls: list[tuple[int, int]]) -> None:
    oracle, arrival, now = Oracle(number), 0, 1
    oracle.last = now
    for wait, cost in calls:
        now += wait
        decision, arrival = decide(arrival, now, number, float(cost))
        assert decision.allowed == oracle.take(now, cost)
        assert decision.remaining == int(oracle.level)
        if not decision.allowed and cost == 1:
            again = now + round(decision.retry_after * SECOND)
            assert decide(arrival, again + 2, number, 1.0)[0].allowed
            assert not decide(arrival, max(now, again - 2_000), number, 1.0)[0].allowed or decision.retry_after < 3e-6


@pytest.mark.contract("B11", "S07", "A26", "C39")
def test_sixty_pass_at_once_and_then_one_a_second() -> None:
    arrival, now, passed = 0, 77 * SECOND, 0
    for _ in range(200):
        decision, arrival = decide(arrival, now, 60, 1.0)
        passed += decision.allowed
    assert passed == 60
    assert decision == Decision(False, 60, 0, 60.0, 1.0)
    for _ in range(5):
        now += SECOND
        assert decide(arrival, now - 1, 60, 1.0)[0].allowed is False
        decision, arrival = decide(arrival, now, 60, 1.0)
        assert decision.allowed
        assert decide(arrival, now, 60, 1.0)[0].allowed is False


def test_a_time_from_another_boot_of_the_machine_counts_as_none() -> None:
    decision, _ = decide(10_000 * SECOND, 5 * SECOND, 60, 1.0)
    assert decision.allowed and decision.remaining == 59


def test_a_refusal_takes_nothing() -> None:
    arrival = decide(0, SECOND, 2, 2.0)[1]
    for _ in range(50):
        decision, arrival = decide(arrival, SECOND, 2, 1.0)
        assert not decision.allowed and decision.retry_after == 30.0


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time


def test_memory_is_bounded_and_forgets_whole_buckets() -> None:
    clock = Clock()
    limiter = MemoryLimiter(clock, most=100)
    for number in range(1000):
        assert limiter.take(f"b{number}", 60).allowed
    assert len(limiter) == 100
    clock.time += 61
    for number in range(100):
        limiter.take(f"c{number}", 60)
    assert len(limiter) <= 100
    clock.time += 61
    for _ in range(60):
        limiter.take("d", 60)
    assert len(limiter) <= 100 and not limiter.take("d", 60).allowed


def test_no_limit_is_no_limit() -> None:
    limiter = MemoryLimiter(Clock())
    assert all(limiter.take("b", 0).allowed for _ in range(1000))
    assert len(limiter) == 0
