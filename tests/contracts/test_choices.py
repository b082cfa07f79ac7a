"""What is chosen by a setting: the provider that answers, and how long the site chatbot waits for it."""

import pytest

from prosa.api.legacy.bitaca import hot
from prosa.drivers.outbound import Timeouts
from tests.serving import asking
from tests.upstream import completion, saying, upstream

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


@pytest.mark.contract("M13")
async def test_the_same_call_goes_to_the_provider_that_the_settings_name() -> None:
    body = {"messages": [{"role": "user", "content": "Olá!"}]}
    async with upstream(saying(completion("one"))) as one, upstream(saying(completion("two"))) as two:
        keys = one.env("OPENAI", "sk-of-one-1234567890") | two.env("GEMINI", "key-of-two-1234567890")
        for settings, said in (({"PROSA_DEFAULT_MODEL": "openai/gpt-x"}, "one"), ({"PROSA_DEFAULT_MODEL": "gemini/g-x"}, "two")):
            async with asking(keys | settings) as client:
                answer = await client.post("/v1/chat/completions", json=body)
            assert answer.json()["choices"][0]["message"]["content"] == said
    assert [(asked.fields["model"], asked.headers["authorization"]) for asked in (*one.asked, *two.asked)] == [
        ("gpt-x", "Bearer sk-of-one-1234567890"),
        ("g-x", "Bearer key-of-two-1234567890"),
    ]


@pytest.mark.contract("B46")
async def test_the_site_chatbot_waits_120_seconds_for_an_answer_and_30_for_a_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (hot.CHAT_TIMEOUTS.first_byte, hot.CHAT_TIMEOUTS.silence) == (120, 300)
    assert hot.EMBEDDINGS_TIMEOUTS.total == 30
    monkeypatch.setattr(hot, "CHAT_TIMEOUTS", Timeouts(first_byte=0.2))
    async with asking() as client:
        answer = await client.post("/api/chat/completions", json=SLOW)
        assert answer.status_code == 504
        assert "too long" in answer.json()["detail"] or "in time" in answer.json()["detail"]
