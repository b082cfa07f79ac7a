"""The bounds of a connection, over real sockets."""

import asyncio
from typing import Any

import pytest

from prosa.api.edge import Send
from prosa.boot.protocol import Bounds
from tests.boot.harness import Seen, echo, exchange, serving, status

GET = b"GET /a HTTP/1.1\r\nHost: prosa.test\r\nConnection: close\r\n\r\n"


async def test_a_plain_request_is_served_without_the_headers_of_the_server() -> None:
    async with serving(echo(Seen())) as port:
        answer = await exchange(port, GET)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert status(answer) == 200
    assert body == b"/a"
    assert b"server:" not in head.lower()
    assert b"date:" not in head.lower()


async def test_a_client_of_http_1_0_gets_no_chunks_but_the_end_of_the_connection() -> None:
    async def streams(_scope: object, _receive: object, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for piece in (b"one ", b"two"):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async with serving(streams) as port:
        answer = await exchange(port, b"GET / HTTP/1.0\r\nHost: prosa.test\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head and b"connection: close" in head
    assert body == b"one two"


async def test_two_requests_one_after_the_other_share_a_connection() -> None:
    async with serving(echo(Seen())) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for path in (b"/one", b"/two"):
            writer.write(b"GET %s HTTP/1.1\r\nHost: prosa.test\r\n\r\n" % path)
            assert path in await reader.readuntil(path)
        writer.close()
        await writer.wait_closed()


EARLY = b"POST /early HTTP/1.1\r\nHost: prosa.test\r\nContent-Length: 4\r\n\r\n"
CHUNKED = b"POST /early HTTP/1.1\r\nHost: prosa.test\r\nTransfer-Encoding: chunked\r\n\r\n"


async def after_an_early_answer(first: bytes, *rest: bytes) -> tuple[Seen, bytes]:
    """What comes back when the first request is answered before its body came, and the rest is sent then."""
    seen = Seen()
    echoing = echo(seen)

    async def hasty(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] != "/early":
            await echoing(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async with serving(hasty) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(first)
        assert b"404" in await reader.readuntil(b"\r\n\r\n")
        for piece in rest:
            writer.write(piece)
            await asyncio.sleep(0.05)
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
    return seen, answer


async def test_the_next_request_may_come_with_the_rest_of_a_body_that_was_answered_early() -> None:
    seen, answer = await after_an_early_answer(EARLY, b"body" + GET)
    assert status(answer) == 200 and seen.paths == ["/a"] and seen.bodies == [b""]
    post = b"POST /b HTTP/1.1\r\nHost: prosa.test\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc"
    seen, answer = await after_an_early_answer(EARLY, b"body" + post[:30], post[30:-2], post[-2:])
    assert status(answer) == 200 and seen.paths == ["/b"] and seen.bodies == [b"abc"]


@pytest.mark.attack("K1", "K2")
@pytest.mark.parametrize(
    ("first", "rest", "expected"),
    [
        (EARLY, (b"body" + CHUNKED + b"0\r\n\r\n",), 0),
        (EARLY, (b"body" + CHUNKED[:-1], b"\n3;x=y\r\nabc\r\n0\r\n\r\n"), 0),
        (CHUNKED, (b"0\r\n\r\n" + GET,), 0),
        (EARLY, (b"body" + GET.replace(b"Host: prosa.test", b"Host: a\r\nHost: b"),), 400),
        (EARLY, (b"body" + GET.replace(b"\r\n\r\n", b"\r\nX: " + b"x" * 66_000 + b"\r\n\r\n"),), 431),
    ],
)
async def test_what_comes_with_the_rest_of_a_body_is_read_as_strictly(
    first: bytes, rest: tuple[bytes, ...], expected: int
) -> None:
    seen, answer = await after_an_early_answer(first, *rest)
    assert status(answer) == expected and seen.paths == []


@pytest.mark.attack("K1", "K2")
@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a?b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a#b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a:99999999\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        b"GET http://other.test/ HTTP/1.1\r\nHost: a\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.2\r\nHost: a\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
async def test_a_head_that_can_be_read_in_two_ways_is_refused(head: bytes) -> None:
    seen = Seen()
    async with serving(echo(seen)) as port:
        answer = await exchange(port, head)
    assert status(answer) == 400
    assert b"connection: close" in answer
    assert seen.paths == []


CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"


@pytest.mark.attack("K3")
@pytest.mark.parametrize(
    "request_",
    [
        CHUNKED + b"Content-Length: 5\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        CHUNKED + b"Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        CHUNKED + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        CHUNKED + b"\r\n1;a=b\r\nx\r\n0\r\n\r\n",
        CHUNKED + b"\r\n1 \r\nx\r\n0\r\n\r\n",
        CHUNKED + b"\r\n1\nx\n0\n\n",
        CHUNKED + b"\r\n0x1\r\nx\r\n0\r\n\r\n",
        CHUNKED + "\r\n١\r\nx\r\n0\r\n\r\n".encode(),
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nabcde",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nabcde",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ٥\r\n\r\nabcde".encode(),
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
    ],
)
async def test_smuggling_forms_are_refused_and_the_connection_ends(request_: bytes) -> None:
    seen = Seen()
    async with serving(echo(seen)) as port:
        answer = await exchange(port, request_)
    assert status(answer) == 400
    assert seen.paths == []


@pytest.mark.attack("K3")
async def test_a_chunk_extension_in_a_later_piece_is_refused_too() -> None:
    seen = Seen()
    async with serving(echo(seen)) as port:
        answer = await exchange(port, CHUNKED + b"\r\n1\r\nx\r", b"\n1;a=b\r\n", b"y\r\n0\r\n\r\n", pause=0.05)
    assert status(answer) == 400
    assert seen.paths == []


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
async def test_a_chunked_body_arrives_whole_however_it_is_split_and_its_trailers_change_nothing(size: int) -> None:
    seen = Seen()
    whole = CHUNKED + b"Connection: close\r\n\r\n3\r\nabc\r\n00A\r\n0123456789\r\n0\r\nX-Key: late\r\n\r\n"
    pieces = [whole[place : place + size] for place in range(0, len(whole), size)]
    async with serving(echo(seen)) as port:
        answer = await exchange(port, *pieces)
    assert answer.endswith(b"abc0123456789")
    assert b"x-key" not in seen.headers[0]


@pytest.mark.attack("K3")
async def test_a_request_sent_before_the_stream_has_ended_is_not_run() -> None:
    seen = Seen()
    async with serving(echo(seen)) as port:
        first = b"GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"
        answer = await exchange(port, first, b"GET /second HTTP/1.1\r\nHost: a\r\n\r\n", pause=0.1)
    assert answer.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")
    assert seen.paths == ["/stream"]


@pytest.mark.attack("K6")
@pytest.mark.parametrize("line", [b"TRACE / HTTP/1.1", b"CONNECT a:80 HTTP/1.1"])
async def test_trace_and_connect_are_refused(line: bytes) -> None:
    async with serving(echo(Seen())) as port:
        answer = await exchange(port, line + b"\r\nHost: a\r\n\r\n")
    assert status(answer) == 405


async def test_a_wish_to_change_protocols_is_answered_as_plain_http() -> None:
    upgrade = b"GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n"
    async with serving(echo(Seen())) as port:
        answer = await exchange(port, upgrade)
    assert status(answer) == 200


@pytest.mark.attack("J9")
@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 101 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 400_000, 431),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    ],
)
async def test_heads_are_bounded_in_size_and_count(head: bytes, expected: int) -> None:
    seen = Seen()
    async with serving(echo(seen)) as port:
        answer = await exchange(port, head)
    assert status(answer) == expected
    assert seen.paths == []


@pytest.mark.attack("J5")
async def test_a_slow_head_a_slow_body_and_a_silent_connection_are_cut_off_and_others_served() -> None:
    bounds = Bounds(header_seconds=0.3, body_seconds=0.3, keep_alive_seconds=0.3)
    async with serving(echo(Seen()), bounds) as port:
        slow_head = exchange(port, b"GET / HTTP/1.1\r\n", b"Host: a\r\n", pause=0.1)
        slow_body = exchange(port, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n", b"abc", pause=0.1)
        silent = exchange(port)
        idle = exchange(port, b"GET /idle HTTP/1.1\r\nHost: a\r\n\r\n")
        quick = exchange(port, GET)
        answers = await asyncio.gather(slow_head, slow_body, silent, idle, quick)
    assert [status(answer) for answer in answers] == [408, 408, 0, 200, 200]


async def test_a_long_answer_is_no_slow_request() -> None:
    bounds = Bounds(header_seconds=0.1, body_seconds=0.1, keep_alive_seconds=0.1)
    async with serving(echo(Seen()), bounds) as port:
        answer = await exchange(port, b"GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert b"[DONE]" in answer


@pytest.mark.attack("K8", "K12")
async def test_a_refusal_reads_well_in_every_dialect_and_tells_nothing_of_the_server() -> None:
    async with serving(echo(Seen())) as port:
        answer = await exchange(port, b"GET / HTTP/1.1\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"x-content-type-options: nosniff" in head
    assert b"x-request-id: req_" in head
    assert b'"error":{"message"' in body
    assert b'"detail":' in body
    assert b"uvicorn" not in answer.lower()
