"""Instances of JSON schemas and patterns: what the mock builds conforms."""

import json
import re
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prosa.gateway.providers.mock.patterns import matching
from prosa.gateway.providers.mock.schema import instance

RECURSIVE = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "children": {"type": "array", "items": {"$ref": "#"}},
        "next": {"$ref": "#/$defs/node"},
    },
    "required": ["name", "children", "next"],
    "additionalProperties": False,
    "$defs": {"node": {"anyOf": [{"type": "null"}, {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}]}},
}
SCHEMAS: list[Any] = [
    True,
    {},
    {"const": {"a": 1}},
    {"enum": [None, "x"]},
    {"type": ["null", "integer"], "minimum": 7},
    {"type": "integer", "exclusiveMinimum": 3, "multipleOf": 5},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    {"type": "integer", "maximum": -4},
    {"type": "number", "minimum": 2.5, "maximum": 2.75},
    {"type": "number", "exclusiveMaximum": 0},
    {"type": "string", "minLength": 12},
    {"type": "string", "maxLength": 2},
    {"type": "string", "pattern": "^[A-Z]{3}-\\d{4,}$", "minLength": 12},
    *(
        {"type": "string", "format": form}
        for form in ("date-time", "date", "time", "email", "ipv4", "ipv6", "uuid", "uri", "duration")
    ),
    {"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True},
    {"type": "array", "items": {"enum": ["a", "b", "c"]}, "minItems": 3, "uniqueItems": True},
    {"type": "array", "items": {"type": "string"}, "minItems": 3, "uniqueItems": True},
    {"type": "array", "maxItems": 0},
    {"prefixItems": [{"type": "integer"}, {"type": "boolean"}], "items": False},
    {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "null"}}},
    {"type": "object", "minProperties": 2, "additionalProperties": {"type": "integer"}},
    {"allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"properties": {"b": {}}, "required": ["b"]}]},
    {"oneOf": [{"type": "null"}, {"$ref": "#/$defs/x~1y"}], "$defs": {"x/y": {"type": "boolean"}}},
    RECURSIVE,
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: json.dumps(schema)[:60])
def test_an_instance_conforms_and_is_always_the_same(schema: Any) -> None:
    built = instance(schema)
    assert built == instance(schema)
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(built)
    assert len(json.dumps(built)) < 1000


def test_a_schema_that_refers_to_itself_or_to_nothing_ends() -> None:
    schemas: list[Any] = [
        {"$ref": "#"},
        {"$ref": "#/nowhere"},
        {"allOf": [{"$ref": "#"}, {"$ref": "#"}]},
        {"items": {"$ref": "#"}, "minItems": 9},
        {"type": "nonsense"},
        {"anyOf": []},
        "no schema",
    ]
    for schema in schemas:
        assert len(json.dumps(instance(schema))) < 1_000_000
    twice: dict[str, object] = {"properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}, "required": ["a", "b"], "type": "object"}
    assert len(json.dumps(instance(twice))) < 1_000_000


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\d{3}\.\d{3}\.\d{3}-\d{2}$",
        r"^(?:[a-z0-9]+\.)*[a-z0-9]+@[a-z]{2,}\.com$",
        r"^(foo|bar)+baz?$",
        r"^[^a-zA-Z0-9]+?\w\s\x41é$",
        r"^[\]\-x]{2}$",
        r"^-?[1-9]\d{0,2}(,\d{3})*$",
        r"^(?P<year>\d{4})-(0[1-9]|1[0-2])$",
        r"a{0}b",
    ],
)
def test_a_text_is_found_for_a_pattern(pattern: str) -> None:
    text = matching(pattern, "nothing fits")
    assert text != "nothing fits" and re.search(pattern, text)


@pytest.mark.parametrize(
    "pattern", ["(?=a)b", "(a", "[", r"(a)\1", "(?<!x)", "a{99999999}", "(" * 5000, "[^\x00-\U0010ffff]", "\\"]
)
def test_a_pattern_too_hard_gives_the_fallback(pattern: str) -> None:
    assert matching(pattern, "fallback") in ("fallback", "b")


LEAVES = st.one_of(
    st.builds(
        lambda low, more: {"type": "integer", "minimum": low, "maximum": low + more}, st.integers(-50, 50), st.integers(0, 50)
    ),
    st.builds(
        lambda low, more: {"type": "string", "minLength": low, "maxLength": low + more}, st.integers(0, 30), st.integers(0, 5)
    ),
    st.just({"type": "boolean"}),
    st.just({"type": "number", "exclusiveMinimum": -1, "maximum": 0.25}),
    st.builds(lambda values: {"enum": values}, st.lists(st.text(max_size=3), min_size=1, unique=True)),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda parts: {"type": "object", "properties": parts, "required": [*parts]},
            st.dictionaries(st.text(max_size=4), inner),
        ),
        st.builds(lambda item, least: {"type": "array", "items": item, "minItems": least}, inner, st.integers(0, 3)),
        st.builds(lambda branches: {"anyOf": branches}, st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_any_tree_of_plain_schemas_is_met(schema: dict[str, Any]) -> None:
    jsonschema_rs.validator_for(schema).validate(instance(schema))
