"""Builds an instance that conforms to a JSON schema: always the same one for the same schema."""

import math
from collections.abc import Callable

from prosa.gateway.providers.mock.patterns import matching

Schema = dict[str, object]

_DEEPEST = 60  # of an instance
_MOST_STEPS = 20_000  # of building: a schema may demand an endless instance
_MOST_REFERENCES = 32  # on the way to one value
_MOST_ITEMS = 1000

_FORMATS = {
    "date-time": "2025-01-01T12:00:00Z",
    "date": "2025-01-01",
    "time": "12:00:00Z",
    "duration": "PT1H",
    "email": "mock@example.org",
    "idn-email": "mock@example.org",
    "hostname": "example.org",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "uri": "https://example.org/",
    "iri": "https://example.org/",
    "uri-reference": "/mock",
    "regex": "mock",
    "json-pointer": "/mock",
}


def instance(schema: object, name: str = "mock") -> object:
    """A value that the schema accepts, its strings named after their properties; `{}` and true give the name itself.

    Knows type, enum, const, properties, required, items, prefixItems, all bounds, multipleOf, format, pattern, anyOf, oneOf,
    allOf, $ref into the same schema. Schemas that contradict themselves give something near.
    """
    return _Builder(schema if isinstance(schema, dict) else {}).build(schema, name)


class _Builder:
    """Builds one instance. Where a $ref leads back into itself only what is required is filled in, so that the instance ends."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._inside = ["#"]
        self._depth = 0
        self._steps = 0
        self._sparing = 0

    def build(self, schema: object, name: str) -> object:
        if not isinstance(schema, dict) or self._depth >= _DEEPEST or self._steps >= _MOST_STEPS:
            return name
        before = len(self._inside)
        flat = self._flatten(schema)
        again = any(reference in self._inside[:before] for reference in self._inside[before:])
        self._depth += 1
        self._sparing += again
        built = self._made(flat, name)
        self._sparing -= again
        self._depth -= 1
        del self._inside[before:]
        return built

    def _made(self, flat: Schema, name: str) -> object:
        if "const" in flat:
            return flat["const"]
        choices = flat.get("enum")
        if isinstance(choices, list) and choices:
            return choices[0]
        return _MAKERS[_kind(flat)](self, flat, name)

    def _flatten(self, schema: Schema) -> Schema:
        """Lay $ref, allOf and one branch of anyOf or oneOf over the schema that holds them."""
        flat: Schema = {key: value for key, value in schema.items() if key not in ("$ref", "allOf", "anyOf", "oneOf")}
        for part in self._parts(schema):
            self._steps += 1
            if isinstance(part, dict) and self._steps < _MOST_STEPS and len(self._inside) < _MOST_REFERENCES:
                flat = _merged(flat, self._flatten(part))
        return flat

    def _parts(self, schema: Schema) -> list[object]:
        parts: list[object] = []
        if isinstance(reference := schema.get("$ref"), str):
            self._inside.append(reference)
            parts.append(self._resolve(reference))
        if isinstance(everything := schema.get("allOf"), list):
            parts.extend(everything)
        for key in ("anyOf", "oneOf"):
            branches = schema.get(key)
            if isinstance(branches, list) and branches:
                parts.append(_branch(branches, sparing=self._sparing > 0 or len(self._inside) > _MOST_REFERENCES // 2))
        return parts

    def _resolve(self, reference: str) -> object:
        found: object = self._root
        for step in reference.removeprefix("#").strip("/").split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            if name and isinstance(found, dict):
                found = found.get(name)
        return found

    def make_object(self, schema: Schema, name: str) -> object:
        properties = schema.get("properties")
        known = properties if isinstance(properties, dict) else {}
        required = _names(schema.get("required"))
        wanted = required if self._sparing else [*known, *(key for key in required if key not in known)]
        self._steps += len(wanted)
        built = {key: self.build(known.get(key, schema.get("additionalProperties")), key) for key in wanted}
        least, number = _whole(schema.get("minProperties"), 0), 0
        while len(built) < min(least, _MOST_ITEMS):
            number += 1
            built[f"extra_{number}"] = self.build(schema.get("additionalProperties"), "extra")
        return built

    def make_array(self, schema: Schema, name: str) -> object:
        first = schema.get("prefixItems")
        built = [self.build(part, name) for part in first] if isinstance(first, list) else []
        least = _whole(schema.get("minItems"), 0 if self._sparing or first or schema.get("items") is False else 1)
        most = min(_whole(schema.get("maxItems"), _MOST_ITEMS), _MOST_ITEMS)
        while len(built) < min(least, most):
            built.append(self.build(_distinct(schema, len(built)), _numbered(name, schema, len(built))))
        return built[:most]

    def make_string(self, schema: Schema, name: str) -> object:
        if isinstance(pattern := schema.get("pattern"), str):
            return matching(pattern, name, _whole(schema.get("minLength"), 0))
        if isinstance(form := schema.get("format"), str) and form in _FORMATS:
            return _FORMATS[form]
        least, most = _whole(schema.get("minLength"), 0), _whole(schema.get("maxLength"), 10_000)
        return name.ljust(min(least, 100_000), "x")[:most]

    def make_number(self, schema: Schema, name: str) -> object:
        return _number(schema, whole=False)

    def make_integer(self, schema: Schema, name: str) -> object:
        return int(_number(schema, whole=True))

    def make_boolean(self, schema: Schema, name: str) -> object:
        return True

    def make_null(self, schema: Schema, name: str) -> object:
        return None


_MAKERS: dict[str, Callable[[_Builder, Schema, str], object]] = {
    "object": _Builder.make_object,
    "array": _Builder.make_array,
    "string": _Builder.make_string,
    "number": _Builder.make_number,
    "integer": _Builder.make_integer,
    "boolean": _Builder.make_boolean,
    "null": _Builder.make_null,
}
_HINTS = {"properties": "object", "required": "object", "items": "array", "prefixItems": "array", "minItems": "array"}
_NUMBER_HINTS = {"minimum": "number", "maximum": "number", "multipleOf": "number"}


def _kind(schema: Schema) -> str:
    said = schema.get("type")
    kinds = [kind for kind in (said if isinstance(said, list) else [said]) if kind in _MAKERS]
    if kinds:
        return next((kind for kind in kinds if kind != "null"), "null")
    return next((kind for key, kind in (_HINTS | _NUMBER_HINTS).items() if key in schema), "string")


def _branch(branches: list[object], *, sparing: bool) -> object:
    """The first branch that isn't null; within a recursion the smallest, so that it ends."""
    if sparing:
        return min(branches, key=lambda branch: len(str(branch)))
    return next((branch for branch in branches if not (isinstance(branch, dict) and branch.get("type") == "null")), branches[0])


def _merged(one: Schema, other: Schema) -> Schema:
    both = other | one
    for key in ("properties", "required"):
        first, second = one.get(key), other.get(key)
        if isinstance(first, dict) and isinstance(second, dict):
            both[key] = second | first
        if isinstance(first, list) and isinstance(second, list):
            both[key] = [*first, *(name for name in second if name not in first)]
    return both


def _distinct(schema: Schema, number: int) -> object:
    """The schema of an array's item; where items must differ, one that forces the next value of an enum."""
    items = schema.get("items")
    choices = items.get("enum") if isinstance(items, dict) else None
    if schema.get("uniqueItems") is True and isinstance(items, dict):
        if isinstance(choices, list) and number < len(choices):
            return {"const": choices[number]}
        if items.get("type") in ("integer", "number"):
            return {"const": _number(items, whole=True) + number * (_real(items.get("multipleOf")) or 1)}
    return items


def _numbered(name: str, schema: Schema, number: int) -> str:
    return f"{name}_{number + 1}" if schema.get("uniqueItems") is True else name


def _number(schema: Schema, *, whole: bool) -> float | int:
    low, high = _real(schema.get("minimum")), _real(schema.get("maximum"))
    above, below = _real(schema.get("exclusiveMinimum")), _real(schema.get("exclusiveMaximum"))
    step = _real(schema.get("multipleOf")) or (1 if whole else None)
    if above is not None and (low is None or above >= low):
        low = _next_above(above, below if below is not None else high, whole=whole)
    if below is not None and (high is None or below <= high):
        high = min(below - 1, below) if whole or low is None or low <= below - 1 else (low + below) / 2
    wanted = 1 if low is None and (high is None or high >= 1) else low if low is not None else high
    value: float | int = 0 if wanted is None else wanted
    if not step:
        return value
    rounded = math.ceil(value / step) * step
    return rounded if high is None or rounded <= high else math.floor(value / step) * step


def _next_above(above: float, high: float | None, *, whole: bool) -> float:
    if whole:
        return math.floor(above) + 1
    return above + 1 if high is None or above + 1 < high else (above + high) / 2


def _real(value: object) -> float | int | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _whole(value: object, default: int) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


def _names(value: object) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
