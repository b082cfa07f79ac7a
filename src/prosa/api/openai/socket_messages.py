"""What goes over a Responses socket beside a response's own events.

Source: `openai.types.responses.ResponsesClientEvent`, `ResponseWsError`, `ResponseSteerFailedEvent`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from prosa.api.edge import Fields
from prosa.api.openai.errors import OpenAIDialect
from prosa.kit.errors import BadRequest, ProsaError

_CREATE: Final = "response.create"
_STEER: Final = "response.steer"
_ERROR: Final = b'{"type":"error"'
_LANE_LENGTH: Final = 256
_dialect: Final = OpenAIDialect()
_encode: Final = msgspec.json.Encoder().encode
_name: Final[Callable[[msgspec.Raw], str | None]] = msgspec.json.Decoder(str | None).decode
_flag: Final[Callable[[msgspec.Raw], bool | None]] = msgspec.json.Decoder(bool | None).decode
Value = TypeVar("Value")


class ConnectionExpired(BadRequest):
    """The connection has lasted as long as one may."""

    code = "websocket_connection_limit_reached"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"This connection is older than {seconds / 60:.0f} minutes; open a new one and go on there.")


class TooManyTurns(ProsaError):
    """More responses or lanes at once than one connection has."""

    code = "websocket_stream_limit_reached"
    status = 429
    kind = "rate_limit_error"


@dataclass(frozen=True, slots=True)
class Wish:
    """A turn that is asked for: the body of a request, and what only a socket knows."""

    body: bytes
    lane: str | None
    generate: bool


def wish_of(fields: Fields) -> Wish:
    """The turn that a client's event asks for. Raises BadRequest."""
    kind = _read(fields, "type", _name, "a string")
    if kind != _CREATE:
        raise BadRequest(f"'type' must be '{_CREATE}'.", param="type")
    lane = _read(fields, "stream_id", _name, "a string")
    if lane is not None and not 0 < len(lane) <= _LANE_LENGTH:
        raise BadRequest(f"'stream_id' must have 1 to {_LANE_LENGTH} characters.", param="stream_id")
    generate = _read(fields, "generate", _flag, "true or false")
    if _read(fields, "background", _flag, "true or false"):
        message = "'background' is for requests by HTTP; a stored response outlives its connection here without it."
        raise BadRequest(message, param="background")
    fields.pop("stream", None)  # there is no other way here
    return Wish(_encode(fields), lane, generate is not False)


def steering_refused(fields: Fields) -> bytes | None:
    """The answer to an event that would change a response under way; None for another event."""
    if bytes(fields.get("type", b"")) != b'"%b"' % _STEER.encode():
        return None
    error = {
        "code": "steering_not_supported",
        "message": "A response under way can't be steered here; in a conversation send another with when_busy: replace.",
        "type": "invalid_request_error",
    }
    steer = {name: fields[name] for name in ("input", "previous_response_id") if name in fields}
    return _encode({"type": "response.steer.failed", "sequence_number": 0, "error": error, "steer": steer})


def error_event(error: ProsaError, lane: str | None) -> bytes:
    """An error of a turn that gave no response, or of what isn't a turn."""
    status, body = _dialect.render(error, "")
    return tagged(b'{"type":"error","status":%d,%b' % (status, body[1:]), lane)


def told(event: bytes, lane: str | None) -> bytes:
    """A response's event as it goes over a socket: an error has the shape of the others there."""
    if event.startswith(_ERROR):
        flat = _flat(event)
        event = _encode(_WsError(flat.sequence_number, _Error(flat.code, flat.message, flat.param)))
    return tagged(event, lane)


def tagged(event: bytes, lane: str | None) -> bytes:
    """An event with the lane that it belongs to."""
    if lane is None:
        return event
    return b'%b,"stream_id":%b}' % (event[:-1], _encode(lane))


class _Error(msgspec.Struct):
    code: str | None
    message: str
    param: str | None
    type: str = "server_error"


class _WsError(msgspec.Struct, tag="error", tag_field="type"):
    sequence_number: int
    error: _Error


class _Flat(msgspec.Struct):
    sequence_number: int
    code: str | None
    message: str
    param: str | None


_flat: Final = msgspec.json.Decoder(_Flat).decode


class _Output(msgspec.Struct):
    id: str
    output: list[msgspec.Raw]


class Ended(msgspec.Struct):
    """A response's last event."""

    type: str
    response: _Output


ended_response: Final = msgspec.json.Decoder(Ended).decode


def _read(fields: Fields, name: str, decode: Callable[[msgspec.Raw], Value], expected: str) -> Value | None:
    """Take a field out."""
    raw = fields.pop(name, None)
    if raw is None:
        return None
    try:
        return decode(raw)
    except msgspec.MsgspecError as error:
        raise BadRequest(f"'{name}' must be {expected}.", param=name) from error
