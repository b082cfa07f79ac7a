"""Builders of calls and providers for the tests of wires."""

import json
from typing import Any

import msgspec

from prosa.drivers.outbound import OutboundRequest
from prosa.gateway.models import CallKind, ModelCall, Provider
from prosa.gateway.settings import Reasoning

USER = [{"role": "user", "content": "Oi"}]


def chat(*, stream: bool = False, usage_asked: bool = False, reasoning: Reasoning | None = None, **fields: Any) -> ModelCall:
    """A chat call with these fields; a short user message unless told otherwise."""
    fields = {"messages": USER} | fields | ({"stream": True} if stream else {})
    return ModelCall(CallKind.CHAT, None, raw(fields), stream=stream, usage_asked=usage_asked, reasoning=reasoning)


def embed(**fields: Any) -> ModelCall:
    """An embeddings call with these fields."""
    return ModelCall(CallKind.EMBEDDINGS, None, raw({"input": "Oi"} | fields))


def raw(fields: dict[str, Any]) -> dict[str, msgspec.Raw]:
    """Fields as a dialect hands them over."""
    return {name: msgspec.Raw(json.dumps(value).encode()) for name, value in fields.items()}


def provider(name: str = "test", wire: str = "openai_chat", **more: Any) -> Provider:
    """A provider on this machine, with a key."""
    usual: dict[str, Any] = {"scheme": "http", "host": "127.0.0.1", "port": 80, "path": "/v1", "api_key": "sk-test-1234567890"}
    return Provider(name=name, wire=wire, **(usual | more))


def body(request: OutboundRequest) -> dict[str, Any]:
    """The JSON body of a request."""
    found: dict[str, Any] = json.loads(request.body)
    return found
