"""WebSockets as the handlers see them: text both ways, on a connection whose first request asked for it.

The server offers an `Upgrade` in a request's ASGI scope, as `prosa.upgrade`. Until it is taken the request is plain HTTP, so that
every refusal is an ordinary answer; afterwards there is a `Socket`, and whatever ends it is told by a close code.
"""

from collections.abc import Iterable
from typing import Final, Protocol

from prosa.api.edge.asgi import Header
from prosa.kit.errors import BadRequest, ProsaError

# Close codes of RFC 6455 §7.4.1 and its registry.
NORMAL: Final = 1000
LEAVING: Final = 1001
UNSUPPORTED: Final = 1003
NOT_TEXT: Final = 1007
POLICY: Final = 1008
INTERNAL: Final = 1011
RESTARTING: Final = 1012
TRY_LATER: Final = 1013


class SocketEnded(Exception):
    """The other end has closed, left or broken the protocol: nothing more comes, and nothing can be sent.

    `code` is the close code that came or went, 1006 where the connection just ended.
    """

    def __init__(self, code: int) -> None:
        super().__init__(f"closed ({code})")
        self.code = code


class ServerStopping(Exception):
    """Nothing waits to be read, and the server is stopping: a good moment to end."""


class BadHandshake(BadRequest):
    """The request asks for a WebSocket, but not as RFC 6455 has it."""

    code = "bad_handshake"

    def __init__(self) -> None:
        super().__init__("The WebSocket handshake is not valid: expected version 13, a key, and nothing sent before the answer.")


class TooManySockets(ProsaError):
    """The caller holds as many open sockets as one may."""

    code = "too_many_sockets"
    status = 429
    kind = "rate_limit_error"

    def __init__(self, most: int) -> None:
        super().__init__(f"At most {most} sockets may be open at once; close one first.", retry_after=1.0)


class Socket(Protocol):
    """An open WebSocket. One task reads, any task sends."""

    @property
    def stopping(self) -> bool:
        """Whether the server wants to stop: begin nothing new."""
        ...

    @property
    def sent_bytes(self) -> int:
        """How much text went out."""
        ...

    async def receive(self) -> bytes:
        """The next message, UTF-8. Raises SocketEnded, ServerStopping."""
        ...

    async def send(self, *texts: bytes) -> None:
        """Send text messages (UTF-8) at once; waits while the reader is too slow. Raises SocketEnded."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Say goodbye; only the first one counts. `reason` is at most 123 bytes."""
        ...


class Upgrade(Protocol):
    """What the server offers a request that wants to become a WebSocket."""

    async def open(self, headers: Iterable[Header], message_bytes: int) -> Socket:
        """Answer 101 with these header fields. `message_bytes` bounds what comes in. Raises BadHandshake, ClientLeft."""
        ...
