"""A client that must leave nothing behind, a bystander that nobody may call, a certificate made for the run; both loops."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvloop

from prosa.drivers.outbound import Client, OutboundRequest, Timeouts
from tests.drivers.outbound.origin import Origin, Peer, serving

GET = OutboundRequest("GET", "/")
POST = OutboundRequest("POST", "/v1/chat/completions", (("content-type", "application/json"),), b'{"model":"m"}')
QUICK = Timeouts(connect=2.0, first_byte=2.0, silence=2.0)


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Every test runs on both loops: prosa serves on uvloop, and on asyncio's own where uvloop is missing."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A client; when the test is over it closes and nothing may be left of it."""
    made = Client()
    yield made
    await made.aclose()
    figures = made.figures()
    assert (figures.open, figures.idle, figures.by_target) == (0, 0, {})


@pytest.fixture
async def bystander() -> AsyncIterator[Origin]:
    """A listener on 127.0.0.1 that must see no connection."""

    async def script(peer: Peer) -> None:
        await peer.gone()

    async with serving(script) as origin:
        yield origin
        await asyncio.sleep(0.01)
        assert origin.connections == 0


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for the name model.test, and its key."""

    path: str
    key: str


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory, need: Callable[[str], str]) -> Certificate:
    """Made anew for each run."""
    folder: Path = tmp_path_factory.mktemp("certificate")
    path, key = str(folder / "cert.pem"), str(folder / "key.pem")
    command = [need("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", key, "-out", path, "-days", "2", "-subj", "/CN=model.test"]
    command += ["-addext", "subjectAltName=DNS:model.test"]
    subprocess.run(command, check=True, capture_output=True)
    return Certificate(path, key)
