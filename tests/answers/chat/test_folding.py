"""Chunks read from bytes cut anywhere, told under one id, and folded into the completion that they tell."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prosa.answers.chat.chunks import ChunkReader, Teller
from prosa.answers.chat.folding import Fold, folded
from prosa.gateway import StreamBroken


def event(*choices: dict[str, Any], **more: Any) -> bytes:
    document = {
        "id": "theirs",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m-2026",
        "choices": list(choices),
    } | more
    return b"data: " + json.dumps(document, ensure_ascii=False).encode() + b"\n\n"


def delta(index: int = 0, finish: str | None = None, **said: Any) -> dict[str, Any]:
    return {"index": index, "delta": said, "finish_reason": finish}


def called(index: int, **function: str) -> dict[str, Any]:
    named = {"id": f"call_{index}", "type": "function"} if "name" in function else {}
    return {"index": index, "function": function} | named


STREAM = b"".join(
    [
        event(delta(role="assistant", content="")),
        b": a comment\n\n",
        event(delta(content="Olá"), delta(1, role="assistant", content="Não", refusal=None)),
        event(delta(content=", ção 🙂"), service_tier="default").replace(b"\n\n", b"\r\n\r\n"),
        event(delta(1, tool_calls=[called(0, name="clock", arguments="")])),
        event(delta(1, tool_calls=[called(0, arguments='{"a":'), called(1, name="sum", arguments="{}")])),
        event(delta(1, tool_calls=[called(0, arguments="1}")])),
        event(delta(reasoning_content="Hm")),
        event(delta(finish="stop"), delta(1, finish="tool_calls"), system_fingerprint="fp_1"),
        event(usage={"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}),
        b"data: [DONE]\n\n",
    ]
)


def told(pieces: list[bytes], *, usage: bool = True) -> list[dict[str, Any]]:
    reader, teller = ChunkReader(), Teller("chatcmpl-ours", 7, "m")
    lines = teller.first(2)
    for piece in pieces:
        lines += [line for line in (teller.tell(chunk, usage=usage) for chunk in reader.feed(piece)) if line is not None]
    return [json.loads(line) for line in lines]


def completion(chunks: list[dict[str, Any]], choices: int = 2, broken: str | None = None) -> dict[str, Any]:
    fold = folded(choices, [json.dumps(chunk).encode() for chunk in chunks])
    found: dict[str, Any] = json.loads(fold.completion("chatcmpl-ours", 7, "m", broken))
    return found


def test_chunks_carry_our_id_and_each_role_once() -> None:
    chunks = told([STREAM])
    assert {chunk["id"] for chunk in chunks} == {"chatcmpl-ours"} and {chunk["created"] for chunk in chunks} == {7}
    roles = [choice["index"] for chunk in chunks for choice in chunk["choices"] if "role" in choice["delta"]]
    assert roles == [0, 1]
    assert chunks[-1]["usage"]["total_tokens"] == 5 and chunks[-1]["choices"] == []
    assert all("usage" not in chunk for chunk in told([STREAM], usage=False))


def test_they_fold_into_what_a_whole_answer_would_be() -> None:
    found = completion(told([STREAM]))
    assert list(found)[:2] == ["model", "id"]
    assert (found["model"], found["id"], found["created"], found["object"]) == ("m-2026", "chatcmpl-ours", 7, "chat.completion")
    assert (found["service_tier"], found["system_fingerprint"]) == ("default", "fp_1")
    assert found["usage"] == {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    first, second = found["choices"]
    assert first == {
        "index": 0,
        "message": {"role": "assistant", "content": "Olá, ção 🙂", "refusal": None, "reasoning_content": "Hm"},
        "logprobs": None,
        "finish_reason": "stop",
    }
    assert second["message"]["tool_calls"] == [
        {"id": "call_0", "type": "function", "function": {"name": "clock", "arguments": '{"a":1}'}},
        {"id": "call_1", "type": "function", "function": {"name": "sum", "arguments": "{}"}},
    ]


@given(st.lists(st.integers(0, len(STREAM)), max_size=40))
def test_wherever_the_bytes_are_cut_it_is_the_same(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[start:end] for start, end in itertools.pairwise(places)]
    assert told(pieces) == told([STREAM])


@given(st.integers(0, 40))
def test_however_much_of_it_was_told_it_is_a_completion(count: int) -> None:
    chunks = told([STREAM])[:count]
    found = completion(chunks, broken="interrupted")
    reasons = [choice["finish_reason"] for choice in found["choices"]]
    assert all(reason in ("stop", "tool_calls", "length") for reason in reasons)
    assert found["incomplete_details"] == {"reason": "interrupted"}


@pytest.mark.parametrize(
    "line",
    [
        {"choices": None},
        {"choices": [1, None, "a"]},
        {"choices": [{"index": "0", "delta": {"content": "a"}}]},
        {"choices": [{"index": -1, "delta": {"content": "a"}}, {"index": 9, "delta": {"content": "a"}}]},
        {"choices": [{"index": 0, "delta": {"content": [{"type": "text", "text": "a"}], "tool_calls": "odd"}}]},
        {"choices": [{"index": 0, "delta": None, "logprobs": 3, "finish_reason": 5}]},
        {"error": {"message": "broken", "code": "stream_broken"}},
        {"choices": [], "usage": None, "model": 4},
    ],
)
def test_what_no_chunk_should_hold_breaks_nothing(line: dict[str, Any]) -> None:
    fold = Fold(1)
    for one in (line, {"choices": [delta(content="Oi")]}, line):
        fold.add_line(json.dumps(one).encode())
    found = json.loads(fold.completion("chatcmpl-a", 1, "m"))
    assert found["choices"][0]["finish_reason"] == "stop" and found["model"] == "m"


def test_only_an_unfinished_text_has_a_beginning_to_go_on_from() -> None:
    def beginning(*chunks: dict[str, Any], choices: int = 1) -> str | None:
        return folded(choices, [json.dumps({"choices": [chunk]}).encode() for chunk in chunks]).beginning

    assert beginning(delta(content="Um "), delta(content="burro")) == "Um burro"
    assert beginning(delta(content="Um "), delta(finish="stop")) is None
    assert beginning(delta(content="Um "), delta(tool_calls=[called(0, name="clock", arguments="")])) is None
    assert beginning(delta(content="Um"), choices=2) is None
    assert beginning(delta(role="assistant", content="")) is None


def test_a_long_text_is_folded_in_linear_time() -> None:
    fold = Fold(1)
    for _ in range(50_000):
        fold.add_line(b'{"choices":[{"index":0,"delta":{"content":"0123456789"}}]}')
    assert fold.said and len(json.loads(fold.completion("a", 1, "m"))["choices"][0]["message"]["content"]) == 500_000


def test_an_event_without_end_is_a_break() -> None:
    reader = ChunkReader()
    with pytest.raises(StreamBroken):
        for _ in range(20):
            reader.feed(b"data: " + b"a" * 1024 * 1024)
