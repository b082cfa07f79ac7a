"""OpenAI's chat request in the words of the Responses API. Source: `openai.types.responses.ResponseCreateParams`."""

from typing import Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from prosa.gateway.models import Fields, ModelCall
from prosa.gateway.wires.attached import attachment, placed
from prosa.gateway.wires.chat_request import ChatRequest, Message, Part, ToolChoice, read_request, refused, text_of

LEAST_TOKENS: Final = 16  # of an answer; the API refuses a smaller bound
_ANY_OBJECT: Final = Raw(b'{"type":"object","properties":{}}')
_ENCRYPTED: Final = "reasoning.encrypted_content"
# Fields that both protocols have; they pass as they are.
_SHARED: Final = (
    *("temperature", "top_p", "parallel_tool_calls", "metadata", "user", "safety_identifier", "service_tier"),
    *("prompt_cache_key", "prompt_cache_retention"),
)


class Content(Struct, omit_defaults=True):
    """A part of a message."""

    type: str
    text: str | None = None
    image_url: str | None = None
    detail: str | None = None
    filename: str | None = None
    file_data: str | None = None
    file_url: str | None = None


class Said(Struct, tag="message", tag_field="type"):
    """A message."""

    role: str
    content: str | list[Content]  # a text alone where the model said it: parts of its own have ids and more to tell


class Called(Struct, tag="function_call", tag_field="type"):
    """A call of a function."""

    call_id: str
    name: str
    arguments: str


class Came(Struct, tag="function_call_output", tag_field="type"):
    """What came of it."""

    call_id: str
    output: str | list[Content]


class Function(Struct, tag="function", tag_field="type", omit_defaults=True):
    """A function that the model may call. `strict` is always told, since the two protocols differ in what they assume."""

    name: str
    parameters: Raw
    strict: bool | UnsetType = UNSET
    description: str | None = None


class Choice(Struct, tag="function", tag_field="type"):
    """The one function that has to be called."""

    name: str


class Form(Struct, omit_defaults=True):
    """The form of the answer's text."""

    type: str
    name: str | None = None
    schema: Raw | UnsetType = UNSET
    strict: bool | None = None
    description: str | None = None


class Text(Struct, omit_defaults=True):
    """What the text shall be like."""

    format: Form | None = None
    verbosity: str | None = None


class Thinking(Struct):
    """How much the model may think."""

    effort: str


class ResponsesRequest(Struct, omit_defaults=True):
    """The body of POST /v1/responses. Nothing is kept at the provider's but what has to be found again."""

    model: str
    input: list[Said | Called | Came | Raw]
    store: bool | UnsetType = UNSET
    background: bool | None = None
    stream: bool | None = None
    max_output_tokens: int | None = None
    tools: list[Function] | None = None
    tool_choice: str | Choice | None = None
    text: Text | None = None
    reasoning: Thinking | None = None
    include: list[str] | None = None


class _GivenFunction(Struct):
    name: str
    description: str | None = None
    parameters: Raw = Raw()
    strict: bool | None = None


class _GivenTool(Struct):
    type: str = "function"
    function: _GivenFunction | None = None


class _GivenSchema(Struct):
    name: str = "answer"
    schema: Raw = Raw()
    strict: bool | None = None
    description: str | None = None


class _GivenForm(Struct):
    type: str = "text"
    json_schema: _GivenSchema | None = None


class _Given(Struct):
    """What the typed request leaves out."""

    tools: list[_GivenTool] | None = None
    response_format: _GivenForm | None = None
    verbosity: str | None = None


class _Block(Struct):
    type: str = ""


_given: Final = msgspec.json.Decoder(_Given).decode
_block: Final = msgspec.json.Decoder(_Block).decode
_object: Final = msgspec.json.Decoder(Fields).decode
_encode: Final = msgspec.json.Encoder().encode


def body_of(call: ModelCall, model: str, *, background: bool) -> bytes:
    """The request's body. Raises BadRequest naming what the Responses API can't carry.

    Hints without a counterpart (seed, penalties, logit_bias) are left out.
    """
    asked = read_request(call)
    if asked.stops():
        raise refused("stop", "stop sequences can't be had from this model here")
    given = _read_rest(call)
    with placed(asked.messages):
        input = [item for message in asked.messages for item in _items(message)]
    if not input:
        raise refused("messages", "there must be a message that says something")
    request = ResponsesRequest(
        model=model,
        input=input,
        store=background,
        background=background or None,
        stream=call.stream or None,
        max_output_tokens=None if asked.answer_tokens is None else max(asked.answer_tokens, LEAST_TOKENS),
        tools=_tools(given),
        tool_choice=_choice(asked),
        text=_text(given),
        reasoning=Thinking(asked.reasoning_effort) if asked.reasoning_effort else None,
        # Who keeps nothing at the provider's brings the thoughts back; a model that doesn't think would refuse the wish.
        include=[_ENCRYPTED] if asked.reasoning_effort and asked.reasoning_effort != "none" else None,
    )
    shared = {name: call.fields[name] for name in _SHARED if name in call.fields and bytes(call.fields[name]) != b"null"}
    body = _encode(request)
    return _encode(_object(body) | shared) if shared else body


def _read_rest(call: ModelCall) -> _Given:
    fields = {name: call.fields[name] for name in ("tools", "response_format", "verbosity") if name in call.fields}
    try:
        return _given(_encode(fields))
    except msgspec.ValidationError as error:
        name = str(error).partition("$.")[2].partition("[")[0].partition(".")[0].rstrip("`")
        raise refused(name or "tools", "it can't be read") from None


def _items(message: Message) -> list[Said | Called | Came | Raw]:
    if message.role in ("system", "developer", "user"):
        parts = [_part(part) for part in message.parts()]
        return [Said(message.role, parts)] if parts else []
    if message.role == "assistant":
        said = "\n".join(filter(None, (message.text(), message.refusal)))
        calls = [Called(call.id, call.function.name, call.function.arguments) for call in message.tool_calls or ()]
        return [*message.thoughts("reasoning"), *([Said("assistant", said)] if said else []), *calls]
    if message.role == "tool":
        if not message.tool_call_id:
            raise refused("messages", "a tool message needs tool_call_id")
        return [Came(message.tool_call_id, message.text())]
    raise refused("messages", f"a message's role can't be {message.role[:40]!r}")


def _part(part: Part) -> Content:
    if part.type not in ("image_url", "file"):
        return Content("input_text", text=text_of(part))
    held = attachment(part)
    address = held if isinstance(held, str) else f"data:{held.media_type};base64,{held.data}"
    if part.type == "image_url":
        return Content("input_image", image_url=address, detail="auto")
    if isinstance(held, str):
        return Content("input_file", file_url=address)
    return Content("input_file", filename=held.name or "file", file_data=address)


def _tools(given: _Given) -> list[Function] | None:
    found = []
    for tool in given.tools or ():
        function = tool.function
        if tool.type != "function" or function is None:
            raise refused("tools", f"a tool of type {tool.type[:40]!r} can't be had from this model")
        parameters = function.parameters if bytes(function.parameters) not in (b"", b"null") else _ANY_OBJECT
        found.append(Function(function.name, parameters, bool(function.strict), function.description))
    return found or None


def _choice(asked: ChatRequest) -> str | Choice | None:
    wanted = asked.tool_choice
    if not isinstance(wanted, ToolChoice):
        return wanted
    if wanted.type != "function" or wanted.function is None:
        raise refused("tool_choice", "only a function can be chosen")
    return Choice(wanted.function.name)


def _text(given: _Given) -> Text | None:
    form, text = given.response_format, Text(verbosity=given.verbosity)
    if form is not None and form.type == "json_object":
        text.format = Form("json_object")
    elif form is not None and form.type == "json_schema":
        schema = form.json_schema
        if schema is None or not bytes(schema.schema):
            raise refused("response_format", "json_schema.schema is missing")
        text.format = Form("json_schema", schema.name, schema.schema, schema.strict, schema.description)
    return text if text.format or text.verbosity else None
