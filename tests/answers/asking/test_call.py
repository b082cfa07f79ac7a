"""Model calls for requests of the Responses API, in chat form."""

from typing import Any

import msgspec
import pytest
from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming
from pydantic import TypeAdapter

from prosa.answers.asking import chat_call
from prosa.answers.asking.thoughts import opened, sealed
from prosa.answers.responses import MissingParameter, ResponseRequest, ToolCallMissing, ToolOutputMissing, input_items
from prosa.gateway import Reasoning
from prosa.kit.errors import BadRequest

OWN = "prosa:clock"
FUNCTION = {"type": "function", "name": "f", "description": "d", "parameters": {"type": "object"}, "strict": True}
_SDK: TypeAdapter[Any] = TypeAdapter(CompletionCreateParamsStreaming)


class Clock:
    """A tool of the server, as a model is told of it."""

    name = "clock"
    description = "Tells the time."
    parameters = msgspec.Raw(b'{"type":"object"}')


def asked(*, further: bool = False, **fields: Any) -> dict[str, Any]:
    """The fields of the call for a request; checked against the SDK's type of a chat request."""
    request = ResponseRequest.from_json(msgspec.json.encode({"model": "m", "input": "hi"} | fields), (OWN,))
    call = chat_call(input_items(request), request, {OWN: (Clock(),)}, further=further)
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(call.fields))
    assert call.model == request.model and call.stream and call.usage_asked and call.reasoning is Reasoning.FIELD
    _SDK.validate_python({"model": "m"} | found)
    return found


def said(*items: dict[str, Any], **fields: Any) -> list[dict[str, Any]]:
    """The messages for these items."""
    messages: list[dict[str, Any]] = asked(input=list(items), **fields)["messages"]
    return messages


def function_call(call_id: str, name: str = "f", **more: Any) -> dict[str, Any]:
    """A call that the model made."""
    return {"type": "function_call", "call_id": call_id, "name": name, "arguments": "{}"} | more


def result(call_id: str, output: Any = "x") -> dict[str, Any]:
    """What came of it."""
    return {"type": "function_call_output", "call_id": call_id, "output": output}


def user(content: Any) -> dict[str, Any]:
    """What the user says."""
    return {"role": "user", "content": content}


def called(*ids: str) -> list[dict[str, Any]]:
    """Calls as a chat has them."""
    return [{"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}} for id in ids]


def test_a_text_is_a_users_message_behind_the_instructions() -> None:
    found = asked(instructions="Be brief.")
    assert found["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}]
    assert set(found) == {"messages", "stream", "stream_options"}


def test_the_developers_words_go_as_the_systems() -> None:
    assert said({"role": "developer", "content": "a"}, {"role": "system", "content": "b"}, user("c")) == [
        {"role": "system", "content": "a"},
        {"role": "system", "content": "b"},
        {"role": "user", "content": "c"},
    ]


def test_pictures_and_documents_are_parts() -> None:
    picture = {"type": "input_image", "image_url": "https://x/y.png", "detail": "original"}
    document = {"type": "input_file", "file_data": "JVBERi0x", "filename": "a.pdf"}
    table = {"type": "input_file", "file_data": "YSxi", "filename": "a.csv"}
    assert said(user([{"type": "input_text", "text": "look"}, picture, document, table])) == [
        user(
            [
                {"type": "text", "text": "look"},
                {"type": "image_url", "image_url": {"url": "https://x/y.png", "detail": "high"}},
                {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0x", "filename": "a.pdf"}},
                {"type": "file", "file": {"file_data": "data:text/csv;base64,YSxi", "filename": "a.csv"}},
            ]
        )
    ]
    assert said(user([{"type": "input_text", "text": "a"}, {"type": "input_text", "text": "b"}])) == [user("a\nb")]


def test_text_and_calls_of_one_turn_are_one_message_with_its_results_behind_it() -> None:
    found = said(
        user("q"),
        {"role": "assistant", "content": "Let me see."},
        function_call("a"),
        function_call("b"),
        user("hurry"),
        result("b", "2"),
        result("a", "1"),
    )
    assert found == [
        user("q"),
        {"role": "assistant", "content": "Let me see.", "tool_calls": called("a", "b")},
        {"role": "tool", "content": "1", "tool_call_id": "a"},
        {"role": "tool", "content": "2", "tool_call_id": "b"},
        user("hurry"),
    ]


def test_calls_one_after_the_other_stay_so() -> None:
    found = said(user("q"), function_call("a"), result("a"), function_call("a"), result("a", "y"))
    assert [message["role"] for message in found] == ["user", "assistant", "tool", "assistant", "tool"]
    assert [message.get("content") for message in found if message["role"] == "tool"] == ["x", "y"]


def test_calls_of_our_own_tools_carry_their_results() -> None:
    own = {"type": "prosa:tool_call", "call_id": "a", "name": "f", "arguments": "{}", "output": "noon", "status": "completed"}
    found = said(user("q"), own, own | {"call_id": "b", "output": None}, {"role": "assistant", "content": "Noon."})
    assert found[1:] == [
        {"role": "assistant", "content": None, "tool_calls": called("a")},
        {"role": "tool", "content": "noon", "tool_call_id": "a"},
        {"role": "assistant", "content": "Noon."},
    ]


@pytest.mark.attack("I6")
def test_arguments_that_are_no_object_are_told_as_a_text_in_one() -> None:
    for written, shown in (
        ("", "{}"),
        (" {} ", " {} "),
        ('{"a":[1.5]}', '{"a":[1.5]}'),
        ("[]", '{"text":"[]"}'),
        ('{"a":NaN}', '{"text":"{\\"a\\":NaN}"}'),
        ("print(1)", '{"text":"print(1)"}'),
    ):
        found = said(user("q"), function_call("a", arguments=written), result("a"))
        assert found[1]["tool_calls"][0]["function"]["arguments"] == shown


def test_what_a_tool_shows_follows_in_a_users_message() -> None:
    output = [{"type": "input_text", "text": "see"}, {"type": "input_image", "image_url": "data:image/png;base64,AA=="}]
    found = said(user("q"), function_call("a"), result("a", output))
    assert found[2]["content"] == "see" and found[3]["role"] == "user"
    assert found[3]["content"][0]["image_url"]["url"].startswith("data:image/png")


def test_thoughts_go_back_with_calls_to_models_that_want_them() -> None:
    block = msgspec.Raw(b'{"type":"thinking","thinking":"hm","signature":"s"}')
    thoughts = {"type": "reasoning", "id": "rs_1", "summary": [], "content": [{"type": "reasoning_text", "text": "hm"}]}
    thoughts["encrypted_content"] = sealed([block])
    found = said(user("q"), thoughts, function_call("a"), result("a"), model="deepseek-reasoner")
    assert found[1]["reasoning_content"] == "hm" and found[1]["thinking_blocks"][0]["signature"] == "s"
    strict = said(user("q"), thoughts, function_call("a"), result("a"))
    assert "reasoning_content" not in strict[1], "a server that doesn't know the field may refuse it"
    items = [user("q"), thoughts, function_call("a"), result("a"), {"role": "assistant", "content": "x"}, user("q2")]
    later = said(*items, model="deepseek-reasoner")
    assert later[1]["reasoning_content"] == "hm" and "thinking_blocks" not in str(later)
    assert said(user("q"), function_call("a"), result("a"), model="deepseek/deepseek-chat")[1]["reasoning_content"] == ""
    assert "reasoning_content" not in str(said(*items, model="groq/moonshotai/kimi-k2"))
    assert "hm" not in str(said(user("q"), thoughts, {"role": "assistant", "content": "x"}, user("q2"), model="kimi-k2"))


def test_sealed_thoughts_hold_nothing_but_thoughts() -> None:
    assert opened(sealed([msgspec.Raw(b'{"type":"image","source":{"type":"url","url":"http://x"}}')])) == []
    assert opened("prosa.thinking.1:%%") == opened("gAAAA") == opened("prosa.thinking.1:e30=") == []


def test_a_call_without_its_result_and_a_result_without_its_call_are_told() -> None:
    with pytest.raises(ToolOutputMissing, match="call_9"):
        said(user("q"), function_call("call_9"))
    with pytest.raises(ToolCallMissing, match="call_9"):
        said(user("q"), result("call_9"))
    assert len(said(user("q"), function_call("call_9", status="incomplete"))) == 1, "a call that was cut off was never made"


def test_what_had_to_be_replaced_before_is_refused() -> None:
    for item in ({"type": "item_reference", "id": "msg_1"}, user([{"type": "input_image", "file_id": "file-1"}])):
        with pytest.raises(BadRequest) as caught:
            said(item)
        assert caught.value.param == "input"
    with pytest.raises(MissingParameter):
        asked(input=[])


def test_what_steers_the_model_has_its_chat_name() -> None:
    found = asked(
        max_output_tokens=50,
        temperature=0,
        top_p=0.5,
        top_logprobs=3,
        reasoning={"effort": "low", "summary": "auto"},
        text={"verbosity": "low", "format": {"type": "json_schema", "name": "a", "schema": {"type": "object"}, "strict": True}},
        user="u",
        safety_identifier="s",
        prompt_cache_key="k",
        service_tier="flex",
        presence_penalty=0.5,
        store=False,
        metadata={"a": "b"},
        truncation="auto",
    )
    assert {name: value for name, value in found.items() if name not in ("messages", "stream", "stream_options")} == {
        "max_tokens": 50,
        "temperature": 0,
        "top_p": 0.5,
        "logprobs": True,
        "top_logprobs": 3,
        "reasoning_effort": "low",
        "verbosity": "low",
        "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}, "strict": True}},
        "user": "u",
        "safety_identifier": "s",
        "prompt_cache_key": "k",
        "service_tier": "flex",
        "presence_penalty": 0.5,
    }
    assert asked(text={"format": {"type": "json_object"}})["response_format"] == {"type": "json_object"}
    assert "logprobs" in asked(include=["message.output_text.logprobs"])


def test_tools_are_told_in_chat_form() -> None:
    found = asked(tools=[FUNCTION, {"type": OWN}, {"type": "function", "name": "g"}], parallel_tool_calls=False)
    assert found["tools"] == [
        {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}, "strict": True}},
        {"type": "function", "function": {"name": "clock", "description": "Tells the time.", "parameters": {"type": "object"}}},
        {"type": "function", "function": {"name": "g"}},
    ]
    assert found["parallel_tool_calls"] is False and "tool_choice" not in found


NAMED = {"type": "function", "name": "f"}
OURS = {"type": OWN}


@pytest.mark.parametrize(
    ("choice", "first", "then", "names"),
    [
        ("auto", None, None, ["f", "clock"]),
        ("none", "none", "none", ["f", "clock"]),
        ("required", "required", None, ["f", "clock"]),
        (NAMED, {"type": "function", "function": {"name": "f"}}, None, ["f"]),
        (OURS, {"type": "function", "function": {"name": "clock"}}, None, ["clock"]),
        ({"type": "allowed_tools", "mode": "auto", "tools": [OURS]}, None, None, ["clock"]),
        ({"type": "allowed_tools", "mode": "required", "tools": [NAMED]}, "required", None, ["f"]),
    ],
)
def test_a_choice_of_tools_leaves_only_those_and_forces_only_the_first_call(
    choice: Any, first: Any, then: Any, names: list[str]
) -> None:
    tools = [FUNCTION, OURS]
    found = asked(tools=tools, tool_choice=choice)
    assert found.get("tool_choice") == first
    assert [tool["function"]["name"] for tool in found["tools"]] == names
    found = asked(tools=tools, tool_choice=choice, further=True)
    assert found.get("tool_choice") == then
    kept = names if choice in ("auto", "none", "required") or choice["type"] == "allowed_tools" else ["f", "clock"]
    assert [tool["function"]["name"] for tool in found["tools"]] == kept


def test_a_tool_that_is_gone_since_is_left_out() -> None:
    request = ResponseRequest.from_json(msgspec.json.encode({"input": "hi", "tools": [{"type": OWN}]}), (OWN,))
    assert "tools" not in chat_call(input_items(request), request).fields
