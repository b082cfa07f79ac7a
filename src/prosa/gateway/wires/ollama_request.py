"""OpenAI's requests in the words of Ollama's native API."""

import msgspec

from prosa.gateway.errors import UnsupportedInput
from prosa.gateway.models import Fields, ModelCall, Provider
from prosa.gateway.wires.attached import Held, attachment, placed
from prosa.gateway.wires.chat_request import ChatRequest, Message, Part, read_request, refused, text_of
from prosa.kit.errors import BadRequest

# Ollama's own options, by the names that callers of OpenAI's protocol know.
_OPTIONS = ("temperature", "top_p", "top_k", "min_p", "seed", "presence_penalty", "frequency_penalty")
# Fields of Ollama's own that a caller may send along; they pass as they are.
_NATIVE = ("keep_alive", "think", "truncate")
_LEVELS = ("low", "medium", "high", "max")

_encode = msgspec.json.Encoder().encode
_fields = msgspec.json.Decoder(Fields).decode
_object = msgspec.json.Decoder(Fields).decode


class _Function(msgspec.Struct):
    name: str
    arguments: msgspec.Raw


class _Call(msgspec.Struct):
    id: str
    function: _Function


class _Turn(msgspec.Struct, omit_defaults=True):
    role: str
    content: str | msgspec.UnsetType  # always there, also when it is empty
    images: list[str] | None = None
    thinking: str | None = None
    tool_calls: list[_Call] | None = None
    tool_name: str | None = None
    tool_call_id: str | None = None


class _EmbedRequest(msgspec.Struct):
    input: str | list[str]
    dimensions: int | None = None


_embed = msgspec.json.Decoder(_EmbedRequest).decode


def chat_body(call: ModelCall, model: str, provider: Provider) -> bytes:
    """The body of POST /api/chat. Raises BadRequest naming what Ollama can't carry."""
    asked = read_request(call)
    if asked.parallel_tool_calls is False:
        raise refused("parallel_tool_calls", "Ollama can't be kept to one call at a time")
    names = {each.id: each.function.name for message in asked.messages for each in message.tool_calls or ()}
    with placed(asked.messages):
        turns = [_turn(message, names) for message in asked.messages]
    body: dict[str, object] = {"model": model, "messages": turns, "stream": call.stream}
    options = _options(call, asked, provider)
    if options:
        body["options"] = options
    if _wants_tools(asked):
        body["tools"] = call.fields["tools"]
    form = _format(asked)
    if form is not None:
        body["format"] = form
    if asked.reasoning_effort is not None:
        body["think"] = _think(asked.reasoning_effort, model)
    return _encode(body | {name: call.fields[name] for name in _NATIVE if name in call.fields})


def embed_body(call: ModelCall, model: str, provider: Provider) -> bytes:
    """The body of POST /api/embed. Raises BadRequest for token arrays, which Ollama doesn't take."""
    try:
        asked = _embed(_encode(call.fields))
    except msgspec.MsgspecError:
        raise refused("input", "it must be a text or a list of texts") from None
    body: dict[str, object] = {"model": model, "input": asked.input}
    if asked.dimensions is not None:
        body["dimensions"] = asked.dimensions
    if provider.context_length:
        body["options"] = {"num_ctx": provider.context_length}
    return _encode(body | {name: call.fields[name] for name in ("keep_alive", "truncate") if name in call.fields})


def _options(call: ModelCall, asked: ChatRequest, provider: Provider) -> dict[str, object]:
    options: dict[str, object] = {"num_ctx": provider.context_length} if provider.context_length else {}
    if "options" in call.fields:
        try:
            options |= _fields(call.fields["options"])
        except msgspec.MsgspecError:
            raise BadRequest("options must be an object", param="options") from None
    options |= {name: value for name in _OPTIONS if (value := getattr(asked, name)) is not None}
    if asked.answer_tokens is not None:
        options["num_predict"] = asked.answer_tokens
    if asked.stops():
        options["stop"] = asked.stops()
    return options


def _wants_tools(asked: ChatRequest) -> bool:
    """Whether the tools go along: Ollama always lets the model choose, so "none" means to leave them out."""
    if not asked.tools or asked.tool_choice == "none":
        return False
    if asked.tool_choice not in (None, "auto"):
        raise refused("tool_choice", "Ollama always lets the model choose; only auto and none can be had")
    return True


def _format(asked: ChatRequest) -> str | msgspec.Raw | None:
    form = asked.response_format
    if form is None or form.type == "text":
        return None
    if form.type == "json_object":
        return "json"
    if form.type != "json_schema" or form.json_schema is None or not bytes(form.json_schema.schema):
        raise refused("response_format", "it must be text, json_object, or json_schema with a schema")
    return form.json_schema.schema


def _think(effort: str, model: str) -> bool | str:
    """Most models think or don't; gpt-oss takes a level, and can't be kept from thinking."""
    if "gpt-oss" in model:
        return effort if effort in _LEVELS else "low"
    return effort != "none"


def _turn(message: Message, names: dict[str, str]) -> _Turn:
    role = "system" if message.role == "developer" else message.role
    if role not in ("system", "user", "assistant", "tool"):
        raise refused("messages", f"a message's role can't be {message.role[:40]!r}")
    parts = message.parts()
    images = [_image(part) for part in parts if part.type in ("image_url", "file")]
    text = "\n".join(text_of(part) for part in parts if part.type not in ("image_url", "file"))
    turn = _Turn(role, text, images=images or None)
    if role == "assistant":
        turn.thinking = message.reasoning_content or None
        turn.tool_calls = [
            _called(each.id, each.function.name, each.function.arguments) for each in message.tool_calls or ()
        ] or None
    if role == "tool":
        turn.tool_call_id = message.tool_call_id
        turn.tool_name = message.name or names.get(message.tool_call_id or "")
    return turn


def _called(call_id: str, name: str, arguments: str) -> _Call:
    text = arguments.strip() or "{}"
    try:
        _object(text)
    except msgspec.MsgspecError:
        raise refused("messages", "a tool call's arguments must be the JSON text of an object") from None
    return _Call(call_id, _Function(name, msgspec.Raw(text.encode())))


def _image(part: Part) -> str:
    held = attachment(part)
    if not isinstance(held, Held):
        raise UnsupportedInput("Ollama takes images as data: URLs only, not by their address", part)
    if not held.media_type.startswith("image/"):
        raise UnsupportedInput(f"Ollama takes images, not {held.media_type[:60]}", part)
    return held.data
