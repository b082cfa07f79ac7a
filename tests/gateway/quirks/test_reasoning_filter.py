"""Reasoning ends up where it is wanted, however a model and its server tell it, however the stream is cut."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prosa.gateway.errors import StreamBroken
from prosa.gateway.models import CallKind, ModelCall
from prosa.gateway.quirks import ReasoningRelay, reasoned, without_tags
from prosa.gateway.quirks.thinking import Thinking, starts_inside
from prosa.gateway.settings import Reasoning
from prosa.gateway.stream import OpenAIRelay
from tests.gateway.streams import DONE, chunk, cut, event, said, stream_of, strict, through, told

FIELD, DROP, TEXT = Reasoning.FIELD, Reasoning.DROP, Reasoning.TEXT
PLACES = st.lists(st.integers(0, 5000), max_size=10)
PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<"), min_size=1, max_size=30)


def filtered(mode: Reasoning, body: bytes, *, guess: bool = False, choices: int = 1) -> list[dict[str, Any]]:
    """The documents of a stream after the filter."""
    return told(through(ReasoningRelay(OpenAIRelay(), mode, guess=guess, choices=choices), [body]))


@settings(max_examples=60, deadline=None)
@given(PLAIN, PLAIN, PLACES, PLACES)
def test_thinking_tags_split_anywhere_become_the_field(thought: str, answer: str, texts: list[int], reads: list[int]) -> None:
    answer = "A" + answer
    text = f"<think>\n{thought}z</think>\n\n{answer}"
    marks = sorted({place % (len(text) + 1) for place in texts} | {0, len(text)})
    body = stream_of(*(text[start:end] for start, end in itertools.pairwise(marks)))
    relay = ReasoningRelay(OpenAIRelay(), FIELD)
    documents = told(through(relay, cut(body, reads)))
    assert said(documents) == answer
    assert said(documents, "reasoning_content") == (thought + "z").lstrip("\r\n")
    assert relay.figures.finished and relay.figures.text_chars == len(text)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60).filter(lambda text: "<th" not in text), PLACES)
def test_text_without_tags_stays_as_it_is(text: str, reads: list[int]) -> None:
    body = stream_of(*text)
    for mode in (FIELD, DROP):
        assert said(told(through(ReasoningRelay(OpenAIRelay(), mode), cut(body, reads)))) == text


def test_a_stream_without_reasoning_passes_byte_by_byte_the_same() -> None:
    body = stream_of("Olá", " <think> is a tag", " é")
    for mode in (FIELD, DROP):
        assert through(ReasoningRelay(OpenAIRelay(), mode), [body]) == body


@pytest.mark.contract("B09")
def test_dropped_reasoning_leaves_only_the_answer_and_valid_chunks() -> None:
    output = through(ReasoningRelay(OpenAIRelay(), DROP), [stream_of("<thi", "nk>hm</th", "ink>", "\n\nOlá")])
    assert said(told(output)) == "Olá" and b'"hm' not in output
    assert strict(output)


@pytest.mark.contract("B09")
def test_drop_takes_out_the_servers_own_fields_also_after_the_answer_began() -> None:
    fields: dict[str, Any] = {"reasoning_content": "hm", "reasoning": "hm", "reasoning_details": [{"text": "hm"}]}
    body = event(chunk(**fields)) + event(chunk("a")) + event(chunk("b", **fields)) + event(chunk(finish="stop")) + DONE
    output = through(ReasoningRelay(OpenAIRelay(), DROP), [body])
    assert b'"hm' not in output and said(told(output)) == "ab"


def test_the_other_name_of_the_field_is_given_the_usual_one_too() -> None:
    documents = filtered(FIELD, event(chunk(reasoning="hm")) + stream_of("a"))
    assert said(documents, "reasoning_content") == "hm" and said(documents) == "a"


def test_a_model_that_starts_inside_its_thinking_needs_only_the_closing_tag() -> None:
    assert starts_inside("qwen/qwen3-next-80b-a3b-thinking") and starts_inside("deepseek-ai/deepseek-r1")
    assert not starts_inside("qwen/qwen3-32b")
    for mode in (FIELD, DROP):
        documents = filtered(mode, stream_of("hm", " hm</thi", "nk>Olá"), guess=True)
        assert said(documents) == "Olá"
        assert said(documents, "reasoning_content") == ("hm hm" if mode is FIELD else "")


def test_a_server_that_splits_by_itself_is_believed_about_such_a_model() -> None:
    body = event(chunk(reasoning_content="hm")) + stream_of("Olá", "!")
    assert said(filtered(DROP, body, guess=True)) == "Olá!"


def test_text_that_was_only_taken_for_thinking_is_given_back_at_the_end() -> None:
    assert said(filtered(DROP, stream_of("Olá", " mundo"), guess=True)) == "Olá mundo"


def test_thinking_that_used_up_all_tokens_is_no_answer() -> None:
    body = event(chunk("hm hm")) + event(chunk(finish="length")) + DONE
    assert said(filtered(DROP, body, guess=True)) == ""
    assert said(filtered(DROP, event(chunk("<think>hm")) + event(chunk(finish="length")) + DONE)) == ""


def test_each_choice_has_its_own_thinking() -> None:
    events = [chunk("<think>a"), chunk("X", index=1), chunk("</think>A", index=0), chunk("Y", index=1)]
    body = b"".join(map(event, [*events, chunk(finish="stop"), chunk(finish="stop", index=1)])) + DONE
    documents = filtered(FIELD, body, choices=2)
    assert (said(documents), said(documents, "reasoning_content"), said(documents, index=1)) == ("A", "a", "XY")


def test_tool_calls_are_left_untouched() -> None:
    call = [{"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": '{"t":"<think>"}'}}]
    body = event(chunk("<think>hm</think>")) + event(chunk(tool_calls=call)) + event(chunk(finish="tool_calls")) + DONE
    documents = filtered(DROP, body)
    assert [document["choices"][0]["delta"].get("tool_calls") for document in documents] == [None, call, None]


def test_parts_of_thinking_in_a_list_of_content_are_taken_apart() -> None:
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "Olá"}]
    body = event(chunk() | {"choices": [{"index": 0, "delta": {"content": parts}}]}) + event(chunk(finish="stop")) + DONE
    documents = filtered(FIELD, body)
    assert (said(documents), said(documents, "reasoning_content")) == ("Olá", "hm")


def test_what_is_held_comes_out_before_a_missing_or_a_broken_end() -> None:
    assert said(filtered(FIELD, event(chunk("<th")) + DONE)) == "<th"
    relay = ReasoningRelay(OpenAIRelay(), FIELD)
    documents = told(relay.feed(event(chunk("<th"))) + relay.fail(StreamBroken("cut")))
    assert said(documents) == "<th" and documents[-1]["error"]["message"] == "cut"


def test_unknown_fields_of_rewritten_events_survive() -> None:
    odd = b'data: {"x":12345678901234567890.5,"choices":[{"index":0,"y":[],"delta":{"z":1,"content":"<think>a"}}]}\n\n'
    output = ReasoningRelay(OpenAIRelay(), FIELD).feed(odd)
    assert b'"x":12345678901234567890.5' in output and b'"y":[]' in output and b'"z":1' in output


def test_no_cost_is_paid_where_nothing_is_wanted() -> None:
    relay = OpenAIRelay()
    for mode in (None, TEXT):
        assert reasoned(relay, ModelCall(CallKind.CHAT, None, {}, reasoning=mode), "m") is relay


def answer(**message: Any) -> bytes:
    """A plain answer."""
    return json.dumps({"id": "1", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "odd": 1}).encode()


def message_of(body: bytes) -> dict[str, Any]:
    """The message of a plain answer, whose other fields must have survived."""
    document = json.loads(body)
    assert document["odd"] == 1
    found: dict[str, Any] = document["choices"][0]["message"]
    return found


@pytest.mark.contract("B09", "B40")
def test_a_plain_answer_is_filtered_likewise() -> None:
    body = answer(role="assistant", content="<think>hm</think>\nOlá")
    assert message_of(without_tags(body, FIELD, "m")) == {"role": "assistant", "content": "Olá", "reasoning_content": "hm"}
    assert message_of(without_tags(body, DROP, "m")) == {"role": "assistant", "content": "Olá"}
    assert without_tags(body, TEXT, "m") is body and without_tags(body, None, "m") is body


@pytest.mark.contract("B40")
def test_dropping_leaves_a_string_never_null() -> None:
    assert message_of(without_tags(answer(content=None, reasoning_content="hm"), DROP, "m")) == {"content": ""}
    assert message_of(without_tags(answer(content="<think>hm"), DROP, "m")) == {"content": ""}
    called = answer(content=None, tool_calls=[{"id": "c"}])
    assert without_tags(called, DROP, "m") == called


def test_a_plain_answer_of_a_model_that_starts_inside() -> None:
    model = "qwen3-4b-thinking-2507"
    assert message_of(without_tags(answer(content="hm</think>Olá"), FIELD, model)) == {
        "content": "Olá",
        "reasoning_content": "hm",
    }
    untagged = answer(content="Olá", odd=True)
    assert message_of(without_tags(untagged, DROP, model))["content"] == "Olá"
    assert "reasoning_content" not in message_of(without_tags(untagged, FIELD, model))


def test_what_is_no_answer_is_left_alone() -> None:
    for body in (b"[]", b'{"choices":3}', b"x"):
        assert without_tags(body, DROP, "m") == body


def test_blanks_before_an_opening_tag_do_not_hide_it() -> None:
    thinking = Thinking()
    assert [thinking.take(text) for text in ("\n", " <", "think>a</think> ", "b")] == [("", ""), ("", ""), ("a", ""), ("", "b")]


@settings(max_examples=10, deadline=None)
@given(st.integers(200_000, 1_500_000), PLACES)
def test_huge_events_survive_the_filter_too(size: int, places: list[int]) -> None:
    body = stream_of("<think>hm</think>a", "x" * size, "b")
    relay = ReasoningRelay(OpenAIRelay(), DROP)
    assert len(said(told(through(relay, cut(body, places))))) == size + 2
