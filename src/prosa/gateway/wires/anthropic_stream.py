"""Anthropic's stream, event by event, as OpenAI's chunks. Source: "Streaming Messages", Anthropic's platform documentation."""

from collections.abc import Callable

import msgspec

from prosa.gateway.stream.chunks import ChunkWriter, Delta
from prosa.gateway.stream.typed import typed
from prosa.gateway.stream.usage import counted

# Why an answer ended. A turn that pauses (server tools) has no word of its own in OpenAI's protocol.
FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}


class Tokens(msgspec.Struct):
    """Usage as Anthropic tells it: cached input is counted apart. In a stream the last figures are the whole ones."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None

    def prompt(self) -> int | None:
        """All input tokens, from the cache or not; None where none are told."""
        if self.input_tokens is None:
            return None
        return self.input_tokens + (self.cache_creation_input_tokens or 0) + (self.cache_read_input_tokens or 0)


class _Message(msgspec.Struct):
    model: str | None = None
    usage: Tokens | None = None


class _Block(msgspec.Struct):
    type: str = ""
    id: str = ""
    name: str = ""
    text: str = ""
    thinking: str = ""
    signature: str = ""
    data: str = ""
    input: msgspec.Raw = msgspec.Raw()


class _Delta(msgspec.Struct):
    type: str = ""
    text: str = ""
    thinking: str = ""
    signature: str = ""
    partial_json: str = ""
    stop_reason: str | None = None


class _Event(msgspec.Struct):
    type: str = ""
    index: int = 0
    message: _Message | None = None
    content_block: _Block | None = None
    delta: _Delta | None = None
    usage: Tokens | None = None


class _ThinkingBlock(msgspec.Struct):
    thinking: str
    signature: str
    type: str = "thinking"


class _RedactedBlock(msgspec.Struct):
    data: str
    type: str = "redacted_thinking"


_decode = msgspec.json.Decoder(_Event).decode
_encode = msgspec.json.Encoder().encode


class AnthropicStream:
    """The decoder of one stream: what is open, and the chunks for each event."""

    def __init__(self, out: ChunkWriter, secret: str | None) -> None:
        self._out = out
        self._secret = secret
        self._prompt: int | None = None
        self._cached: int | None = None
        self._tools: dict[int, int] = {}  # index of a content block -> index of the tool call
        self._silent: set[int] = set()  # tool calls whose arguments have not begun
        self._thoughts: dict[int, _ThinkingBlock] = {}
        self._table: dict[str, Callable[[_Event], bytes]] = {
            "message_start": self._message_start,
            "content_block_start": self._block_start,
            "content_block_delta": self._block_delta,
            "content_block_stop": self._block_stop,
            "message_delta": self._message_delta,
            "message_stop": self._message_stop,
        }
        self._deltas: dict[str, Callable[[int, _Delta], bytes]] = {
            "text_delta": lambda _, delta: out.text(delta.text) if delta.text else b"",
            "thinking_delta": self._thinking_delta,
            "signature_delta": self._signature_delta,
            "input_json_delta": self._input_delta,
        }

    def translate(self, event: bytes) -> bytes:
        """The chunks for one event. New kinds of events are passed over, as the documentation asks; what is no JSON likewise."""
        found = typed(event, _decode, self._out, self._secret)
        if isinstance(found, bytes):
            return found
        act = self._table.get(found.type)
        return act(found) if act is not None else b""

    def _message_start(self, event: _Event) -> bytes:
        message = event.message
        if message is not None:
            self._out.figures.model = message.model or self._out.figures.model
            self._count(message.usage)
        return self._out.delta(Delta(content=""))

    def _block_start(self, event: _Event) -> bytes:
        block = event.content_block
        if block is None:
            return b""
        if block.type == "tool_use":
            index = self._tools[event.index] = len(self._tools)
            given = bytes(block.input)
            whole = given if given not in (b"", b"{}", b"null") else b""
            if not whole:
                self._silent.add(index)
            return self._out.tool(index, block.id, block.name, whole.decode())
        if block.type == "thinking":
            self._thoughts[event.index] = _ThinkingBlock(block.thinking, block.signature)
            return self._out.reasoning(block.thinking) if block.thinking else b""
        if block.type == "redacted_thinking":
            return self._out.delta(Delta(thinking_blocks=[msgspec.Raw(_encode(_RedactedBlock(block.data)))]))
        return self._out.text(block.text) if block.type == "text" and block.text else b""

    def _block_delta(self, event: _Event) -> bytes:
        delta = event.delta
        act = self._deltas.get(delta.type) if delta is not None else None
        return act(event.index, delta) if act is not None and delta is not None else b""

    def _thinking_delta(self, index: int, delta: _Delta) -> bytes:
        if index in self._thoughts:
            self._thoughts[index].thinking += delta.thinking
        return self._out.reasoning(delta.thinking) if delta.thinking else b""

    def _signature_delta(self, index: int, delta: _Delta) -> bytes:
        if index in self._thoughts:
            self._thoughts[index].signature += delta.signature
        return b""

    def _input_delta(self, index: int, delta: _Delta) -> bytes:
        tool = self._tools.get(index)
        if tool is None or not delta.partial_json:
            return b""
        self._silent.discard(tool)
        return self._out.arguments(tool, delta.partial_json)

    def _block_stop(self, event: _Event) -> bytes:
        thought = self._thoughts.pop(event.index, None)
        if thought is not None and thought.signature:
            # The signed block has to come back with the tool results, else the model forgets what it thought.
            return self._out.delta(Delta(thinking_blocks=[msgspec.Raw(_encode(thought))]))
        tool = self._tools.get(event.index)
        if tool in self._silent and tool is not None:
            self._silent.discard(tool)
            return self._out.arguments(tool, "{}")
        return b""

    def _message_delta(self, event: _Event) -> bytes:
        self._count(event.usage)
        reason = event.delta.stop_reason if event.delta is not None else None
        return self._out.finish(FINISH.get(reason, "stop")) if reason is not None else b""

    def _message_stop(self, _: _Event) -> bytes:
        return self._out.end()

    def _count(self, tokens: Tokens | None) -> None:
        if tokens is None:
            return
        told_prompt = tokens.prompt()
        if told_prompt is not None:
            self._prompt, self._cached = told_prompt, tokens.cache_read_input_tokens
        self._out.figures.usage = counted(self._prompt, tokens.output_tokens, self._cached) or self._out.figures.usage
