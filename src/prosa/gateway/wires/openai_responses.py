"""The Responses API, spoken to callers as OpenAI's chat completions; an answer in the background can be found again there."""

from typing import Final
from urllib.parse import quote

import msgspec

from prosa.drivers.outbound import OutboundRequest
from prosa.gateway.models import Attachment, CallKind, Heard, ModelCall, PlainAnswer, Provider, StreamRelay
from prosa.gateway.quirks import reasoned, without_tags
from prosa.gateway.stream.chunks import ChunkWriter
from prosa.gateway.stream.disguise import is_error, not_an_answer, told
from prosa.gateway.stream.ending import broken_off
from prosa.gateway.stream.sse import Splitter
from prosa.gateway.stream.translating import HOLD, TranslatingRelay
from prosa.gateway.wires.answers import CalledFunction, Message, ToolCall, completion
from prosa.gateway.wires.openai_chat import OpenAIChat
from prosa.gateway.wires.openai_responses_request import body_of
from prosa.gateway.wires.openai_responses_stream import CUT, OpenAIResponsesStream, State

_EMBEDDINGS: Final = OpenAIChat()
_JSON: Final = (("content-type", "application/json"), ("accept", "application/json"))
_SSE: Final = (("content-type", "application/json"), ("accept", "text/event-stream"))


class _Part(msgspec.Struct):
    type: str = ""
    text: str = ""
    refusal: str = ""


class _Item(msgspec.Struct):
    type: str = ""
    content: list[_Part] | None = None
    summary: list[_Part] | None = None
    call_id: str = ""
    name: str = ""
    arguments: str = ""
    encrypted_content: str | None = None


class _Answer(State):
    output: list[msgspec.Raw] | None = None


_answer: Final = msgspec.json.Decoder(_Answer).decode
_item: Final = msgspec.json.Decoder(_Item).decode


class OpenAIResponses:
    """POST /v1/responses, plain and streamed; embeddings go the usual way."""

    def request(self, call: ModelCall, model: str, provider: Provider) -> OutboundRequest:
        """The translated request, or the one that finds an answer again which the provider makes in the background."""
        if call.kind is CallKind.EMBEDDINGS:
            return _EMBEDDINGS.request(call, model, provider)
        key = (("authorization", f"Bearer {provider.api_key}"),) if provider.api_key else ()
        if call.attached is not None:
            # All of it once more: what was heard is left out by its length, which needs no number kept for every piece.
            path = f"{_path(provider, call.attached)}?stream=true"
            return OutboundRequest("GET", path, (("accept", "text/event-stream"), *key))
        body = body_of(call, model, background=_kept(call, provider))
        return OutboundRequest("POST", provider.path + "/responses", (*(_SSE if call.stream else _JSON), *key), body)

    def relay(self, call: ModelCall, model: str, provider: Provider) -> StreamRelay:
        """A relay that translates each event."""
        out = ChunkWriter(model, usage_asked=call.usage_asked)
        kept = _kept(call, provider)
        out.figures.response_id = call.attached.response_id if kept and call.attached is not None else None
        decoder = OpenAIResponsesStream(out, provider.api_key, call.heard or Heard(), found_again=kept)
        return reasoned(TranslatingRelay(Splitter(HOLD), decoder.translate, out), call)

    def plain(self, body: bytes, call: ModelCall, model: str, secret: str | None = None) -> PlainAnswer:
        """The response as a chat completion. Raises ProviderFault for one that failed, or what is no response."""
        if call.kind is CallKind.EMBEDDINGS:
            return _EMBEDDINGS.plain(body, call, model, secret)
        try:
            answer = _answer(body)
            items = [(_item(raw), raw) for raw in answer.output or ()]
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise not_an_answer() from None
        if is_error(answer.error):
            raise told(body, secret)
        if answer.output is None:
            raise not_an_answer()
        usage = answer.usage.counted() if answer.usage is not None else None
        made = completion(_message(items), _reason(answer, items), answer.model or model, usage)
        return msgspec.structs.replace(made, body=without_tags(made.body, call.reasoning))

    def ending(self, attachment: Attachment, provider: Provider, *, cancel: bool) -> OutboundRequest:
        """The request that stops an answer which is made in the background, or that has the provider forget it."""
        key = (("authorization", f"Bearer {provider.api_key}"),) if provider.api_key else ()
        path = _path(provider, attachment)
        if cancel:
            return OutboundRequest("POST", path + "/cancel", (*_JSON, *key), b"{}")
        return OutboundRequest("DELETE", path, (("accept", "application/json"), *key))


def _kept(call: ModelCall, provider: Provider) -> bool:
    return call.stream and provider.background and (call.background or call.attached is not None)


def _path(provider: Provider, attachment: Attachment) -> str:
    return f"{provider.path}/responses/{quote(attachment.response_id, safe='')}"


def _message(items: list[tuple[_Item, msgspec.Raw]]) -> Message:
    parts = [part for item, _ in items if item.type == "message" for part in item.content or ()]
    text = "".join(part.text for part in parts if part.type == "output_text")
    refusal = "".join(part.refusal for part in parts if part.type == "refusal")
    calls = [
        ToolCall(item.call_id, CalledFunction(item.name, item.arguments)) for item, _ in items if item.type == "function_call"
    ]
    return Message(
        content=text or (None if calls or refusal else ""),
        refusal=refusal or None,
        reasoning_content="\n\n".join(text for item, _ in items if (text := _thought(item))) or None,
        tool_calls=calls or None,
        thinking_blocks=[raw for item, raw in items if item.type == "reasoning" and item.encrypted_content] or None,
    )


def _thought(item: _Item) -> str:
    return "\n\n".join(part.text for part in item.summary or item.content or ()) if item.type == "reasoning" else ""


def _reason(answer: _Answer, items: list[tuple[_Item, msgspec.Raw]]) -> str:
    if answer.status == "incomplete":
        why = answer.incomplete_details.reason if answer.incomplete_details is not None else None
        if why not in CUT:
            raise broken_off()
        return CUT[why]
    return "tool_calls" if any(item.type == "function_call" for item, _ in items) else "stop"
