"""OpenAI's whole answers, written for wires that speak another protocol."""

import time

import msgspec

from prosa.gateway.models import PlainAnswer, Usage
from prosa.kit.ids import new_id


class CalledFunction(msgspec.Struct):
    """A function with its arguments as JSON text."""

    name: str
    arguments: str


class ToolCall(msgspec.Struct):
    """One tool call of an answer."""

    id: str
    function: CalledFunction
    type: str = "function"


class Message(msgspec.Struct, omit_defaults=True):
    """The answer's message; `content` is null only where tools are called."""

    content: str | None
    role: str = msgspec.field(default_factory=lambda: "assistant")
    refusal: str | None = None
    reasoning_content: str | None = None
    tool_calls: list[ToolCall] | None = None
    thinking_blocks: list[msgspec.Raw] | None = None

    def chars(self) -> int:
        """Characters of text, reasoning and arguments."""
        called = sum(len(call.function.arguments) for call in self.tool_calls or ())
        return len(self.content or "") + len(self.reasoning_content or "") + called


class _Choice(msgspec.Struct):
    message: Message
    finish_reason: str
    index: int = 0


class _Cached(msgspec.Struct):
    cached_tokens: int


class _Tokens(msgspec.Struct, omit_defaults=True):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: _Cached | None = None


class _Completion(msgspec.Struct):
    id: str
    object: str
    created: int
    model: str
    choices: list[_Choice]
    usage: _Tokens | None


class _Embedding(msgspec.Struct):
    index: int
    embedding: list[float] | str
    object: str = "embedding"


class _EmbeddingTokens(msgspec.Struct):
    prompt_tokens: int
    total_tokens: int


class _Embeddings(msgspec.Struct):
    data: list[_Embedding]
    model: str
    usage: _EmbeddingTokens
    object: str = "list"


def completion(message: Message, reason: str, model: str, usage: Usage | None, cached: int | None = None) -> PlainAnswer:
    """A chat completion with this message."""
    tokens = None
    if usage is not None:
        prompt, answer = usage.prompt_tokens, usage.completion_tokens
        tokens = _Tokens(prompt, answer, prompt + answer, _Cached(cached) if cached else None)
    body = _Completion(new_id("chatcmpl-"), "chat.completion", int(time.time()), model, [_Choice(message, reason)], tokens)
    return PlainAnswer(msgspec.json.encode(body), usage, model, message.chars())


def embeddings(vectors: list[list[float] | str], model: str, tokens: int | None) -> PlainAnswer:
    """An embeddings answer with these vectors, numbers or base64."""
    rows = [_Embedding(index, vector) for index, vector in enumerate(vectors)]
    body = _Embeddings(rows, model, _EmbeddingTokens(tokens or 0, tokens or 0))
    return PlainAnswer(msgspec.json.encode(body), Usage(tokens) if tokens is not None else None, model)
