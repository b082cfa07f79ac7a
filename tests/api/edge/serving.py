"""The front behind a real server on a free port, and a client that writes its own bytes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import uvicorn

from prosa.api.edge import Front


class Quiet(uvicorn.Server):
    """A server that leaves the test's signals alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(front: Front) -> AsyncIterator[int]:
    """Serve `front`; the port."""
    config = uvicorn.Config(
        front, port=0, log_config=None, access_log=False, ws="none", lifespan="on", http="httptools", loop="asyncio"
    )
    server = Quiet(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
        if task.done():
            task.result()
    try:
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        await asyncio.wait_for(task, 10)
        await asyncio.sleep(0.01)  # transports that are closing end within the loop, not in some later test


async def talk(port: int, *pieces: bytes, end: bool = False) -> bytes:
    """Send bytes as they are, then read until the server closes (`end`: closes our side first) or says nothing for a second."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    received = b""
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if end:
            writer.write_eof()
        with contextlib.suppress(TimeoutError):
            while data := await asyncio.wait_for(reader.read(65536), 1.0):
                received += data
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
    return received


def request(path: str, body: bytes = b"", *fields: bytes, method: bytes = b"POST") -> bytes:
    """A request as bytes; the connection ends after it."""
    lines = [method + b" " + path.encode() + b" HTTP/1.1", b"Host: 127.0.0.1", b"Connection: close", *fields]
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
