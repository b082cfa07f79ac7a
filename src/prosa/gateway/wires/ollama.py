"""Ollama's native API, where the context length can be set, spoken to callers as OpenAI's."""

import msgspec

from prosa.drivers.outbound import OutboundRequest
from prosa.gateway.models import CallKind, ModelCall, PlainAnswer, Provider, StreamRelay
from prosa.gateway.quirks import reasoned, without_tags
from prosa.gateway.stream.chunks import ChunkWriter
from prosa.gateway.stream.disguise import is_error, not_an_answer, told
from prosa.gateway.stream.ndjson import Lines
from prosa.gateway.stream.translating import TranslatingRelay
from prosa.gateway.stream.usage import counted
from prosa.gateway.wires.answers import CalledFunction, Message, ToolCall, completion, embeddings
from prosa.gateway.wires.embeddings import packed, wants_base64
from prosa.gateway.wires.ollama_request import chat_body, embed_body
from prosa.kit.ids import new_id


class _Function(msgspec.Struct):
    name: str = ""
    arguments: msgspec.Raw = msgspec.Raw(b"{}")


class _Call(msgspec.Struct):
    function: _Function
    id: str = ""


class _Said(msgspec.Struct):
    content: str | None = None
    thinking: str | None = None
    tool_calls: list[_Call] | None = None


class _Record(msgspec.Struct):
    """A line of a stream, or a whole answer."""

    model: str | None = None
    message: _Said | None = None
    done: bool = False
    done_reason: str | None = None
    prompt_eval_count: int | None = None
    eval_count: int | None = None
    error: msgspec.Raw = msgspec.Raw()


class _Embedded(msgspec.Struct):
    embeddings: list[list[float]] | None = None
    model: str | None = None
    prompt_eval_count: int | None = None
    error: msgspec.Raw = msgspec.Raw()


_record = msgspec.json.Decoder(_Record).decode
_embedded = msgspec.json.Decoder(_Embedded).decode
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Ollama:
    """POST /api/chat (NDJSON) and POST /api/embed. Source: Ollama's API documentation."""

    def request(self, call: ModelCall, model: str, provider: Provider) -> OutboundRequest:
        """The translated request; a key, where there is one (Ollama's cloud), is a bearer token."""
        headers = [("content-type", "application/json")]
        if provider.api_key:
            headers.append(("authorization", f"Bearer {provider.api_key}"))
        embed = call.kind is CallKind.EMBEDDINGS
        body = embed_body(call, model, provider) if embed else chat_body(call, model, provider)
        # An operator may have written down the address of the OpenAI-compatible door; the native one is beside it.
        path = provider.path.removesuffix("/v1").removesuffix("/api") + ("/api/embed" if embed else "/api/chat")
        return OutboundRequest("POST", path, tuple(headers), body)

    def relay(self, call: ModelCall, model: str, provider: Provider) -> StreamRelay:
        """A relay that translates each line."""
        out = ChunkWriter(model, usage_asked=call.usage_asked)
        decoder = _OllamaStream(out, provider.api_key)
        return reasoned(TranslatingRelay(Lines(), decoder.translate, out), call)

    def plain(self, body: bytes, call: ModelCall, model: str, secret: str | None = None) -> PlainAnswer:
        """The answer in OpenAI's form. Raises ProviderFault for an error in disguise or what is no answer."""
        if call.kind is CallKind.EMBEDDINGS:
            return _vectors(body, call, model, secret)
        try:
            answer = _record(body)
        except _UNREADABLE:
            raise not_an_answer() from None
        if is_error(answer.error):
            raise told(body, secret)
        if answer.message is None:
            raise not_an_answer()
        usage = counted(answer.prompt_eval_count, answer.eval_count)
        made = completion(_message(answer.message), _reason(answer, answer.message), answer.model or model, usage)
        return msgspec.structs.replace(made, body=without_tags(made.body, call.reasoning))


class _OllamaStream:
    """The decoder of one stream."""

    def __init__(self, out: ChunkWriter, secret: str | None) -> None:
        self._out = out
        self._secret = secret
        self._calls = 0

    def translate(self, line: bytes) -> bytes:
        """The chunks for one line; a line that is no JSON says nothing."""
        try:
            record = _record(line)
        except _UNREADABLE:
            return b""
        if is_error(record.error):
            return self._out.broke(told(line, self._secret))
        said = record.message or _Said()
        self._out.figures.model = record.model or self._out.figures.model
        pieces = [self._out.reasoning(said.thinking)] if said.thinking else []
        if said.content:
            pieces.append(self._out.text(said.content))
        for call in said.tool_calls or ():
            arguments = bytes(call.function.arguments).decode()
            pieces.append(self._out.tool(self._calls, call.id or new_id("call_"), call.function.name, arguments))
            self._calls += 1
        if record.done:
            self._out.figures.usage = counted(record.prompt_eval_count, record.eval_count)
            reason = "tool_calls" if self._calls else _reason(record, said)
            pieces += [self._out.finish(reason), self._out.end()]
        return b"".join(pieces)


def _reason(record: _Record, said: _Said) -> str:
    if said.tool_calls:
        return "tool_calls"
    return "length" if record.done_reason == "length" else "stop"


def _message(said: _Said) -> Message:
    calls = [
        ToolCall(call.id or new_id("call_"), CalledFunction(call.function.name, bytes(call.function.arguments).decode()))
        for call in said.tool_calls or ()
    ]
    return Message(
        content=said.content or (None if calls else ""),
        reasoning_content=said.thinking or None,
        tool_calls=calls or None,
    )


def _vectors(body: bytes, call: ModelCall, model: str, secret: str | None) -> PlainAnswer:
    try:
        answer = _embedded(body)
    except _UNREADABLE:
        raise not_an_answer() from None
    if is_error(answer.error):
        raise told(body, secret)
    if answer.embeddings is None:
        raise not_an_answer()
    encode = wants_base64(call)
    vectors: list[list[float] | str] = [packed(vector) if encode else vector for vector in answer.embeddings]
    return embeddings(vectors, answer.model or model, answer.prompt_eval_count)
