"""Builders of streams for the tests of relays and wires: small sentences instead of walls of JSON."""

import itertools
import json
from collections.abc import Iterable
from typing import Any

from openai.types.chat import ChatCompletionChunk
from pydantic import TypeAdapter

from prosa.gateway.models import StreamRelay

DONE = b"data: [DONE]\n\n"


def event(fields: dict[str, Any], end: str = "\n") -> bytes:
    """One SSE event of these fields."""
    return f"data: {json.dumps(fields, ensure_ascii=False)}{end}{end}".encode()


def chunk(content: str | None = None, *, finish: str | None = None, index: int = 0, **delta: Any) -> dict[str, Any]:
    """A chunk of OpenAI's form."""
    if content is not None:
        delta["content"] = content
    choice = {"index": index, "delta": delta, "finish_reason": finish}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def usage_chunk(prompt: int, completion: int) -> dict[str, Any]:
    """The chunk that only tells usage."""
    usage = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    return chunk() | {"choices": [], "usage": usage}


def stream_of(*texts: str) -> bytes:
    """A whole, regular stream that says these texts."""
    return b"".join(map(event, [*(chunk(text) for text in texts), chunk(finish="stop")])) + DONE


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    """`data` cut at these places, taken modulo its length."""
    marks = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    return [data[start:end] for start, end in itertools.pairwise(marks)]


def through(relay: StreamRelay, pieces: Iterable[bytes]) -> bytes:
    """What the client gets for the whole body."""
    return b"".join([*map(relay.feed, pieces), relay.finish()])


def told(output: bytes) -> list[dict[str, Any]]:
    """The JSON documents of a stream; the end marker must be there, last and once."""
    blocks = output.decode().split("\n\n")
    assert blocks[-1] == "" and blocks[-2] == "data: [DONE]" and blocks.count("data: [DONE]") == 1, output
    return [json.loads(block.removeprefix("data: ")) for block in blocks[:-2] if not block.startswith(":")]


def strict(output: bytes) -> list[ChatCompletionChunk]:
    """The chunks as the official SDK's types, checked without coercion."""
    adapter = TypeAdapter(ChatCompletionChunk)
    return [adapter.validate_json(json.dumps(document), strict=True) for document in told(output)]


def said(documents: Iterable[dict[str, Any]], field: str = "content", index: int = 0) -> str:
    """All of one field's text of one choice."""
    deltas = [choice["delta"] for document in documents for choice in document.get("choices", ()) if choice["index"] == index]
    return "".join(delta.get(field) or "" for delta in deltas)
