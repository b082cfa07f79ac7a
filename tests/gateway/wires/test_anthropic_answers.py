"""Anthropic's answers, plain and streamed, as OpenAI's. The streams follow the public documentation's examples in form."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion

from prosa.drivers.outbound import ConnectionLost
from prosa.gateway.errors import ProviderFault, StreamBroken
from prosa.gateway.models import StreamRelay, Usage
from prosa.gateway.settings import Reasoning
from prosa.gateway.wires import WIRES
from tests.gateway.streams import cut, said, strict, through, told
from tests.gateway.wires.calls import chat, provider

WIRE = WIRES["anthropic_messages"]


def events(*events: dict[str, Any]) -> bytes:
    """Events in Anthropic's form: named, with the type in the data too."""
    return b"".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events)


def start(index: int, **block: Any) -> dict[str, Any]:
    """A content block begins."""
    return {"type": "content_block_start", "index": index, "content_block": block}


def delta(index: int, kind: str, **fields: Any) -> dict[str, Any]:
    """A piece of a block."""
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **fields}}


def stop(index: int) -> dict[str, Any]:
    """A block is whole."""
    return {"type": "content_block_stop", "index": index}


def ended(reason: str, **usage: int) -> list[dict[str, Any]]:
    """The last two events."""
    return [
        {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, "usage": usage},
        {"type": "message_stop"},
    ]


BEGUN = {
    "type": "message_start",
    "message": {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-5-20250929",
        "content": [],
        "stop_reason": None,
        "usage": {"input_tokens": 20, "cache_read_input_tokens": 5, "output_tokens": 1},
    },
}
TEXT_STREAM = events(
    BEGUN,
    start(0, type="text", text=""),
    {"type": "ping"},
    delta(0, "text_delta", text="Olá"),
    delta(0, "text_delta", text=" \u2028mundo\n\n"),
    stop(0),
    {"type": "a_new_kind_of_event", "x": 1},
    *ended("end_turn", output_tokens=15),
)


def relay(**more: Any) -> StreamRelay:
    """A fresh relay for a streamed call."""
    return WIRE.relay(chat(stream=True, **more), "claude-sonnet-4-5", provider())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3000), max_size=12))
def test_text_arrives_as_chunks_however_the_stream_is_cut(places: list[int]) -> None:
    subject = relay(usage_asked=True)
    output = through(subject, cut(TEXT_STREAM, places))
    chunks = strict(output)
    assert "".join(choice.delta.content or "" for each in chunks for choice in each.choices) == "Olá \u2028mundo\n\n"
    assert chunks[0].choices[0].delta.role == "assistant" and chunks[-2].choices[0].finish_reason == "stop"
    assert len({each.id for each in chunks}) == 1 and chunks[0].id.startswith("chatcmpl-")
    assert {each.model for each in chunks} == {"claude-sonnet-4-5-20250929"}
    assert chunks[-1].usage is not None and chunks[-1].usage.total_tokens == 40
    assert subject.figures.usage == Usage(25, 15, cached_tokens=5) and subject.figures.text_chars == 12


def test_usage_is_told_only_to_who_asked() -> None:
    subject = relay()
    assert all("usage" not in document for document in told(through(subject, [TEXT_STREAM])))
    assert subject.figures.usage == Usage(25, 15, cached_tokens=5)


def test_tool_calls_arrive_in_pieces_with_their_own_numbers() -> None:
    stream = events(
        BEGUN,
        start(0, type="text", text=""),
        delta(0, "text_delta", text="Let me look."),
        stop(0),
        start(1, type="tool_use", id="toolu_1", name="weather", input={}),
        delta(1, "input_json_delta", partial_json=""),
        delta(1, "input_json_delta", partial_json='{"city":'),
        delta(1, "input_json_delta", partial_json='"Rio"}'),
        stop(1),
        start(2, type="tool_use", id="toolu_2", name="now", input={}),
        stop(2),
        *ended("tool_use", output_tokens=9),
    )
    chunks = strict(through(relay(), [stream]))
    pieces = [call for each in chunks for choice in each.choices for call in choice.delta.tool_calls or ()]
    assert [(call.index, call.id, call.function.name) for call in pieces if call.id and call.function] == [
        (0, "toolu_1", "weather"),
        (1, "toolu_2", "now"),
    ]
    arguments = {n: "".join(c.function.arguments or "" for c in pieces if c.index == n and c.function) for n in (0, 1)}
    assert arguments == {0: '{"city":"Rio"}', 1: "{}"}
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


THINKING = (
    start(0, type="thinking", thinking="", signature=""),
    delta(0, "thinking_delta", thinking="hm"),
    delta(0, "signature_delta", signature="sig"),
    stop(0),
    start(1, type="redacted_thinking", data="xyz"),
    stop(1),
    start(2, type="text", text=""),
    delta(2, "text_delta", text="Olá"),
    stop(2),
)


def test_thinking_becomes_reasoning_and_its_signed_block_is_kept() -> None:
    output = through(relay(), [events(BEGUN, *THINKING, *ended("max_tokens", output_tokens=3))])
    documents = told(output)
    assert strict(output)
    assert (said(documents), said(documents, "reasoning_content")) == ("Olá", "hm")
    blocks = [block for each in documents for block in each["choices"][0]["delta"].get("thinking_blocks", ())]
    assert blocks == [{"thinking": "hm", "signature": "sig", "type": "thinking"}, {"data": "xyz", "type": "redacted_thinking"}]
    assert documents[-1]["choices"][0]["finish_reason"] == "length"


@pytest.mark.contract("B09")
def test_thinking_is_dropped_where_that_is_wanted() -> None:
    output = through(relay(reasoning=Reasoning.DROP), [events(BEGUN, *THINKING, *ended("end_turn", output_tokens=3))])
    assert said(told(output)) == "Olá" and b'"hm' not in output and b'"sig' not in output


def test_an_error_event_ends_the_stream_in_our_words() -> None:
    subject = relay()
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded at https://x.example"}}
    output = through(subject, [events(BEGUN, start(0, type="text", text=""), delta(0, "text_delta", text="a"), error)])
    assert said(told(output)) == "a" and told(output)[-1]["error"]["code"] == "provider_unavailable"
    assert isinstance(subject.figures.fault, ProviderFault) and b"x.example" not in output


def test_a_stream_that_stops_short_is_a_break() -> None:
    subject = relay()
    output = through(subject, [TEXT_STREAM[: TEXT_STREAM.index(b"event: message_delta")]])
    assert told(output)[-1]["error"]["code"] == "stream_broken" and isinstance(subject.figures.fault, StreamBroken)
    other = relay()
    half = other.feed(TEXT_STREAM[:200]) + other.fail(ConnectionLost("cut"))
    assert told(half)[-1]["error"]["message"] == "cut" and other.finish() == b""


def test_a_stream_that_is_none_is_a_break() -> None:
    for odd in (b"<html></html>", b'{"type":"error","error":{"type":"api_error","message":"x"}}', b"", b"data: x\n\n"):
        subject = relay()
        assert "error" in told(through(subject, [odd]))[-1]
        assert subject.figures.fault is not None


def test_an_event_too_large_to_translate_is_a_break() -> None:
    subject = relay()
    passed = b"".join(subject.feed(b"data: " + b"x" * 400_000) for _ in range(5))
    assert subject.figures.fault is not None and passed.count(b"[DONE]") == 1 and subject.finish() == b""


def plain(**fields: Any) -> bytes:
    """A whole message."""
    usual = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-x", "stop_reason": "end_turn"}
    usage = {"input_tokens": 10, "cache_creation_input_tokens": 1, "cache_read_input_tokens": 4, "output_tokens": 6}
    return json.dumps(usual | {"content": [{"type": "text", "text": "Olá"}], "usage": usage} | fields).encode()


def test_a_whole_message_becomes_a_completion() -> None:
    found = WIRE.plain(plain(), chat(), "m")
    completion = ChatCompletion.model_validate_json(found.body, strict=True)
    assert completion.choices[0].message.content == "Olá" and completion.choices[0].finish_reason == "stop"
    assert completion.choices[0].message.role == "assistant" and completion.id.startswith("chatcmpl-")
    assert completion.usage is not None and completion.usage.prompt_tokens_details is not None
    assert (completion.usage.total_tokens, completion.usage.prompt_tokens_details.cached_tokens) == (21, 4)
    assert (found.usage, found.model, found.text_chars) == (Usage(15, 6, cached_tokens=4), "claude-x", 3)


def test_a_whole_message_with_thinking_and_tools() -> None:
    content = [
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Rio"}},
    ]
    found = WIRE.plain(plain(content=content, stop_reason="tool_use"), chat(), "m")
    choice = ChatCompletion.model_validate_json(found.body, strict=True).choices[0]
    assert choice.finish_reason == "tool_calls" and choice.message.content is None and choice.message.tool_calls
    message = json.loads(found.body)["choices"][0]["message"]
    assert message["tool_calls"][0]["function"] == {"name": "weather", "arguments": '{"city": "Rio"}'}
    assert message["reasoning_content"] == "hm" and message["thinking_blocks"] == [content[0]]
    dropped = WIRE.plain(plain(content=content[:1]), chat(reasoning=Reasoning.DROP), "m")
    assert json.loads(dropped.body)["choices"][0]["message"] == {"content": "", "role": "assistant"}


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"type":"error","error":{"type":"api_error","message":"x"}}', b"{}"])
def test_what_is_no_message_is_a_fault(body: bytes) -> None:
    with pytest.raises(ProviderFault):
        WIRE.plain(body, chat(), "m")


def test_a_refusal_is_told_as_filtered_content() -> None:
    assert (
        json.loads(WIRE.plain(plain(stop_reason="refusal"), chat(), "m").body)["choices"][0]["finish_reason"] == "content_filter"
    )
