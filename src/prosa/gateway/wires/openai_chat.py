"""OpenAI's Chat Completions and Embeddings, which most vendors and servers speak: fields and answers pass as they are."""

import msgspec

from prosa.drivers.outbound import OutboundRequest
from prosa.gateway.models import CallKind, Fields, ModelCall, PlainAnswer, Provider, StreamRelay
from prosa.gateway.quirks import for_provider, reasoned, without_tags
from prosa.gateway.stream import OpenAIRelay
from prosa.gateway.stream.disguise import is_error, not_an_answer, told
from prosa.gateway.stream.usage import usage_of
from prosa.gateway.wires.attached import refuse_ids
from prosa.gateway.wires.embeddings import in_base64
from prosa.kit.errors import BadRequest

_encode = msgspec.json.Encoder().encode
_fields = msgspec.json.Decoder(Fields).decode

_USAGE_ASKED = msgspec.Raw(b'{"include_usage":true}')
_NOTHING = msgspec.Raw(b"[]")
_PASSAGE = msgspec.Raw(b'"passage"')
_JSON = (("content-type", "application/json"), ("accept", "application/json"))
_SSE = (("content-type", "application/json"), ("accept", "text/event-stream"))


class _Message(msgspec.Struct):
    content: object = None
    reasoning_content: object = None


class _Choice(msgspec.Struct):
    message: _Message | None = None


class _Answer(msgspec.Struct):
    choices: list[_Choice] | None = None
    data: msgspec.Raw = msgspec.Raw()
    usage: msgspec.Raw = msgspec.Raw()
    error: msgspec.Raw = msgspec.Raw()
    model: object = None


_answer = msgspec.json.Decoder(_Answer).decode


class OpenAIChat:
    """The wire that needs no translation."""

    def request(self, call: ModelCall, model: str, provider: Provider) -> OutboundRequest:
        """The caller's fields with the model replaced, and what the vendor's quirks want."""
        fields: Fields = {"model": msgspec.Raw(_encode(model)), **call.fields}
        if call.kind is CallKind.EMBEDDINGS:
            path = provider.path + "/embeddings"
            if provider.needs_input_type and "input_type" not in fields:
                fields["input_type"] = _PASSAGE
        else:
            path = provider.path + "/chat/completions"
            refuse_ids(fields.get("messages", _NOTHING))
            if call.stream and provider.stream_usage and not call.usage_asked:
                fields["stream_options"] = _with_usage(fields.get("stream_options"))
            if not provider.stream_usage:
                fields.pop("stream_options", None)
        _apply_quirk(fields, provider, model)
        key = (("authorization", f"Bearer {provider.api_key}"),) if provider.api_key else ()
        return OutboundRequest("POST", path, (*(_SSE if call.stream else _JSON), *key), _encode(fields))

    def relay(self, call: ModelCall, model: str, provider: Provider) -> StreamRelay:
        """A relay that passes bytes on; it takes our own usage chunk out again."""
        relay = OpenAIRelay(strip_usage=provider.stream_usage and not call.usage_asked, secret=provider.api_key)
        return reasoned(relay, call, model)

    def plain(self, body: bytes, call: ModelCall, model: str, secret: str | None = None) -> PlainAnswer:
        """The body as it is. Raises ProviderFault for an error with status 200, HTML, or a body without an answer."""
        try:
            answer = _answer(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise not_an_answer() from None
        if is_error(answer.error) and not answer.choices:
            raise told(body, secret)
        usage = usage_of(answer.usage) if bytes(answer.usage) else None
        name = answer.model if isinstance(answer.model, str) else None
        if call.kind is CallKind.EMBEDDINGS:
            if not bytes(answer.data).startswith(b"["):
                raise not_an_answer()
            return PlainAnswer(in_base64(body, call), usage, name)
        if not answer.choices:
            raise not_an_answer()
        chars = 0
        for choice in answer.choices:
            if choice.message is not None:
                chars += _chars(choice.message)
        return PlainAnswer(without_tags(body, call.reasoning, model), usage, name, chars)


def _with_usage(options: msgspec.Raw | None) -> msgspec.Raw:
    if options is None or bytes(options) == b"null":
        return _USAGE_ASKED
    try:
        wanted = _fields(options)
    except msgspec.MsgspecError:
        raise BadRequest("stream_options must be an object", param="stream_options") from None
    return msgspec.Raw(_encode(wanted | {"include_usage": msgspec.Raw(b"true")}))


def _apply_quirk(fields: Fields, provider: Provider, model: str) -> None:
    quirk = for_provider(provider, model)
    if quirk is None:
        return
    for name in quirk.drop & fields.keys():
        del fields[name]
    for old, new in quirk.rename:
        if old in fields:
            fields.setdefault(new, fields.pop(old))
    fields.update(quirk.put)


def _chars(message: _Message) -> int:
    content, reasoning = message.content, message.reasoning_content
    return (len(content) if isinstance(content, str) else 0) + (len(reasoning) if isinstance(reasoning, str) else 0)
