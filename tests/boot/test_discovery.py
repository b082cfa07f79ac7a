"""Ollama on its own port, found without a setting."""

import http.server
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from prosa.boot.discovery import discover
from prosa.boot.settings import ServerSettings, Settings
from prosa.drivers.outbound import Target
from prosa.gateway import GatewaySettings, ProviderSettings


class Tags(http.server.BaseHTTPRequestHandler):
    answer = b'{"models":[{"name":"gemma3:1b"},{"name":"gemma2:2b"}]}'

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/api/tags" else 404)
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def ollama() -> Iterator[Target]:
    with http.server.HTTPServer(("127.0.0.1", 0), Tags) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield Target("http", "127.0.0.1", server.server_port, private=True)
        server.shutdown()
        thread.join()


def test_a_server_that_answers_becomes_a_provider_with_its_models(ollama: Target) -> None:
    (found,) = discover(Settings(), ollama).gateway.providers
    assert (found.name, found.kind, found.models, found.default_model) == (
        "ollama",
        "ollama",
        ("gemma3:1b", "gemma2:2b"),
        "gemma3:1b",
    )


def test_one_that_is_configured_or_not_wanted_is_not_looked_for(ollama: Target) -> None:
    configured = Settings(gateway=GatewaySettings(providers=(ProviderSettings("ollama", "ollama"),)))
    assert discover(configured, ollama) is configured
    unwanted = Settings(server=ServerSettings(ollama_discovery=False))
    assert discover(unwanted, ollama) is unwanted


@pytest.mark.attack("M11")
def test_nobody_or_a_silent_server_costs_at_most_a_moment() -> None:
    assert discover(Settings(), Target("http", "127.0.0.1", 9, private=True)) == Settings()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        target = Target("http", "127.0.0.1", silent.getsockname()[1], private=True)
        began = time.monotonic()
        assert discover(Settings(), target) == Settings()
        assert time.monotonic() - began < 2.0
