"""Bounds of a JSON body, and what its top level says."""

import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prosa.api.edge import EdgeSettings, count_items, read_fields
from prosa.kit.errors import BadRequest

SETTINGS = EdgeSettings()


def read(raw: bytes) -> dict[str, bytes]:
    return {name: bytes(value) for name, value in read_fields(raw, SETTINGS).items()}


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), json_values, max_size=5))
def test_whatever_is_json_is_read_and_kept_byte_by_byte(value: dict[str, object]) -> None:
    raw = msgspec.json.encode(value)
    assert {name: msgspec.json.decode(part) for name, part in read(raw).items()} == msgspec.json.decode(raw)


@pytest.mark.attack("J6", "K11")
@pytest.mark.parametrize(
    "raw",
    [
        *(
            b"",
            b"null",
            b"[]",
            b'"a"',
            b"{",
            b'{"a":1,}',
            b"{'a':1}",
            b'{"a":NaN}',
            b'{"a":01}',
            b'{"a":1} {"b":2}',
            b"\xef\xbb\xbf{}",
        ),
        *(b'{"a":"\\ud800"}', b'{"a":"\\ud800\\u0041"}', b'{"a":"\\udc00x"}', b'{"\\ud800":1}', b'{"a":["\\ud800abcdefgh"]}'),
        *(b'{"a":"\xff"}', b'{"\xff":1}', b'{"a":"\xed\xa0\x80"}', '{"a":1}'.encode("utf-16"), b'{"a":"\n"}', b'{"a":"\x00"}'),
        *(b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}", b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b"[" * 5_000_000),
        *(b'{"a":' + b"[" * 129 + b"]" * 129 + b"}", b'{"a":"' + b"[" * 200 + b'","b":' + b"[" * 129 + b"]" * 129 + b"}"),
    ],
)
def test_what_is_no_plain_json_object_is_refused(raw: bytes) -> None:
    with pytest.raises(BadRequest):
        read(raw)


@pytest.mark.attack("J6", "J7")
def test_a_text_without_an_end_costs_no_more_than_its_length() -> None:
    began = time.perf_counter()
    with pytest.raises(BadRequest):
        read(b'{"a":' + b"[" * 300 + b'"' + b'\\"' * 200_000)  # by the square of its quotes it would take minutes
    assert time.perf_counter() - began < 5


@pytest.mark.attack("J6", "K11")
def test_what_looks_dangerous_and_is_not_passes() -> None:
    assert read(b'{"a":1,"a":2}') == {"a": b"2"}
    assert read(b'{"n":1e999999,"m":' + b"9" * 10_000 + b"}")["n"] == b"1e999999"
    assert read(b'{"a":"\\ud83d\\ude00"}') == {"a": b'"\\ud83d\\ude00"'}
    assert read(b'{"__proto__":{"x":1}}') == {"__proto__": b'{"x":1}'}
    assert read(b'{"a":"' + b'\\"[{' * 1000 + b'"}')["a"].startswith(b'"')
    deep = b"[" * 127 + b"]" * 127
    assert read(b'{"a":' + deep + b',"b":[' + b"{}," * 500 + b"{}]}")["a"] == deep


@pytest.mark.attack("J6")
@pytest.mark.parametrize(
    "raw",
    [
        b'{"messages":[' + b'{"role":"user","content":"a"},' * 340_000 + b"{}]}",
        b'{"a":[' + b"0," * 5_000_000 + b"0]}",
        b'{"a":[' + b"[]," * 3_300_000 + b"[]]}",
        b'{"a":"' + b"\\n" * 5_000_000 + b'","b":[' + b"{}," * 200 + b"{}]}",
    ],
    ids=["messages", "numbers", "lists", "escapes"],
)
def test_ten_megabytes_cost_little(raw: bytes) -> None:
    began = time.process_time()
    try:
        read(raw)
    except BadRequest as error:
        assert "too many values" in error.message
    assert time.process_time() - began < 2.0


@pytest.mark.attack("J6", "K11")
def test_a_body_holds_so_many_values_and_not_one_more() -> None:
    most = 1_000_000  # brackets and commas, those of the object around them too
    assert "a" in read(b'{"a":[' + b"0," * (most - 4) + b"0]}")
    for raw in (b'{"a":[' + b"0," * (most - 3) + b"0]}", b'{"a":[' + b"[]," * (most // 3) + b"0]}"):
        with pytest.raises(BadRequest) as refused:
            read(raw)
        assert "too many values" in refused.value.message
    assert "a" in read(b'{"a":"' + b"," * (most + 1) + b'"}')  # in a text they are letters


@pytest.mark.attack("J6")
def test_items_are_counted() -> None:
    assert count_items(msgspec.Raw(b"[1,[2,3],4]")) == 3
    assert count_items(msgspec.Raw(b"[]")) == 0
    assert count_items(msgspec.Raw(b'"a,b,c"')) == -1
