"""Connections that are made to hurt: readers that don't read, requests inside of others, protocols that aren't spoken."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from prosa.boot.protocol import Bounds
from tests.boot.harness import Application, Seen, echo, exchange, serving, status
from tests.serving import running

pytestmark = pytest.mark.slow

GET = b"GET /stream HTTP/1.1\r\nHost: prosa.test\r\n\r\n"


def endless(ended: asyncio.Event) -> Application:
    """Streams as fast as it may, until the client has left."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        left = asyncio.Event()
        scope["prosa.departure"].watch(left.set)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        while not left.is_set():
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
            await asyncio.sleep(0)
        ended.set()

    return application


@contextlib.asynccontextmanager
async def asking_slowly(port: int) -> AsyncIterator[socket.socket]:
    """A socket with little room that has asked for the stream."""
    loop = asyncio.get_running_loop()
    with socket.socket() as caller:
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        caller.setblocking(False)
        await loop.sock_connect(caller, ("127.0.0.1", port))
        await loop.sock_sendall(caller, GET)
        yield caller


@pytest.mark.attack("J5", "J12")
async def test_a_client_that_never_reads_is_let_go() -> None:
    ended = asyncio.Event()
    async with serving(endless(ended), Bounds(write_seconds=0.5)) as port, asking_slowly(port):
        await asyncio.wait_for(ended.wait(), 8)


@pytest.mark.attack("J5")
async def test_a_client_that_reads_slowly_is_kept() -> None:
    ended = asyncio.Event()
    async with serving(endless(ended), Bounds(write_seconds=1.0)) as port, asking_slowly(port) as caller:
        loop = asyncio.get_running_loop()
        for _ in range(9):
            for _ in range(20):
                assert await asyncio.wait_for(loop.sock_recv(caller, 65536), 2)
            await asyncio.sleep(0.25)
        assert not ended.is_set()


EARLY = b"POST /early HTTP/1.1\r\nHost: prosa.test\r\n"
LATER = b"POST /later HTTP/1.1\r\nHost: prosa.test\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nabcd\r\n0\r\n\r\n"


@pytest.mark.attack("K3")
@pytest.mark.parametrize(
    ("head", "rest"), [(b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n0\r\n\r\n"), (b"Content-Length: 1\r\n\r\n", b"a")]
)
async def test_a_request_inside_the_packet_that_ends_an_earlier_body_is_not_served(head: bytes, rest: bytes) -> None:
    seen: list[str] = []

    async def answers_early(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["path"])
        await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"no"})

    async with serving(answers_early) as port:
        answer = await exchange(port, EARLY + head, rest + LATER, pause=0.1)
    assert status(answer) == 401 and answer.endswith(b"no")
    assert seen == ["/early"]


@pytest.mark.attack("K9")
async def test_no_page_opens_a_websocket() -> None:
    head = (
        b"GET /v1/realtime HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nOrigin: https://evil.example\r\n\r\n"
    )
    async with running() as found:
        answer = await answered(found.base, head)
    assert status(answer) == 404 and b"101" not in answer.partition(b"\r\n")[0]


@pytest.mark.attack("K9", "K3")
async def test_frames_that_follow_an_upgrade_end_the_connection() -> None:
    seen = Seen()
    head = b"GET /a HTTP/1.1\r\nHost: prosa.test\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    async with serving(echo(seen)) as port:
        answer = await exchange(port, head + b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    assert status(answer) == 400


@pytest.mark.attack("J14")
async def test_ten_thousand_ranges_are_one_file() -> None:
    ranges = b",".join(b"%d-%d" % (place, place) for place in range(5000))
    head = b"GET /assets/prosa.svg HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nRange: bytes=" + ranges + b"\r\n\r\n"
    async with running() as found:
        answer = await answered(found.base, head)
    assert status(answer) == 200 and b"multipart" not in answer and len(answer) < 10_000


async def answered(base: str, data: bytes) -> bytes:
    """What comes back for these bytes, until the server is silent for a moment."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(base.rpartition(":")[2]))
    try:
        writer.write(data)
        received = b""
        with contextlib.suppress(TimeoutError):
            while piece := await asyncio.wait_for(reader.read(65536), 0.5):
                received += piece
        return received
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
