"""What a list leaves out of an item, and what asks for it."""

import json
from typing import Any

import pytest

from prosa.conversations import Include, Item, shown, view

LIKELY = {"token": "a", "logprob": -0.1, "bytes": [97], "top_logprobs": []}
TEXT = {"type": "output_text", "text": "a", "annotations": [], "logprobs": [LIKELY]}
PICTURE = {"type": "input_image", "image_url": "https://x.example/a.png", "detail": "auto"}


def item(type: str, **fields: Any) -> Item:
    """An item with these members."""
    body = json.dumps({"type": type} | fields, separators=(",", ":")).encode()
    return Item("ana", type, body, 1.0, id="0" * 32)


def told(item: Item, *include: Include) -> dict[str, Any]:
    """What a list tells of it."""
    found: dict[str, Any] = json.loads(view(item, include))
    assert list(found)[:2] == ["id", "type"]
    return found


def test_what_has_nothing_to_leave_out_is_told_as_it_stands() -> None:
    plain = item("message", role="user", content=[{"type": "input_text", "text": 'they say "image_url"'}])
    assert view(plain) == shown(plain)


@pytest.mark.parametrize(
    ("given", "include", "without"),
    [
        (item("reasoning", summary=[], encrypted_content="x"), Include.ENCRYPTED_REASONING, {"summary": []}),
        (item("message", content=[TEXT]), Include.LOGPROBS, {"content": [TEXT | {"logprobs": []}]}),
        (item("message", content=[PICTURE]), Include.IMAGE_URLS, {"content": [{"type": "input_image", "detail": "auto"}]}),
        (item("file_search_call", queries=[], results=[1]), Include.SEARCH_RESULTS, {"queries": []}),
        (item("code_interpreter_call", code="1", outputs=[1]), Include.CODE_OUTPUTS, {"code": "1"}),
    ],
)
def test_what_is_large_is_told_to_who_asks_for_it(given: Item, include: Include, without: dict[str, Any]) -> None:
    usual = told(given)
    assert {name: value for name, value in usual.items() if name not in ("id", "type")} == without
    assert told(given, include) == json.loads(shown(given))
    others = [other for other in Include if other is not include]
    assert told(given, *others) == usual


def test_content_that_is_a_text_stays_one() -> None:
    output = item("function_call_output", call_id="c", output="x", content='"image_url"')
    assert told(output)["content"] == '"image_url"'
