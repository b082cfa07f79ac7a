"""A request's wish to become a WebSocket: kept light, for the library behind it is loaded by the first one who gets it."""

import asyncio
import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from prosa.api.edge import BadHandshake, ClientLeft, Header, Socket

if TYPE_CHECKING:
    from prosa.boot.socket import SocketProtocol


@dataclass(frozen=True, slots=True)
class SocketBounds:
    """Times in seconds. Small frames (pings, fragments) cost more than they bring, so a burst and a rate bound them."""

    ping_seconds: float = 20.0  # of silence, until the other end is asked whether it lives
    pong_seconds: float = 20.0
    message_seconds: float = 60.0  # for a whole message, plus one second per 64 KiB
    close_seconds: float = 2.0  # for the other end's goodbye
    write_seconds: float = 120.0  # for a reader that takes nothing at all of what waits for it
    small_frames: int = 2000
    small_frames_per_second: float = 500.0


class Upgrading(Protocol):
    """The connection that a request came by."""

    transport: asyncio.Transport
    headers: list[Header]

    @property
    def deaf(self) -> bool:
        """Whether something came that nobody will read."""
        ...

    @property
    def socket_bounds(self) -> SocketBounds: ...

    def become(self, protocol: "SocketProtocol") -> None:
        """Hand the connection over."""
        ...


class Wish:
    """Found in the ASGI scope as `prosa.upgrade`; see prosa.api.edge.Upgrade."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Upgrading) -> None:
        self._connection = connection

    async def open(self, headers: Iterable[Header], message_bytes: int) -> Socket:
        """See prosa.api.edge.Upgrade. Raises BadHandshake, ClientLeft."""
        library = await asyncio.to_thread(importlib.import_module, "prosa.boot.socket")  # 0.1 s the first time
        connection = self._connection
        if connection.transport.is_closing():
            raise ClientLeft()
        head: bytes | None = library.handshake(connection.headers, headers)
        if head is None or connection.deaf:
            raise BadHandshake()
        socket: SocketProtocol = library.SocketProtocol(connection.transport, connection.socket_bounds, message_bytes)
        connection.become(socket)
        connection.transport.write(head)
        return socket
