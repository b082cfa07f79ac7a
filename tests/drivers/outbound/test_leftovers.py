"""Slow readers cost little, cancelled calls leave nothing: no connection, task, file or garbage (attacks J12, A19)."""

import asyncio
import contextlib
import gc
import os
import random
from collections.abc import Awaitable

import pytest

from prosa.drivers.outbound import Client, ConnectionLost, OutboundError, Target, Timeouts
from prosa.drivers.outbound.connection import Connection
from tests.drivers.outbound.conftest import POST, QUICK
from tests.drivers.outbound.origin import Peer, chunked, plain, repeating, serving

pytestmark = pytest.mark.slow

MOST_HELD = 256 * 1024


@pytest.mark.attack("J5")
@pytest.mark.parametrize("size", [1, 7, 100, 60_000])
async def test_a_slow_reader_holds_up_the_server_and_little_memory(client: Client, size: int) -> None:
    sent = 0
    piece = b"%x\r\n%b\r\n" % (size, b"x" * size) * max(1, 60_000 // (size + 6))

    async def script(peer: Peer) -> None:
        nonlocal sent
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            await peer.send(piece)
            sent += len(piece)

    async with serving(script) as origin:
        reply = await client.open(origin.target(), POST, QUICK)
        for _ in range(2):
            before = -1
            while before != sent:
                before = sent
                await asyncio.sleep(0.03)
            assert 0 < reply.held <= MOST_HELD
            assert len(reply._parts) <= 64
            assert await reply.read()
        assert sent < 30_000_000  # the rest is in the kernel's buffers
        reply.close()
        await origin.until_left()


async def test_a_stream_that_was_held_up_comes_through_whole(client: Client) -> None:
    body = bytes(range(256)) * 40_000

    async with serving(repeating(chunked(*[body[at : at + 10_000] for at in range(0, len(body), 10_000)]))) as origin:
        reply = await client.open(origin.target(), POST, QUICK)
        pieces = []
        while piece := await reply.read():
            pieces.append(piece)
            if len(pieces) % 20 == 0:
                await asyncio.sleep(0.002)
        assert b"".join(pieces) == body
        assert client.figures().idle == 1


async def _nonce_server(peer: Peer) -> None:
    """Answers each request with its own body, slowly and in pieces, now and then."""
    while True:
        body = (await peer.request()).partition(b"\r\n\r\n")[2]
        await asyncio.sleep(random.choice((0, 0, 0.001)))
        answer = chunked(body[:4], body[4:]) if random.random() < 0.5 else plain(body)
        at = random.randrange(len(answer))
        await peer.send(answer[:at])
        await asyncio.sleep(random.choice((0, 0, 0.001)))
        await peer.send(answer[at:])


async def _ask(client: Client, target: Target, number: int) -> None:
    body = b"nonce-%d" % number
    reply = await client.open(target, type(POST)("POST", "/", (), body), QUICK)
    assert await reply.body(100) == body


async def _cancelled_after(seconds: float, call: Awaitable[None]) -> None:
    task = asyncio.ensure_future(call)
    await asyncio.sleep(seconds)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _files() -> list[str]:
    """What is open in this process, by kind."""
    kinds = []
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            kinds.append(os.readlink(f"/proc/self/fd/{name}"))
    return kinds


@pytest.mark.attack("A19", "J12")
async def test_a_storm_of_cancelled_calls_leaves_nothing_and_mixes_nothing_up() -> None:
    async with serving(_nonce_server):
        await asyncio.sleep(0)  # the loop opens what it keeps for itself
    tasks, files = len(asyncio.all_tasks()), _files()
    client = Client()
    async with serving(_nonce_server) as origin:
        target = origin.target()
        for start in range(0, 1000, 50):
            calls: list[Awaitable[None]] = []
            for number in range(start, start + 50):
                call = _ask(client, target, number)
                calls.append(call if number % 2 else _cancelled_after(random.random() * 0.004, call))
            await asyncio.gather(*calls)
        await asyncio.sleep(0)
        figures = client.figures()
        assert figures.open == figures.idle
        await client.aclose()
        assert client.figures().open == 0
        await origin.until_left()
    for _ in range(50):  # the server's side closes a moment later
        await asyncio.sleep(0.01)
        if len(_files()) <= len(files) and len(asyncio.all_tasks()) == tasks:
            return
    pytest.fail(f"left over: {asyncio.all_tasks()}, {_files()} instead of {files}")


@pytest.mark.attack("J12")
@pytest.mark.parametrize("phase", ["header", "body"])
async def test_cancelling_closes_the_connection_at_once(client: Client, phase: str) -> None:
    reached = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.request()
        if phase == "body":
            await peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n")
        reached.set()
        await peer.gone()

    async def call() -> None:
        await (await client.open(origin.target(), POST, QUICK)).body(100)

    async with serving(script) as origin:
        task = asyncio.ensure_future(call())
        await reached.wait()
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(0.1):
            await origin.until_left()
        assert client.figures().open == 0


async def test_cancelling_while_connecting_leaves_no_connection(client: Client) -> None:
    async def script(peer: Peer) -> None:
        await peer.gone()

    async with serving(script) as origin:
        for turns in range(12):
            task = asyncio.ensure_future(client.open(origin.target(), POST, QUICK))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0.01)
        assert client.figures().open == 0
        await origin.until_left()


async def test_a_thousand_calls_of_all_kinds_leave_no_garbage() -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        kind = peer.number % 4
        await peer.send((plain(b"ok"), chunked(b"cut")[:-4], b"garbage\r\n\r\n", plain(b"ok", "connection: close"))[kind])

    client = Client()
    async with serving(script) as origin:
        target = origin.target()

        async def call() -> None:
            with contextlib.suppress(OutboundError):
                await (await client.open(target, POST, Timeouts())).body(100)

        await call()
        gc.collect()
        gc.disable()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            for _ in range(250):
                await asyncio.gather(*(call() for _ in range(4)))
            await client.aclose()
            gc.collect()
            ours = [each for each in gc.garbage if type(each).__module__.startswith("prosa.")]
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()
        assert ours == []
        assert not [each for each in gc.get_objects() if isinstance(each, Connection)]


async def test_a_reader_who_is_still_there_when_the_connection_is_lost_hears_of_it(client: Client) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n")
        await asyncio.sleep(0.02)

    async with serving(script) as origin:
        reply = await client.open(origin.target(), POST, QUICK)
        with pytest.raises(ConnectionLost):
            await reply.read()
        with pytest.raises(ConnectionLost):
            await reply.read()
