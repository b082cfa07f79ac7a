"""Rows in the one form in which every kind of database gives them: a line of JSON, and a hash of all lines in any order."""

import base64
import hashlib
import math
from collections.abc import Sequence
from typing import Final

import msgspec

_PLAIN: Final = frozenset({type(None), bool, int, str})
_BYTES: Final = "bytes"  # key of the object that stands for a binary value
_FLOAT: Final = "float"  # and of that for a number which JSON can't write
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[object])

Value = object


class UnknownValue(ValueError):
    """A value, or a line, that has no place in this form."""


def line_of(row: Sequence[Value]) -> bytes:
    """A row as a JSON array and a line's end; the same values always give the same bytes. Raises UnknownValue."""
    values = row if _PLAIN.issuperset(map(type, row)) else [_shown(value) for value in row]
    return _encoder.encode(list(values)) + b"\n"


def row_of(line: bytes) -> list[Value]:
    """The values of a line. Raises UnknownValue for what `line_of` would never write."""
    try:
        row = _decoder.decode(line)
    except msgspec.MsgspecError as error:
        raise UnknownValue("a line is no list of values") from error
    return row if _PLAIN.issuperset(map(type, row)) else [_meant(value) for value in row]


def _shown(value: Value) -> Value:
    if isinstance(value, bytes | bytearray | memoryview):
        return {_BYTES: base64.b64encode(value).decode()}
    if isinstance(value, float):
        return value if math.isfinite(value) else {_FLOAT: str(value)}
    if value is None or isinstance(value, bool | int | str):
        return value
    raise UnknownValue(f"a value of the type {type(value).__name__} can't be kept")


def _meant(value: Value) -> Value:
    if isinstance(value, float) or type(value) in _PLAIN:
        return value
    if isinstance(value, dict) and len(value) == 1:
        (kind, text), *_ = value.items()
        if kind == _BYTES and isinstance(text, str):
            return base64.b64decode(text, validate=True)
        if kind == _FLOAT and text in {"inf", "-inf", "nan"}:
            return float(text)
    raise UnknownValue("a line holds a value that no backup writes")


class RowHash:
    """How many rows, and the sum of the SHA-256 of their lines modulo 2²⁵⁶: the same for the same rows in any order.

    Databases sort text in different ways, so an order of rows is nothing that two kinds could agree on.
    """

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, line: bytes) -> None:
        """Count one more row, by its line."""
        self.rows += 1
        self._sum += int.from_bytes(hashlib.sha256(line).digest())

    def hex(self) -> str:
        """The hash so far, 64 hexadecimal digits."""
        return f"{self._sum % 2**256:064x}"
