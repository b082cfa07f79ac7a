"""Sockets to a server in the test's own loop: an application that opens each, and a client that writes its own frames."""

import asyncio
import contextlib
import socket as system
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from websockets.frames import Close, Frame, Opcode

from prosa.api.edge import BadHandshake, ServerStopping, Socket, SocketEnded
from prosa.boot.protocol import Bounds
from prosa.boot.server import Server, Serving
from tests.boot.harness import Small

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
WISH = {
    "Host": "prosa.test",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
}


@dataclass
class Opener:
    """Opens every socket that is wished for and talks as the test says; 400 where the handshake isn't valid."""

    talk: Callable[[Socket], Awaitable[None]]
    message_bytes: int = 100_000
    endings: list[object] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            socket = await scope["prosa.upgrade"].open([(b"x-opened", b"yes")], self.message_bytes)
        except (BadHandshake, KeyError):
            await send({"type": "http.response.start", "status": 400, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return
        try:
            await self.talk(socket)
        except SocketEnded as ended:
            self.endings.append(ended.code)
        except ServerStopping:
            self.endings.append("stopping")
            socket.close(1012, "stopping")


async def echo(socket: Socket) -> None:
    """Say what was said."""
    while True:
        await socket.send(await socket.receive())


@contextlib.asynccontextmanager
async def opened(app: Opener, bounds: Bounds | None = None) -> AsyncIterator[tuple[int, Server]]:
    """A server on a free port; it stops at once at the end."""
    listener = system.create_server(("127.0.0.1", 0))
    ready = asyncio.Event()
    server = Server(Serving(lambda: Small(app), ready.set, bounds or Bounds(), 1.0))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await ready.wait()
    try:
        yield listener.getsockname()[1], server
    finally:
        server.stop()
        server.force_exit = True
        await task


def text(data: bytes, *, fin: bool = True) -> bytes:
    """A masked text frame."""
    return Frame(Opcode.TEXT, data, fin=fin).serialize(mask=True)


def rest(data: bytes, *, fin: bool = True) -> bytes:
    """A masked frame that goes on with a message."""
    return Frame(Opcode.CONT, data, fin=fin).serialize(mask=True)


def ping(data: bytes = b"") -> bytes:
    """A masked ping."""
    return Frame(Opcode.PING, data).serialize(mask=True)


class Raw:
    """A client of bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *pieces: bytes) -> None:
        """As they are; a server that has gone is no error here."""
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                self.writer.write(piece)
                await self.writer.drain()

    async def frame(self) -> tuple[int, bytes]:
        """Opcode and payload of the server's next frame."""
        first, length = await self.reader.readexactly(2)
        size = length
        if length >= 126:
            size = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8), "big")
        return first & 0x0F, await self.reader.readexactly(size)

    async def close_code(self) -> int:
        """The code with which the server says goodbye, 1006 where it just goes; what it says before is passed over."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                opcode, payload = await asyncio.wait_for(self.frame(), 8)
                if opcode == Opcode.CLOSE:
                    return Close.parse(payload).code
        return 1006


@contextlib.asynccontextmanager
async def raw(port: int) -> AsyncIterator[Raw]:
    """A connection whose handshake was answered with 101."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(wish())
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        assert answer.startswith(b"HTTP/1.1 101 "), answer
        yield Raw(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def wish(changed: Mapping[str, str | None] | None = None, path: str = "/") -> bytes:
    """A handshake's request; a field changed to None is left out."""
    fields = {**WISH, **(changed or {})}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items() if value is not None)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
