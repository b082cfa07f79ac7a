"""Servers of raw bytes on 127.0.0.1, as well-behaved or as hostile as a test wants them."""

import asyncio
import contextlib
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from socket import SO_LINGER, SOL_SOCKET, socket
from typing import cast

from prosa.drivers.outbound import Target


class Peer:
    """The server's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        self.number = number  # 0 for the first connection
        self.reader = reader
        self.writer = writer

    async def request(self) -> bytes:
        """The next request, head and body; raises IncompleteReadError when the client has left."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return head + await self.reader.readexactly(length)

    async def send(self, data: bytes) -> None:
        """Send and wait until the kernel took it."""
        if self.writer.is_closing():
            raise ConnectionResetError  # uvloop answers a write now with RuntimeError
        self.writer.write(data)
        await self.writer.drain()

    async def gone(self) -> None:
        """Return when the client has closed."""
        with contextlib.suppress(OSError):
            while await self.reader.read(65536):
                pass

    def reset(self) -> None:
        """Close with a TCP reset."""
        sock = cast("socket", self.writer.get_extra_info("socket"))
        sock.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Script = Callable[[Peer], Awaitable[None]]


class Origin:
    """A listener with what it saw."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0
        self.open = 0
        self.left = asyncio.Event()
        self.left.set()

    def target(self, *, host: str = "127.0.0.1", scheme: str = "http") -> Target:
        """Its address on the operator's word."""
        return Target(scheme, host, self.port, private=True)

    async def until_left(self) -> None:
        """Return when no client is connected, at most a second later."""
        await asyncio.wait_for(self.left.wait(), 1.0)


@contextlib.asynccontextmanager
async def serving(script: Script, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Origin]:
    """A listener that runs the script for each connection and closes it afterwards."""
    origin = Origin()
    tasks: set[asyncio.Task[None]] = set()

    async def run(peer: Peer) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await script(peer)

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(run(Peer(reader, writer, origin.connections)))
        origin.connections += 1
        origin.open += 1
        origin.left.clear()
        tasks.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            # Not in `run`, because a task that is cancelled before its first step runs nothing of it.
            tasks.discard(task)
            writer.close()
            origin.open -= 1
            if not origin.open:
                origin.left.set()

        task.add_done_callback(ended)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    origin.port = cast("tuple[str, int]", server.sockets[0].getsockname())[1]
    try:
        yield origin
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def answering(*answers: bytes) -> Script:
    """Answers the requests of each connection with these bytes in turn, then closes."""

    async def script(peer: Peer) -> None:
        for answer in answers:
            await peer.request()
            await peer.send(answer)
        await asyncio.sleep(0)

    return script


def repeating(answer: bytes) -> Script:
    """Answers every request alike, for as long as the client stays."""

    async def script(peer: Peer) -> None:
        while True:
            await peer.request()
            await peer.send(answer)

    return script


def plain(body: bytes, *lines: str, status: str = "200 OK") -> bytes:
    """An answer with its length, and these header lines."""
    head = [f"HTTP/1.1 {status}", *lines, f"content-length: {len(body)}", "", ""]
    return "\r\n".join(head).encode() + body


def chunked(*pieces: bytes) -> bytes:
    """An answer in chunks."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
