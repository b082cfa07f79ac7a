"""OpenAI's chat request in the words of Anthropic's Messages API."""

from typing import Any

import pytest

from prosa.gateway.errors import UnsupportedInput
from prosa.gateway.wires import WIRES
from prosa.kit.errors import BadRequest
from tests.gateway.wires.calls import body, chat, embed, provider

WIRE = WIRES["anthropic_messages"]
CLAUDE = provider("anthropic", "anthropic_messages")
PNG = "data:image/png;base64,iVBORw0KGgo="
WEATHER = {"type": "function", "function": {"name": "weather", "description": "d", "parameters": {"type": "object"}}}


def sent(model: str = "claude-sonnet-4-5", **fields: Any) -> dict[str, Any]:
    """The body of the request for these fields."""
    return body(WIRE.request(chat(**fields), model, CLAUDE))


def text(words: str) -> dict[str, str]:
    """A block of text."""
    return {"type": "text", "text": words}


def shown(url: str) -> dict[str, Any]:
    """Messages with a picture."""
    return {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]}


def enclosed(**file: str) -> dict[str, Any]:
    """Messages with a document, second of two parts."""
    return {"messages": [{"role": "user", "content": [text("a"), {"type": "file", "file": file}]}]}


def test_the_request_has_its_own_path_key_header_and_version() -> None:
    request = WIRE.request(chat(stream=True), "claude-sonnet-4-5", CLAUDE)
    headers = dict(request.headers)
    assert request.path == "/v1/messages"
    assert headers["x-api-key"] == CLAUDE.api_key and headers["anthropic-version"] == "2023-06-01"
    assert "authorization" not in headers
    assert body(request)["stream"] is True and body(request)["max_tokens"] == 4096


def test_system_and_developer_messages_are_joined_apart() -> None:
    messages = [
        {"role": "system", "content": "One."},
        {"role": "user", "content": "Oi"},
        {"role": "developer", "content": [{"type": "text", "text": "Two."}]},
    ]
    found = sent(messages=messages)
    assert found["system"] == "One.\n\nTwo."
    assert found["messages"] == [{"role": "user", "content": [text("Oi")]}]


@pytest.mark.contract("B37")
def test_roles_alternate_empty_turns_go_and_a_user_speaks_first() -> None:
    turns = [("assistant", "a"), ("assistant", ""), ("user", "b"), ("user", "c"), ("assistant", "d ")]
    found = sent(messages=[{"role": role, "content": content} for role, content in turns])["messages"]
    assert [turn["role"] for turn in found] == ["user", "assistant", "user", "assistant"]
    assert found[2]["content"] == [text("b"), text("c")] and found[3]["content"] == [text("d")]


def test_images_and_documents_become_sources() -> None:
    parts = [
        {"type": "text", "text": "Look"},
        {"type": "image_url", "image_url": {"url": PNG}},
        {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
        {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0=", "filename": "a.pdf"}},
    ]
    blocks = sent(messages=[{"role": "user", "content": parts}])["messages"][0]["content"]
    assert blocks[1] == {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
    assert blocks[2] == {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}}
    pdf = {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="}
    assert blocks[3] == {"type": "document", "source": pdf, "title": "a.pdf"}


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ({"file_data": "JVBERi0x"}, {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0x"}),
        ({"file_data": "data:text/csv;base64,YTti"}, {"type": "text", "media_type": "text/plain", "data": "a;b"}),
        ({"file_data": "data:application/json;base64,e30="}, {"type": "text", "media_type": "text/plain", "data": "{}"}),
        ({"file_url": "https://example.org/a.pdf"}, {"type": "url", "url": "https://example.org/a.pdf"}),
    ],
)
def test_a_document_reaches_the_api_in_its_own_form(file: dict[str, str], source: dict[str, str]) -> None:
    block = sent(**enclosed(**file))["messages"][0]["content"][1]
    assert (block["type"], block["source"]) == ("document", source)


def test_a_picture_that_came_as_a_file_is_a_picture() -> None:
    block = sent(**enclosed(file_data="data:image/jpg;base64,/9j/", filename="a.jpg"))["messages"][0]["content"][1]
    assert block == {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": "/9j/"}}


def test_what_is_no_input_for_the_model_has_a_code_of_its_own() -> None:
    with pytest.raises(UnsupportedInput, match=r"^messages\[0\]\.content\[1\]\.file: this model takes documents as PDF"):
        sent(**enclosed(file_data="data:application/zip;base64,UEsDBA=="))


def test_tool_calls_and_their_results_become_blocks() -> None:
    calls = [{"id": f"t{n}", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Rio"}'}} for n in (1, 2)]
    results = [{"role": "tool", "tool_call_id": f"t{n}", "content": f"{n}°"} for n in (1, 2)]
    thought = {"type": "thinking", "thinking": "hm", "signature": "s"}
    assistant = {"role": "assistant", "content": None, "tool_calls": calls, "thinking_blocks": [thought]}
    found = sent(messages=[{"role": "user", "content": "?"}, assistant, *results], tools=[WEATHER], tool_choice="required")
    assert found["messages"][1]["content"][0] == thought
    assert found["messages"][1]["content"][1] == {"type": "tool_use", "id": "t1", "name": "weather", "input": {"city": "Rio"}}
    assert [block["tool_use_id"] for block in found["messages"][2]["content"]] == ["t1", "t2"]
    assert found["messages"][2]["content"][0]["content"] == [text("1°")]
    assert found["tools"] == [{"name": "weather", "description": "d", "input_schema": {"type": "object"}}]
    assert found["tool_choice"] == {"type": "any"}


def test_tool_choice_and_parallel_calls_are_translated() -> None:
    one = {"type": "function", "function": {"name": "weather"}}
    assert sent(tools=[WEATHER], tool_choice=one)["tool_choice"] == {"type": "tool", "name": "weather"}
    assert sent(tools=[WEATHER], tool_choice="none", parallel_tool_calls=False)["tool_choice"] == {"type": "none"}
    assert sent(tools=[WEATHER], parallel_tool_calls=False)["tool_choice"] == {"type": "auto", "disable_parallel_tool_use": True}
    assert "tool_choice" not in sent(tool_choice="auto")


def test_bounds_stops_and_sampling_fit_the_api() -> None:
    found = sent(max_completion_tokens=9, max_tokens=5, stop=["\n", "END"], temperature=1.7, top_p=0.9, user="u-1", seed=3)
    assert found["max_tokens"] == 9 and found["stop_sequences"] == ["END"] and found["temperature"] == 1.0
    assert "top_p" not in found and "seed" not in found and found["metadata"] == {"user_id": "u-1"}
    assert sent(top_p=0.5)["top_p"] == 0.5


@pytest.mark.parametrize("model", ["claude-opus-4-7", "claude-sonnet-5", "claude-opus-5-5", "claude-haiku-5-5", "claude-fable-5"])
def test_recent_models_get_no_sampling_parameters_which_they_refuse(model: str) -> None:
    found = sent(model, temperature=0.7, top_p=0.9)
    assert "temperature" not in found and "top_p" not in found


@pytest.mark.parametrize("model", ["claude-sonnet-4-5-20250929", "claude-opus-4-20250514", "claude-3-5-haiku-20241022"])
def test_dated_names_are_not_taken_for_recent_versions(model: str) -> None:
    assert sent(model, temperature=0.7)["temperature"] == 0.7


def test_reasoning_effort_becomes_the_thinking_that_a_generation_knows() -> None:
    old = sent("claude-sonnet-4-5", reasoning_effort="medium", max_tokens=4000, temperature=0.2)
    assert old["thinking"] == {"type": "enabled", "budget_tokens": 3999} and "temperature" not in old
    new = sent("claude-opus-4-7", reasoning_effort="high")
    assert new["thinking"] == {"type": "adaptive", "display": "summarized"} and new["output_config"] == {"effort": "high"}
    assert sent("claude-sonnet-4-6", reasoning_effort="low")["thinking"] == {"type": "adaptive"}
    assert "thinking" not in sent("claude-3-5-haiku-20241022", reasoning_effort="high")
    assert "thinking" not in sent("claude-sonnet-4-5", reasoning_effort="none")
    assert "thinking" not in sent("claude-sonnet-4-5", reasoning_effort="high", max_tokens=500)
    assert "thinking" not in sent("claude-opus-5", reasoning_effort="high", tools=[WEATHER], tool_choice="required")


def test_structured_output_is_asked_for_natively_and_json_mode_in_words() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    found = sent(response_format={"type": "json_schema", "json_schema": {"name": "n", "schema": schema}})
    assert found["output_config"] == {"format": {"type": "json_schema", "schema": schema}}
    assert "JSON" in sent(response_format={"type": "json_object"})["system"]


def test_fields_of_anthropics_own_pass_as_they_are() -> None:
    found = sent(thinking={"type": "disabled"}, top_k=5)
    assert found["thinking"] == {"type": "disabled"} and found["top_k"] == 5


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"n": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"functions": [{}]}, "functions"),
        ({"modalities": ["audio"]}, "modalities"),
        ({"tools": [{"type": "web_search"}]}, "tools"),
        ({"tools": [WEATHER], "tool_choice": "any"}, "tool_choice"),
        ({"tools": [WEATHER], "tool_choice": {"type": "allowed_tools"}}, "tool_choice"),
        ({"response_format": {"type": "json_schema"}}, "response_format"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "user", "content": ""}]}, "messages"),
        ({"messages": [{"role": "robot", "content": "a"}]}, "messages"),
        ({"messages": [{"role": "tool", "content": "a"}]}, "messages"),
        ({"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]}, "messages[0].content[0].input_audio"),
        (shown("http://a/b"), "messages[0].content[0].image_url"),
        (shown("data:x;base64,!"), "messages[0].content[0].image_url"),
        (shown("data:image/svg+xml;base64,PHN2Zz4="), "messages[0].content[0].image_url"),
        (shown("data:application/zip;base64,UEsDBA=="), "messages[0].content[0].image_url"),
        (enclosed(file_data="data:application/zip;base64,UEsDBA=="), "messages[0].content[1].file"),
        (enclosed(file_data="data:text/plain;base64,/w=="), "messages[0].content[1].file"),
        (enclosed(file_data="UEsDBA=="), "messages[0].content[1].file"),
        (enclosed(file_id="file-1"), "messages[0].content[1].file"),
        (enclosed(), "messages[0].content[1].file"),
        ({"messages": [{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "["}}]}]}, "messages"),
        ({"messages": "Oi"}, "messages"),
        ({"temperature": "hot"}, "temperature"),
        ({"max_tokens": []}, "max_tokens"),
    ],
)
def test_what_the_api_cannot_carry_is_refused_by_name(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(BadRequest) as failed:
        sent(**fields)
    assert failed.value.param == param


def test_there_are_no_embeddings() -> None:
    with pytest.raises(BadRequest):
        WIRE.request(embed(), "claude-sonnet-4-5", CLAUDE)
