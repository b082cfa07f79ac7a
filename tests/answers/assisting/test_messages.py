"""Items become messages of the Assistants API, and messages items, with nothing lost: judged by the official SDK's types."""

from typing import Any

import msgspec
import pytest
from openai.types.beta.threads import Message

from prosa.answers.assisting.messages import is_message, message_json
from prosa.answers.assisting.saying import NewMessage, item_body
from prosa.conversations import Item, Margin, with_margin
from prosa.kit.errors import BadRequest
from tests.answers.sdk_types import check_as

THREAD = "thread_" + "1" * 32
FILE = "file-" + "2" * 32


def item(body: dict[str, Any], *, made: bool = True, margin: Margin | None = None) -> Item:
    raw = with_margin(msgspec.json.encode({"type": "message"} | body), margin or Margin())
    return Item("ana", "message", raw, 1_760_000_000.7, id="3" * 32, conversation_id="1" * 32, run_id="4" * 32, made=made)


def rendered(of: Item) -> dict[str, Any]:
    raw = message_json(of, THREAD)
    Message.model_validate_json(raw, strict=True)
    body: dict[str, Any] = msgspec.json.decode(raw)
    check_as(body, Message)
    assert set(body) == set(Message.model_fields)
    return body


def said(text: str, *annotations: dict[str, Any]) -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": list(annotations), "logprobs": []}
    return {"role": "assistant", "status": "completed", "content": [part]}


def sent(message: dict[str, Any]) -> NewMessage:
    return msgspec.json.decode(msgspec.json.encode(message), type=NewMessage)


def test_an_answer_tells_who_gave_it_and_when() -> None:
    whole = rendered(item(said("Olá"), margin=Margin(assistant_id="asst_" + "5" * 32)))
    assert whole == {
        "id": "msg_" + "3" * 32,
        "object": "thread.message",
        "created_at": 1_760_000_000,
        "assistant_id": "asst_" + "5" * 32,
        "thread_id": THREAD,
        "run_id": "run_" + "4" * 32,
        "status": "completed",
        "incomplete_details": None,
        "incomplete_at": None,
        "completed_at": 1_760_000_000,
        "role": "assistant",
        "content": [{"type": "text", "text": {"value": "Olá", "annotations": []}}],
        "attachments": [],
        "metadata": {},
    }
    given = rendered(item({"role": "user", "status": "completed", "content": [{"type": "input_text", "text": "a"}]}, made=False))
    assert (given["run_id"], given["assistant_id"], given["completed_at"], given["status"]) == (None, None, None, "completed")


def test_a_broken_off_answer_says_why() -> None:
    cut = rendered(item(said("Ol") | {"status": "incomplete"}, margin=Margin(reason="run_cancelled")))
    assert (cut["status"], cut["incomplete_details"]) == ("incomplete", {"reason": "run_cancelled"})
    assert (cut["incomplete_at"], cut["completed_at"]) == (1_760_000_000, None)
    unknown = rendered(item(said("Ol") | {"status": "incomplete"}))
    assert unknown["incomplete_details"] is None


@pytest.mark.parametrize(
    ("text", "annotation", "shown"),
    [
        ("Sim【4:0†a.pdf】.", {"type": "file_citation", "index": 3}, ("【4:0†a.pdf】", 3, 14)),
        ("Sim【4:0†a.pdf】.", {"type": "file_citation", "index": 14}, ("【4:0†a.pdf】", 3, 14)),
        ("Sim.", {"type": "file_citation", "index": 3}, ("", 3, 3)),
        ("Sim.", {"type": "file_citation", "index": 99}, ("", 4, 4)),
        ("Sim【", {"type": "file_citation", "index": 4}, ("", 4, 4)),
        ("a sandbox:/x.csv b", {"type": "container_file_citation", "start_index": 2, "end_index": 16}, ("sandbox:/x.csv", 2, 16)),
    ],
)
def test_a_citation_stands_where_its_mark_does(text: str, annotation: dict[str, Any], shown: tuple[str, int, int]) -> None:
    told = annotation | {"file_id": FILE, "filename": "a.pdf", "container_id": "c"}
    [block] = rendered(item(said(text, told)))["content"]
    [found] = block["text"]["annotations"]
    assert (found["text"], found["start_index"], found["end_index"]) == shown
    assert found[found["type"]] == {"file_id": FILE}


def test_what_code_drew_is_content_and_addresses_are_left_out() -> None:
    drawn = {"type": "container_file_citation", "file_id": FILE, "filename": "a.PNG", "start_index": 0, "end_index": 0}
    web = {"type": "url_citation", "url": "https://x", "title": "x", "start_index": 0, "end_index": 1}
    content = rendered(item(said("Veja", drawn | {"container_id": "c"}, web)))["content"]
    assert content == [
        {"type": "image_file", "image_file": {"file_id": FILE}},
        {"type": "text", "text": {"value": "Veja", "annotations": []}},
    ]


def test_what_other_dialects_put_into_a_message_has_a_place_here() -> None:
    parts = [
        {"type": "input_file", "file_id": FILE, "filename": "a.pdf"},
        {"type": "input_file", "file_data": "JVBERi", "filename": "b.pdf"},
        {"type": "input_image", "file_id": FILE, "detail": "original"},
        {"type": "input_image", "image_url": "data:image/png;base64,AA==", "detail": "low"},
    ]
    body = rendered(item({"role": "user", "content": parts}, made=False))
    assert body["attachments"] == [{"file_id": FILE, "tools": []}]
    assert body["content"] == [
        {"type": "text", "text": {"value": "[b.pdf]", "annotations": []}},
        {"type": "image_file", "image_file": {"file_id": FILE, "detail": "high"}},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA==", "detail": "low"}},
    ]
    refused = rendered(item({"role": "assistant", "content": [{"type": "refusal", "refusal": "Não."}]}))
    assert refused["content"] == [{"type": "refusal", "refusal": "Não."}]


@pytest.mark.parametrize("body", [{"role": "developer", "content": []}, {"role": 5}, {"role": "user", "content": [{"type": 1}]}])
def test_what_is_no_message_here_is_known_by_that(body: dict[str, Any]) -> None:
    assert not is_message(item(body))
    assert not is_message(Item("ana", "function_call", b'{"role":"user"}', 1.0))


TEXT = {"type": "text", "text": "veja"}
PICTURE = {"type": "image_file", "image_file": {"file_id": FILE, "detail": "low"}}
ELSEWHERE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}


def test_a_message_that_is_sent_is_shown_as_it_was_sent() -> None:
    attachments = [{"file_id": FILE, "tools": [{"type": "file_search"}, {"type": "code_interpreter"}]}]
    message = {"role": "user", "content": [TEXT, PICTURE, ELSEWHERE], "attachments": attachments, "metadata": {"a": "b"}}
    body = rendered(Item("ana", "message", item_body(sent(message)), 1.0, id="3" * 32))
    assert body["content"] == [
        {"type": "text", "text": {"value": "veja", "annotations": []}},
        PICTURE,
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "auto"}},
    ]
    assert (body["attachments"], body["metadata"]) == (attachments, {"a": "b"})
    by_assistant = {"role": "assistant", "content": [PICTURE, TEXT]}
    body = rendered(Item("ana", "message", item_body(sent(by_assistant)), 1.0, id="3" * 32))
    assert [part["type"] for part in body["content"]] == ["image_file", "text"] and body["role"] == "assistant"
    assert (
        sent({"role": "user", "content": "oi"}).parts == sent({"role": "user", "content": [{"type": "text", "text": "oi"}]}).parts
    )


@pytest.mark.parametrize(
    ("message", "place", "param"),
    [
        ({"role": "user", "content": ""}, "", "content"),
        ({"role": "user", "content": [{"type": "text", "text": ""}]}, "messages[2]", "messages[2].content[0].text"),
        ({"role": "assistant", "content": [ELSEWHERE]}, "", "content[0].type"),
        (
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]},
            "",
            "content[0].image_url.url",
        ),
    ],
)
def test_what_no_message_can_say_is_refused_by_its_place(message: dict[str, Any], place: str, param: str) -> None:
    with pytest.raises(BadRequest) as refused:
        item_body(sent(message), place)
    assert refused.value.param == param
