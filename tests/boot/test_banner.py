"""What a start says."""

import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from prosa.boot.banner import Banner
from prosa.boot.settings import ServerSettings, Settings
from prosa.drivers.telemetry import configure_logs
from prosa.gateway import GatewaySettings, ProviderSettings
from prosa.identity import ConfiguredKey, IdentitySettings


def lines(settings: Settings) -> str:
    return "\n".join(Banner(settings, 3000, "console").lines())


def test_without_a_provider_it_says_how_to_chat_with_the_mock_and_how_to_add_a_key() -> None:
    text = lines(Settings())
    assert "http://127.0.0.1:3000" in text
    assert "none yet: the mock model answers" in text
    assert '"model":"mock"' in text
    assert "OPENAI_API_KEY=…" in text


def test_a_default_model_that_nobody_answers_is_not_offered() -> None:
    assert '"model":"mock"' in lines(Settings(gateway=GatewaySettings(default_model="nope/x")))
    assert '"model":"mock-echo"' in lines(Settings(gateway=GatewaySettings(default_model="mock-echo")))


@pytest.mark.attack("M4")
def test_providers_are_named_and_keys_are_not() -> None:
    providers = (
        ProviderSettings("nvidia", "nvidia", api_key="canary"),
        ProviderSettings("lab", "openai_compatible", "http://a/v1"),
    )
    identity = IdentitySettings(keys=(ConfiguredKey("settings-1", "canary"),))
    text = lines(Settings(gateway=GatewaySettings(providers=providers), identity=identity))
    assert "NVIDIA NIM, lab" in text
    assert "nvidia/qwen/qwen3-next-80b-a3b-thinking" in text
    assert "Bearer YOUR_KEY" in text
    assert "canary" not in text


def test_production_without_a_provider_says_that_calls_answer_503() -> None:
    text = lines(Settings(gateway=GatewaySettings(production=True), server=ServerSettings(host="0.0.0.0", production=True)))
    assert "model calls answer 503" in text
    assert "http://127.0.0.1:3000" in text


CODE = "K7QD-2F3M-XXYY-ABCD"


@pytest.fixture
def logging_again() -> Iterator[None]:
    """The log's set-up as it was before the test."""
    root, raising = logging.getLogger(), logging.raiseExceptions
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level, logging.raiseExceptions = handlers, level, raising
    logging.getLogger("prosa").setLevel(logging.NOTSET)
    structlog.reset_defaults()


def test_on_a_terminal_the_link_that_makes_the_first_administrator_is_a_plain_line(capsys: pytest.CaptureFixture[str]) -> None:
    Banner(Settings(), 3000, "console").invite(CODE)
    told = capsys.readouterr()
    assert f"http://127.0.0.1:3000/set-up#code={CODE}" in told.out
    assert told.out.count("\n") == 1
    assert told.err == ""


@pytest.mark.usefixtures("logging_again")
def test_an_operator_of_a_container_finds_the_link_in_one_event(capsys: pytest.CaptureFixture[str]) -> None:
    public = ServerSettings(public_url="https://chat.example", production=True)
    configure_logs("info", "json", sys.stdout)
    Banner(Settings(server=public), 3000, "json").invite(CODE)
    told = capsys.readouterr()
    (event,) = [json.loads(line) for line in told.out.splitlines()]
    assert event["setup"] == f"https://chat.example/set-up#code={CODE}"
    assert told.err == ""


@pytest.mark.usefixtures("logging_again")
def test_a_code_that_the_operator_chose_is_not_repeated_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "json", sys.stdout, ["my own set-up code"])
    Banner(Settings(server=ServerSettings(production=True)), 3000, "json").invite("my own set-up code")
    assert "my own" not in capsys.readouterr().out
