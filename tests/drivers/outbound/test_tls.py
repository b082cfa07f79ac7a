"""TLS: the certificate must be trusted and made out to the name (attack C7)."""

import ssl

import pytest

from prosa.drivers.outbound import Client, ConnectFailed, make_context
from tests.drivers.outbound.conftest import POST, QUICK, Certificate
from tests.drivers.outbound.origin import Peer, answering, chunked, plain, repeating, serving
from tests.drivers.outbound.test_door import resolving


def _server(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.path, certificate.key)
    return context


def _client(certificate: Certificate) -> Client:
    return Client(resolver=resolving(["127.0.0.1"]), tls=make_context(certificate.path))


async def test_calls_over_tls_share_a_connection_too(certificate: Certificate) -> None:
    client = _client(certificate)
    body = b"x" * 500_000
    async with serving(repeating(plain(body)), tls=_server(certificate)) as origin:
        for _ in range(3):
            reply = await client.open(origin.target(scheme="https", host="model.test"), POST, QUICK)
            assert await reply.body(1_000_000) == body
        assert (origin.connections, client.figures().idle) == (1, 1)
        await client.aclose()
        assert client.figures().open == 0
        await origin.until_left()


async def test_a_stream_over_tls_ends_well_and_closes_early_when_told(certificate: Certificate) -> None:
    client = _client(certificate)

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(chunked(b"one", b"two"))
        await peer.request()
        await peer.send(chunked(b"one", b"two")[:-5])
        await peer.gone()

    async with serving(script, tls=_server(certificate)) as origin:
        target = origin.target(scheme="https", host="model.test")
        assert await (await client.open(target, POST, QUICK)).body(100) == b"onetwo"
        reply = await client.open(target, POST, QUICK)
        assert (await reply.read()).startswith(b"one")
        reply.close()
        await origin.until_left()
    await client.aclose()


@pytest.mark.attack("C7")
async def test_a_certificate_for_another_name_is_refused(certificate: Certificate) -> None:
    client = _client(certificate)
    async with serving(answering(plain(b"secret")), tls=_server(certificate)) as origin:
        for host in ("other.test", "127.0.0.1"):
            with pytest.raises(ConnectFailed, match="certificate"):
                await client.open(origin.target(scheme="https", host=host), POST, QUICK)
    assert client.figures().open == 0
    await client.aclose()


@pytest.mark.attack("C7")
async def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Certificate) -> None:
    client = Client(resolver=resolving(["127.0.0.1"]))
    async with serving(answering(plain(b"secret")), tls=_server(certificate)) as origin:
        with pytest.raises(ConnectFailed, match="certificate"):
            await client.open(origin.target(scheme="https", host="model.test"), POST, QUICK)
    await client.aclose()


async def test_a_server_that_speaks_no_tls_is_no_secure_connection(certificate: Certificate) -> None:
    client = _client(certificate)

    async def script(peer: Peer) -> None:
        await peer.reader.read(10)
        await peer.send(plain(b"plain"))

    async with serving(script) as origin:
        with pytest.raises(ConnectFailed):
            await client.open(origin.target(scheme="https", host="model.test"), POST, QUICK)
    await client.aclose()
