"""Filters by attributes."""

from typing import Any

import pytest

from prosa.knowledge import StoreFieldRefused
from prosa.knowledge.stores.filters import DEEPEST, MOST, matches, parsed

FILE: dict[str, str | float | bool] = {"year": 2026, "topic": "burros", "signed": True, "price": 1.5}


def one(type: str, key: str, value: Any) -> dict[str, Any]:
    return {"type": type, "key": key, "value": value}


@pytest.mark.parametrize(
    ("document", "passes"),
    [
        (one("eq", "year", 2026), True),
        (one("eq", "year", 2026.0), True),
        (one("eq", "year", "2026"), False),
        (one("eq", "signed", 1), False),
        (one("eq", "signed", True), True),
        (one("ne", "topic", "mulas"), True),
        (one("ne", "nothing", "x"), True),
        (one("eq", "nothing", "x"), False),
        (one("gt", "year", 2025), True),
        (one("gte", "year", 2026), True),
        (one("lt", "price", 1.5), False),
        (one("lte", "price", 1.5), True),
        (one("gt", "topic", "aves"), True),
        (one("gt", "topic", 3), False),
        (one("gt", "nothing", 3), False),
        (one("in", "year", [2025, 2026]), True),
        (one("in", "year", []), False),
        (one("nin", "year", [2025, 2026]), False),
        (one("nin", "nothing", ["x"]), True),
        ({"type": "and", "filters": [one("eq", "year", 2026), one("eq", "topic", "mulas")]}, False),
        ({"type": "or", "filters": [one("eq", "year", 2026), one("eq", "topic", "mulas")]}, True),
    ],
)
def test_a_filter_leaves_what_openai_s_would(document: dict[str, Any], passes: bool) -> None:
    assert matches(parsed(document), FILE) is passes


def nested(depth: int) -> dict[str, Any]:
    document = one("eq", "year", 2026)
    for _ in range(depth):
        document = {"type": "and", "filters": [document]}
    return document


@pytest.mark.parametrize(
    ("document", "param"),
    [
        ([], "filters"),
        ({"type": "like", "key": "a", "value": "b"}, "filters.type"),
        ({"type": ["eq"], "key": "a", "value": "b"}, "filters.type"),
        (one("eq", "", 1), "filters.key"),
        (one("eq", "a", None), "filters.value"),
        (one("eq", "a", {"b": 1}), "filters.value"),
        (one("in", "a", "b"), "filters.value"),
        (one("eq", "a", 1) | {"more": 1}, "filters.more"),
        ({"type": "and", "filters": []}, "filters.filters"),
        ({"type": "or", "filters": [one("eq", "a", [])]}, "filters.filters[0].value"),
        ({"type": "or", "filters": [one("eq", "a", 1)] * (MOST + 1)}, "filters"),
        (
            {"type": "or", "filters": [{"type": "and", "filters": [one("eq", "a", 1)] * MOST}] * 2},
            "filters.filters[1].filters[0]",
        ),
    ],
)
def test_what_is_no_filter_is_refused_and_names_the_field(document: Any, param: str) -> None:
    with pytest.raises(StoreFieldRefused) as refused:
        parsed(document)
    assert refused.value.param == param


@pytest.mark.attack("J6")
def test_filters_are_nested_so_deep_and_no_deeper() -> None:
    assert matches(parsed(nested(DEEPEST - 1)), FILE)
    with pytest.raises(StoreFieldRefused):
        parsed(nested(DEEPEST))
