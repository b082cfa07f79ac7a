"""Ollama's native API, spoken to callers as OpenAI's. The records follow the public documentation's examples in form."""

import base64
import json
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types import CreateEmbeddingResponse
from openai.types.chat import ChatCompletion

from prosa.gateway.errors import ProviderFault, StreamBroken
from prosa.gateway.models import StreamRelay, Usage
from prosa.gateway.settings import Reasoning
from prosa.gateway.wires import WIRES
from prosa.kit.errors import BadRequest
from tests.gateway.streams import cut, said, strict, through, told
from tests.gateway.wires.calls import body, chat, embed, provider

WIRE = WIRES["ollama"]
OLLAMA = provider("ollama", "ollama", path="", api_key=None, context_length=8192)
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}


def sent(model: str = "llama3.2", **fields: Any) -> dict[str, Any]:
    """The body of the request for these fields."""
    return body(WIRE.request(chat(**fields), model, OLLAMA))


def test_the_native_path_is_asked_also_where_the_compatible_one_was_written_down() -> None:
    for path in ("", "/v1", "/api"):
        request = WIRE.request(chat(), "llama3.2", provider("ollama", "ollama", path=path))
        assert request.path == "/api/chat"
    assert dict(request.headers)["authorization"].startswith("Bearer ")
    assert "authorization" not in dict(WIRE.request(chat(), "llama3.2", OLLAMA).headers)


def test_parameters_become_options_with_the_context_length() -> None:
    found = sent(max_tokens=5, temperature=0.2, top_p=0.9, seed=1, stop="END", keep_alive="10m", options={"num_gpu": 1})
    assert found["options"] == {
        "num_ctx": 8192,
        "num_gpu": 1,
        "temperature": 0.2,
        "top_p": 0.9,
        "seed": 1,
        "num_predict": 5,
        "stop": ["END"],
    }
    assert found["stream"] is False and found["keep_alive"] == "10m" and found["model"] == "llama3.2"


def with_part(**part: Any) -> dict[str, Any]:
    """Messages with one part."""
    return {"messages": [{"role": "user", "content": [part]}]}


def test_a_picture_that_came_as_a_file_is_a_picture() -> None:
    found = sent(**with_part(type="file", file={"file_data": "data:image/png;base64,AAAA", "filename": "a.png"}))
    assert found["messages"] == [{"role": "user", "content": "", "images": ["AAAA"]}]


def test_messages_carry_images_tools_and_thinking() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Rio"}'}}
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    messages = [
        {"role": "developer", "content": "s"},
        {"role": "user", "content": [{"type": "text", "text": "a"}, image]},
        {"role": "assistant", "content": "", "tool_calls": [call], "reasoning_content": "hm"},
        {"role": "tool", "tool_call_id": "c1", "content": "30°"},
    ]
    found = sent(messages=messages, tools=[TOOL])
    assert found["messages"][0] == {"role": "system", "content": "s"}
    assert found["messages"][1] == {"role": "user", "content": "a", "images": ["AAAA"]}
    called = {"id": "c1", "function": {"name": "weather", "arguments": {"city": "Rio"}}}
    assert found["messages"][2] == {"role": "assistant", "content": "", "thinking": "hm", "tool_calls": [called]}
    assert found["messages"][3] == {"role": "tool", "content": "30°", "tool_name": "weather", "tool_call_id": "c1"}
    assert found["tools"] == [TOOL] and "tools" not in sent(tools=[TOOL], tool_choice="none")


def test_structured_output_and_thinking_have_fields_of_their_own() -> None:
    schema = {"type": "object"}
    assert sent(response_format={"type": "json_schema", "json_schema": {"name": "n", "schema": schema}})["format"] == schema
    assert sent(response_format={"type": "json_object"})["format"] == "json"
    assert "format" not in sent(response_format={"type": "text"})
    assert sent(reasoning_effort="none")["think"] is False and sent(reasoning_effort="low")["think"] is True
    assert sent("gpt-oss:20b", reasoning_effort="high")["think"] == "high" and sent(think=False)["think"] is False


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"n": 3}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"parallel_tool_calls": False}, "parallel_tool_calls"),
        ({"tools": [TOOL], "tool_choice": "required"}, "tool_choice"),
        ({"response_format": {"type": "xml"}}, "response_format"),
        ({"options": 3}, "options"),
        (with_part(type="image_url", image_url={"url": "https://a/b"}), "messages[0].content[0].image_url"),
        (
            with_part(type="image_url", image_url={"url": "data:application/pdf;base64,JVBERi0="}),
            "messages[0].content[0].image_url",
        ),
        (with_part(type="file", file={"file_data": "data:application/pdf;base64,JVBERi0="}), "messages[0].content[0].file"),
        (with_part(type="file", file={"file_data": "JVBERi0x"}), "messages[0].content[0].file"),
        (with_part(type="file", file={"file_id": "file-1"}), "messages[0].content[0].file"),
        (with_part(type="input_audio", input_audio={}), "messages[0].content[0].input_audio"),
        (with_part(type="hologram"), "messages[0].content[0]"),
        ({"messages": [{"role": "robot", "content": "a"}]}, "messages"),
        ({"messages": [{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "3"}}]}]}, "messages"),
    ],
)
def test_what_ollama_cannot_carry_is_refused_by_name(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(BadRequest) as failed:
        sent(**fields)
    assert failed.value.param == param


def lines(*records: dict[str, Any]) -> bytes:
    """NDJSON."""
    return b"".join(
        json.dumps({"model": "llama3.2", "created_at": "2026-01-01T00:00:00Z"} | record).encode() + b"\n" for record in records
    )


def word(content: str = "", **more: Any) -> dict[str, Any]:
    """A record with a piece of the answer."""
    return {"message": {"role": "assistant", "content": content, **more}, "done": False}


END = {
    "message": {"role": "assistant", "content": ""},
    "done": True,
    "done_reason": "stop",
    "prompt_eval_count": 26,
    "eval_count": 298,
}


def relay(**more: Any) -> StreamRelay:
    """A fresh relay for a streamed call."""
    return WIRE.relay(chat(stream=True, **more), "llama3.2", OLLAMA)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 2000), max_size=12))
def test_lines_become_chunks_however_the_stream_is_cut(places: list[int]) -> None:
    subject = relay(usage_asked=True)
    chunks = strict(through(subject, cut(lines(word(thinking="hm"), word("Olá\n"), word(" mundo"), END), places)))
    assert "".join(choice.delta.content or "" for each in chunks for choice in each.choices) == "Olá\n mundo"
    assert chunks[0].choices[0].delta.role == "assistant" and chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None and chunks[-1].usage.total_tokens == 324
    assert subject.figures.usage == Usage(26, 298) and subject.figures.done


def test_tool_calls_get_ids_and_end_the_answer_as_such() -> None:
    calls = [{"function": {"name": "weather", "arguments": {"city": "Rio"}}}, {"id": "c2", "function": {"name": "now"}}]
    chunks = strict(through(relay(), [lines(word(tool_calls=calls), END)]))
    pieces = [call for each in chunks for choice in each.choices for call in choice.delta.tool_calls or ()]
    assert [call.index for call in pieces] == [0, 1] and pieces[0].id and pieces[1].id == "c2"
    assert pieces[0].function is not None and json.loads(pieces[0].function.arguments or "") == {"city": "Rio"}
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


@pytest.mark.contract("B09")
def test_thinking_is_dropped_where_that_is_wanted() -> None:
    output = through(relay(reasoning=Reasoning.DROP), [lines(word(thinking="hm"), word("Olá"), END)])
    assert said(told(output)) == "Olá" and b'"hm' not in output


def test_an_answer_cut_by_its_bound_says_so_and_a_missing_count_is_no_count() -> None:
    subject = relay(usage_asked=True)
    documents = told(through(subject, [lines(word("a"), {"message": {"content": ""}, "done": True, "done_reason": "length"})]))
    assert documents[-1]["choices"][0]["finish_reason"] == "length" and subject.figures.usage is None


def test_an_error_line_ends_the_stream_in_our_words() -> None:
    subject = relay()
    output = through(subject, [lines(word("a")) + b'{"error":"llama runner at http://10.0.0.1:1 died"}\n'])
    assert told(output)[-1]["error"]["code"] == "provider_error" and b"10.0.0.1" not in output
    assert isinstance(subject.figures.fault, ProviderFault)


def test_a_stream_without_its_last_record_is_a_break() -> None:
    for odd in (lines(word("a")), b"<html>\n</html>\n", b"", lines(word("a"))[:-20]):
        subject = relay()
        assert "error" in told(through(subject, [odd]))[-1]
        assert isinstance(subject.figures.fault, StreamBroken)


def test_a_line_too_large_to_translate_is_a_break() -> None:
    subject = relay()
    passed = b"".join(subject.feed(b"x" * 400_000) for _ in range(4))
    assert subject.figures.fault is not None and passed.endswith(b"data: [DONE]\n\n")


def test_a_whole_answer_becomes_a_completion() -> None:
    calls = [{"function": {"name": "weather", "arguments": {}}}]
    answer = lines(END | {"message": {"content": "Olá", "thinking": "hm"}})
    found = WIRE.plain(answer, chat(), "m")
    completion = ChatCompletion.model_validate_json(found.body, strict=True)
    assert completion.choices[0].message.content == "Olá" and completion.model == "llama3.2"
    assert found.usage == Usage(26, 298) and found.text_chars == 5
    called = ChatCompletion.model_validate_json(WIRE.plain(lines(END | {"message": {"tool_calls": calls}}), chat(), "m").body)
    assert called.choices[0].finish_reason == "tool_calls" and called.choices[0].message.content is None


@pytest.mark.parametrize("body", [b"<html>", b'{"error":"x"}', b"{}", b"3"])
def test_what_is_no_answer_is_a_fault(body: bytes) -> None:
    for call in (chat(), embed()):
        with pytest.raises(ProviderFault):
            WIRE.plain(body, call, "m")


def test_embeddings_use_the_embed_door() -> None:
    request = WIRE.request(embed(input=["a", "b"], dimensions=2, encoding_format="base64"), "nomic", OLLAMA)
    assert request.path == "/api/embed"
    assert body(request) == {"model": "nomic", "input": ["a", "b"], "dimensions": 2, "options": {"num_ctx": 8192}}
    answer = b'{"model":"nomic","embeddings":[[0.5,1.0],[2.0,3.0]],"prompt_eval_count":4}'
    found = WIRE.plain(answer, embed(), "nomic")
    response = CreateEmbeddingResponse.model_validate_json(found.body)
    assert [row.embedding for row in response.data] == [[0.5, 1.0], [2.0, 3.0]] and found.usage == Usage(4)
    packed = json.loads(WIRE.plain(answer, embed(encoding_format="base64"), "nomic").body)["data"][0]["embedding"]
    assert struct.unpack("<2f", base64.b64decode(packed)) == (0.5, 1.0)


def test_token_arrays_cannot_be_embedded() -> None:
    with pytest.raises(BadRequest) as failed:
        WIRE.request(embed(input=[[1, 2]]), "nomic", OLLAMA)
    assert failed.value.param == "input"
