"""One request and its answer."""

import asyncio

import pytest

from prosa.api.edge import EdgeSettings, Exchange
from tests.api.edge.driver import Asked, Edge, ask, bearer

AUTHORISED = Asked(headers=[bearer()])


async def test_a_body_in_pieces_is_one_body() -> None:
    answer = await ask(Edge().front(), AUTHORISED, pieces=[b"a" * 1000, b"", b"b" * 1000, b"c"])
    assert answer.json()["bytes"] == 2001


@pytest.mark.attack("J6")
@pytest.mark.parametrize(
    ("length", "pieces"),
    [
        (b"101", [b"a"]),
        (b"9" * 30, [b"a"]),
        (None, [b"a" * 101]),
        (None, [b"a" * 60, b"b" * 60, b"c" * 60]),
        (b"5", [b"a" * 101]),
    ],
)
async def test_a_body_that_is_too_large_is_413_and_the_connection_ends(length: bytes | None, pieces: list[bytes]) -> None:
    front = Edge(settings=EdgeSettings(body_bytes=100)).front()
    fields = [bearer(), *([(b"content-length", length)] if length else [])]
    answer = await ask(front, headers=fields, pieces=pieces)
    assert answer.status == 413 and answer.header("connection") == "close" and answer.whole
    assert answer.header("content-length") == str(len(answer.body)) and answer.json()["error"]["code"] == "payload_too_large"


async def test_a_client_that_waits_for_the_word_is_refused_without_being_asked_for_its_body() -> None:
    front = Edge(settings=EdgeSettings(body_bytes=100)).front()
    answer = await ask(front, headers=[bearer(), (b"expect", b"100-continue"), (b"content-length", b"101")], pieces=[])
    assert answer.status == 413


async def test_a_stream_goes_out_piece_by_piece() -> None:
    seen: list[float] = []

    async def handler(exchange: Exchange) -> None:
        await exchange.body()
        await exchange.start(200, ((b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache")))
        for number in range(3):
            await exchange.write(b"data: %d\n\n" % number)
            seen.append(exchange.parts.metrics.streams.cell(())[0])
        await exchange.end()

    edge = Edge()
    answer = await ask(edge.front(handler), AUTHORISED)
    assert answer.pieces == [b"data: 0\n\n", b"data: 1\n\n", b"data: 2\n\n", b""] and answer.whole
    assert answer.header("cache-control") == "no-cache" and answer.header("content-length") is None
    assert seen == [1.0, 1.0, 1.0] and edge.records[0].bytes_out == 27


async def test_gone_returns_when_the_client_leaves() -> None:
    told: list[str] = []

    async def handler(exchange: Exchange) -> None:
        await exchange.body()
        await asyncio.wait_for(exchange.gone(), 1)
        told.append("gone")
        await exchange.respond(200, b"")

    await ask(Edge().front(handler), AUTHORISED)
    assert told == ["gone"]


async def test_a_header_of_the_handlers_own_replaces_the_common_one() -> None:
    async def handler(exchange: Exchange) -> None:
        own = ((b"content-security-policy", b"default-src 'self'"), (b"vary", b"Accept"))
        await exchange.respond(200, b"hi", b"text/html", own)

    answer = await ask(Edge().front(handler))
    assert answer.header("content-security-policy") == "default-src 'self'" and answer.header("vary") == "Origin, Accept"
    assert answer.header("x-content-type-options") == "nosniff" and answer.header("content-type") == "text/html"


async def test_a_socket_file_has_no_address_and_is_nobodys_loopback() -> None:
    found: list[tuple[str, str, bool]] = []

    async def handler(exchange: Exchange) -> None:
        found.append((exchange.peer, exchange.client, exchange.loopback))
        await exchange.respond(200, b"")

    await ask(Edge().front(handler), peer=None)
    assert found == [("", "", False)]


@pytest.mark.attack("B5", "B20")
async def test_a_cookie_counts_where_it_came_once_and_is_plain() -> None:
    found: list[str | None] = []

    async def handler(exchange: Exchange) -> None:
        found.append(exchange.session)
        await exchange.respond(200, b"")

    front = Edge().front(handler)
    ours, other = b"prosa_session=abc", b"theme=dark; a=b"
    for cookies in (
        [ours],
        [other + b"; " + ours],
        [other, ours],
        [ours + b"; prosa_session=def"],  # a neighbour's page set one too: nobody can tell which is ours
        [ours, b"prosa_session=def"],
        [b"prosa_session=a b"],
        [b'prosa_session="abc"'],
        [b"prosa_session="],
        [b"prosa_session=" + b"a" * 600],
        [b"__Host-prosa=abc"],
        [b"xprosa_session=abc; prosa_session_=abc"],
    ):
        await ask(front, headers=[(b"cookie", value) for value in cookies])
    assert found == ["abc"] * 3 + [None] * 8
