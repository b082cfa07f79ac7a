"""What a well-behaved server sees of the client, and what comes back."""

import asyncio

import pytest

from prosa.drivers.outbound import Client, ConnectFailed, ConnectionLost, Limits, OutboundRequest
from tests.drivers.outbound.conftest import GET, POST, QUICK
from tests.drivers.outbound.origin import Peer, answering, chunked, plain, repeating, serving


async def test_an_answer_comes_back_whole_with_its_header(client: Client) -> None:
    async with serving(repeating(plain(b'{"ok":true}', "Content-Type: application/json", "X-Id: 1", "x-id: 2"))) as origin:
        reply = await client.open(origin.target(), POST, QUICK)
        assert reply.status == 200
        assert reply.headers["content-type"] == "application/json"
        assert reply.headers["x-id"] == "2"
        assert await reply.body(1000) == b'{"ok":true}'
        assert await reply.read() == b""


async def test_a_request_is_one_well_formed_message(client: Client) -> None:
    seen: list[bytes] = []

    async def script(peer: Peer) -> None:
        while True:
            seen.append(await peer.request())
            await peer.send(plain(b""))

    async with serving(script) as origin:
        large = OutboundRequest("POST", "/big?q=1", (("authorization", "Bearer k"),), b"x" * 300_000)
        for request in (GET, POST, large, OutboundRequest("POST", "/none")):
            await (await client.open(origin.target(), request, QUICK)).body(10)
        host = f"host: 127.0.0.1:{origin.port}\r\naccept-encoding: identity\r\n".encode()
        assert seen[0] == b"GET / HTTP/1.1\r\n" + host + b"\r\n"
        assert seen[1] == (
            b"POST /v1/chat/completions HTTP/1.1\r\n" + host + b"content-type: application/json\r\n"
            b'content-length: 13\r\n\r\n{"model":"m"}'
        )
        assert seen[2].endswith(b"authorization: Bearer k\r\ncontent-length: 300000\r\n\r\n" + b"x" * 300_000)
        assert seen[3].endswith(b"content-length: 0\r\n\r\n")
        assert origin.connections == 1


async def test_chunks_arrive_as_they_are_sent(client: Client) -> None:
    on = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        await on.wait()
        await peer.send(b"6\r\nsecond\r\n0\r\ntrailer: x\r\n\r\n")
        await peer.gone()

    async with serving(script) as origin:
        reply = await client.open(origin.target(), POST, QUICK)
        assert await reply.read() == b"first"
        on.set()
        assert await reply.read() == b"second"
        assert await reply.read() == b""
        assert "trailer" not in reply.headers
        assert client.figures().idle == 1


async def test_a_body_may_last_until_the_connection_closes(client: Client) -> None:
    async with serving(answering(b"HTTP/1.1 200 OK\r\n\r\nuntil the end")) as origin:
        reply = await client.open(origin.target(), POST, QUICK)
        assert await reply.body(100) == b"until the end"
        assert client.figures().idle == 0


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\netag: x\r\n\r\n",
        plain(b""),
        chunked(),
    ],
)
async def test_an_answer_without_body_ends_at_once_and_leaves_its_connection(client: Client, answer: bytes) -> None:
    async with serving(repeating(answer)) as origin:
        for _ in range(3):
            reply = await client.open(origin.target(), GET, QUICK)
            assert await reply.read() == b""
        assert origin.connections == 1


async def test_an_answer_to_head_has_no_body_whatever_it_says(client: Client) -> None:
    async with serving(repeating(b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n")) as origin:
        reply = await client.open(origin.target(), OutboundRequest("HEAD", "/"), QUICK)
        assert (reply.headers["content-length"], await reply.read()) == ("999", b"")
        assert client.figures().idle == 0


async def test_interim_answers_are_passed_over(client: Client) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"
    async with serving(repeating(b"HTTP/1.1 100 Continue\r\n\r\n" + hints + plain(b"real"))) as origin:
        for _ in range(2):
            reply = await client.open(origin.target(), POST, QUICK)
            assert (reply.status, await reply.body(10)) == (200, b"real")
            assert "link" not in reply.headers
        assert origin.connections == 1


@pytest.mark.attack("C7")
async def test_a_redirect_is_an_answer_and_not_followed(client: Client) -> None:
    async with serving(repeating(plain(b"", "location: http://127.0.0.1:1/", status="307 Temporary Redirect"))) as origin:
        reply = await client.open(origin.target(), POST, QUICK)
        assert (reply.status, reply.headers["location"]) == (307, "http://127.0.0.1:1/")
        assert origin.connections == 1


async def test_calls_in_turn_share_a_connection_and_calls_at_once_have_their_own(client: Client) -> None:
    async with serving(repeating(plain(b"ok"))) as origin:
        target = origin.target()
        for _ in range(5):
            await (await client.open(target, POST, QUICK)).body(10)
        assert origin.connections == 1
        replies = await asyncio.gather(*(client.open(target, POST, QUICK) for _ in range(4)))
        assert [await reply.body(10) for reply in replies] == [b"ok"] * 4
        figures = client.figures()
        assert (figures.open, figures.idle) == (4, 4)
        assert figures.by_target == {f"http://127.0.0.1:{origin.port}": 4}


async def test_no_more_than_64_connections_stay_idle(client: Client) -> None:
    async with serving(repeating(plain(b"ok"))) as origin:
        replies = await asyncio.gather(*(client.open(origin.target(), POST, QUICK) for _ in range(80)))
        for reply in replies:
            await reply.body(10)
        await asyncio.sleep(0.01)
        assert client.figures().idle == client.figures().open == 64


@pytest.mark.parametrize("line", ["connection: close", "keep-alive: timeout=1, max=5"])
async def test_a_connection_that_its_server_gives_up_is_not_reused(client: Client, line: str) -> None:
    async with serving(repeating(plain(b"ok", line))) as origin:
        for _ in range(2):
            assert await (await client.open(origin.target(), POST, QUICK)).body(10) == b"ok"
        assert (origin.connections, client.figures().idle) == (2, 0)


async def test_a_connection_closed_while_idle_costs_no_call(client: Client) -> None:
    async with serving(answering(plain(b"ok"))) as origin:
        for _ in range(5):
            assert await (await client.open(origin.target(), POST, QUICK)).body(10) == b"ok"
            await asyncio.sleep(0.01)
        assert origin.connections == 5


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("second", ["answers", "dies"])
async def test_a_reused_connection_that_dies_before_any_answer_is_tried_once_more(client: Client, how: str, second: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        if peer.number == 0 or second == "answers":
            await peer.send(plain(b"ok"))
            await peer.request()
        if how == "reset":
            peer.reset()

    async with serving(script) as origin:
        assert await (await client.open(origin.target(), POST, QUICK)).body(10) == b"ok"
        if second == "answers":
            assert await (await client.open(origin.target(), POST, QUICK)).body(10) == b"ok"
        else:
            with pytest.raises(ConnectionLost):
                await client.open(origin.target(), POST, QUICK)
        assert origin.connections == 2


async def test_a_reused_connection_that_dies_within_its_answer_is_not_tried_again(client: Client) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(plain(b"ok"))
        await peer.request()
        await peer.send(b"HTTP/1.1 2")

    async with serving(script) as origin:
        assert await (await client.open(origin.target(), POST, QUICK)).body(10) == b"ok"
        with pytest.raises(ConnectionLost):
            await client.open(origin.target(), POST, QUICK)
        assert origin.connections == 1


async def test_a_fresh_connection_that_dies_before_its_answer_is_an_error(client: Client) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()

    async with serving(script) as origin:
        with pytest.raises(ConnectionLost):
            await client.open(origin.target(), POST, QUICK)
        assert origin.connections == 1


async def test_closing_early_closes_the_connection_at_once(client: Client) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nsome")
        await peer.gone()

    async with serving(script) as origin:
        reply = await client.open(origin.target(), POST, QUICK)
        assert await reply.read() == b"some"
        reply.close()
        reply.close()
        await origin.until_left()
        with pytest.raises(ConnectionLost):
            await reply.read()


async def test_closing_before_reading_a_whole_answer_keeps_the_connection(client: Client) -> None:
    async with serving(repeating(plain(b"ok"))) as origin:
        reply = await client.open(origin.target(), POST, QUICK)
        reply.close()
        with pytest.raises(ConnectionLost):
            await reply.read()
        assert (client.figures().idle, origin.connections) == (1, 1)


async def test_a_closed_client_refuses_calls_and_ends_those_on_their_way() -> None:
    client = Client(Limits())

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nsome")
        await peer.gone()

    async with serving(script) as origin:
        reply = await client.open(origin.target(), POST, QUICK)
        reading = asyncio.ensure_future(reply.body(10_000))
        await asyncio.sleep(0)
        await client.aclose()
        await client.aclose()
        assert client.figures().open == 0
        with pytest.raises(ConnectionLost):
            await reading
        with pytest.raises(ConnectFailed):
            await client.open(origin.target(), POST, QUICK)
