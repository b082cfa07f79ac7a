"""Servers that lie, break off, never end, or speak no HTTP (attacks.md §3, row Upstream, as far as it is transport)."""

import asyncio
import os
import zlib

import pytest

from prosa.drivers.outbound import (
    AnswerTooLarge,
    BadAnswer,
    Client,
    ConnectFailed,
    ConnectionLost,
    Limits,
    OutboundError,
    OutboundRequest,
    Target,
)
from tests.drivers.outbound.conftest import POST, QUICK
from tests.drivers.outbound.origin import Peer, answering, chunked, plain, repeating, serving

OK = b"HTTP/1.1 200 OK\r\n"
NO_HTTP = {
    "noise": b"\x00\xff\x16\x03\x01 no http at all\r\n\r\n",
    "HTML": b"<html><body>502</body></html>\r\n\r\n",
    "a request": b"GET / HTTP/1.1\r\nhost: x\r\n\r\n",
    "an unknown version": b"HTTP/7.3 200 OK\r\ncontent-length: 0\r\n\r\n",
    "a status of letters": b"HTTP/1.1 abc OK\r\ncontent-length: 0\r\n\r\n",
    "a status of seven digits": b"HTTP/1.1 2000000 OK\r\ncontent-length: 0\r\n\r\n",
    "bare line feeds": b"HTTP/1.1 200 OK\ncontent-length: 2\n\nok",
    "a control character in a header": OK + b"x: a\x00b\r\ncontent-length: 0\r\n\r\n",
    "a header without colon": OK + b"nonsense\r\ncontent-length: 0\r\n\r\n",
    "a space in a header's name": OK + b"content length: 0\r\n\r\n",
    "a length of letters": OK + b"content-length: ten\r\n\r\n",
    "a negative length": OK + b"content-length: -1\r\n\r\n",
    "a length beyond 64 bits": OK + b"content-length: 99999999999999999999999\r\n\r\n",
    "two lengths": OK + b"content-length: 2\r\ncontent-length: 3\r\n\r\nokk",
    "a length twice": OK + b"content-length: 2\r\ncontent-length: 2\r\n\r\nok",
    "length and chunks": OK + b"content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "a transfer coding nobody asked for": OK + b"transfer-encoding: gzip\r\n\r\nxx",
    "two transfer codings": OK + b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "two transfer codings in two lines": OK + b"transfer-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
    "another protocol, unnamed": b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    "a header line of 20 KB": OK + b"x: " + b"a" * 20_000 + b"\r\ncontent-length: 0\r\n\r\n",
    "300 header lines": OK + b"".join(b"x-%d: y\r\n" % n for n in range(300)) + b"content-length: 0\r\n\r\n",
    "a header of 100 KB": OK + b"".join(b"x-%d: %s\r\n" % (n, b"y" * 1000) for n in range(100)) + b"content-length: 0\r\n\r\n",
}


@pytest.mark.attack("D7")
@pytest.mark.parametrize("name", NO_HTTP)
async def test_what_is_no_proper_answer_is_refused_and_its_connection_closed(client: Client, name: str) -> None:
    async with serving(repeating(NO_HTTP[name])) as origin:
        with pytest.raises(BadAnswer):
            await client.open(origin.target(), POST, QUICK)
        await origin.until_left()


async def test_a_change_of_protocol_is_called_by_its_name(client: Client) -> None:
    async with serving(repeating(NO_HTTP["another protocol"])) as origin:
        with pytest.raises(BadAnswer, match="another protocol"):
            await client.open(origin.target(), POST, QUICK)


BROKEN_BODIES = {
    "a chunk size of letters": OK + b"transfer-encoding: chunked\r\n\r\n2\r\nok\r\nxyz\r\n",
    "a chunk longer than it says": OK + b"transfer-encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n",
    "a chunk size beyond 64 bits": OK + b"transfer-encoding: chunked\r\n\r\n2\r\nok\r\nfffffffffffffffffff\r\n",
}


@pytest.mark.parametrize("name", BROKEN_BODIES)
async def test_a_body_that_breaks_its_frame_is_an_error_after_what_was_good(client: Client, name: str) -> None:
    async with serving(repeating(BROKEN_BODIES[name])) as origin:
        reply = await client.open(origin.target(), POST, QUICK)
        assert (await reply.read()).startswith(b"ok")
        with pytest.raises(BadAnswer):
            await reply.read()
        await origin.until_left()


@pytest.mark.attack("D7")
@pytest.mark.parametrize(
    "start, piece",
    [
        (b"", b"x" * 1000),
        (OK, b"x-more: yes\r\n"),
        (OK + b"x: ", b"a" * 1000),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (OK + b"transfer-encoding: chunked\r\n\r\n", b"0" * 1000),
        (OK + b"transfer-encoding: chunked\r\n\r\n1;", b"x" * 1000),
        (OK + b"transfer-encoding: chunked\r\n\r\n0\r\n", b"x-trailer: more\r\n"),
        (OK + b"transfer-encoding: chunked\r\n\r\n0\r\nx: ", b"a" * 1000),
    ],
)
async def test_a_header_trailer_or_frame_without_end_is_cut_off(client: Client, start: bytes, piece: bytes) -> None:
    sent = 0

    async def script(peer: Peer) -> None:
        nonlocal sent
        await peer.request()
        await peer.send(start)
        while sent < 50_000_000:
            await peer.send(piece * 10)
            sent += len(piece) * 10

    async with serving(script) as origin:
        with pytest.raises(BadAnswer):
            await (await client.open(origin.target(), POST, QUICK)).body(10_000_000)
        await origin.until_left()
        assert sent < 50_000_000


SAMPLES = {
    "chunks": chunked(b"data: one\n\n", b"data: two\n\n"),
    "length": plain(b'{"choices":[]}', "content-type: application/json"),
}


@pytest.mark.parametrize("name", SAMPLES)
async def test_an_answer_cut_after_any_byte_is_never_taken_for_whole(client: Client, name: str) -> None:
    sample = SAMPLES[name]
    cut = 0

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(sample[:cut])

    async with serving(script) as origin:
        for cut in range(len(sample)):  # noqa: B007 - the script reads it
            with pytest.raises(ConnectionLost):
                await (await client.open(origin.target(), POST, QUICK)).body(1000)
        cut = len(sample)
        await (await client.open(origin.target(), POST, QUICK)).body(1000)


async def test_a_body_cut_by_a_reset_is_lost_though_it_had_no_length(client: Client) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(OK + b"\r\nsome")
        await asyncio.sleep(0.02)
        peer.reset()

    async with serving(script) as origin:
        reply = await client.open(origin.target(), POST, QUICK)
        assert await reply.read() == b"some"
        with pytest.raises(ConnectionLost):
            await reply.read()


async def test_what_came_before_the_cut_is_read_before_the_error(client: Client) -> None:
    async with serving(answering(chunked(b"data: one\n\n", b"data: two\n\n")[:-8])) as origin:
        reply = await client.open(origin.target(), POST, QUICK)
        await asyncio.sleep(0.02)
        assert (await reply.read()).startswith(b"data: one\n\n")
        with pytest.raises(ConnectionLost):
            while await reply.read():
                pass


@pytest.mark.attack("A19")
@pytest.mark.parametrize("late", [False, True])
async def test_an_answer_that_nobody_asked_for_is_never_given_to_the_next_caller(client: Client, late: bool) -> None:
    poison = plain(b"another's answer")

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(plain(b"own") + (b"" if late else poison))
        if late:
            await asyncio.sleep(0.005)
            await peer.send(poison)
        await peer.request()
        await peer.send(plain(b"own"))

    async with serving(script) as origin:
        for _ in range(4):
            reply = await client.open(origin.target(), POST, QUICK)
            assert await reply.body(100) == b"own"
            await asyncio.sleep(0.01)
        assert origin.connections == 4


@pytest.mark.attack("A19")
async def test_poison_that_still_waits_in_the_socket_is_seen_before_the_request_goes_out(client: Client) -> None:
    writers: list[asyncio.StreamWriter] = []

    async def script(peer: Peer) -> None:
        writers.append(peer.writer)
        await repeating(plain(b"own"))(peer)

    async with serving(script) as origin:
        await (await client.open(origin.target(), POST, QUICK)).body(100)
        # Written past the loop, so that the client's side has had no turn to read it.
        os.write(writers[0].get_extra_info("socket").fileno(), plain(b"another's"))
        assert await (await client.open(origin.target(), POST, QUICK)).body(100) == b"own"
        assert origin.connections == 2


async def test_an_answer_before_the_request_is_whole_ends_its_connection(client: Client) -> None:
    async def script(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        await peer.send(plain(b"too large", status="413 Content Too Large"))
        await asyncio.sleep(0.2)

    async with serving(script) as origin:
        request = OutboundRequest("POST", "/", (), b"x" * 30_000_000)
        reply = await client.open(origin.target(), request, QUICK)
        assert (reply.status, await reply.body(100)) == (413, b"too large")
        assert client.figures().idle == 0


async def test_a_body_larger_than_asked_for_is_cut_off(client: Client) -> None:
    endless = chunked(*[b"x" * 1000] * 100)
    for answer in (plain(b"x" * 5000), endless, OK + b"\r\n" + b"x" * 5000):
        async with serving(answering(answer)) as origin:
            reply = await client.open(origin.target(), POST, QUICK)
            with pytest.raises(AnswerTooLarge):
                await reply.body(4999)
            await origin.until_left()


async def test_the_clients_own_bound_holds_whatever_is_asked_for() -> None:
    client = Client(Limits(body_bytes=100))
    async with serving(repeating(plain(b"x" * 101))) as origin:
        with pytest.raises(AnswerTooLarge):
            await (await client.open(origin.target(), POST, QUICK)).body(1_000_000)
    await client.aclose()


def _gzip(body: bytes, bits: int = 31) -> bytes:
    packer = zlib.compressobj(wbits=bits)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize("coding, bits", [("gzip", 31), ("x-gzip", 31), ("deflate", 15), ("Deflate", -15)])
async def test_a_compressed_body_is_decoded_whole_and_refused_as_a_stream(client: Client, coding: str, bits: int) -> None:
    body = b'{"choices":[]}' * 50
    async with serving(repeating(plain(_gzip(body, bits), f"content-encoding: {coding}"))) as origin:
        assert await (await client.open(origin.target(), POST, QUICK)).body(1000) == body
        reply = await client.open(origin.target(), POST, QUICK)
        with pytest.raises(BadAnswer):
            await reply.read()


@pytest.mark.attack("D7")
@pytest.mark.parametrize(
    "coding, body, error",
    [
        ("br", b"xx", BadAnswer),
        ("gzip", b"no gzip", BadAnswer),
        ("gzip", _gzip(b"cut" * 100)[:-4], BadAnswer),
        ("deflate", b"\x78", BadAnswer),
        ("gzip, gzip", _gzip(_gzip(b"twice")), BadAnswer),
        ("gzip", _gzip(b"x" * 60_000), AnswerTooLarge),
        ("gzip", _gzip(b"x" * 5_000_000), BadAnswer),
    ],
)
async def test_a_compressed_body_that_lies_is_refused(
    client: Client, coding: str, body: bytes, error: type[OutboundError]
) -> None:
    async with serving(repeating(plain(body, f"content-encoding: {coding}"))) as origin:
        with pytest.raises(error):
            await (await client.open(origin.target(), POST, QUICK)).body(50_000 if len(body) < 1000 else 50_000_000)


async def test_a_refused_connection_is_an_error_without_the_address(client: Client, unused: Target) -> None:
    with pytest.raises(ConnectFailed) as caught:
        await client.open(unused, POST, QUICK)
    assert "127.0.0.1" not in str(caught.value) and str(unused.port) not in str(caught.value)
    assert caught.value.retriable


async def test_a_connection_reset_at_once_is_an_error(client: Client) -> None:
    async def script(peer: Peer) -> None:
        peer.reset()

    async with serving(script) as origin:
        with pytest.raises((ConnectionLost, ConnectFailed)):
            await client.open(origin.target(), POST, QUICK)


@pytest.fixture
async def unused() -> Target:
    """A port of 127.0.0.1 where nobody listens any more."""
    async with serving(repeating(b"")) as origin:
        pass
    return origin.target()
