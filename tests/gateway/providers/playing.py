"""Builders for the tests of the mock: requests, whole bodies, the events of a stream."""

import json
from typing import Any

from prosa.drivers.outbound import OutboundRequest, Reply, Target, Timeouts
from prosa.gateway.providers.mock import MockTransport

TARGET = Target("http", "mock.invalid", 80)
WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "unit": {"type": "string", "enum": ["celsius", "kelvin"]}},
            "required": ["city", "unit"],
            "additionalProperties": False,
        },
    },
}
TIME: dict[str, Any] = {"type": "function", "function": {"name": "get_time", "parameters": {"type": "object", "properties": {}}}}


def user(text: str) -> list[dict[str, Any]]:
    """A conversation of one message."""
    return [{"role": "user", "content": text}]


def chat(text: str = "Hello there", model: str = "mock", **fields: Any) -> OutboundRequest:
    """A chat request as it reaches a provider."""
    return post("/v1/chat/completions", {"model": model, "messages": user(text)} | fields)


def post(path: str, body: dict[str, Any], headers: tuple[tuple[str, str], ...] = ()) -> OutboundRequest:
    """A request with a JSON body."""
    return OutboundRequest("POST", path, headers, json.dumps(body).encode())


async def begun(request: OutboundRequest, transport: MockTransport | None = None, timeouts: Timeouts | None = None) -> Reply:
    """The reply once its header is there."""
    return await (transport or MockTransport()).open(TARGET, request, timeouts or Timeouts())


async def pieces(reply: Reply) -> list[bytes]:
    """Everything that the reply reads, piece by piece."""
    read = []
    while piece := await reply.read():
        read.append(piece)
    return read


async def played(request: OutboundRequest, transport: MockTransport | None = None) -> bytes:
    """The whole body of the answer."""
    return b"".join(await pieces(await begun(request, transport)))


async def answer(request: OutboundRequest, transport: MockTransport | None = None) -> Any:
    """The answer's JSON."""
    return json.loads(await played(request, transport))


async def said(request: OutboundRequest, transport: MockTransport | None = None) -> str:
    """The text of an answer that isn't streamed."""
    text = (await answer(request, transport))["choices"][0]["message"]["content"]
    assert isinstance(text, str)
    return text


async def events(request: OutboundRequest, transport: MockTransport | None = None) -> list[Any]:
    """The JSON of a stream's events, without the end marker."""
    body = await played(request, transport)
    lines = [line.removeprefix("data: ") for line in body.decode().split("\n\n") if line]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


def joined(chunks: list[Any], field: str = "content", index: int = 0) -> str:
    """A streamed text put together again."""
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"] if choice["index"] == index]
    return "".join(delta.get(field) or "" for delta in deltas)
