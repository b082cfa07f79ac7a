"""OpenAI's chunks, written for streams that came in another protocol."""

import time

import msgspec

from prosa.gateway.models import StreamFigures, Usage
from prosa.gateway.stream.ending import DONE, broken_off, error_event
from prosa.kit.errors import ProsaError
from prosa.kit.ids import new_id

_encode = msgspec.json.Encoder().encode


class Function(msgspec.Struct, omit_defaults=True):
    """A function's name (first piece only) and the next piece of its arguments."""

    arguments: str
    name: str | None = None


class ToolCallDelta(msgspec.Struct, omit_defaults=True):
    """A piece of one tool call."""

    index: int
    function: Function
    id: str | None = None
    type: str | None = None


class Delta(msgspec.Struct, omit_defaults=True):
    """What one chunk adds to the message."""

    role: str | None = None
    content: str | None = None
    reasoning_content: str | None = None
    refusal: str | None = None
    tool_calls: list[ToolCallDelta] | None = None
    thinking_blocks: list[msgspec.Raw] | None = None


class _Choice(msgspec.Struct):
    index: int
    delta: Delta
    finish_reason: str | None = None


class _Tokens(msgspec.Struct):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class _Chunk(msgspec.Struct, omit_defaults=True):
    id: str
    object: str
    created: int
    model: str
    choices: list[_Choice]
    usage: _Tokens | None = None


class ChunkWriter:
    """Writes the chunks of one answer and keeps its figures."""

    __slots__ = ("_created", "_id", "_role", "_usage_asked", "figures")

    def __init__(self, model: str, *, usage_asked: bool) -> None:
        self.figures = StreamFigures(model=model)
        self._id = new_id("chatcmpl-")
        self._created = int(time.time())
        self._role: str | None = "assistant"
        self._usage_asked = usage_asked

    def text(self, content: str) -> bytes:
        """A piece of the answer."""
        self.figures.text_chars += len(content)
        return self.delta(Delta(content=content))

    def reasoning(self, content: str) -> bytes:
        """A piece of the reasoning."""
        self.figures.text_chars += len(content)
        return self.delta(Delta(reasoning_content=content))

    def tool(self, index: int, call_id: str, name: str, arguments: str = "") -> bytes:
        """The beginning of a tool call, or all of it."""
        self.figures.text_chars += len(arguments)
        return self.delta(Delta(tool_calls=[ToolCallDelta(index, Function(arguments, name), call_id, "function")]))

    def arguments(self, index: int, piece: str) -> bytes:
        """A further piece of a tool call's arguments."""
        self.figures.text_chars += len(piece)
        return self.delta(Delta(tool_calls=[ToolCallDelta(index, Function(piece))]))

    def delta(self, delta: Delta) -> bytes:
        """One chunk; the first one tells the role."""
        delta.role, self._role = self._role, None
        return self._chunk([_Choice(0, delta)])

    def finish(self, reason: str) -> bytes:
        """The chunk that says why the answer ended."""
        self.figures.finished = True
        return self._chunk([_Choice(0, Delta(role=self._role), reason)])

    def end(self) -> bytes:
        """The usage chunk, where it was asked for and is known, and the end marker; a break where the answer never ended."""
        if not self.figures.finished:
            return self.broke(broken_off())
        self.figures.done = True
        usage = self.figures.usage
        return (self._chunk([], usage) if self._usage_asked and usage is not None else b"") + DONE

    def broke(self, error: ProsaError) -> bytes:
        """An error event in our words, and the end marker."""
        self.figures.fault = error
        self.figures.done = True
        return error_event(error) + DONE

    def _chunk(self, choices: list[_Choice], usage: Usage | None = None) -> bytes:
        self.figures.events += 1
        tokens = None
        if usage is not None:
            tokens = _Tokens(usage.prompt_tokens, usage.completion_tokens, usage.prompt_tokens + usage.completion_tokens)
        model = self.figures.model or ""
        return b"data: " + _encode(_Chunk(self._id, "chat.completion.chunk", self._created, model, choices, tokens)) + b"\n\n"
