"""The door lets nobody in by name, by number, by time or by surroundings (attacks C6, D1, D2, D5, D8, D9)."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from prosa.drivers.outbound import (
    AddressRefused,
    Client,
    ConnectFailed,
    OutboundRequest,
    Resolver,
    Target,
    fetch,
    make_context,
)
from prosa.kit.errors import BadRequest
from tests.drivers.outbound.conftest import GET, POST, QUICK
from tests.drivers.outbound.origin import Origin, plain, repeating, serving


def resolving(*answers: Sequence[str]) -> Resolver:
    """A name server whose first answers come in turn; the last one stays."""
    waiting = list(answers)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    return resolve


@pytest.mark.attack("D1", "D2")
@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "2130706433", "127.1", "0.0.0.0", "0", "１２７.０.０.１"],
)
async def test_no_spelling_of_this_machine_gets_through(client: Client, bystander: Origin, host: str) -> None:
    with pytest.raises(AddressRefused):
        await fetch(client, f"http://{host}:{bystander.port}/", most=1000)


@pytest.mark.attack("D1")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "::1"])
async def test_a_target_made_past_the_parser_gets_no_further(client: Client, bystander: Origin, host: str) -> None:
    with pytest.raises(AddressRefused):
        await client.open(Target("http", host, bystander.port), GET, QUICK)


@pytest.mark.attack("D1", "D2", "D5")
@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.1", "127.0.0.1"],
        ["8.8.8.8", "127.0.0.1"],
        ["2606:4700::1111", "127.0.0.1"],
        ["8.8.8.8", "10.0.0.1"],
        ["192.168.7.7", "8.8.8.8"],
        ["::ffff:127.0.0.1"],
        ["::1", "8.8.8.8"],
        ["169.254.169.254"],
        ["fe80::1%1"],
    ],
)
async def test_a_name_that_leads_inside_is_refused_whole(bystander: Origin, addresses: list[str]) -> None:
    client = Client(resolver=resolving(addresses))
    with pytest.raises(AddressRefused):
        await client.open(Target("http", "127.0.0.1.nip.test", bystander.port), GET, QUICK)
    await client.aclose()


@pytest.mark.attack("D1")
@pytest.mark.asyncio(loop_factories=["asyncio"])  # as below
async def test_this_machines_own_public_address_is_no_way_in(monkeypatch: pytest.MonkeyPatch) -> None:
    # No machine of the tests has one: what the system would say of it is put into its mouth.
    monkeypatch.setattr("prosa.drivers.outbound.dial.is_own", lambda address: str(address) == "8.8.4.4")
    client = Client(resolver=resolving(["8.8.4.4"], ["8.8.8.8", "8.8.4.4"], ["8.8.8.8"]))
    for _ in range(2):
        with pytest.raises(AddressRefused):
            await client.open(Target("http", "this-very-machine.test", 80), GET, QUICK)
    with pytest.raises(RuntimeError, match=r"outside this machine: 8\.8\.8\.8"):
        await client.open(Target("http", "another-machine.test", 80), GET, QUICK)
    await client.aclose()


@pytest.mark.attack("D5")
@pytest.mark.asyncio(loop_factories=["asyncio"])  # uvloop connects below Python's audit hooks
async def test_a_name_that_changes_its_meaning_is_refused_when_it_does(bystander: Origin) -> None:
    # Nothing outside this machine may be called from a test: the guard of tests/offline.py names where the call was
    # going, which is the address that was checked.
    client = Client(resolver=resolving(["8.8.8.8"], ["127.0.0.1"]))
    target = Target("http", "rebinding.test", bystander.port)
    with pytest.raises(RuntimeError, match=r"outside this machine: 8\.8\.8\.8"):
        await client.open(target, GET, QUICK)
    for _ in range(3):
        with pytest.raises(AddressRefused):
            await client.open(target, GET, QUICK)
    await client.aclose()


@pytest.mark.attack("D5")
async def test_a_name_is_looked_up_once_a_connection_and_that_answer_is_used() -> None:
    async with serving(repeating(plain(b"first"))) as origin:
        answers = [["127.0.0.1"], ["127.0.0.2"]]
        client = Client(resolver=resolving(*answers))
        target = Target("http", "model.test", origin.port, private=True)
        for _ in range(3):
            assert await (await client.open(target, POST, QUICK)).body(10) == b"first"
        assert origin.connections == 1
        await client.aclose()


async def test_the_next_address_is_tried_when_one_refuses() -> None:
    async with serving(repeating(plain(b"ok"))) as origin:
        client = Client(resolver=resolving(["127.0.0.3", "::1", "127.0.0.1"]))
        reply = await client.open(Target("http", "model.test", origin.port, private=True), POST, QUICK)
        assert await reply.body(10) == b"ok"
        await client.aclose()


async def test_a_name_without_address_is_an_error() -> None:
    client = Client(resolver=resolving([]))
    with pytest.raises(ConnectFailed):
        await client.open(Target("http", "nowhere.test", 80), POST, QUICK)
    await client.aclose()


async def test_the_systems_own_resolver_is_asked_for_names(client: Client) -> None:
    async with serving(repeating(plain(b"ok"))) as origin:
        reply = await client.open(origin.target(host="localhost"), POST, QUICK)
        assert await reply.body(10) == b"ok"
        with pytest.raises(ConnectFailed):
            await client.open(Target("http", "nobody.invalid", 80), POST, QUICK)


@pytest.mark.attack("D8")
async def test_an_open_and_a_closed_port_inside_are_refused_alike(client: Client, bystander: Origin) -> None:
    said = set()
    for port in (bystander.port, 1):
        with pytest.raises(AddressRefused) as caught:
            await fetch(client, f"http://127.0.0.1:{port}/", most=1000)
        said.add(str(caught.value))
    assert len(said) == 1


@pytest.mark.attack("D9")
async def test_the_environment_has_no_say(bystander: Origin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    proxy = f"http://127.0.0.1:{bystander.port}"
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy)
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    (tmp_path / ".curlrc").write_text(f"proxy = {proxy}\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "no-such-file"))
    context = make_context()
    assert not context.keylog_filename
    assert context.cert_store_stats()["x509_ca"] > 50
    client = Client()
    async with serving(repeating(plain(b"ok"))) as origin:
        seen = await (await client.open(origin.target(), POST, QUICK)).body(10)
        assert seen == b"ok"
    await client.aclose()
    assert not (tmp_path / "keys").exists()


INJECTED = [
    OutboundRequest("GET", "/ HTTP/1.1\r\nx: y\r\n\r\n"),
    OutboundRequest("GET", "/a b"),
    OutboundRequest("GET", "/a\nb"),
    OutboundRequest("GET", "/a\x00b"),
    OutboundRequest("GET", "/a#b"),
    OutboundRequest("GET", "/ç"),
    OutboundRequest("GET", "http://other.test/"),
    OutboundRequest("GET", ""),
    OutboundRequest("GET / HTTP/1.1\r\nx:", "/"),
    OutboundRequest("get", "/"),
    OutboundRequest("CONNECT", "/"),
    OutboundRequest("TRACE", "/"),
    *(
        OutboundRequest("POST", "/", ((name, value),))
        for name, value in (
            ("x", "a\r\nhost: evil.test"),
            ("x", "a\nb"),
            ("x", "a\rb"),
            ("x", "a\x00b"),
            ("x", "a\x7fb"),
            ("x", "€"),
            ("x\r\ny", "a"),
            ("x y", "a"),
            ("x:", "a"),
            ("", "a"),
            ("ç", "a"),
            ("host", "evil.test"),
            ("Host", "evil.test"),
            ("content-length", "0"),
            ("transfer-encoding", "chunked"),
            ("connection", "upgrade"),
            ("accept-encoding", "gzip"),
            ("upgrade", "h2c"),
            ("expect", "100-continue"),
            ("proxy-authorization", "Basic x"),
        )
    ),
]


@pytest.mark.attack("C6")
@pytest.mark.asyncio(loop_factories=["uvloop"])  # nothing of it reaches the loop
@pytest.mark.parametrize("request_", INJECTED, ids=lambda request: repr((request.method, request.path, request.headers)))
async def test_nothing_breaks_out_of_its_line_or_renames_the_host(
    client: Client, bystander: Origin, request_: OutboundRequest
) -> None:
    for _ in range(2):
        with pytest.raises(BadRequest) as caught:
            await client.open(bystander.target(), request_, QUICK)
        assert "evil" not in str(caught.value)
