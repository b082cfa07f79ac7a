"""From candidates to a plan."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from prosa.gateway.providers import configured
from prosa.gateway.routing import Attempt, Candidates, Weighted, ordered
from prosa.gateway.settings import ProviderSettings

OPENAI = configured(ProviderSettings(name="openai", kind="openai", api_key="sk-test"))


def attempt(name: str) -> Attempt:
    return Attempt(OPENAI, name, "test", f"openai/{name}")


def names(found: Candidates, draw: float = 0.0, broken: frozenset[str] = frozenset()) -> list[str]:
    return [one.model for one in ordered(found, lambda key: key not in broken, draw).attempts]


def test_fallbacks_follow_the_targets_in_their_order() -> None:
    found = Candidates("x", (Weighted(attempt("a")),), (attempt("b"), attempt("c")))
    assert names(found) == ["a", "b", "c"]


def test_an_open_circuit_is_passed_over_and_named() -> None:
    found = Candidates("x", (Weighted(attempt("a")),), (attempt("b"),))
    plan = ordered(found, lambda key: key != "openai/a", 0.0)
    assert [one.model for one in plan.attempts] == ["b"]
    assert [(one.target, "circuit" in one.reason) for one in plan.dropped] == [("openai/a", True)]


def test_when_every_circuit_is_open_the_first_is_tried_all_the_same() -> None:
    found = Candidates("x", (Weighted(attempt("a")),), (attempt("b"),))
    assert names(found, broken=frozenset({"openai/a", "openai/b"})) == ["a"]


def test_a_target_stands_once_even_when_it_is_its_own_fallback() -> None:
    assert names(Candidates("x", (Weighted(attempt("a")),), (attempt("a"), attempt("b")))) == ["a", "b"]


def test_weights_decide_how_often_a_target_comes_first() -> None:
    found = Candidates("x", (Weighted(attempt("a"), 3.0), Weighted(attempt("b"), 1.0)))
    counts = Counter(names(found, draw / 1000)[0] for draw in range(1000))
    assert counts == {"a": 750, "b": 250}


@given(st.lists(st.floats(0.01, 10), min_size=1, max_size=6), st.floats(0, 0.999999))
def test_every_target_is_in_the_plan_once_whatever_the_draw(weights: list[float], draw: float) -> None:
    targets = tuple(Weighted(attempt(str(index)), weight) for index, weight in enumerate(weights))
    assert sorted(names(Candidates("x", targets), draw)) == sorted(str(index) for index in range(len(weights)))
