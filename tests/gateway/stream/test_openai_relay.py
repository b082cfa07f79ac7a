"""The relay of OpenAI-wire streams: unchanged bytes, true figures, a well-formed end whatever the provider does."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prosa.drivers.outbound import ConnectionLost
from prosa.gateway.errors import ProviderFault, StreamBroken
from prosa.gateway.stream import OpenAIRelay
from tests.gateway.streams import DONE, chunk, cut, event, said, stream_of, through, told, usage_chunk

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), min_size=1, max_size=6)
PLACES = st.lists(st.integers(0, 100_000), max_size=30)


@settings(deadline=None)
@given(TEXTS, PLACES, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_what_goes_in_comes_out_with_any_split_any_line_end_and_comments(
    texts: list[str], places: list[int], end: str, comments: bool
) -> None:
    pieces = [event(chunk(text), end) for text in texts] + [event(chunk(finish="stop"), end), f"data: [DONE]{end}{end}".encode()]
    body = (f": ping{end}{end}".encode() if comments else b"").join(pieces)
    relay = OpenAIRelay()
    assert through(relay, cut(body, places)) == body
    figures = relay.figures
    assert figures.text_chars == sum(map(len, texts))
    assert figures.finished and figures.done and figures.fault is None and figures.events == len(texts) + 1


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 700_000), PLACES)
def test_an_event_of_any_size_passes_unchanged(size: int, places: list[int]) -> None:
    body = stream_of("a", "x" * size, "b")
    relay = OpenAIRelay()
    assert through(relay, cut(body, places)) == body
    assert relay.figures.events == 4 and relay.figures.done


def test_reads_of_whole_events_pass_as_the_same_object() -> None:
    body = event(chunk("a")) + event(chunk("b"))
    assert OpenAIRelay().feed(body) is body


@pytest.mark.attack("K4")
def test_line_ends_within_the_text_stay_one_event() -> None:
    body = stream_of("a\n\ndata: x\r\r\u2028\u2029event: y\u0085")
    relay = OpenAIRelay()
    output = through(relay, [body])
    assert output == body
    assert said(told(output)) == "a\n\ndata: x\r\r\u2028\u2029event: y\u0085"


def test_characters_cut_in_half_by_reads_arrive_whole() -> None:
    body = stream_of("Olá, açaí 🌊")
    relay = OpenAIRelay()
    assert through(relay, [bytes([byte]) for byte in body]) == body


def test_figures_count_reasoning_tools_and_refusals_and_keep_the_providers_usage() -> None:
    tool = {"index": 0, "function": {"arguments": '{"a":1}'}}
    body = b"".join(
        [
            event(chunk(reasoning_content="abc")),
            event(chunk(reasoning="abc", tool_calls=[tool])),
            event(chunk(refusal="no")),
            event(chunk(finish="stop")),
            event(usage_chunk(5, 7)),
            DONE,
        ]
    )
    relay = OpenAIRelay()
    through(relay, [body])
    assert relay.figures.text_chars == 3 + 3 + 7 + 2
    assert relay.figures.usage is not None and relay.figures.usage.completion_tokens == 7
    assert relay.figures.model == "m"


def test_the_usage_chunk_is_taken_out_only_where_it_was_our_own() -> None:
    body = event(chunk("a", finish="stop")) + event(usage_chunk(5, 7)) + DONE
    relay = OpenAIRelay(strip_usage=True)
    assert through(relay, [body]) == event(chunk("a", finish="stop")) + DONE
    assert relay.figures.usage is not None and relay.figures.usage.prompt_tokens == 5
    assert through(OpenAIRelay(), [body]) == body


@pytest.mark.attack("J3")
@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": -1, "completion_tokens": 5},
        {"prompt_tokens": 1e300, "completion_tokens": 0},
        {"prompt_tokens": "7"},
        [],
        3,
        {},
    ],
)
def test_usage_that_cannot_be_true_is_not_believed_and_breaks_nothing(usage: object) -> None:
    body = event(chunk("a", finish="stop")) + event(chunk() | {"choices": [], "usage": usage}) + DONE
    relay = OpenAIRelay()
    assert through(relay, [body]) == body
    assert relay.figures.usage is None


def test_nothing_is_passed_on_after_the_end_marker() -> None:
    relay = OpenAIRelay()
    assert through(relay, [stream_of("a") + event(chunk("b")), event(chunk("c"))]) == stream_of("a")


def test_a_missing_end_marker_is_added_after_a_finish_reason() -> None:
    body = event(chunk("a")) + event(chunk(finish="stop"))
    relay = OpenAIRelay()
    assert through(relay, [body]) == body + DONE
    assert relay.figures.fault is None and relay.figures.done


def test_a_last_event_without_its_blank_line_still_counts() -> None:
    relay = OpenAIRelay()
    assert through(relay, [stream_of("a").rstrip(b"\n")]) == stream_of("a")


def test_a_body_that_ends_without_finish_reason_is_a_break_and_says_so() -> None:
    relay = OpenAIRelay()
    documents = told(through(relay, [event(chunk("a")), b'data: {"choices":[{"delta":{"con']))
    assert documents[-1]["error"]["code"] == "stream_broken"
    assert isinstance(relay.figures.fault, StreamBroken)
    assert [document for document in documents if "choices" in document] == [chunk("a")]


def test_a_second_choice_that_never_ends_is_a_break_too() -> None:
    events = [chunk("a"), chunk("b", index=1), chunk(finish="stop")]
    relay = OpenAIRelay()
    assert "error" in told(through(relay, [b"".join(map(event, events))]))[-1]
    other = OpenAIRelay()
    assert told(through(other, [b"".join(map(event, [*events, chunk(finish="stop", index=1)]))])) and other.figures.fault is None


@settings(deadline=None)
@given(st.integers(0, 2000))
def test_a_stream_cut_anywhere_ends_well_formed(place: int) -> None:
    body = stream_of("Olá ", "mundo")
    relay = OpenAIRelay()
    passed = relay.feed(body[: place % len(body)])
    output = passed + relay.fail(ConnectionLost("The connection ended"))
    documents = told(output)
    if not relay.figures.finished or relay.figures.fault is not None:
        assert documents[-1]["error"]["code"] == "upstream_broken"
    assert relay.fail(ConnectionLost("again")) == b"" and relay.finish() == b""


def test_half_a_huge_event_is_closed_before_the_error() -> None:
    relay = OpenAIRelay()
    passed = b"".join(relay.feed(b"x" * 100_000 if index else b'data: {"a":"') for index in range(6))
    assert len(passed) > 200_000
    ending = relay.fail(StreamBroken("cut"))
    assert ending.startswith(b"\n\ndata: {") and ending.endswith(DONE)


@pytest.mark.attack("C8")
@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"message": "Rate limit reached for key sk-abcdef1234567890 at https://x.example", "code": "rate_limit_exceeded"}, 429),
        ({"message": "boom", "code": 502}, 502),
        ({"message": "overloaded", "type": "overloaded_error"}, 503),
        ("simply a text", 502),
    ],
)
def test_a_providers_error_event_becomes_ours_and_ends_the_stream(error: object, code: int) -> None:
    relay = OpenAIRelay(secret="sk-abcdef1234567890")
    output = through(relay, [event(chunk("a")) + event({"error": error}) + event(chunk("b")) + DONE])
    documents = told(output)
    assert said(documents) == "a" and "message" in documents[-1]["error"]
    assert b"sk-abc" not in output and b"x.example" not in output
    assert isinstance(relay.figures.fault, ProviderFault) and relay.figures.fault.status == code


def test_an_error_named_by_the_event_field_is_one_too() -> None:
    relay = OpenAIRelay()
    through(relay, [b'event: error\ndata: {"message":"x"}\n\n'])
    assert isinstance(relay.figures.fault, ProviderFault)


def test_events_that_are_no_json_are_dropped_and_counted() -> None:
    relay = OpenAIRelay()
    body = b"data: secret words\n\ndata: 42\n\nwhat is this\n\ndata: {broken\n\n" + stream_of("a")
    assert through(relay, [body]) == stream_of("a")
    assert relay.dropped == 4


def test_chunks_of_an_unknown_form_pass_as_they_are() -> None:
    parts = [{"type": "text", "text": "Olá"}]
    body = event(chunk() | {"choices": [{"index": 0, "delta": {"content": parts}}]}) + event(chunk(finish="stop")) + DONE
    relay = OpenAIRelay()
    assert through(relay, [body]) == body
    assert relay.figures.text_chars > 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<html><body>Bad gateway</body></html>", 502),
        (b"<html>\n\n<body>\n\nBad</body>\n\n</html>", 502),
        (b'{"error":{"message":"no such model","code":"model_not_found"}}', 404),
        (b'{"error":{"message":"slow down","type":"rate_limit_error"}}\n', 429),
        (b"data: [DONE]\n\n", 502),
        (b"", 502),
        (b": only a comment\n\n", 502),
    ],
)
def test_a_200_that_is_no_stream_is_noticed(body: bytes, status: int) -> None:
    relay = OpenAIRelay()
    documents = told(through(relay, [body]))
    assert relay.figures.fault is not None and relay.figures.fault.status == status
    assert relay.figures.text_chars == 0 and json.dumps(documents).count("error") >= 1


def test_unknown_fields_and_their_order_survive() -> None:
    odd = b'data: {"x_vendor":{"b":1,"a":12345678901234567890.5},"choices":[{"delta":{"content":"a","odd":[]},"index":0}]}\n\n'
    assert OpenAIRelay().feed(odd) == odd
