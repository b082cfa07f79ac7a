"""An answer that has begun is asked for its rest, in each vendor's way."""

import msgspec
import pytest

from prosa.gateway import REGISTRY, Provider, continued
from tests.gateway.providers.playing import post, said

MESSAGES = [{"role": "user", "content": "Count"}, {"role": "assistant", "content": "one two"}]


def _provider(way: str) -> Provider:
    return Provider("p", "openai_chat", "https", "p.example", 443, "/v1", continues=True, continued_by=way)


@pytest.mark.parametrize(
    ("way", "last", "more"),
    [
        ("place", {}, {}),
        ("prefix", {"prefix": True}, {}),
        ("fields", {}, {"continue_final_message": True, "add_generation_prompt": False}),
    ],
)
def test_each_vendor_is_asked_in_its_own_way(way: str, last: dict[str, object], more: dict[str, object]) -> None:
    fields = {"messages": msgspec.Raw(msgspec.json.encode(MESSAGES)), "temperature": msgspec.Raw(b"0")}
    found = msgspec.json.decode(msgspec.json.encode(continued(fields, _provider(way))))
    assert found == {"messages": [MESSAGES[0], MESSAGES[1] | last], "temperature": 0} | more
    assert msgspec.json.decode(fields["messages"]) == MESSAGES, "what was handed in stays as it was"


def test_only_documented_vendors_are_asked_to_go_on() -> None:
    assert {name for name, row in REGISTRY.items() if row.continues} == {
        *("anthropic", "groq", "mistral", "vllm", "llamacpp", "mock")
    }


@pytest.mark.parametrize("repeat", [1, 3])
async def test_the_mock_says_the_rest_of_what_it_would_have_said(repeat: int) -> None:
    asked = {"role": "user", "content": f'[[mock text="one two three " repeat={repeat} reasoning=auto]]'}
    begun = {"role": "assistant", "content": "one two", "prefix": True}
    rest = await said(post("/v1/chat/completions", {"model": "mock", "messages": [asked, begun]}))
    assert rest == ("one two three " * repeat).removeprefix("one two")
    unmarked = await said(post("/v1/chat/completions", {"model": "mock", "messages": [asked, begun | {"prefix": False}]}))
    assert unmarked == "one two three " * repeat
