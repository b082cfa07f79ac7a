"""What a start says."""

import pytest

from prosa.boot.banner import Banner
from prosa.boot.settings import ServerSettings, Settings
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
