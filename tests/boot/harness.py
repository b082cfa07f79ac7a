"""Serving in the test's own loop, and talking to it byte by byte."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from prosa.boot.protocol import Bounds
from prosa.boot.server import Server, Serving

Application = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass
class Seen:
    """What the application was asked."""

    paths: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[bytes, bytes]] = field(default_factory=list)
    left: int = 0


def echo(seen: Seen) -> Application:
    """Answers what it read: the body, or the path; `/stream` goes on until `seen.left` or the client's leaving."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                seen.left += 1
                return
            body += message["body"]
            if not message["more_body"]:
                break
        seen.paths.append(scope["path"])
        seen.bodies.append(body)
        seen.headers.append(dict(scope["headers"]))
        if scope["path"] == "/stream":
            await _stream(receive, send)
            return
        answer = body or scope["path"].encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(answer)).encode())]})
        await send({"type": "http.response.body", "body": answer})

    return application


async def _stream(receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    for number in range(25):
        await send({"type": "http.response.body", "body": b"data: %d\n\n" % number, "more_body": True})
        await asyncio.sleep(0.05)
    await send({"type": "http.response.body", "body": b"data: [DONE]\n\n", "more_body": False})


@dataclass
class Small:
    """An application as `Server` takes it."""

    app: Any
    started: bool = False
    stopped: bool = False

    async def start(self) -> None:
        self.started = True

    async def stop(self, _grace: float = 0.0) -> None:
        self.stopped = True


@contextlib.asynccontextmanager
async def serving(app: Application, bounds: Bounds | None = None) -> AsyncIterator[int]:
    """A server on a free port; yields the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    ready = asyncio.Event()
    server = Server(Serving(lambda: Small(app), ready.set, bounds or Bounds(), 1.0))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await ready.wait()
    try:
        yield listener.getsockname()[1]
    finally:
        server.stop()
        server.force_exit = True
        await task


async def exchange(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """Send the pieces and read until the server ends the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            with contextlib.suppress(ConnectionError):
                writer.write(piece)
                await writer.drain()
            await asyncio.sleep(pause)
        return await asyncio.wait_for(reader.read(), 5)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def status(answer: bytes) -> int:
    """The first status of what came back, 0 for nothing."""
    return int(answer.split(b" ", 2)[1]) if answer else 0
