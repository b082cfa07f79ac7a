"""A proxy that the operator names: absolute form for http, a tunnel for https and for what must be checked."""

import asyncio
import ssl
from base64 import b64encode

import pytest

from prosa.drivers.outbound import (
    AddressRefused,
    BadAnswer,
    Client,
    ConnectFailed,
    ConnectionLost,
    OutboundError,
    Target,
    Timeouts,
    make_context,
)
from tests.drivers.outbound.conftest import GET, POST, QUICK, Certificate
from tests.drivers.outbound.origin import Origin, Peer, answering, plain, repeating, serving
from tests.drivers.outbound.test_door import resolving


def through(proxy: Origin, certificate: Certificate | None = None, *, addresses: tuple[str, ...] = ()) -> Client:
    """A client whose proxy is this server, asked for with a name and a password."""
    tls = make_context(certificate.path) if certificate is not None else None
    return Client(proxy=f"http://us%40er:pass@127.0.0.1:{proxy.port}", tls=tls, resolver=resolving(addresses))


CREDENTIALS = b"proxy-authorization: Basic " + b64encode(b"us@er:pass") + b"\r\n"


async def test_http_goes_in_absolute_form() -> None:
    seen: list[bytes] = []

    async def script(peer: Peer) -> None:
        while True:
            seen.append(await peer.request())
            await peer.send(plain(b"ok"))

    async with serving(script) as proxy:
        client = through(proxy)
        target = Target("http", "model.test", 8000, private=True)
        for _ in range(2):
            assert await (await client.open(target, POST, QUICK)).body(10) == b"ok"
        await client.aclose()
    assert seen[0].startswith(b"POST http://model.test:8000/v1/chat/completions HTTP/1.1\r\nhost: model.test:8000\r\n")
    assert CREDENTIALS in seen[0]
    assert proxy.connections == 1


async def test_an_ipv6_address_stands_in_brackets() -> None:
    seen: list[bytes] = []

    async def script(peer: Peer) -> None:
        while True:
            seen.append(await peer.request())
            await peer.send(plain(b"ok"))

    async with serving(script) as proxy:
        client = through(proxy)
        for port in (80, 8000):
            await (await client.open(Target("http", "2606:4700::1111", port, private=True), GET, QUICK)).body(10)
        await client.aclose()
    assert seen[0].startswith(b"GET http://[2606:4700::1111]/ HTTP/1.1\r\nhost: [2606:4700::1111]\r\n")
    assert seen[1].startswith(b"GET http://[2606:4700::1111]:8000/ HTTP/1.1\r\nhost: [2606:4700::1111]:8000\r\n")


class Relay:
    """The script of a proxy that passes bytes on both ways."""

    def __init__(self, port: int, seen: list[bytes]) -> None:
        self.port = port
        self.seen = seen

    async def __call__(self, peer: Peer) -> None:
        self.seen.append(await peer.reader.readuntil(b"\r\n\r\n"))
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        await peer.send(b"HTTP/1.1 200 Connection Established\r\nvia: x\r\n\r\n")

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                sink.write(data)
            sink.close()

        try:
            await asyncio.gather(pump(peer.reader, writer), pump(reader, peer.writer))
        finally:
            writer.close()


async def test_https_goes_through_a_tunnel_that_sees_no_credentials(certificate: Certificate) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate.path, certificate.key)
    seen: list[bytes] = []
    async with serving(repeating(plain(b"ok")), tls=tls) as origin, serving(Relay(origin.port, seen)) as proxy:
        client = through(proxy, certificate)
        target = origin.target(scheme="https", host="model.test")
        for _ in range(2):
            assert await (await client.open(target, POST, QUICK)).body(10) == b"ok"
        assert client.figures().idle == 1
        await client.aclose()
        assert client.figures().open == 0
        place = f"model.test:{origin.port}".encode()
        assert seen == [b"CONNECT " + place + b" HTTP/1.1\r\nhost: " + place + b"\r\n" + CREDENTIALS + b"\r\n"]


@pytest.mark.attack("C7")
async def test_the_tunnels_other_end_must_prove_its_name(certificate: Certificate) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate.path, certificate.key)
    async with serving(repeating(plain(b"ok")), tls=tls) as origin, serving(Relay(origin.port, [])) as proxy:
        client = through(proxy, certificate)
        with pytest.raises(ConnectFailed, match="certificate"):
            await client.open(origin.target(scheme="https", host="other.test"), POST, QUICK)
        await client.aclose()
        await proxy.until_left()


@pytest.mark.attack("D5")
async def test_an_address_that_must_be_checked_is_resolved_here_and_tunnelled_to_by_number() -> None:
    seen: list[bytes] = []
    async with serving(repeating(plain(b"ok"))) as origin, serving(Relay(origin.port, seen)) as proxy:
        client = through(proxy, addresses=("8.8.8.8",))
        reply = await client.open(Target("http", "public.test", 80), POST, QUICK)
        assert await reply.body(10) == b"ok"
        await client.aclose()
        assert seen[0].startswith(b"CONNECT 8.8.8.8:80 HTTP/1.1\r\n")


@pytest.mark.attack("D5")
async def test_a_proxy_is_no_way_around_the_check(bystander: Origin) -> None:
    for scheme in ("http", "https"):
        client = through(bystander, addresses=("127.0.0.1",))
        with pytest.raises(AddressRefused):
            await client.open(Target(scheme, "inner.test", 80), POST, QUICK)
        await client.aclose()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_this_machine_is_reached_without_the_proxy(bystander: Origin, host: str) -> None:
    async with serving(repeating(plain(b"ok"))) as origin:
        client = through(bystander, addresses=("127.0.0.1",))
        assert await (await client.open(origin.target(host=host), POST, QUICK)).body(10) == b"ok"
        await client.aclose()


@pytest.mark.parametrize(
    "answer, error",
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", ConnectFailed),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", ConnectFailed),
        (b"HTTP/1.1 200 OK\r\n\r\ntoo early", BadAnswer),
        (b"garbage\r\n\r\n", BadAnswer),
        (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 20_000, BadAnswer),
        (b"HTTP/1.1 200", ConnectFailed),
        (b"", ConnectFailed),
    ],
)
async def test_a_proxy_that_grants_no_tunnel_is_an_error(answer: bytes, error: type[OutboundError]) -> None:
    async with serving(answering(answer)) as proxy:
        client = through(proxy)
        with pytest.raises(error):
            await client.open(Target("https", "model.test", 443, private=True), POST, QUICK)
        await client.aclose()
        await proxy.until_left()


async def test_a_proxy_that_keeps_silent_or_speaks_no_tls_costs_the_connect_time_out() -> None:
    for answer in (b"", b"HTTP/1.1 200 OK\r\n\r\n"):

        async def script(peer: Peer, answer: bytes = answer) -> None:
            await peer.request()
            await peer.send(answer)
            await peer.gone()

        async with serving(script) as proxy:
            client = through(proxy)
            with pytest.raises((ConnectFailed, ConnectionLost)):
                await client.open(Target("https", "model.test", 443, private=True), POST, Timeouts(connect=0.15))
            await client.aclose()
            await proxy.until_left()


@pytest.mark.parametrize("proxy", ["https://a.test", "socks5://a.test", "a.test:80", "http://", "http://a@b@c", "http://127.1"])
async def test_a_proxy_that_is_none_is_refused(proxy: str) -> None:
    with pytest.raises(AddressRefused):
        Client(proxy=proxy)
