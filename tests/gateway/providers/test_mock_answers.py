"""What the mock says, by model and by direction."""

import base64
import json
import math
import struct
from typing import Any

import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.create_embedding_response import CreateEmbeddingResponse

from prosa.gateway.providers.mock import MODELS, MockTransport
from tests.gateway.providers.playing import TIME, WEATHER, answer, begun, chat, events, joined, played, post, said, user


@pytest.mark.contract("S04")
async def test_mock_names_the_first_fifty_characters_of_the_prompt_in_its_language() -> None:
    question = "Qual é a capital do Brasil, e por que não é mais o Rio de Janeiro?"
    portuguese = await said(chat(question))
    assert question[:50] in portuguese and question[:51] not in portuguese
    assert portuguese.startswith("Você escreveu") and "mock" in portuguese
    assert (await said(chat("What is the capital of Brazil?"))).startswith("You wrote")


async def test_the_same_request_has_the_same_answer_and_another_one_another_id() -> None:
    for request in (chat(), chat(stream=True), chat(model="mock-tools", tools=[WEATHER])):
        assert await played(request, MockTransport()) == await played(request, MockTransport())
    assert (await answer(chat("one")))["id"] != (await answer(chat("two")))["id"]
    assert (await answer(chat()))["created"] == 1_735_689_600
    assert (await answer(chat("[[mock created=now]]")))["created"] > 1_735_689_600


@pytest.mark.parametrize(
    "model", sorted(set(MODELS) - {"mock-error", "mock-busy", "mock-flaky", "mock-cut", "mock-stall", "mock-slow"})
)
async def test_every_model_speaks_in_the_forms_of_the_sdk_plain_and_streamed(model: str) -> None:
    fields: dict[str, Any] = {"tools": [WEATHER, TIME], "n": 2}
    whole = ChatCompletion.model_validate(await answer(chat(model=model, **fields)), strict=True)
    assert [choice.index for choice in whole.choices] == [0, 1] and whole.model == model and whole.usage
    chunks = await events(chat(model=model, stream=True, stream_options={"include_usage": True}, **fields))
    for chunk in chunks:
        ChatCompletionChunk.model_validate(chunk, strict=True)
    assert chunks[-1]["usage"] == json.loads(whole.usage.model_dump_json(exclude_unset=True))
    for choice in whole.choices:
        message = choice.message.model_dump()
        for field in ("content", "refusal", "reasoning_content"):
            assert joined(chunks, field, choice.index) == (message.get(field) or "")


async def test_echo_repeats_and_parts_of_content_are_read() -> None:
    assert await said(chat("Say  this\nagain 👋", "mock-echo")) == "Say  this\nagain 👋"
    parts = [
        {"type": "text", "text": "Look: "},
        {"type": "image_url", "image_url": {"url": "data:,"}},
        {"type": "text", "text": "nice?"},
    ]
    words = await said(post("/v1/chat/completions", {"model": "mock", "messages": [{"role": "user", "content": parts}]}))
    assert '"Look: nice?"' in words and "1 part" in words


async def test_directive_body_field_and_precedence() -> None:
    assert await said(chat('[[mock text="a b"]]')) == "a b"
    assert await said(chat("hi", mock={"text": "from the body"})) == "from the body"
    assert (
        await said(chat("[[mock text='closer [[to]] the user']] hi", mock={"text": "from the body"})) == "closer [[to]] the user"
    )
    assert await said(chat("tell me [[mock echo]] more", "mock-refusal", mock={"refusal": None})) == "tell me  more"
    assert await said(chat("[[mock text=null]]")) == "null" and await said(chat("[[mock text=42]]")) == "42"
    assert await said(chat('[[mock json={"a":[1,"]]"]}]]')) == '{"a":[1,"]]"]}'


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("sped=5", "Did you mean speed? Known words: text, echo"),
        ("speed=fast", "speed"),
        ("framing=crcr", "framing may be lf, crlf, cr"),
        ("usage=none", "usage may be right, missing"),
        ("status=99", "`int` >= 200"),
        ('text="open', "no valid JSON"),
        ("text='open", "closing quote"),
        ("text= ]]", "no value"),
        ("=5]]", "can't be read"),
        ("speed=5", "can't be read"),
        ('headers={"content-length":"5"}', "headers can't set content-length"),
        ('headers={"x":"a\\nb"}', "headers"),
        ('text="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" repeat=1000000', "over 67108864"),
    ],
)
async def test_a_wrong_directive_is_a_400_that_says_what_is_known(words: str, expected: str) -> None:
    closing = "" if words in ("speed=5", 'text="open', "text='open") else "]]"
    reply = await begun(chat(f"[[mock {words}{closing}"))
    error = json.loads(await reply.body(10_000))["error"]
    assert reply.status == 400 and error["code"] == "invalid_mock_directive" and error["param"] == "mock"
    assert expected in error["message"]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": "hello"}, "messages"),
        ({"n": 1000}, "n"),
        ({"mock": {"speed": -1}}, "mock"),
        ({"mock": 5}, "mock"),
    ],
)
async def test_a_request_that_is_not_openais_is_a_400_that_names_the_field(fields: dict[str, Any], param: str) -> None:
    reply = await begun(chat(**fields))
    error = json.loads(await reply.body(10_000))["error"]
    assert (reply.status, error["param"], error["type"]) == (400, param, "invalid_request_error")


async def test_tools_are_called_once_then_their_answer_is_told() -> None:
    first = await answer(chat("weather?", "mock-tools", tools=[WEATHER, TIME]))
    message = first["choices"][0]["message"]
    assert first["choices"][0]["finish_reason"] == "tool_calls" and message["content"] is None
    assert json.loads(message["tool_calls"][0]["function"]["arguments"]) == {"city": "city", "unit": "celsius"}
    result = {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"], "content": "21 degrees"}
    talk = [*user("weather?"), message, result]
    assert await said(chat(model="mock-tools", tools=[WEATHER], messages=talk)) == "The tool answered: 21 degrees"
    again = await answer(chat(model="mock-tools", tools=[WEATHER], messages=talk, mock={"rounds": 2}))
    assert again["choices"][0]["finish_reason"] == "tool_calls"


async def test_tool_choice_parallel_calls_and_spelled_out_calls() -> None:
    async def names(**fields: Any) -> list[str]:
        message = (await answer(chat(tools=[WEATHER, TIME], **fields)))["choices"][0]["message"]
        return [call["function"]["name"] for call in message.get("tool_calls", ())]

    assert await names() == []
    assert await names(tool_choice="required") == ["get_weather"]
    assert await names(tool_choice={"type": "function", "function": {"name": "get_time"}}) == ["get_time"]
    assert await names(mock={"tools": "all"}) == ["get_weather", "get_time"]
    assert await names(mock={"tools": "all"}, parallel_tool_calls=False) == ["get_weather"]
    assert await names(mock={"tools": "get_time, unknown"}) == ["get_time", "unknown"]
    assert await names(mock={"tools": "all"}, tool_choice="none") == []
    calls = [{"name": "get_time", "arguments": "{broken"}, {"name": "get_weather", "arguments": {"city": "Natal"}}]
    written = await events(chat(stream=True, mock={"tool_calls": calls, "pieces": 3, "text": "Let me see."}))
    pieces = [call for chunk in written for call in chunk["choices"][0]["delta"].get("tool_calls", ())]
    assert [call["id"] for call in pieces if "id" in call] == [
        call["id"] for call in pieces if "id" in call and call["id"][:5] == "call_"
    ]
    told = ["".join(call["function"].get("arguments", "") for call in pieces if call["index"] == index) for index in (0, 1)]
    assert told == ["{broken", '{"city":"Natal"}'] and len(pieces) == 2 + 3 + 6
    assert joined(written) == "Let me see."


async def test_structured_output_conforms_and_text_may_break_it() -> None:
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer", "minimum": 3}, "tags": {"type": "array", "items": {"type": "string"}}},
    }
    form = {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": schema}}
    assert json.loads(await said(chat(response_format=form))) == {"n": 3, "tags": ["tags"]}
    assert "answer" in json.loads(await said(chat(response_format={"type": "json_object"})))
    assert await said(chat("[[mock text='no json']]", response_format=form)) == "no json"


async def test_reasoning_in_a_field_and_in_tags() -> None:
    message = (await answer(chat('[[mock reasoning="I think" text=so reasoning_as=reasoning]]')))["choices"][0]["message"]
    assert (message["reasoning"], message["content"]) == ("I think", "so")
    assert await said(chat('[[mock reasoning="I think" text=so]]', "mock-think")) == "<think>\nI think\n</think>\n\nso"
    usage = (await answer(chat('[[mock reasoning="I think" text=so]]')))["usage"]
    assert usage["completion_tokens"] == 3 and usage["completion_tokens_details"]["reasoning_tokens"] == 2


async def test_bounds_of_the_answer_are_kept() -> None:
    short = (await answer(chat("[[mock text='one two three four']]", max_tokens=2)))["choices"][0]
    assert (short["message"]["content"], short["finish_reason"]) == ("one two", "length")
    stopped = (await answer(chat("[[mock text='one two three' chunk=4]]", stop=["zzz", "o t"])))["choices"][0]
    assert (stopped["message"]["content"], stopped["finish_reason"]) == ("one tw", "stop")
    thought = (await answer(chat("[[mock text=x reasoning='a b c d']]", max_completion_tokens=3)))["choices"][0]
    assert (thought["message"]["reasoning_content"], thought["message"]["content"], thought["finish_reason"]) == (
        "a b c",
        "",
        "length",
    )
    chunks = await events(chat("[[mock text='ab ' repeat=500]]", stream=True))
    assert joined(chunks) == "ab " * 500 and len(chunks) == 2 + 1000


async def test_wrong_usage_in_all_its_forms() -> None:
    async def usage(words: str) -> object:
        return (await answer(chat(f"hi [[mock text=a usage={words}]]"))).get("usage", "none")

    assert await usage("missing") == "none" and await usage("null") is None
    figures = await usage("negative")
    assert isinstance(figures, dict) and figures["prompt_tokens"] < 0
    figures = await usage('{"prompt_tokens":5,"cost":1}')
    assert isinstance(figures, dict) and (figures["prompt_tokens"], figures["completion_tokens"], figures["cost"]) == (5, 1, 1)
    always = await events(chat("[[mock usage=always]]", stream=True))
    assert always[-1]["choices"] == [] and always[-1]["usage"]["total_tokens"]
    every = await events(chat("[[mock usage=every]]", stream=True))
    assert all(chunk["usage"] for chunk in every)


async def test_embeddings_are_unit_vectors_and_related_texts_lie_closer() -> None:
    async def vectors(**fields: Any) -> list[list[float]]:
        body = {"model": "nvidia/nv-embedqa-e5-v5", "input": "x"} | fields
        whole = await answer(post("/v1/embeddings", body))
        CreateEmbeddingResponse.model_validate(whole)
        return [entry["embedding"] for entry in whole["data"]]

    texts = ["A cat sleeps on the warm roof", "the cats were sleeping on a roof", "Interest rates of the central bank rose"]
    cat, cats, bank = await vectors(input=texts)
    assert len(cat) == 1024 and all(math.isclose(math.hypot(*vector), 1, abs_tol=1e-6) for vector in (cat, cats, bank))
    assert (
        math.sumprod(cat, cats) > 0.4 > 0.25 > math.sumprod(cat, bank)
        if hasattr(math, "sumprod")
        else dot(cat, cats) > dot(cat, bank) + 0.2
    )
    assert len((await vectors(dimensions=64))[0]) == 64
    assert len(await vectors(input=[1, 2, 3])) == 1 and len(await vectors(input=[[1, 2], [3]])) == 2
    packed = await answer(post("/v1/embeddings", {"model": "m", "input": "x", "dimensions": 8, "encoding_format": "base64"}))
    numbers = struct.unpack("<8f", base64.b64decode(packed["data"][0]["embedding"]))
    assert math.isclose(math.hypot(*numbers), 1, abs_tol=1e-6)


def dot(one: list[float], other: list[float]) -> float:
    return sum(first * second for first, second in zip(one, other, strict=True))


@pytest.mark.parametrize("wrong", ["", [], ["a", ""], [[]], ["a", 1], [1.5], ["a"] * 2049])
async def test_an_input_that_cannot_be_embedded_is_a_400(wrong: object) -> None:
    reply = await begun(post("/v1/embeddings", {"model": "m", "input": wrong}))
    assert reply.status == 400
