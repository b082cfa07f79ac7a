"""What is chosen by a setting: the provider that answers, and how long the site chatbot waits for it."""

import pytest

from prosa.api.legacy.bitaca import hot
from prosa.drivers.outbound import Timeouts
from tests.serving import asking

SLOW = {"messages": [{"role": "user", "content": "[[mock first_byte=5]] Hello"}], "stream": False}


@pytest.mark.contract("M13")
@pytest.mark.parametrize(
    ("settings", "model"),
    [
        ({"GEMINI_API_KEY": "a-key-of-gemini"}, "gemini-2.5-flash"),
        ({"OPENAI_API_KEY": "a-key-of-openai"}, "gpt-4o-mini"),
        ({"OPENAI_API_KEY": "a", "GEMINI_API_KEY": "b", "PROSA_DEFAULT_MODEL": "gemini/gemini-2.5-flash"}, "gemini-2.5-flash"),
        ({}, "mock"),
    ],
)
async def test_the_provider_is_a_setting_and_one_with_a_free_tier_will_do(settings: dict[str, str], model: str) -> None:
    async with asking(settings) as client:
        assert (await client.get("/health")).json()["model"] == model


@pytest.mark.contract("B46")
async def test_the_site_chatbot_waits_120_seconds_for_an_answer_and_30_for_a_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (hot.CHAT_TIMEOUTS.first_byte, hot.CHAT_TIMEOUTS.silence) == (120, 300)
    assert hot.EMBEDDINGS_TIMEOUTS.total == 30
    monkeypatch.setattr(hot, "CHAT_TIMEOUTS", Timeouts(first_byte=0.2))
    async with asking() as client:
        answer = await client.post("/api/chat/completions", json=SLOW)
        assert answer.status_code == 504
        assert "too long" in answer.json()["detail"] or "in time" in answer.json()["detail"]
