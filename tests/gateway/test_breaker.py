"""Circuits, and which failures open them."""

import pytest

from prosa.drivers.outbound import AnswerTooLarge, ConnectFailed, FirstByteTimeout
from prosa.gateway.breaker import Breaker
from prosa.gateway.errors import ProviderFault
from prosa.gateway.retry import elsewhere, opens_circuit, pause
from prosa.kit.errors import BadRequest, ProsaError


class Hand:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at


def opened() -> tuple[Breaker, Hand]:
    clock = Hand()
    breaker = Breaker(clock, threshold=3, seconds=60)
    for _ in range(3):
        breaker.failed("a")
    return breaker, clock


@pytest.mark.contract("S29")
def test_a_circuit_opens_after_its_failures_in_a_row_and_closes_by_itself() -> None:
    breaker, clock = opened()
    assert not breaker.closed("a") and breaker.open_targets() == ("a",)
    clock.at = 60
    assert breaker.closed("a")


def test_a_success_between_failures_starts_the_count_again() -> None:
    breaker = Breaker(Hand(), threshold=2, seconds=60)
    breaker.failed("a")
    breaker.succeeded("a")
    breaker.failed("a")
    assert breaker.closed("a")


def test_an_open_circuit_lets_one_trial_through_at_a_time() -> None:
    breaker, clock = opened()
    clock.at = 61
    breaker.begin("a")
    assert not breaker.closed("a")
    breaker.succeeded("a")
    assert breaker.closed("a")


def test_a_failed_trial_keeps_the_circuit_open() -> None:
    breaker, clock = opened()
    clock.at = 61
    breaker.begin("a")
    breaker.failed("a")
    assert not breaker.closed("a")


def test_a_trial_that_told_nothing_is_given_back() -> None:
    breaker, clock = opened()
    clock.at = 61
    before = breaker.begin("a")
    assert not breaker.closed("a")
    breaker.spared("a", before)
    assert breaker.closed("a")


def test_a_call_that_told_nothing_does_not_open_what_is_closed_nor_close_what_is_open() -> None:
    breaker, clock = opened()
    clock.at = 30
    breaker.spared("a", breaker.begin("a"))
    assert not breaker.closed("a")
    clock.at = 60
    assert breaker.closed("a")
    breaker.spared("b", breaker.begin("b"))
    assert breaker.open_targets() == ()


@pytest.mark.attack("J9")
def test_names_that_callers_invent_are_forgotten_again() -> None:
    breaker = Breaker(Hand(), threshold=1, seconds=60)
    for number in range(10_000):
        breaker.failed(f"alpha/{number}")
    assert len(breaker.open_targets()) == len(breaker._failures) == 4096
    assert not breaker.closed("alpha/9999") and breaker.closed("alpha/0")


@pytest.mark.parametrize(
    ("error", "same", "other", "counts"),
    [
        (ConnectFailed("x"), True, True, True),
        (FirstByteTimeout("x"), False, True, True),
        (AnswerTooLarge("x"), False, False, False),
        (ProviderFault("x"), True, True, True),
        (ProviderFault("x", status=503, code="provider_auth"), False, True, False),
        (ProviderFault("x", status=429, code="provider_rate_limited", retry_after=2), True, True, False),
        (ProviderFault("x", status=429, code="provider_rate_limited", retry_after=60), False, True, False),
        (ProviderFault("x", status=400, code="invalid_request", retriable=False), False, False, False),
        (ProviderFault("x", status=404, code="model_not_found", retriable=False), False, True, False),
        (BadRequest("x"), False, False, False),
    ],
)
def test_each_failure_is_repeated_passed_on_or_final(error: ProsaError, same: bool, other: bool, counts: bool) -> None:
    assert (pause(error, 0, 2) is not None) is same
    assert elsewhere(error) is other
    assert opens_circuit(error) is counts
    assert pause(error, 2, 2) is None
