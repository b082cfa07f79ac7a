"""What a model's stream becomes in the words of the Responses API."""

import time
import warnings
from collections.abc import Sequence
from typing import Any, cast

import msgspec
import pytest
from openai import omit
from openai._models import construct_type
from openai.lib.streaming.responses._responses import ResponseStreamState
from openai.types.responses import ResponseStreamEvent

from prosa.answers.asking import Teller, Telling
from prosa.answers.responses import ResponseRequest, Scribe, end, fold, new_response
from prosa.gateway import Usage
from tests.answers.sdk_types import check_event, check_item
from tests.answers.streams import DONE, broken, call, chunk, ended, text, thought, usage


def told(
    stream: bytes, telling: Telling | None = None, scribe: Scribe | None = None
) -> tuple[list[dict[str, Any]], Teller, Scribe]:
    """Everything that is told of a stream, checked event by event."""
    scribe = scribe or Scribe()
    first = scribe.number
    teller = Teller(scribe, telling or Telling())
    events = [*teller.feed(stream), *teller.finish()]
    found = [msgspec.json.decode(event) for event in events]
    for event in found:
        check_event(event)
    assert [event["sequence_number"] for event in found] == list(range(first, first + len(found)))
    if first == 0:
        assert msgspec.json.encode(fold(events).output) == msgspec.json.encode(scribe.said.output)
    return found, teller, scribe


def types(events: Sequence[dict[str, Any]]) -> list[str]:
    """The events' types, without the part that they share."""
    return [str(event["type"]).removeprefix("response.") for event in events]


def test_a_text_is_told_as_the_specification_orders_it() -> None:
    events, teller, scribe = told(chunk({"role": "assistant", "content": ""}) + text("Good ") + text("day") + ended())
    assert types(events) == [
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
    ]
    item = events[-1]["item"]
    assert item["status"] == "completed" and item["content"][0]["text"] == "Good day"
    assert item["id"].startswith("msg_") and len(item["id"]) == 36
    assert events[0]["item"]["content"] == [] and events[1]["part"]["text"] == ""
    assert (teller.finish_reason, teller.reason, teller.done) == ("stop", None, True)
    assert scribe.said.usage is not None and scribe.said.usage.total_tokens == 8
    check_item(item)


def test_thoughts_come_before_the_answer_in_an_item_of_their_own() -> None:
    events, _, scribe = told(thought("Hm, ") + thought("yes.") + text("Yes") + ended())
    assert types(events)[:7] == [
        "output_item.added",
        "content_part.added",
        "reasoning_text.delta",
        "reasoning_text.delta",
        "reasoning_text.done",
        "content_part.done",
        "output_item.done",
    ]
    assert [item.__struct_config__.tag for item in scribe.said.output] == ["reasoning", "message"]
    assert events[6]["item"]["content"] == [{"type": "reasoning_text", "text": "Hm, yes."}]
    assert {event["output_index"] for event in events[7:]} == {1}


def test_who_asked_for_a_summary_gets_thoughts_as_one() -> None:
    events, _, _ = told(chunk({"reasoning": "Hm."}) + text("Yes") + ended(), Telling(summary=True))
    assert types(events)[:6] == [
        "output_item.added",
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
        "output_item.done",
    ]
    assert events[5]["item"]["summary"] == [{"type": "summary_text", "text": "Hm."}]


def test_signed_thoughts_are_kept_for_the_next_request() -> None:
    block = {"type": "thinking", "thinking": "Hm.", "signature": "sig"}
    events, _, _ = told(thought("Hm.") + chunk({"thinking_blocks": [block]}) + text("Yes") + ended())
    item = next(event["item"] for event in events if event["type"] == "response.output_item.done")
    assert item["encrypted_content"].startswith("prosa.thinking.1:") and item["content"][0]["text"] == "Hm."


def test_calls_that_come_in_pieces_and_mixed_are_told_apart() -> None:
    stream = text("Let me see") + call(0, "f", '{"a"') + call(1, "g", "") + call(0, arguments=":1}") + call(1, arguments="{}")
    events, teller, scribe = told(stream + ended("tool_calls"))
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert [(item["type"], item.get("arguments")) for item in done] == [
        ("message", None),
        ("function_call", '{"a":1}'),
        ("function_call", "{}"),
    ]
    assert [item["call_id"] for item in done[1:]] == ["call_0", "call_1"]
    assert teller.finish_reason == "tool_calls" and not scribe.said.open()


def test_calls_without_an_index_and_without_an_id_are_calls_too() -> None:
    pieces = [
        {"id": "a", "function": {"name": "f", "arguments": "{}"}},
        {"id": "b", "function": {"name": "f", "arguments": "{}"}},
    ]
    _, _, scribe = told(chunk({"tool_calls": pieces}) + ended("tool_calls"))
    assert [getattr(item, "call_id", "") for item in scribe.said.output] == ["a", "b"]
    _, _, scribe = told(chunk({"tool_calls": [{"index": 0, "function": {"name": "f"}}]}) + ended("tool_calls"))
    assert getattr(scribe.said.output[0], "call_id", "").startswith("call_")


def test_a_name_that_comes_late_is_waited_for() -> None:
    late = chunk({"tool_calls": [{"index": 0, "id": "a", "function": {"arguments": "{"}}]})
    events, _, _ = told(late + chunk({"tool_calls": [{"index": 0, "function": {"name": "f", "arguments": "}"}}]}) + ended())
    assert events[0]["item"]["name"] == "f" and events[-1]["item"]["arguments"] == "{}"


def test_a_refusal_is_a_part_of_its_own() -> None:
    events, _, _ = told(text("Well") + chunk({"refusal": "I can't"}) + ended())
    assert [event["content_index"] for event in events if "content_index" in event] == [0, 0, 0, 0, 1, 1, 1, 1]
    assert events[-1]["item"]["content"][1] == {"type": "refusal", "refusal": "I can't"}


def test_likelihoods_are_told_to_who_asked() -> None:
    one = {"token": "Hi", "logprob": -0.1, "bytes": [72, 105], "top_logprobs": [{"token": "Yo", "logprob": -2.0, "bytes": None}]}
    stream = chunk({"content": "Hi"}, logprobs={"content": [one]}) + ended()
    events, _, _ = told(stream, Telling(logprobs=True))
    assert events[2]["logprobs"][0]["top_logprobs"][0]["token"] == "Yo"
    assert events[-1]["item"]["content"][0]["logprobs"][0]["bytes"] == [72, 105]
    assert told(stream)[0][2]["logprobs"] == []


@pytest.mark.parametrize(("finish", "reason"), [("length", "max_output_tokens"), ("content_filter", "content_filter")])
def test_an_answer_that_was_cut_is_incomplete(finish: str, reason: str) -> None:
    events, teller, _ = told(text("On and") + ended(finish))
    assert teller.reason == reason and events[-1]["item"]["status"] == "incomplete"


def test_an_answer_of_no_words_is_a_message_all_the_same() -> None:
    events, _, scribe = told(ended())
    assert types(events)[0] == "output_item.added" and scribe.said.text == "" and len(scribe.said) == 1


def test_a_broken_stream_leaves_open_what_stood_open() -> None:
    events, teller, scribe = told(text("On and ") + broken("upstream_broken"))
    assert teller.fault is not None and teller.fault.code == "upstream_broken"
    assert scribe.said.open() == [0] and scribe.said.continuable() == "On and "
    assert scribe.said.output[0].status == "incomplete" and types(events)[-1] == "output_text.delta"


def test_another_model_call_goes_on_in_the_message_that_stands_open() -> None:
    scribe = Scribe()
    first, _, _ = told(text("On and ") + broken(), scribe=scribe)
    again = Scribe(scribe.number, fold(msgspec.json.encode(event) for event in first))
    events, _, _ = told(text("on") + ended(), scribe=again)
    assert types(events) == ["output_text.delta", "output_text.done", "content_part.done", "output_item.done"]
    assert events[0]["item_id"] == first[0]["item"]["id"] and events[-1]["item"]["content"][0]["text"] == "On and on"


def test_a_message_that_had_not_begun_to_speak_is_gone_on_with_from_its_start() -> None:
    scribe = Scribe()
    scribe.new_message()
    assert scribe.said.continuable() == ""
    events, _, _ = told(text("Hi") + ended(), scribe=scribe)
    assert types(events)[:2] == ["content_part.added", "output_text.delta"] and len(scribe.said) == 1


def test_our_own_tools_wait_for_their_result_and_functions_do_not() -> None:
    stream = call(0, "clock", "{}") + call(1, "f", "{}") + ended("tool_calls")
    events, _, scribe = told(stream, Telling(hosted=frozenset({"clock"})))
    assert [(index, item.name) for index, item in scribe.said.waiting()] == [(0, "clock")]
    assert "prosa:tool_call_arguments.done" in types(events) and scribe.said.output[1].status == "completed"
    log = [msgspec.json.encode(event) for event in events]
    log.append(scribe.tool_started(0))
    assert fold(log).started == {0} and len(fold(log).waiting()) == 1
    log += [scribe.tool_ended(0, "noon"), scribe.model_called(scribe.said.usage)]
    again = fold(log)
    assert again.output == scribe.said.output and again.calls == 1 and again.usage == scribe.said.usage
    assert not again.waiting() and msgspec.json.decode(log[-2])["item"]["output"] == "noon"


def test_a_tool_that_may_not_be_called_is_not_called() -> None:
    events, _, scribe = told(call(0, "g", "{}") + ended("tool_calls"), Telling(allowed=frozenset({"f"})))
    assert "function_call" not in str(events) and len(scribe.said) == 1


def test_several_model_calls_add_up() -> None:
    scribe = Scribe()
    told(call(0, "f", "{}") + ended("tool_calls", asked=10, answered=1), scribe=scribe)
    events, _, _ = told(text("Done") + usage(20, 2, prompt_tokens_details={"cached_tokens": 7}) + DONE, scribe=scribe)
    assert events[0]["output_index"] == 1
    found = scribe.said.usage
    assert found is not None and (found.input_tokens, found.output_tokens, found.total_tokens) == (30, 3, 33)
    assert found.input_tokens_details.cached_tokens == 7


def test_tokens_that_the_stream_does_not_tell_are_the_gateways() -> None:
    scribe = Scribe()
    teller = Teller(scribe)
    teller.feed(text("Hi") + chunk(finish="stop") + DONE)
    teller.finish(Usage(4, 2))
    assert scribe.said.usage is not None and scribe.said.usage.total_tokens == 6


@pytest.mark.parametrize("figures", [{"prompt_tokens": -1}, {"completion_tokens": 10**12}, {"completion_tokens": "many"}])
def test_tokens_that_cannot_be_true_are_not_counted(figures: dict[str, Any]) -> None:
    _, teller, _ = told(text("Hi") + usage(**figures) + DONE)
    assert teller.usage is None


@pytest.mark.parametrize("junk", [b"data: {\n\n", b"data: 5\n\n", b"data: \xff\n\n", b"data: " + b"[" * 5000 + b"\n\n"])
def test_what_cannot_be_read_is_a_break(junk: bytes) -> None:
    _, teller, scribe = told(text("Hi") + junk + text("more") + ended())
    assert teller.fault is not None and scribe.said.text == "Hi"


def test_comments_line_ends_and_names_of_events_do_not_matter() -> None:
    stream = b": keep alive\n\n" + text("a").replace(b"\n", b"\r\n") + b"event: x\nid: 5\n" + text("b") + b"\n\n" + ended()
    _, _, scribe = told(stream)
    assert scribe.said.text == "ab"


def test_other_choices_are_passed_over() -> None:
    _, _, scribe = told(chunk({"content": "other"}, index=1) + text("one") + ended())
    assert scribe.said.text == "one"


def test_a_model_that_calls_without_end_is_not_followed_without_end() -> None:
    stream = b"".join(call(index, "f", "{}") for index in range(300)) + ended("tool_calls")
    _, _, scribe = told(stream)
    assert len(scribe.said) == 128


@pytest.mark.attack("I6")
def test_what_differs_from_openais_types_is_understood_where_it_can_be() -> None:
    odd = [
        chunk({"content": [{"type": "text", "text": "a"}, {"type": "thinking"}]}),
        chunk({"content": 5, "role": 7}),
        b'data: {"choices":"none"}\n\n',
        b'data: {"choices":[{"delta":{"content":"b"},"finish_reason":3,"index":0}]}\n\n',
        chunk({"tool_calls": [{"index": "0", "id": 9, "function": {"name": "f", "arguments": {"x": 1}}}]}),
    ]
    _, teller, scribe = told(b"".join(odd) + ended("tool_calls"))
    assert teller.fault is None and scribe.said.text == "ab"
    assert getattr(scribe.said.output[-1], "arguments", None) == '{"x":1}'
    _, teller, _ = told(text("a") + b'data: {"error":"away","choices":5}\n\n')
    assert teller.fault is not None and teller.fault.message == "away"


def test_a_call_of_a_function_without_arguments_has_an_empty_object() -> None:
    events, _, scribe = told(call(0, "f") + ended("tool_calls"))
    assert getattr(scribe.said.output[0], "arguments", None) == "{}" and events[1]["delta"] == "{}"


def test_pages_that_are_named_are_annotations() -> None:
    cited = {"type": "url_citation", "url_citation": {"start_index": 0, "end_index": 2, "title": "t", "url": "https://x"}}
    events, _, _ = told(text("Hi") + chunk({"annotations": [cited, {"type": "other"}]}) + ended())
    assert events[3]["type"] == "response.output_text.annotation.added" and events[3]["annotation_index"] == 0
    expected = {"type": "url_citation", "start_index": 0, "end_index": 2, "title": "t", "url": "https://x"}
    assert events[-1]["item"]["content"][0]["annotations"] == [expected]
    check_item(events[-1]["item"])


@pytest.mark.parametrize("hosted", [False, True])
def test_the_sdks_own_stream_reader_puts_the_answer_together(hosted: bool) -> None:
    scribe = Scribe()
    response = new_response(ResponseRequest.from_json(b'{"model":"m"}'), "a" * 32, 1.0, "m")
    log = [scribe.created(response), scribe.state(response)]
    teller = Teller(scribe, Telling(frozenset({"clock"}) if hosted else frozenset()))
    log += teller.feed(
        thought("hm") + text("Hel") + text("lo") + call(0, "clock", "{}") + call(1, "f", "{}") + ended("tool_calls")
    )
    log += teller.finish()
    log += [scribe.tool_ended(index, "noon") for index, _ in scribe.said.waiting()]
    log += [scribe.own("prosa:run_resumed"), scribe.state(end(response, "completed", scribe.said, 2.0))]
    state: ResponseStreamState[object] = ResponseStreamState(input_tools=[], text_format=omit)
    with warnings.catch_warnings():
        # It writes the response out again at the end, and pydantic says aloud that it doesn't know the item of our own tool.
        warnings.simplefilter("ignore" if hosted else "error")
        for event in log:
            state.handle_event(cast(Any, construct_type(type_=ResponseStreamEvent, value=msgspec.json.decode(event))))
    found = state._completed_response
    assert found is not None and found.output_text == "Hello" and len(found.output) == 4


def test_a_piece_costs_little() -> None:
    """Decoding and telling a piece is to take at most 10 µs of the processor; ten times that fails here, for slow machines."""
    teller, piece = Teller(Scribe()), text(" word")
    teller.feed(piece)
    begun = time.process_time()
    for _ in range(2000):
        teller.feed(piece)
    assert (time.process_time() - begun) / 2000 < 100e-6
