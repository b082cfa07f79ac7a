"""Every phase of a call has its bound, kept to within a fraction of itself."""

import asyncio
import time
from collections.abc import Awaitable, Sequence

import pytest

from prosa.drivers.outbound import (
    Client,
    ConnectFailed,
    FirstByteTimeout,
    OutboundError,
    SilenceTimeout,
    Target,
    Timeouts,
    TotalTimeout,
)
from tests.drivers.outbound.conftest import POST, QUICK
from tests.drivers.outbound.origin import Peer, plain, repeating, serving

HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


async def _fails_within(call: Awaitable[object], error: type[OutboundError], seconds: float) -> None:
    """The call fails so, not before `seconds` and not much after."""
    started = time.monotonic()
    with pytest.raises(error):
        await call
    assert seconds * 0.9 <= time.monotonic() - started < seconds * 1.4 + 0.15


async def _silent(peer: Peer) -> None:
    await peer.request()
    await peer.gone()


async def test_an_answer_that_does_not_begin(client: Client) -> None:
    async with serving(_silent) as origin:
        await _fails_within(client.open(origin.target(), POST, Timeouts(first_byte=0.15)), FirstByteTimeout, 0.15)
        await origin.until_left()


async def test_a_header_in_drips_has_not_begun(client: Client) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        for byte in HEAD * 10:
            await peer.send(bytes([byte]))
            await asyncio.sleep(0.02)

    async with serving(script) as origin:
        await _fails_within(client.open(origin.target(), POST, Timeouts(first_byte=0.15)), FirstByteTimeout, 0.15)
        await origin.until_left()


async def test_a_stream_that_falls_silent(client: Client) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(HEAD + b"2\r\nhi\r\n")
        await peer.gone()

    async with serving(script) as origin:
        reply = await client.open(origin.target(), POST, Timeouts(silence=0.15))
        assert await reply.read() == b"hi"
        await _fails_within(reply.read(), SilenceTimeout, 0.15)
        await origin.until_left()


async def test_a_stream_that_speaks_often_enough_is_not_silent(client: Client) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(HEAD)
        for _ in range(8):
            await asyncio.sleep(0.04)
            await peer.send(b"2\r\nhi\r\n")
        await peer.send(b"0\r\n\r\n")

    async with serving(script) as origin:
        reply = await client.open(origin.target(), POST, Timeouts(silence=0.2))
        assert await reply.body(100) == b"hi" * 8


@pytest.mark.attack("D7")
async def test_a_call_that_drips_on_and_on_ends_with_its_total(client: Client) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(HEAD)
        while True:
            await peer.send(b"1\r\nx\r\n")
            await asyncio.sleep(0.01)

    async with serving(script) as origin:
        reply = await client.open(origin.target(), POST, Timeouts(total=0.3))
        await _fails_within(reply.body(1_000_000), TotalTimeout, 0.3)
        await origin.until_left()


async def test_the_total_counts_before_the_answer_begins_too(client: Client) -> None:
    async with serving(_silent) as origin:
        await _fails_within(client.open(origin.target(), POST, Timeouts(total=0.15)), TotalTimeout, 0.15)


async def test_the_silence_of_a_slow_reader_is_not_the_servers(client: Client) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(plain(b"x" * 20_000_000))

    async with serving(script) as origin:
        reply = await client.open(origin.target(), POST, Timeouts(silence=0.1))
        await asyncio.sleep(0.2)
        assert len(await reply.body(20_000_000)) == 20_000_000


@pytest.mark.parametrize("total, error", [(None, ConnectFailed), (0.15, TotalTimeout)])
async def test_a_name_that_is_not_found_in_time(total: float | None, error: type[OutboundError]) -> None:
    async def slow(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    client = Client(resolver=slow)
    call = client.open(Target("http", "slow.test", 80), POST, Timeouts(connect=0.15 if total is None else 5.0, total=total))
    await _fails_within(call, error, 0.15)
    await client.aclose()


async def test_a_server_that_never_speaks_tls(client: Client) -> None:
    async def script(peer: Peer) -> None:
        await peer.gone()

    async with serving(script) as origin:
        await _fails_within(client.open(origin.target(scheme="https"), POST, Timeouts(connect=0.15)), ConnectFailed, 0.15)
        await origin.until_left()


async def test_short_and_long_time_outs_stand_side_by_side(client: Client) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await asyncio.sleep(0.25)
        await peer.send(plain(b"late"))

    async with serving(script) as origin:
        patient = asyncio.ensure_future(client.open(origin.target(), POST, Timeouts()))
        await asyncio.sleep(0)
        await _fails_within(client.open(origin.target(), POST, Timeouts(first_byte=0.1)), FirstByteTimeout, 0.1)
        assert await (await patient).body(10) == b"late"


async def test_a_time_out_is_not_tried_again_on_another_connection(client: Client) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(plain(b"ok"))
        await _silent(peer)

    async with serving(script) as origin:
        await (await client.open(origin.target(), POST, QUICK)).body(10)
        with pytest.raises(FirstByteTimeout):
            await client.open(origin.target(), POST, Timeouts(first_byte=0.1))
        assert origin.connections == 1


async def test_an_idle_connection_is_closed_when_its_time_is_over(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prosa.drivers.outbound.pool.IDLE_SECONDS", 0.1)
    monkeypatch.setattr("prosa.drivers.outbound.sweep._IDLE", 0.05)
    async with serving(repeating(plain(b"ok"))) as origin:
        await (await client.open(origin.target(), POST, QUICK)).body(10)
        assert client.figures().idle == 1
        await origin.until_left()
        assert client.figures().open == 0


async def test_an_idle_connection_whose_time_is_over_is_not_used_though_it_still_stands(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prosa.drivers.outbound.pool.IDLE_SECONDS", 0.02)
    async with serving(repeating(plain(b"ok"))) as origin:
        for _ in range(2):
            await (await client.open(origin.target(), POST, QUICK)).body(10)
            await asyncio.sleep(0.03)
        assert origin.connections == 2
