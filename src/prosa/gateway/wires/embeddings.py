"""Vectors in the form that the client asked for."""

import struct
from base64 import b64encode

import msgspec

from prosa.gateway.models import Fields, ModelCall

_BASE64 = (b'"base64"',)

_fields = msgspec.json.Decoder(Fields).decode
_rows = msgspec.json.Decoder(list[Fields]).decode
_vector = msgspec.json.Decoder(list[float]).decode
_encode = msgspec.json.Encoder().encode


def wants_base64(call: ModelCall) -> bool:
    """Whether the client decodes base64; the official Node SDK does unless told otherwise, and reads nothing else then."""
    asked = call.fields.get("encoding_format")
    return asked is not None and bytes(asked) in _BASE64


def packed(vector: list[float]) -> str:
    """A vector as base64 of little-endian 32-bit floats, as OpenAI sends it."""
    return b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode("ascii")


def in_base64(body: bytes, call: ModelCall) -> bytes:
    """An embeddings answer whose vectors came as numbers although base64 was asked for, turned into it; else the body itself."""
    if not wants_base64(call):
        return body
    try:
        fields = _fields(body)
        rows = _rows(fields["data"])
        turned = [_turned(row) for row in rows]
    except (msgspec.MsgspecError, KeyError, struct.error, OverflowError):
        return body
    return _encode(fields | {"data": msgspec.Raw(_encode(turned))}) if turned != rows else body


def _turned(row: Fields) -> Fields:
    raw = row.get("embedding")
    if raw is None or not bytes(raw).startswith(b"["):
        return row
    return row | {"embedding": msgspec.Raw(_encode(packed(_vector(raw))))}
