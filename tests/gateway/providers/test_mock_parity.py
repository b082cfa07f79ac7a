"""The mock inside this process and the mock behind a socket are the same to whoever calls them."""

from collections.abc import AsyncIterator

import pytest

from prosa.drivers.outbound import Client, OutboundError, OutboundRequest, Target, Timeouts, Transport
from prosa.gateway.providers.mock import MockServer, MockTransport
from tests.gateway.providers.playing import chat, post

TIMEOUTS = Timeouts(connect=2, first_byte=0.1, silence=0.1, total=5)
REQUESTS: dict[str, OutboundRequest] = {
    "plain": chat(),
    "stream": chat(stream=True),
    "embeddings": post("/v1/embeddings", {"model": "m", "input": ["a", "b"]}),
    "split": chat("[[mock split=3 text='São 你好']]", stream=True),
    "strange framing": chat("[[mock framing=crlf bom comments=1]]", stream=True),
    "huge": chat("[[mock huge=300000]]", stream=True),
    "error": chat("[[mock status=429 retry_after=3]]"),
    "error event": chat("[[mock error_after=2]]", stream=True),
    "garbage": chat("[[mock instead=garbage]]"),
    "nothing": chat("[[mock instead=empty]]"),
    "cut at once": chat("[[mock cut_after=0]]", stream=True),
    "cut stream": chat("[[mock cut_after=200]]", stream=True),
    "cut body": chat("[[mock cut_after=20]]"),
    "drop": chat("[[mock drop]]"),
    "slow first byte": chat("[[mock first_byte=9]]"),
    "stall": chat("[[mock stall=9]]", stream=True),
    "stalled body": chat("[[mock stall=9]]"),
}


@pytest.fixture
async def server() -> AsyncIterator[Target]:
    mock = MockServer()
    yield Target("http", "127.0.0.1", await mock.start(), private=True)
    await mock.stop()


async def outcome(transport: Transport, target: Target, request: OutboundRequest) -> tuple[object, ...]:
    """Status, type, retry-after, all bytes, and the error's class."""
    read = b""
    seen: tuple[object, ...] = ()
    try:
        reply = await transport.open(target, request, TIMEOUTS)
        seen = (reply.status, reply.headers["content-type"], reply.headers.get("retry-after"))
        try:
            while piece := await reply.read():
                read += piece
        finally:
            reply.close()
    except OutboundError as error:
        return (*seen, read, type(error))
    return (*seen, read, None)


@pytest.mark.parametrize("name", REQUESTS)
async def test_both_mocks_have_the_same_outcome(name: str, server: Target) -> None:
    client = Client()
    try:
        real = await outcome(client, server, REQUESTS[name])
    finally:
        await client.aclose()
    assert await outcome(MockTransport(), server, REQUESTS[name]) == real
