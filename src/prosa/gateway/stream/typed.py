"""Events that say by a field `type` what they are: read for their translators, the errors among them told to the caller."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec

from prosa.gateway.stream.chunks import ChunkWriter
from prosa.gateway.stream.disguise import told
from prosa.gateway.stream.sse import read


class Typed(Protocol):
    """A decoded event."""

    type: str


T = TypeVar("T", bound=Typed)


def typed(event: bytes, decode: Callable[[bytes], T], out: ChunkWriter, secret: str | None) -> T | bytes:
    """The event, or, where it is none or tells an error, what the client gets for it."""
    name, data = read(event)
    if data is None:
        # An error as a bare document, where a stream was promised.
        bare = event.lstrip()[:1] == b"{" and not out.figures.events
        return out.broke(told(event, secret)) if bare else b""
    try:
        found = decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return out.broke(told(data, secret)) if name == "error" else b""
    if "error" in (found.type, name) or (not found.type and b'"error"' in data):
        return out.broke(told(data, secret))
    return found
