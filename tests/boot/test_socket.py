"""WebSockets over real connections: what the library's own client says, and what a hostile one sends."""

import asyncio
import os

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from prosa.api.edge import Socket
from prosa.boot.protocol import Bounds
from prosa.boot.upgrade import SocketBounds
from tests.boot.harness import exchange, status
from tests.boot.sockets import Opener, echo, opened, ping, raw, rest, text, wish

QUICK = Bounds(
    sockets=SocketBounds(ping_seconds=0.3, pong_seconds=0.3, message_seconds=0.3, close_seconds=0.3, write_seconds=0.5)
)


async def test_messages_come_and_go_in_their_order() -> None:
    app = Opener(echo)
    async with opened(app) as (port, _), connect(f"ws://127.0.0.1:{port}/") as client:
        assert client.response is not None and client.response.headers["x-opened"] == "yes"
        assert "sec-websocket-extensions" not in client.response.headers  # compression costs memory, and is none of ours
        said = ["", "olá", "🐦" * 1000, *(str(number) for number in range(300))]
        for message in said:
            await client.send(message)
        assert [await client.recv() for _ in said] == said
        await client.send(iter(["in ", "piec", "es"]))
        assert await client.recv() == "in pieces"
        assert await (await client.ping()) >= 0
        await client.close(1000)
    assert app.endings == [1000]


async def test_a_piece_of_a_letter_may_be_the_end_of_a_fragment_and_a_ping_may_come_between() -> None:
    bird = "🐦".encode()
    async with opened(Opener(echo)) as (port, _), raw(port) as client:
        await client.send(text(bird[:1], fin=False), ping(b"now"), rest(bird[1:3], fin=False), rest(bird[3:]))
        assert await client.frame() == (0xA, b"now")
        assert await client.frame() == (0x1, bird)


async def test_a_message_in_single_bytes_is_a_message() -> None:
    async with opened(Opener(echo)) as (port, _), raw(port) as client:
        for byte in text(b"slowly"):
            await client.send(bytes([byte]))
        assert await client.frame() == (0x1, b"slowly")


@pytest.mark.attack("K9")
@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([b"\x81\x02hi"], 1002),  # not masked
        ([b"\x82" + text(b"hi")[1:]], 1003),  # binary
        ([text(b"\xff\xfe")], 1007),
        ([text(b"\xc3", fin=False), rest(b"\x28")], 1007),
        ([rest(b"hi")], 1002),  # goes on with nothing
        ([text(b"a", fin=False), text(b"b")], 1002),
        ([b"\xc1" + text(b"hi")[1:]], 1002),  # a bit of an extension that wasn't agreed on
        ([b"\x83" + text(b"hi")[1:]], 1002),  # an opcode that isn't
        ([b"\x09" + ping()[1:]], 1002),  # a ping in pieces
        ([b"\x89\xfe\x00\x80" + b"\x00" * 132], 1002),  # a long ping
        ([b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00"], 1009),  # says that it is huge
        ([b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00"], 1009),
        ([text(b"a" * 60_000, fin=False), rest(b"a" * 60_000)], 1009),
        ([b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"], 1002),
    ],
)
async def test_what_breaks_the_protocol_ends_the_connection_with_its_code(frames: list[bytes], code: int) -> None:
    app = Opener(echo)
    async with opened(app) as (port, _):
        async with raw(port) as client:
            await client.send(*frames)
            assert await client.close_code() == code
        async with connect(f"ws://127.0.0.1:{port}/") as other:
            await other.send("and others are served")
            assert await other.recv() == "and others are served"
    assert app.endings[0] == code


@pytest.mark.attack("K9")
async def test_chance_bytes_end_one_connection_and_nothing_else() -> None:
    app = Opener(echo)
    async with opened(app) as (port, _):
        for seed in range(40):
            async with raw(port) as client:
                await client.send(os.urandom(64 + seed * 32))
                client.writer.write_eof()
                await client.close_code()
        async with connect(f"ws://127.0.0.1:{port}/") as other:
            await other.send("still here")
            assert await other.recv() == "still here"


@pytest.mark.attack("K9")
@pytest.mark.parametrize("flood", [ping(), rest(b"", fin=False), rest(b"x", fin=False)], ids=["pings", "empty", "short"])
async def test_a_flood_of_small_frames_ends_it_and_others_go_on_meanwhile(flood: bytes) -> None:
    bounds = Bounds(sockets=SocketBounds(small_frames=500, small_frames_per_second=100))
    async with opened(Opener(echo), bounds) as (port, _), connect(f"ws://127.0.0.1:{port}/") as other, raw(port) as client:
        await client.send(text(b"", fin=False))
        sending = asyncio.create_task(client.send(flood * 200_000))
        await other.send("now")
        assert await asyncio.wait_for(other.recv(), 2) == "now"
        assert await client.close_code() in (1008, 1006)  # who goes on sending may miss why
        await sending


@pytest.mark.attack("K9", "J5")
async def test_a_slow_message_and_a_silent_client_are_cut_off_and_one_that_lives_is_not() -> None:
    app = Opener(echo)
    async with opened(app, QUICK) as (port, _), connect(f"ws://127.0.0.1:{port}/", ping_interval=None) as living:
        async with raw(port) as slow, raw(port) as silent:
            await slow.send(text(b"begun", fin=False))
            dripping = asyncio.create_task(_drip(slow.send))
            codes = await asyncio.gather(slow.close_code(), silent.close_code())
            dripping.cancel()
        await living.send("here")
        assert await living.recv() == "here"
    assert tuple(codes) == (1008, 1011)


async def _drip(send: object) -> None:
    assert callable(send)
    while True:
        await send(rest(b".", fin=False))
        await asyncio.sleep(0.1)


@pytest.mark.attack("J5", "K9")
async def test_who_does_not_read_is_waited_for_within_bounds_and_then_let_go() -> None:
    sent = 0

    async def pour(socket: Socket) -> None:
        nonlocal sent
        while True:
            await socket.send(b"x" * 10_000)
            sent += 1

    app = Opener(pour)
    async with opened(app, QUICK) as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1000)
        writer.write(wish())
        await asyncio.sleep(0.5)
        stood = sent
        await asyncio.sleep(0.3)
        assert 0 < sent == stood  # the reader's room and the system's are full, and nobody writes on
        for _ in range(50):
            if app.endings:
                break
            await asyncio.sleep(0.1)
        assert app.endings == [1006]
        writer.close()
        del reader


async def test_what_nobody_reads_yet_is_not_taken_from_the_connection() -> None:
    go = asyncio.Event()

    async def lazy(socket: Socket) -> None:
        await go.wait()
        while True:
            await socket.send(await socket.receive())

    async with opened(Opener(lazy)) as (port, _), raw(port) as client:
        message = text(b"y" * 50_000)
        sending = asyncio.create_task(client.send(*[message] * 400))
        await asyncio.sleep(0.5)
        assert not sending.done()  # 20 MB don't fit into one message and the systems' buffers
        go.set()
        for _ in range(400):
            assert await client.frame() == (0x1, b"y" * 50_000)
        await sending


async def test_who_waits_for_a_message_hears_that_the_server_stops() -> None:
    app = Opener(echo)
    async with opened(app) as (port, server), connect(f"ws://127.0.0.1:{port}/") as client:
        await client.send("before")
        assert await client.recv() == "before"
        server.stop()
        with pytest.raises(ConnectionClosed) as ended:
            await client.recv()
    assert ended.value.rcvd is not None and ended.value.rcvd.code == 1012
    assert app.endings == ["stopping"]


async def test_a_client_that_leaves_without_a_word_is_noticed() -> None:
    app = Opener(echo)
    async with opened(app) as (port, _):
        async with raw(port) as client:
            client.writer.transport.abort()
        async with raw(port) as client:
            client.writer.write_eof()
            assert await client.reader.read() == b""
        await asyncio.sleep(0.1)
    assert app.endings == [1006, 1006]


async def test_a_client_that_does_not_answer_the_goodbye_is_not_waited_for_long() -> None:
    async def dismiss(socket: Socket) -> None:
        socket.close(1000, "enough")
        socket.close(1011, "only the first one counts")

    async with opened(Opener(dismiss), QUICK) as (port, server), raw(port) as client:
        assert await client.close_code() == 1000
        assert await asyncio.wait_for(client.reader.read(), 4) == b""
        assert not server.server_state.connections


async def test_a_server_that_stops_does_not_wait_long_for_a_client_that_does_not_answer() -> None:
    async with opened(Opener(echo), QUICK) as (port, server), raw(port) as client:
        server.stop()
        assert await client.close_code() == 1012
        for _ in range(50):
            if not server.server_state.connections:
                break
            await asyncio.sleep(0.05)
        assert not server.server_state.connections


@pytest.mark.attack("K9")
@pytest.mark.parametrize(
    "changed",
    [
        {"Sec-WebSocket-Version": "8"},
        {"Sec-WebSocket-Version": None},
        {"Sec-WebSocket-Key": None},
        {"Sec-WebSocket-Key": "short"},
        {"Sec-WebSocket-Key": "?" * 24},
        {"Upgrade": "h2c"},
        {"Connection": "close"},
    ],
)
async def test_a_handshake_that_is_none_gets_a_plain_answer(changed: dict[str, str | None]) -> None:
    async with opened(Opener(echo)) as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(wish(changed))
        assert status(await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)) == 400
        writer.close()


@pytest.mark.attack("K1")
async def test_nothing_may_come_before_the_change_of_protocols_is_agreed_on() -> None:
    async with opened(Opener(echo)) as (port, _):
        assert status(await exchange(port, wish() + text(b"smuggled"))) == 400
        answer = await exchange(port, wish() + b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        assert status(answer) == 400 and b" 101 " not in answer


async def test_two_sockets_hear_each_their_own() -> None:
    async with opened(Opener(echo)) as (port, _):
        clients = [await connect(f"ws://127.0.0.1:{port}/") for _ in range(20)]
        for turn in range(10):
            for number, client in enumerate(clients):
                await client.send(f"{number}:{turn}")
        for number, client in enumerate(clients):
            assert [await client.recv() for _ in range(10)] == [f"{number}:{turn}" for turn in range(10)]
            await client.close()
