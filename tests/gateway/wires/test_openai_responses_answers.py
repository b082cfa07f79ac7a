"""Answers of a Responses API, plain and streamed, as OpenAI's chat completions."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion

from prosa.gateway.errors import ProviderFault, StreamBroken
from prosa.gateway.models import Attachment, Heard, StreamRelay, Usage
from prosa.gateway.settings import Reasoning
from prosa.gateway.wires import WIRES
from tests.gateway.streams import cut, said, strict, through, told
from tests.gateway.wires.calls import chat, provider

WIRE = WIRES["openai_responses"]


def events(*events: dict[str, Any]) -> bytes:
    """Events as the Responses API sends them: named, numbered, the type in the data too."""
    numbered = [event | {"sequence_number": number} for number, event in enumerate(events)]
    return b"".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in numbered)


def response(type: str, **fields: Any) -> dict[str, Any]:
    """An event about the response itself."""
    return {"type": f"response.{type}", "response": {"id": "resp_1", "model": "gpt-5-2026", "status": type} | fields}


def item(kind: str, place: int, **fields: Any) -> dict[str, Any]:
    """An item begins (`added`) or is whole (`done`)."""
    return {"type": f"response.output_item.{kind}", "output_index": place, "item": fields}


def piece(kind: str, place: int, delta: str, **more: Any) -> dict[str, Any]:
    """A piece of an item."""
    return {"type": f"response.{kind}.delta", "output_index": place, "delta": delta} | more


USAGE = {"input_tokens": 25, "output_tokens": 15, "total_tokens": 40}
BEGUN = (response("created"), response("in_progress"))
DONE = response("completed", usage=USAGE)
THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "hm"}], "encrypted_content": "abc"}
TEXT = (
    item("added", 0, type="message", id="msg_1", role="assistant", content=[]),
    piece("output_text", 0, "Olá"),
    {"type": "response.a_new_kind_of_event", "x": 1},
    piece("output_text", 0, " \u2028mundo\n\n"),
    item("done", 0, type="message"),
)
CALLS = (
    item("added", 1, type="function_call", id="fc_1", call_id="call_1", name="weather", arguments=""),
    piece("function_call_arguments", 1, '{"city":'),
    piece("function_call_arguments", 1, '"Rio"}'),
    item("done", 1, type="function_call", call_id="call_1", name="weather", arguments='{"city":"Rio"}'),
    item("added", 2, type="function_call", id="fc_2", call_id="call_2", name="now", arguments=""),
    item("done", 2, type="function_call", call_id="call_2", name="now", arguments="{}"),
)


def relay(heard: Heard | None = None, background: bool = False, **more: Any) -> StreamRelay:
    """A fresh relay for a streamed call; with `heard`, for the second look at an answer."""
    call = chat(stream=True, **more)
    call.background = background
    if heard is not None:
        call.attached, call.heard = Attachment("test", "gpt-5", "resp_1"), heard
    return WIRE.relay(call, "gpt-5", provider(wire="openai_responses", background=True))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3000), max_size=12))
def test_text_arrives_as_chunks_however_the_stream_is_cut(places: list[int]) -> None:
    subject = relay(usage_asked=True)
    chunks = strict(through(subject, cut(events(*BEGUN, *TEXT, DONE), places)))
    assert "".join(choice.delta.content or "" for each in chunks for choice in each.choices) == "Olá \u2028mundo\n\n"
    assert chunks[0].choices[0].delta.role == "assistant" and chunks[-2].choices[0].finish_reason == "stop"
    assert {each.model for each in chunks} == {"gpt-5-2026"}
    assert chunks[-1].usage is not None and chunks[-1].usage.total_tokens == 40
    assert subject.figures.usage == Usage(25, 15) and subject.figures.text_chars == 12


def called(chunks: list[Any]) -> dict[int, tuple[str, str, str]]:
    """Id, name and arguments of each tool call of a stream."""
    pieces = [call for each in chunks for choice in each.choices for call in choice.delta.tool_calls or ()]
    found: dict[int, tuple[str, str, str]] = {}
    for call in pieces:
        id, name, arguments = found.get(call.index, ("", "", ""))
        found[call.index] = (id + (call.id or ""), name + (call.function.name or ""), arguments + (call.function.arguments or ""))
    return found


def test_tool_calls_arrive_in_pieces_with_their_own_numbers() -> None:
    chunks = strict(through(relay(), [events(*BEGUN, *TEXT, *CALLS, DONE)]))
    assert called(chunks) == {0: ("call_1", "weather", '{"city":"Rio"}'), 1: ("call_2", "now", "{}")}
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


def test_thoughts_arrive_with_what_the_provider_wants_back() -> None:
    thinking = (
        item("added", 0, type="reasoning", id="rs_1", summary=[]),
        {"type": "response.reasoning_summary_part.added", "output_index": 0, "summary_index": 0},
        piece("reasoning_summary_text", 0, "first"),
        {"type": "response.reasoning_summary_part.added", "output_index": 0, "summary_index": 1},
        piece("reasoning_summary_text", 0, "second"),
        item("done", 0, status="completed", **THOUGHT),
    )
    documents = told(through(relay(), [events(*BEGUN, *thinking, *TEXT, DONE)]))
    assert said(documents, "reasoning_content") == "first\n\nsecond"
    blocks = [choice["delta"].get("thinking_blocks") for document in documents for choice in document["choices"]]
    assert [block for block in blocks if block] == [[THOUGHT]]
    dropped = told(through(relay(reasoning=Reasoning.DROP), [events(*BEGUN, *thinking, *TEXT, DONE)]))
    assert said(dropped, "reasoning_content") == "" and said(dropped) == "Olá \u2028mundo\n\n"


def test_a_refusal_stays_one() -> None:
    documents = told(through(relay(), [events(*BEGUN, piece("refusal", 0, "I "), piece("refusal", 0, "won't."), DONE)]))
    assert said(documents, "refusal") == "I won't."


@pytest.mark.parametrize(("why", "reason"), [("max_output_tokens", "length"), ("content_filter", "content_filter")])
def test_an_answer_that_was_cut_says_why(why: str, reason: str) -> None:
    cut_off = response("incomplete", incomplete_details={"reason": why}, usage=USAGE)
    chunks = strict(through(relay(), [events(*BEGUN, *TEXT, cut_off)]))
    assert chunks[-1].choices[0].finish_reason == reason


@pytest.mark.parametrize(
    "ending",
    [
        response("failed", error={"code": "server_error", "message": "oops"}),
        response("incomplete", incomplete_details={"reason": "interrupted"}),
        response("cancelled"),
        {"type": "error", "code": "server_error", "message": "oops", "param": None},
    ],
)
def test_an_answer_that_failed_ends_as_a_break(ending: dict[str, Any]) -> None:
    subject = relay()
    documents = told(through(subject, [events(*BEGUN, *TEXT, ending)]))
    assert "error" in documents[-1] and subject.figures.fault is not None


def test_a_stream_that_just_ends_is_a_break() -> None:
    subject = relay()
    assert "error" in told(through(subject, [events(*BEGUN, *TEXT)]))[-1]
    assert isinstance(subject.figures.fault, StreamBroken)


def test_the_id_of_a_background_answer_is_known_before_its_first_word() -> None:
    subject = relay(background=True)
    first = subject.feed(events(BEGUN[0]))
    assert first and subject.figures.response_id == "resp_1"
    assert relay().feed(events(BEGUN[0])) == b""


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 12), st.integers(0, 2), st.lists(st.integers(0, 3000), max_size=6))
def test_what_was_heard_is_left_out_at_the_second_look(text: int, calls: int, places: list[int]) -> None:
    stream = events(*BEGUN, item("done", 0, **THOUGHT), *TEXT, *CALLS, DONE)
    subject = relay(Heard(text=text, calls=calls))
    chunks = strict(through(subject, cut(stream, places)))
    whole = "Olá \u2028mundo\n\n"
    assert "".join(choice.delta.content or "" for each in chunks for choice in each.choices) == whole[text:]
    assert sorted(called(chunks)) == list(range(calls, 2))
    assert chunks[-1].choices[0].finish_reason == "tool_calls"
    assert ("thinking_blocks" in str(chunks)) == (text == 0 and calls == 0)


def test_a_whole_answer_is_a_completion() -> None:
    output = [
        THOUGHT,
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Olá", "annotations": []}]},
        {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": "{}"},
    ]
    body = {"id": "resp_1", "object": "response", "model": "gpt-5-2026", "status": "completed", "output": output, "usage": USAGE}
    answer = WIRE.plain(json.dumps(body | {"error": None}).encode(), chat(), "gpt-5")
    completion = ChatCompletion.model_validate_json(answer.body, strict=True)
    message = completion.choices[0].message
    assert message.content == "Olá" and message.tool_calls is not None and completion.choices[0].finish_reason == "tool_calls"
    assert json.loads(answer.body)["choices"][0]["message"]["reasoning_content"] == "hm"
    assert answer.usage == Usage(25, 15) and answer.model == "gpt-5-2026"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"{}",
        json.dumps({"error": {"code": "rate_limit_exceeded", "message": "slow"}}).encode(),
        json.dumps({"status": "failed", "output": [], "error": {"code": "server_error", "message": "x"}}).encode(),
    ],
)
def test_what_is_no_answer_is_a_fault(body: bytes) -> None:
    with pytest.raises(ProviderFault):
        WIRE.plain(body, chat(), "gpt-5")
