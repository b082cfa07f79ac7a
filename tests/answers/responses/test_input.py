"""Input items in their one form."""

from typing import Any

import msgspec
import pytest

from prosa.answers.responses import InvalidValue, input_items, normal_item, normal_items
from prosa.answers.responses.request import ResponseRequest


def normal(item: dict[str, Any]) -> dict[str, Any]:
    """An item as it is kept."""
    found: dict[str, Any] = msgspec.json.decode(normal_item(msgspec.json.encode(item), "input[0]"))
    return found


def test_easy_messages_become_messages() -> None:
    assert normal({"role": "user", "content": "hi"}) == {
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": "hi"}],
        "status": "completed",
    }
    assert normal({"role": "assistant", "content": "ho"})["content"] == [
        {"type": "output_text", "text": "ho", "annotations": [], "logprobs": []}
    ]
    assert normal({"role": "developer", "content": [{"type": "input_text", "text": "a"}]})["role"] == "developer"


def test_pictures_and_files_keep_what_was_sent() -> None:
    parts = [
        {"type": "input_image", "image_url": "https://x/y.png"},
        {"type": "input_image", "file_id": "file-1", "detail": "low"},
        {"type": "input_file", "file_data": "data:application/pdf;base64,JVBERi0=", "filename": "a.pdf"},
        {"type": "input_file", "file_id": "file-2"},
    ]
    content = normal({"type": "message", "role": "user", "content": parts})["content"]
    assert content == [parts[0] | {"detail": "auto"}, *parts[1:]]


def test_a_models_own_items_can_be_given_back_as_they_came() -> None:
    message = {
        "type": "message",
        "id": "msg_1",
        "status": "completed",
        "role": "assistant",
        "content": [
            {"type": "output_text", "text": "a", "annotations": [], "logprobs": []},
            {"type": "refusal", "refusal": "no"},
        ],
    }
    call = {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "f", "arguments": "{}", "status": "completed"}
    thoughts = {
        "type": "reasoning",
        "id": "rs_1",
        "summary": [{"type": "summary_text", "text": "s"}],
        "content": [{"type": "reasoning_text", "text": "t"}],
        "encrypted_content": "e",
        "status": "completed",
    }
    own = {
        "type": "prosa:tool_call",
        "id": "item_1",
        "call_id": "c",
        "name": "clock",
        "arguments": "{}",
        "output": "noon",
        "status": "completed",
    }
    for item in (message, call, thoughts, own):
        assert normal(item) == item
    text = {"type": "output_text", "text": "a", "annotations": None, "logprobs": None}
    assert normal(message | {"content": [text]})["content"] == [text | {"annotations": [], "logprobs": []}]


def test_null_says_the_same_as_absence() -> None:
    item = {"type": "function_call_output", "id": None, "call_id": "c", "output": "x", "status": None}
    assert normal(item) == {"type": "function_call_output", "call_id": "c", "output": "x", "status": "completed"}
    thoughts: dict[str, Any] = {
        "type": "reasoning",
        "id": "rs_1",
        "summary": [],
        "encrypted_content": None,
        "content": None,
        "status": None,
    }
    assert normal(thoughts) == {"type": "reasoning", "id": "rs_1", "summary": []}


def test_references_stay_references() -> None:
    expected = {"type": "item_reference", "id": "msg_1"}
    assert normal({"type": "item_reference", "id": "msg_1"}) == normal({"id": "msg_1"}) == expected
    assert normal({"id": "msg_1", "type": None}) == expected


def test_items_of_a_conversation_are_named_by_their_field() -> None:
    with pytest.raises(InvalidValue) as caught:
        normal_items([msgspec.Raw(b'{"role":"user","content":"a"}'), msgspec.Raw(b'{"type":"x"}')])
    assert caught.value.param == "items[1].type"


def test_no_input_is_no_item() -> None:
    assert input_items(ResponseRequest.from_json(b"{}")) == []
    assert input_items(ResponseRequest.from_json(b'{"input":[]}')) == []
