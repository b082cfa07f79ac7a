"""Streams of chat chunks as `GatewayReply.read` gives them out, piece by piece."""

from typing import Any

import msgspec

DONE = b"data: [DONE]\n\n"


def chunk(delta: dict[str, Any] | None = None, finish: str | None = None, **more: Any) -> bytes:
    """One chunk that adds something, or tells why the answer ended."""
    choice = {"index": 0, "delta": delta or {}, "finish_reason": finish} | more
    return _framed({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})


def text(words: str) -> bytes:
    """A piece of the answer."""
    return chunk({"content": words})


def thought(words: str) -> bytes:
    """A piece of what the model thinks."""
    return chunk({"reasoning_content": words})


def call(index: int, name: str | None = None, arguments: str = "", id: str | None = None) -> bytes:
    """A piece of a call; its first has a name."""
    piece: dict[str, Any] = {"index": index, "function": {"arguments": arguments}}
    if name is not None:
        piece["function"]["name"] = name
        piece |= {"id": id or f"call_{index}", "type": "function"}
    return chunk({"tool_calls": [piece]})


def usage(asked: int = 3, answered: int = 5, **details: Any) -> bytes:
    """The chunk that tells the tokens."""
    told = {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered} | details
    return _framed(
        {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], "usage": told}
    )


def broken(code: str = "stream_broken") -> bytes:
    """The event with which the gateway tells that the provider broke off."""
    return _framed({"error": {"message": "The answer broke off", "type": "server_error", "param": None, "code": code}}) + DONE


def ended(finish: str = "stop", *, asked: int = 3, answered: int = 5) -> bytes:
    """How a whole answer ends."""
    return chunk(finish=finish) + usage(asked, answered) + DONE


def _framed(value: Any) -> bytes:
    return b"data: " + msgspec.json.encode(value) + b"\n\n"
