"""Chunks of a chat stream: read from bytes that may be cut anywhere, and told under the stored completion's own id.

Source: `openai.types.chat.ChatCompletionChunk`.
"""

from typing import Final

import msgspec
from msgspec import Raw

from prosa.gateway import Fields, StreamBroken
from prosa.kit.errors import ProsaError

_LONGEST: Final = 16 * 1024 * 1024  # bytes of one event
_ROLE: Final = Raw(b'"assistant"')
_EMPTY: Final = frozenset({b'""', b"null"})
_NULL: Final = b"null"
_fields: Final = msgspec.json.Decoder(Fields).decode
_choices: Final = msgspec.json.Decoder(list[Fields] | None).decode
_encode: Final = msgspec.json.Encoder().encode


class ChunkReader:
    """Takes the bytes of a stream as they come, and gives out the chunks that are whole. An error event is none of them."""

    __slots__ = ("_held", "_size")

    def __init__(self) -> None:
        self._held: list[bytes] = []  # pieces of an event that has still to end
        self._size = 0

    def feed(self, data: bytes) -> list[Fields]:
        """The chunks that these bytes make whole. Raises StreamBroken for an event of more than 16 MiB."""
        self._held.append(data)
        self._size += len(data)
        if self._size > _LONGEST and b"\n" not in data:
            raise StreamBroken("The answer broke off: the model provider sent an event that is too large")
        if b"\n" not in data:
            return []
        data = b"".join(self._held)
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n")
        *events, rest = data.split(b"\n\n")
        self._held, self._size = [rest], len(rest)
        found = []
        for event in events:
            chunk = _read(event[6:] if event.startswith(b"data: ") and b"\n" not in event else _payload(event))
            if chunk is not None:
                found.append(chunk)
        return found


class Teller:
    """Words a provider's chunks as the stored completion's: its id and time, each choice's role once, at the beginning."""

    def __init__(self, id: str, created: int, model: str) -> None:
        self._head: Fields = {
            "id": Raw(_encode(id)),
            "object": Raw(b'"chat.completion.chunk"'),
            "created": Raw(_encode(created)),
            "model": Raw(_encode(model)),
        }

    def first(self, choices: int) -> list[bytes]:
        """What every stream begins with."""
        return [
            self._with([{"index": Raw(_encode(index)), "delta": _DELTA, "finish_reason": Raw(_NULL)}]) for index in range(choices)
        ]

    def nothing(self) -> bytes:
        """A chunk that says nothing, as the one that holds the usage does."""
        return self._with([])

    def tell(self, chunk: Fields, *, usage: bool) -> bytes | None:
        """The chunk as it is stored and sent, with its usage only where that is wanted; None where nothing of it is left."""
        rest = {name: value for name, value in chunk.items() if name not in ("id", "object", "created", "choices")}
        if not usage:
            rest.pop("usage", None)
        choices = [choice for choice in map(_without_role, choices_of(chunk)) if choice is not None]
        if not choices and bytes(rest.get("usage", _NULL)) == _NULL:
            return None
        return self._with(choices, rest)

    def _with(self, choices: list[Fields], rest: Fields | None = None) -> bytes:
        made = self._head | (rest or {})
        return _encode({**made, "choices": choices})


_DELTA: Final = Raw(b'{"role":"assistant","content":""}')


def choices_of(chunk: Fields) -> list[Fields]:
    """The chunk's choices; none where it has none that can be read."""
    try:
        return _choices(chunk["choices"]) or [] if "choices" in chunk else []
    except msgspec.MsgspecError:
        return []


def error_line(error: ProsaError) -> bytes:
    """The event that tells of an error, as the relay words it; the official SDKs raise APIError for it."""
    told = {"message": error.message, "type": error.kind, "param": error.param, "code": error.code}
    return _encode({"error": told})


def _without_role(choice: Fields) -> Fields | None:
    """A choice's piece without its role, which was told; None where that was all of it."""
    delta = choice.get("delta")
    if delta is None or b'"role"' not in bytes(delta):
        return choice
    try:
        inside = _fields(delta)
    except msgspec.MsgspecError:
        return choice
    inside.pop("role", None)
    ended = bytes(choice.get("finish_reason", _NULL)) != _NULL
    if not ended and all(name == "content" and bytes(value) in _EMPTY for name, value in inside.items()):
        return None
    return choice | {"delta": Raw(_encode(inside))}


def _read(payload: bytes) -> Fields | None:
    if not payload.startswith(b"{"):
        return None
    try:
        chunk = _fields(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return None if "error" in chunk and "choices" not in chunk else chunk


def _payload(event: bytes) -> bytes:
    """The data of an event that is not of the usual single line."""
    lines = (line[5:].removeprefix(b" ") for line in event.split(b"\n") if line.startswith(b"data:"))
    return b"\n".join(lines).strip()
