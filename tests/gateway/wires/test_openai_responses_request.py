"""A chat request in the words of the Responses API, each judged strictly by the official SDK's types."""

from typing import Any

import pytest
from openai.types.responses import ResponseCreateParams
from pydantic import TypeAdapter

from prosa.gateway.models import Attachment
from prosa.gateway.wires import WIRES
from prosa.kit.errors import BadRequest
from tests.gateway.wires.calls import body, chat, embed, provider

WIRE = WIRES["openai_responses"]
JUDGE: TypeAdapter[Any] = TypeAdapter(ResponseCreateParams)
PICTURE = "data:image/png;base64,iVBORw0KGgo="
WEATHER = {"name": "weather", "description": "…", "parameters": {"type": "object", "properties": {}}}


def sent(**fields: Any) -> dict[str, Any]:
    """The body for a chat call with these fields."""
    found = body(WIRE.request(chat(**fields), "gpt-5", provider(wire="openai_responses")))
    JUDGE.validate_python(found)
    return found


def test_a_plain_question_keeps_nothing_at_the_provider() -> None:
    request = WIRE.request(chat(), "gpt-5", provider(wire="openai_responses"))
    assert (request.method, request.path) == ("POST", "/v1/responses")
    assert dict(request.headers)["authorization"] == "Bearer sk-test-1234567890"
    assert body(request) == {
        "model": "gpt-5",
        "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Oi"}]}],
        "store": False,
    }


def test_a_conversation_with_tools_keeps_its_order() -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "?"}, {"type": "image_url", "image_url": {"url": PICTURE}}]},
        {
            "role": "assistant",
            "content": "Let me look.",
            "thinking_blocks": [
                {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "abc"},
                {"type": "thinking", "thinking": "hm", "signature": "another provider's"},
            ],
            "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "sunny"},
        {"role": "assistant", "content": None, "refusal": "No."},
    ]
    found = sent(messages=messages)["input"]
    assert [(item["type"], item.get("role")) for item in found] == [
        ("message", "system"),
        ("message", "user"),
        ("reasoning", None),
        ("message", "assistant"),
        ("function_call", None),
        ("function_call_output", None),
        ("message", "assistant"),
    ]
    assert found[1]["content"][1] == {"type": "input_image", "image_url": PICTURE, "detail": "auto"}
    assert found[4] == {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": "{}"}
    assert found[5] == {"type": "function_call_output", "call_id": "call_1", "output": "sunny"}
    assert (found[3]["content"], found[6]["content"]) == ("Let me look.", "No.")


def test_a_document_travels_as_a_file() -> None:
    file = {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0xLjQ=", "filename": "a.pdf"}}
    [message] = sent(messages=[{"role": "user", "content": [file]}])["input"]
    assert message["content"] == [
        {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0xLjQ="}
    ]


def test_tools_say_whether_they_are_strict_since_the_two_protocols_assume_differently() -> None:
    tools = [
        {"type": "function", "function": WEATHER},
        {"type": "function", "function": WEATHER | {"strict": True}},
        {"type": "function", "function": {"name": "now"}},
    ]
    found = sent(tools=tools, tool_choice={"type": "function", "function": {"name": "now"}}, parallel_tool_calls=False)
    assert [tool["strict"] for tool in found["tools"]] == [False, True, False]
    assert found["tools"][2]["parameters"] == {"type": "object", "properties": {}}
    assert found["tool_choice"] == {"type": "function", "name": "now"} and found["parallel_tool_calls"] is False


def test_form_effort_and_bounds_have_their_own_words() -> None:
    schema = {"name": "place", "schema": {"type": "object"}, "strict": True}
    found = sent(
        response_format={"type": "json_schema", "json_schema": schema},
        reasoning_effort="low",
        verbosity="low",
        max_completion_tokens=5,
        temperature=0.5,
        seed=7,
        user="u",
    )
    assert found["text"] == {"format": {"type": "json_schema"} | schema, "verbosity": "low"}
    assert found["reasoning"] == {"effort": "low"} and found["include"] == ["reasoning.encrypted_content"]
    assert found["max_output_tokens"] == 16  # the least that the API takes
    assert (found["temperature"], found["user"]) == (0.5, "u") and "seed" not in found
    assert sent(response_format={"type": "json_object"})["text"] == {"format": {"type": "json_object"}}
    assert "text" not in sent(response_format={"type": "text"})


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"stop": ["x"]}, "stop"),
        ({"n": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"tools": [{"type": "web_search"}]}, "tools"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages"),
        ({"response_format": {"type": "json_schema"}}, "response_format"),
    ],
)
def test_what_it_can_t_carry_is_refused_by_name(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(BadRequest) as caught:
        sent(**fields)
    assert caught.value.param == param


def test_only_a_configured_provider_is_asked_to_answer_in_its_background() -> None:
    call = chat(stream=True)
    call.background = True
    kept = body(WIRE.request(call, "gpt-5", provider(wire="openai_responses", background=True)))
    assert (kept["background"], kept["store"], kept["stream"]) == (True, True, True)
    plain = body(WIRE.request(call, "gpt-5", provider(wire="openai_responses")))
    assert plain["store"] is False and "background" not in plain
    call.stream = False
    assert "background" not in body(WIRE.request(call, "gpt-5", provider(wire="openai_responses", background=True)))


def test_an_answer_that_is_made_already_is_listened_to_again() -> None:
    call = chat(stream=True)
    call.attached = Attachment("test", "gpt-5", "resp_1/../x")
    request = WIRE.request(call, "gpt-5", provider(wire="openai_responses", background=True))
    assert (request.method, request.path, request.body) == ("GET", "/v1/responses/resp_1%2F..%2Fx?stream=true", b"")


def test_embeddings_go_the_usual_way() -> None:
    request = WIRE.request(embed(), "text-embedding-3-small", provider(wire="openai_responses"))
    assert request.path == "/v1/embeddings" and body(request)["model"] == "text-embedding-3-small"
