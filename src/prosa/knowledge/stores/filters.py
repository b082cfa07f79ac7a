"""Filters by attributes: comparisons, joined by `and` and `or` (OpenAI's ComparisonFilter and CompoundFilter); pure."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from prosa.knowledge.stores.errors import StoreFieldRefused
from prosa.knowledge.stores.models import Attributes

Value = str | float | bool
DEEPEST: Final = 8
MOST: Final = 100  # comparisons of one filter
MOST_VALUES: Final = 1_000  # of a list
LONGEST_KEY: Final = 64
LONGEST_VALUE: Final = 512
_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_LISTS: Final = frozenset({"in", "nin"})
_COMPARISONS: Final = frozenset({"eq", "ne", *_ORDER, *_LISTS})
_COMPOUNDS: Final = frozenset({"and", "or"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """One attribute against a value, or a list of them."""

    type: str
    key: str
    value: Value | tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Compound:
    """Several filters, of which all or one must hold."""

    type: str
    filters: "tuple[Filter, ...]"


Filter = Comparison | Compound


def parsed(document: object, param: str = "filters") -> Filter:
    """A filter of decoded JSON. Raises StoreFieldRefused that names the field."""
    return _Parser().filter(document, param, 1)


def matches(filter: Filter, attributes: Attributes) -> bool:
    """Whether a file with these attributes passes. What it lacks equals nothing, and lies in no list."""
    if isinstance(filter, Compound):
        among = (matches(each, attributes) for each in filter.filters)
        return all(among) if filter.type == "and" else any(among)
    found, value = attributes.get(filter.key), filter.value
    if isinstance(value, tuple):
        return any(_equal(found, each) for each in value) is (filter.type == "in")
    if filter.type in ("eq", "ne"):
        return _equal(found, value) is (filter.type == "eq")
    return found is not None and _kind(found) == _kind(value) and _ORDER[filter.type](found, value)


def _equal(found: Value | None, value: Value) -> bool:
    return found is not None and _kind(found) == _kind(value) and found == value


def _kind(value: Value) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "string" if isinstance(value, str) else "number"


class _Parser:
    """Reads one filter, and counts what is in it."""

    def __init__(self) -> None:
        self._left = MOST

    def filter(self, document: object, param: str, depth: int) -> Filter:
        """A filter at this place."""
        if not isinstance(document, dict):
            raise StoreFieldRefused(f"{param}: expected an object.", param=param)
        kind = document.get("type")
        if isinstance(kind, str) and kind in _COMPOUNDS:
            return self._compound(document, param, depth)
        if not isinstance(kind, str) or kind not in _COMPARISONS:
            known = ", ".join(sorted(_COMPARISONS | _COMPOUNDS))
            raise StoreFieldRefused(f"{param}.type: expected one of {known}.", param=f"{param}.type")
        return self._comparison(document, param)

    def _compound(self, document: dict[str, object], param: str, depth: int) -> Compound:
        _only(document, {"type", "filters"}, param)
        inner = document.get("filters")
        if not isinstance(inner, list) or not inner:
            raise StoreFieldRefused(f"{param}.filters: expected a list of filters.", param=f"{param}.filters")
        if depth >= DEEPEST:
            raise StoreFieldRefused(f"{param}: filters may be nested {DEEPEST} levels deep.", param=param)
        if len(inner) > MOST:
            raise _too_many(param)
        found = tuple(self.filter(each, f"{param}.filters[{index}]", depth + 1) for index, each in enumerate(inner))
        return Compound(str(document["type"]), found)

    def _comparison(self, document: dict[str, object], param: str) -> Comparison:
        _only(document, {"type", "key", "value"}, param)
        self._left -= 1
        if self._left < 0:
            raise _too_many(param)
        kind, key, value = str(document["type"]), document.get("key"), document.get("value")
        if not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY:
            raise StoreFieldRefused(f"{param}.key: expected from 1 to {LONGEST_KEY} characters.", param=f"{param}.key")
        place = f"{param}.value"
        if kind not in _LISTS:
            return Comparison(kind, key, _value(value, place))
        if not isinstance(value, list) or len(value) > MOST_VALUES:
            raise StoreFieldRefused(f"{place}: expected a list of at most {MOST_VALUES} values.", param=place)
        return Comparison(kind, key, tuple(_value(each, place) for each in value))


def _value(value: object, place: str) -> Value:
    if isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= LONGEST_VALUE):
        return value
    told = f"{place}: expected a string of at most {LONGEST_VALUE} characters, a number or a boolean."
    raise StoreFieldRefused(told, param=place)


def _only(document: dict[str, object], known: set[str], param: str) -> None:
    for name in document:
        if name not in known:
            place = f"{param}.{name[:64]}"
            raise StoreFieldRefused(f"{place}: there is no such field.", param=place)


def _too_many(param: str) -> StoreFieldRefused:
    return StoreFieldRefused(f"{param}: expected at most {MOST} comparisons.", param=param)
