"""How long B's callers wait."""

import asyncio

import pytest

from prosa.api.legacy.bitaca import hot
from prosa.drivers.outbound import Timeouts
from tests.serving import asking
from tests.upstream import streaming, upstream

ASKED = {"messages": [{"role": "user", "content": "Olá!"}]}


@pytest.mark.contract("B46", "B18")
def test_the_bounds_are_the_contracts() -> None:
    assert (hot.CHAT_TIMEOUTS.first_byte, hot.CHAT_TIMEOUTS.silence, hot.CHAT_TIMEOUTS.total) == (120.0, 300.0, None)
    assert (hot.EMBEDDINGS_TIMEOUTS.first_byte, hot.EMBEDDINGS_TIMEOUTS.total) == (30.0, 30.0)


@pytest.mark.contract("B46")
@pytest.mark.parametrize(
    ("name", "path", "body"),
    [
        ("CHAT_TIMEOUTS", "/api/chat/completions", ASKED),
        ("EMBEDDINGS_TIMEOUTS", "/api/embeddings", {"input": "Quem?"}),
    ],
)
async def test_a_provider_that_is_slower_is_a_504_in_our_own_words(
    monkeypatch: pytest.MonkeyPatch, name: str, path: str, body: dict[str, object]
) -> None:
    monkeypatch.setattr(hot, name, Timeouts(first_byte=0.1, silence=0.1))
    async with upstream(streaming(forever=True)) as provider, asking(provider.env("NVIDIA")) as client, asyncio.timeout(20):
        answer = await client.post(path, json=body)
    assert (answer.status_code, answer.json()) == (504, {"detail": "The model took too long to answer."})
