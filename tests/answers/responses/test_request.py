"""Requests of POST /v1/responses: what is taken, and how what isn't is told."""

import time
from typing import Any

import msgspec
import pytest

from prosa.answers.responses import Choice, ResponseRequest, input_items
from prosa.kit.errors import BadRequest

TOOL = {"type": "function", "name": "f", "parameters": {"type": "object"}}
OWN = "prosa:current_time"


def read(**fields: Any) -> ResponseRequest:
    """A request with these fields."""
    return ResponseRequest.from_json(msgspec.json.encode({"model": "m", "input": "hi"} | fields), (OWN,))


def refused(**fields: Any) -> tuple[str, str | None, str]:
    """Code, param and words of the refusal, with the input read too."""
    with pytest.raises(BadRequest) as caught:
        input_items(read(**fields))
    return caught.value.code, caught.value.param, caught.value.message


def test_a_small_request_has_openais_defaults() -> None:
    request = read()
    assert request.stored_after and request.choice == Choice() and not request.background and request.tools == []
    assert input_items(request) == [
        b'{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}],"status":"completed"}'
    ]


def test_every_field_of_the_api_is_taken() -> None:
    fields = {
        "instructions": "Be brief.",
        "previous_response_id": "resp_1",
        "tools": [TOOL | {"strict": True, "description": "d"}, {"type": OWN, "timezone": "UTC"}],
        "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}, {"type": OWN}]},
        "parallel_tool_calls": False,
        "text": {"format": {"type": "json_schema", "name": "a", "schema": {}, "strict": True}, "verbosity": "low"},
        "reasoning": {"effort": "high", "summary": "auto"},
        "include": ["reasoning.encrypted_content", "message.output_text.logprobs"],
        "truncation": "auto",
        "max_output_tokens": 100,
        "max_tool_calls": 3,
        "temperature": 0.5,
        "top_p": 0.9,
        "top_logprobs": 2,
        "presence_penalty": 0.1,
        "frequency_penalty": -0.1,
        "metadata": {"a": "b"},
        "user": "u",
        "safety_identifier": "s",
        "prompt_cache_key": "k",
        "prompt_cache_retention": "24h",
        "prompt_cache_options": {"mode": "implicit", "ttl": "30m"},
        "service_tier": "flex",
        "store": True,
        "background": True,
        "stream": True,
        "stream_options": {"include_obfuscation": False},
    }
    request = read(**fields)
    assert request.choice == Choice("auto", frozenset({"f", OWN})) and request.wants_logprobs and request.wants_summary
    again = ResponseRequest.from_stored(request.stored())
    assert again.input is None and msgspec.structs.replace(again, input="hi") == request
    nulls = read(**dict.fromkeys(fields) | {"prompt": None, "moderation": None, "context_management": None})
    assert nulls.choice == Choice() and nulls.stored_after


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({"n": 2}, "unknown_parameter", "n"),
        ({"messages": []}, "unknown_parameter", "messages"),
        ({"api_base": "http://x"}, "unknown_parameter", "api_base"),
        ({"text": {"formt": {}}}, "unknown_parameter", "text.formt"),
        ({"input": [{"role": "user", "content": "a", "parsed": 1}]}, "unknown_parameter", "input[0].parsed"),
        (
            {"input": [{"role": "user", "content": [{"type": "input_text"}]}]},
            "missing_required_parameter",
            "input[0].content[0].text",
        ),
        ({"input": [{}]}, "missing_required_parameter", "input[0].type"),
        ({"input": [{"type": "message"}]}, "missing_required_parameter", "input[0].role"),
        ({"tools": [{"type": "function"}]}, "missing_required_parameter", "tools[0].name"),
        ({"input": 5}, "invalid_type", "input"),
        ({"input": [5]}, "invalid_type", "input[0]"),
        ({"input": [{"role": "user", "content": 5}]}, "invalid_type", "input[0].content"),
        ({"stream": "yes"}, "invalid_type", "stream"),
        ({"metadata": {"a": 1}}, "invalid_type", "metadata"),
        ({"max_output_tokens": "5"}, "invalid_type", "max_output_tokens"),
        ({"temperature": 3}, "invalid_value", "temperature"),
        ({"top_p": -1}, "invalid_value", "top_p"),
        ({"max_output_tokens": 15}, "invalid_value", "max_output_tokens"),
        ({"max_tool_calls": 0}, "invalid_value", "max_tool_calls"),
        ({"top_logprobs": 21}, "invalid_value", "top_logprobs"),
        ({"truncation": "some"}, "invalid_value", "truncation"),
        ({"include": ["nothing"]}, "invalid_value", "include[0]"),
        ({"service_tier": "best"}, "invalid_value", "service_tier"),
        ({"reasoning": {"effort": "huge"}}, "invalid_value", "reasoning.effort"),
        ({"metadata": {"a" * 65: ""}}, "invalid_value", "metadata"),
        ({"metadata": {"a": "b" * 513}}, "invalid_value", "metadata"),
        ({"metadata": {str(number): "" for number in range(17)}}, "invalid_value", "metadata"),
        ({"text": {"format": {"type": "xml"}}}, "invalid_value", "text.format.type"),
        ({"text": {"format": {"type": "json_schema", "name": "a b", "schema": {}}}}, "invalid_value", "text.format.name"),
        ({"text": {"format": {"type": "json_schema", "name": "a" * 65, "schema": {}}}}, "invalid_value", "text.format.name"),
        ({"text": {"format": {"type": "json_schema", "name": "a"}}}, "missing_required_parameter", "text.format.schema"),
        ({"text": {"format": {"type": "json_schema", "name": "a", "schema": []}}}, "invalid_type", "text.format.schema"),
        (
            {"text": {"format": {"type": "json_schema", "name": "a", "schema": {"a": "b" * 300_000}}}},
            "invalid_value",
            "text.format.schema",
        ),
        ({"tools": [TOOL | {"name": "a b"}]}, "invalid_value", "tools[0].name"),
        ({"tools": [TOOL | {"parameters": "{}"}]}, "invalid_type", "tools[0].parameters"),
        ({"tools": [TOOL] * 129}, "invalid_value", "tools"),
        ({"tools": [{"type": "web_search"}]}, "unsupported_tool", "tools[0].type"),
        ({"tool_choice": "some"}, "invalid_value", "tool_choice"),
        ({"tool_choice": "required"}, "invalid_value", "tool_choice"),
        ({"tool_choice": {"type": "function", "name": "g"}, "tools": [TOOL]}, "invalid_value", "tool_choice.name"),
        ({"tool_choice": {"type": "web_search"}, "tools": [TOOL]}, "invalid_value", "tool_choice.type"),
        ({"tool_choice": {"type": "allowed_tools", "tools": []}, "tools": [TOOL]}, "invalid_value", "tool_choice.tools"),
        (
            {"tool_choice": {"type": "allowed_tools", "tools": [{"type": "function"}]}, "tools": [TOOL]},
            "missing_required_parameter",
            "tool_choice.tools[0].name",
        ),
        (
            {"tool_choice": {"type": "allowed_tools", "tools": [{"type": "function", "name": "g"}]}, "tools": [TOOL]},
            "invalid_value",
            "tool_choice.tools",
        ),
        ({"prompt": {"id": "p"}}, "unsupported_parameter", "prompt"),
        ({"context_management": []}, "unsupported_parameter", "context_management"),
        ({"conversation": "conv_1", "previous_response_id": "resp_1"}, "invalid_request", "conversation"),
        ({"background": True, "store": False}, "invalid_value", "background"),
        ({"input": [{"type": "web_search_call", "id": "ws_1"}]}, "invalid_value", "input[0].type"),
        ({"input": [{"role": "user", "content": [{"type": "input_audio"}]}]}, "invalid_value", "input[0].content[0].type"),
        ({"input": [{"role": "tool", "content": "x"}]}, "invalid_value", "input[0].role"),
        (
            {"input": [{"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}]},
            "invalid_value",
            "input[0].content[0].type",
        ),
        (
            {"input": [{"role": "user", "content": [{"type": "input_image"}]}]},
            "missing_required_parameter",
            "input[0].content[0].image_url",
        ),
        (
            {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "file:///etc/passwd"}]}]},
            "invalid_value",
            "input[0].content[0].image_url",
        ),
        (
            {"input": [{"role": "user", "content": [{"type": "input_file", "file_url": "https://x/a.pdf"}]}]},
            "unsupported_parameter",
            "input[0].content[0].file_url",
        ),
        ({"input": [{"type": "function_call_output", "output": "x"}]}, "missing_required_parameter", "input[0].call_id"),
        (
            {
                "input": [
                    {
                        "type": "function_call_output",
                        "call_id": "a",
                        "output": [{"type": "input_text", "text": "a"}, {"type": "input_image"}],
                    }
                ]
            },
            "missing_required_parameter",
            "input[0].output[1].image_url",
        ),
    ],
)
def test_a_fault_names_the_field_in_openais_form(fields: dict[str, Any], code: str, param: str) -> None:
    assert refused(**fields)[:2] == (code, param)


def test_a_refusal_says_what_was_expected() -> None:
    assert refused(n=1)[2] == "Unknown parameter: 'n'."
    assert refused(stream="yes")[2] == "Invalid type for 'stream': expected a boolean or null, but got a string."
    assert "<= 2.0" in refused(temperature=3)[2]
    assert refused(tools=[{"type": "web_search"}])[2].endswith("Offered are: 'function', 'prosa:current_time'.")
    assert "'message', 'function_call'" in refused(input=[{"type": "web_search_call"}])[2]


@pytest.mark.parametrize(
    ("field", "message"),
    [
        (b'"temperature":1e999', "Invalid value for 'temperature': expected a number <= 2.0."),
        (b'"temperature":-1e999', "Invalid value for 'temperature': expected a number >= 0.0."),
        (b'"metadata":{"1e999":' + b"9" * 5000 + b"}", "Invalid type for 'metadata': expected a string, but got an integer."),
        (b'"input":1e999', "Invalid type for 'input': expected"),
    ],
)
def test_a_number_beyond_all_others_is_refused_as_any_other_is(field: bytes, message: str) -> None:
    with pytest.raises(BadRequest) as caught:
        ResponseRequest.from_json(b'{"model":"m","instructions":"1e999",' + field + b"}")
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b"null", b'{"input":"\\ud800"}', b'{"input":"\xff"}', b'{"temperature":NaN}', b'{"a":1}x']
)
def test_what_is_no_json_object_is_refused(raw: bytes) -> None:
    with pytest.raises(BadRequest):
        ResponseRequest.from_json(raw)


@pytest.mark.attack("J6")
@pytest.mark.parametrize(
    "raw",
    [
        b'{"input":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"tools":[{"type":"function","name":"f","parameters":' + b'{"a":' * 130 + b"1" + b"}" * 130 + b"}]}",
        b'{"metadata":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
        b'{"input":[' + b"{}," * 1_000_000 + b"{}]}",
        b'{"input":[' + b"{}," * 20_000 + b"{}]}",
        b'{"tools":[' + b'{"type":"function","name":"f"},' * 1_000 + b"{}]}",
        b'{"max_output_tokens":1e400}',
        b'{"max_output_tokens":' + b"9" * 5_000 + b"}",
        b'{"temperature":1e400}',
        b'{"input":"' + b"a" * 10_485_761 + b'"}',
    ],
)
def test_giant_requests_are_refused(raw: bytes) -> None:
    with pytest.raises(BadRequest):
        ResponseRequest.from_json(raw)


@pytest.mark.attack("J6")
@pytest.mark.parametrize("tail", [b'\\"', b"\\", b'"', b'"a', b'\\\\"', b"{"])
def test_a_text_that_never_ends_costs_one_look(tail: bytes) -> None:
    begun = time.process_time()
    with pytest.raises(BadRequest):
        ResponseRequest.from_json(b'{"a":' + b"[" * 200 + b'"' + tail * 500_000)
    assert time.process_time() - begun < 2


@pytest.mark.attack("J8")
def test_an_absurd_wish_for_tokens_becomes_the_bound() -> None:
    assert read(max_output_tokens=10**9).max_output_tokens == 1_000_000


def test_of_a_repeated_field_the_last_counts() -> None:
    assert ResponseRequest.from_json(b'{"model":"a","model":"b"}').model == "b"


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("auto", Choice()),
        ("none", Choice("none")),
        ("required", Choice("required")),
        ({"type": "function", "name": "f"}, Choice("required", frozenset({"f"}), named=True)),
        ({"type": OWN}, Choice("required", frozenset({OWN}), named=True)),
        (
            {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "f"}]},
            Choice("required", frozenset({"f"})),
        ),
    ],
)
def test_every_form_of_tool_choice_is_understood(choice: object, expected: Choice) -> None:
    assert read(tools=[TOOL, {"type": OWN}], tool_choice=choice).choice == expected
