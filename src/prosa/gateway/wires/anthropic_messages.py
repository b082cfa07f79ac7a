"""Anthropic's Messages API, spoken to callers as OpenAI's chat completions."""

import msgspec

from prosa.drivers.outbound import OutboundRequest
from prosa.gateway.models import CallKind, ModelCall, PlainAnswer, Provider, StreamRelay
from prosa.gateway.quirks import reasoned, without_tags
from prosa.gateway.stream.chunks import ChunkWriter
from prosa.gateway.stream.disguise import is_error, not_an_answer, told
from prosa.gateway.stream.sse import Splitter
from prosa.gateway.stream.translating import HOLD, TranslatingRelay
from prosa.gateway.stream.usage import counted
from prosa.gateway.wires.answers import CalledFunction, Message, ToolCall, completion
from prosa.gateway.wires.anthropic_request import body_of
from prosa.gateway.wires.anthropic_stream import FINISH, AnthropicStream, Tokens
from prosa.gateway.wires.chat_request import refused

VERSION = "2023-06-01"


class _Block(msgspec.Struct):
    type: str = ""
    text: str = ""
    thinking: str = ""
    id: str = ""
    name: str = ""
    input: msgspec.Raw = msgspec.Raw(b"{}")


class _Answer(msgspec.Struct):
    type: str = ""
    content: list[msgspec.Raw] | None = None
    stop_reason: str | None = None
    model: str | None = None
    usage: Tokens | None = None
    error: msgspec.Raw = msgspec.Raw()


_answer = msgspec.json.Decoder(_Answer).decode
_block = msgspec.json.Decoder(_Block).decode


class AnthropicMessages:
    """POST /v1/messages, plain and streamed. There are no embeddings behind it."""

    def request(self, call: ModelCall, model: str, provider: Provider) -> OutboundRequest:
        """The translated request; the key goes into `x-api-key`."""
        if call.kind is CallKind.EMBEDDINGS:
            raise refused("model", "this provider has no embeddings")
        headers = [
            ("content-type", "application/json"),
            ("accept", "text/event-stream" if call.stream else "application/json"),
            ("anthropic-version", VERSION),
        ]
        if provider.api_key:
            headers.append(("x-api-key", provider.api_key))
        path = provider.path.removesuffix("/v1") + "/v1/messages"
        return OutboundRequest("POST", path, tuple(headers), body_of(call, model))

    def relay(self, call: ModelCall, model: str, provider: Provider) -> StreamRelay:
        """A relay that translates each event."""
        out = ChunkWriter(model, usage_asked=call.usage_asked)
        decoder = AnthropicStream(out, provider.api_key)
        return reasoned(TranslatingRelay(Splitter(HOLD), decoder.translate, out), call)

    def plain(self, body: bytes, call: ModelCall, model: str, secret: str | None = None) -> PlainAnswer:
        """The message as a chat completion. Raises ProviderFault for an error in disguise or what is no message."""
        try:
            answer = _answer(body)
            blocks = [(_block(raw), raw) for raw in answer.content or ()]
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise not_an_answer() from None
        if answer.type == "error" or is_error(answer.error):
            raise told(body, secret)
        if answer.content is None:
            raise not_an_answer()
        tokens = answer.usage or Tokens()
        usage = counted(tokens.prompt(), tokens.output_tokens, tokens.cache_read_input_tokens)
        reason = FINISH.get(answer.stop_reason or "", "stop")
        made = completion(_message(blocks), reason, answer.model or model, usage, tokens.cache_read_input_tokens)
        return msgspec.structs.replace(made, body=without_tags(made.body, call.reasoning))


def _message(blocks: list[tuple[_Block, msgspec.Raw]]) -> Message:
    text = "".join(block.text for block, _ in blocks if block.type == "text")
    thoughts = "".join(block.thinking for block, _ in blocks if block.type == "thinking")
    kept = [raw for block, raw in blocks if block.type in ("thinking", "redacted_thinking")]
    calls = [
        ToolCall(block.id, CalledFunction(block.name, bytes(block.input).decode()))
        for block, _ in blocks
        if block.type == "tool_use"
    ]
    return Message(
        content=text or (None if calls else ""),
        reasoning_content=thoughts or None,
        tool_calls=calls or None,
        thinking_blocks=kept or None,
    )
