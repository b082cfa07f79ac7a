"""The edge behind a real server: what a client on a socket sees."""

import asyncio
import json

import pytest

from prosa.api.edge import OPEN, EdgeSettings, Exchange, Front, Route
from tests.api.edge.driver import HOT, SECRET, SITE, Edge, OpenAIShape, nothing_there
from tests.api.edge.serving import request, serving, talk

KEY = b"Authorization: Bearer " + SECRET.encode()


@pytest.mark.attack("J6")
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_that_is_too_large_is_answered_before_the_connection_ends(chunked: bool) -> None:
    body = b"x" * 3_000_000
    head = request(HOT, b"", KEY, b"Transfer-Encoding: chunked") if chunked else request(HOT, body, KEY)[: -len(body)]
    pieces = [b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"] if chunked else [body[:1_500_000], body[1_500_000:]]
    async with serving(Edge(settings=EdgeSettings(body_bytes=10_000)).front()) as port:
        received = await talk(port, head, *pieces)
    assert received.startswith(b"HTTP/1.1 413 ") and b"connection: close" in received
    assert json.loads(received.partition(b"\r\n\r\n")[2])["error"]["code"] == "payload_too_large"


async def test_a_stream_that_fails_never_looks_whole() -> None:
    async def fails(exchange: Exchange) -> None:
        await exchange.body()
        await exchange.start(200, ((b"content-type", b"text/event-stream"),))
        await exchange.write(b"data: 1\n\n")
        raise RuntimeError("late")

    async with serving(Edge().front(fails)) as port:
        received = await talk(port, request(HOT, b"{}"))
    assert b"data: 1\n\n" in received and not received.endswith(b"0\r\n\r\n")


@pytest.mark.attack("J12")
async def test_a_client_that_vanishes_at_any_phase_leaves_nothing_behind() -> None:
    gone = asyncio.Event()

    async def streams(exchange: Exchange) -> None:
        await exchange.body()
        await exchange.start(200, ((b"content-type", b"text/event-stream"),))
        await exchange.write(b"data: 1\n\n")
        await exchange.gone()
        gone.set()

    edge = Edge()
    parts = edge.parts()
    front = Front({("POST", HOT): Route(streams, OPEN, OpenAIShape())}, nothing_there, parts)
    whole = request(HOT, b"{}" * 100)
    async with serving(front) as port:
        for cut in (1, 20, len(whole) - 150, len(whole) - 1, len(whole)):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(whole[:cut])
            await writer.drain()
            await asyncio.sleep(0.02)
            writer.transport.abort()
        await asyncio.wait_for(gone.wait(), 5)
        await asyncio.sleep(0.05)
        assert front._open == [0.0] and parts.metrics.streams.cell(()) == [0.0]
        assert len([task for task in asyncio.all_tasks() if "run_asgi" in repr(task)]) == 0
    assert {record.status for record in edge.records} == {499, 200}


@pytest.mark.attack("K5", "K12", "C1")
@pytest.mark.parametrize("value", [b"a\x00b", b"\xff\xfe", b"x" * 60_000, b"%0d%0aSet-Cookie: a=1", b"${jndi:ldap://x}"])
async def test_hostile_fields_are_never_echoed(value: bytes) -> None:
    async with serving(Edge().front()) as port:
        fields = [name + b": " + value for name in (b"X-Request-Id", b"Origin", b"X-API-Key", b"Accept-Language")]
        received = await talk(port, request(HOT, b"{}", *fields))
    assert received.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 401 ", b"HTTP/1.1 403 ")) and value not in received
    assert b"set-cookie" not in received.lower()


async def test_a_preflight_and_a_call_of_a_page_pass_a_real_server() -> None:
    origin = b"Origin: " + SITE.encode()
    async with serving(Edge().front()) as port:
        preflight = await talk(port, request(HOT, b"", origin, b"Access-Control-Request-Method: POST", method=b"OPTIONS"))
        call = await talk(port, request(HOT, b"{}", origin, KEY))
    assert preflight.startswith(b"HTTP/1.1 204 ") and b"access-control-allow-origin: " + SITE.encode() in preflight
    assert call.startswith(b"HTTP/1.1 200 ") and b"access-control-allow-origin: " + SITE.encode() in call
