"""OpenAI's wire: fields and answers pass as they are, but for the model, our usage option and a vendor's quirks."""

import base64
import json
import struct
from typing import Any

import msgspec
import pytest

from prosa.gateway.errors import ProviderFault, UnsupportedInput
from prosa.gateway.models import CallKind, ModelCall, Usage
from prosa.gateway.settings import Reasoning
from prosa.gateway.stream import OpenAIRelay
from prosa.gateway.wires import WIRES
from prosa.kit.errors import BadRequest
from tests.gateway.streams import DONE, chunk, event, through, usage_chunk
from tests.gateway.wires.calls import body, chat, embed, provider

WIRE = WIRES["openai_chat"]


def test_unknown_fields_and_numbers_pass_as_they_are_with_the_model_replaced() -> None:
    call = ModelCall(CallKind.CHAT, "alias", {"messages": msgspec.Raw(b"[ ]"), "x": msgspec.Raw(b"12345678901234567890.50")})
    request = WIRE.request(call, "gpt-4o", provider())
    assert request.body == b'{"model":"gpt-4o","messages":[ ],"x":12345678901234567890.50}'
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")


def test_pictures_and_documents_pass_as_they_are() -> None:
    parts = [
        {"type": "text", "text": "what is a file_id?"},
        {"type": "image_url", "image_url": {"url": "https://example.org/a.png", "detail": "low"}},
        {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0=", "filename": "a.pdf"}},
        {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
    ]
    messages = [{"role": "user", "content": parts}, {"role": "user", "content": "file_id"}]
    assert body(WIRE.request(chat(messages=messages), "m", provider()))["messages"] == messages


@pytest.mark.parametrize("name", ["file_id", "f\\u0069le_id", "\\u0066\\u0069\\u006C\\u0065\\u005f\\u0069\\u0064"])
@pytest.mark.parametrize("field", ["file", "image_url"])
def test_an_id_that_nobody_resolved_never_reaches_a_provider(name: str, field: str) -> None:
    raw = b'[{"role":"user","content":[{"type":"%b","%b":{"%b":"file-of-the-operator"}}]}]' % (
        *(2 * (field.encode(),)),
        name.encode(),
    )
    call = ModelCall(CallKind.CHAT, None, {"messages": msgspec.Raw(raw)})
    with pytest.raises(UnsupportedInput) as failed:
        WIRE.request(call, "m", provider())
    assert failed.value.param == f"messages[0].content[0].{field}.file_id"


def test_the_key_goes_into_its_header_and_nowhere_else() -> None:
    request = WIRE.request(chat(), "m", provider())
    assert dict(request.headers)["authorization"] == "Bearer sk-test-1234567890"
    assert b"sk-test" not in request.body and "sk-test" not in request.path
    assert "authorization" not in dict(WIRE.request(chat(), "m", provider(api_key=None)).headers)


def test_usage_is_asked_for_in_streams_and_kept_from_a_client_who_did_not_ask() -> None:
    call = chat(stream=True, stream_options={"include_obfuscation": False})
    assert body(WIRE.request(call, "m", provider()))["stream_options"] == {"include_obfuscation": False, "include_usage": True}
    assert body(WIRE.request(chat(stream=True), "m", provider()))["stream_options"] == {"include_usage": True}
    stream = event(chunk("a", finish="stop")) + event(usage_chunk(1, 2)) + DONE
    relay = WIRE.relay(call, "m", provider())
    assert b"prompt_tokens" not in through(relay, [stream]) and relay.figures.usage == Usage(1, 2)
    asked = chat(stream=True, usage_asked=True, stream_options={"include_usage": True})
    assert through(WIRE.relay(asked, "m", provider()), [stream]) == stream


def test_usage_is_not_asked_for_where_the_provider_refuses_the_option_or_the_answer_is_plain() -> None:
    assert "stream_options" not in body(WIRE.request(chat(stream=True), "m", provider(stream_usage=False)))
    asked = chat(stream=True, usage_asked=True, stream_options={"include_usage": True})
    assert "stream_options" not in body(WIRE.request(asked, "m", provider(stream_usage=False)))
    assert "stream_options" not in body(WIRE.request(chat(), "m", provider()))
    with pytest.raises(BadRequest, match="stream_options") as failed:
        WIRE.request(chat(stream=True, stream_options=3), "m", provider())
    assert failed.value.param == "stream_options"


@pytest.mark.contract("B04")
def test_asymmetric_embedding_models_get_their_input_type() -> None:
    nvidia = provider("nvidia", needs_input_type=True)
    found = body(WIRE.request(embed(), "nvidia/nv-embedqa-e5-v5", nvidia))
    assert (found["input_type"], found["encoding_format"]) == ("passage", "float")
    asked = WIRE.request(embed(input_type="query"), "nvidia/nv-embedqa-e5-v5", nvidia)
    assert body(asked)["input_type"] == "query" and asked.path == "/v1/embeddings"
    assert "input_type" not in body(WIRE.request(embed(), "text-embedding-3-small", provider("openai")))


def test_vendors_get_the_parameters_that_they_know() -> None:
    fields: dict[str, Any] = {"max_completion_tokens": 5, "store": True, "temperature": 0.5}
    mistral = body(WIRE.request(chat(**fields), "mistral-small-latest", provider("mine", host="api.mistral.ai")))
    assert mistral["max_tokens"] == 5 and "store" not in mistral and mistral["temperature"] == 0.5
    assert "store" not in body(WIRE.request(chat(**fields), "gemini-2.5-flash", provider("gemini")))
    o3 = body(WIRE.request(chat(max_tokens=5, temperature=0.5), "o3-mini", provider("openai")))
    assert o3["max_completion_tokens"] == 5 and "max_tokens" not in o3 and "temperature" not in o3
    gpt = body(WIRE.request(chat(max_tokens=5, temperature=0.5), "gpt-4o-mini", provider("openai")))
    assert gpt["max_tokens"] == 5 and gpt["temperature"] == 0.5
    assert body(WIRE.request(chat(**fields), "o3-mini", provider("vllm"))) == {"model": "o3-mini"} | fields | {
        "messages": [{"role": "user", "content": "Oi"}]
    }


def answer(**more: object) -> bytes:
    """A plain answer with its spaces."""
    choice = {"index": 0, "message": {"role": "assistant", "content": "Olá"}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
    return json.dumps({"id": "x", "model": "m-1", "choices": [choice], "usage": usage, "odd": 1} | more).encode()


def test_a_plain_answer_passes_unchanged_and_tells_its_figures() -> None:
    found = WIRE.plain(answer(), chat(), "m")
    assert found.body == answer()
    assert (found.usage, found.model, found.text_chars) == (Usage(3, 1), "m-1", 3)
    assert WIRE.plain(answer(usage=None, error=None), chat(), "m").usage is None


def test_a_plain_answers_reasoning_is_dropped_where_that_is_wanted() -> None:
    message = {"role": "assistant", "content": "<think>hm</think>Olá", "reasoning_content": "hm"}
    body = answer(choices=[{"index": 0, "message": message, "finish_reason": "stop"}])
    found = WIRE.plain(body, chat(reasoning=Reasoning.DROP), "m")
    assert b'"hm' not in found.body and "Olá" in found.body.decode()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"<html>gateway</html>", 502, "provider_error"),
        (b"", 502, "provider_error"),
        (b"[1]", 502, "provider_error"),
        (b'{"object":"list"}', 502, "provider_error"),
        (b'{"error":{"message":"key sk-abcdefgh12345 used up","type":"insufficient_quota"}}', 503, "provider_quota"),
        (b'{"error":"overloaded"}', 502, "provider_error"),
        (b'{"error":{"message":"bad","code":429}}', 429, "provider_rate_limited"),
    ],
)
def test_errors_with_status_200_are_noticed(body: bytes, status: int, code: str) -> None:
    for call in (chat(), embed()):
        with pytest.raises(ProviderFault) as failed:
            WIRE.plain(body, call, "m")
        assert (failed.value.status, failed.value.code) == (status, code)
        assert "sk-abc" not in failed.value.message


def test_vectors_are_packed_where_the_client_decodes_base64_and_the_provider_sent_numbers() -> None:
    sent = (
        b'{"object":"list","data":[{"index":0,"embedding":[0.5,-2.0]}],"model":"e","usage":{"prompt_tokens":2,"total_tokens":2}}'
    )
    assert WIRE.plain(sent, embed(), "e").body == sent
    found = WIRE.plain(sent, embed(encoding_format="base64"), "e")
    packed = json.loads(found.body)["data"][0]["embedding"]
    assert struct.unpack("<2f", base64.b64decode(packed)) == (0.5, -2.0)
    assert found.usage == Usage(2, 0)


def test_the_relay_is_the_bare_one_unless_reasoning_is_to_be_filtered() -> None:
    assert isinstance(WIRE.relay(chat(stream=True), "m", provider()), OpenAIRelay)
    assert not isinstance(WIRE.relay(chat(stream=True, reasoning=Reasoning.DROP), "m", provider()), OpenAIRelay)
