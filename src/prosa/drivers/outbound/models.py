"""What goes out and what comes back: targets, requests, time-outs, replies."""

from dataclasses import dataclass, field
from typing import Protocol

import msgspec


class Target(msgspec.Struct, frozen=True, gc=False):
    """One place that prosa may talk to; `parse_url` makes it from an address.

    `private` allows a private or loopback address and is only ever set on the operator's own word.
    """

    scheme: str  # "http" or "https"
    host: str
    port: int
    private: bool = False


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds for each phase of a call: connecting, header of the answer, silence within it, all of it (None: no bound)."""

    connect: float = 10.0
    first_byte: float = 120.0
    silence: float = 300.0
    total: float | None = None


class OutboundRequest(msgspec.Struct, frozen=True):
    """One HTTP request: `path` with its query, header names in lower case, the whole body."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    # Host, Content-Length and Connection are the client's own work, never part of `headers`.


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of an answer in bytes: its header block, and a body that is read whole."""

    header_bytes: int = 64 * 1024
    body_bytes: int = 64 * 1024 * 1024


class Reply(Protocol):
    """An answer whose header has arrived. The body is read once, by `read` or `body`; `close` is safe at any time and twice."""

    status: int
    headers: dict[str, str]  # names in lower case; of repeated ones the last

    async def read(self) -> bytes:
        """The next piece of the body, b"" at its end.

        Raises ConnectionLost (ended before its end), SilenceTimeout, TotalTimeout, BadAnswer.
        """
        ...

    async def body(self, most: int) -> bytes:
        """The whole body; raises AnswerTooLarge beyond `most` bytes, else what `read` raises."""
        ...

    def close(self) -> None:
        """Give the connection back when the answer was read to its end, else close it at once."""
        ...


class Transport(Protocol):
    """Opens a call: returns when the header of the answer is there.

    Raises ConnectFailed, AddressRefused, FirstByteTimeout, TotalTimeout, ConnectionLost, BadAnswer. Cancelling the
    awaiting task closes the connection at once.
    """

    async def open(self, target: Target, request: OutboundRequest, timeouts: Timeouts) -> Reply: ...


@dataclass(slots=True)
class PoolFigures:
    """What the pool holds now, for metrics and for the test that nothing is left over."""

    open: int = 0
    idle: int = 0
    by_target: dict[str, int] = field(default_factory=dict)
