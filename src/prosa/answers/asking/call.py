"""The model call for a request of the Responses API: chat completions, which every wire translates.

Source: `openai.types.chat.completion_create_params`, field for field beside `openai.types.responses.response_create_params`.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from prosa.answers.asking.messages import chat_messages
from prosa.answers.responses import MCP, FunctionTool, MissingParameter, ResponseRequest, tool_key
from prosa.answers.responses.request import JsonObject, JsonSchema
from prosa.gateway import CallKind, Fields, ModelCall, Reasoning

_encode: Final = msgspec.json.Encoder().encode
_TRUE: Final = Raw(b"true")
_SERVED: Final = tool_key("")
_STREAM_USAGE: Final = Raw(b'{"include_usage":true}')


class Described(Protocol):
    """What a model is told of a tool of our own."""

    @property
    def name(self) -> str:
        """The function's name."""
        ...

    @property
    def description(self) -> str:
        """What it does."""
        ...

    @property
    def parameters(self) -> Raw:
        """The JSON schema of its arguments."""
        ...


class _Function(Struct, omit_defaults=True):
    name: str
    description: str | None = None
    parameters: Raw | UnsetType = UNSET
    strict: bool | None = None


class _Tool(Struct):
    function: _Function
    type: str = "function"


class _Schema(Struct, omit_defaults=True):
    name: str
    schema: Raw
    description: str | None = None
    strict: bool | None = None


class _Type(Struct):
    type: str
    server_label: str = ""


_typed: Final = msgspec.json.Decoder(_Type).decode
_function_tool: Final = msgspec.json.Decoder(FunctionTool).decode


Offered = Mapping[str, Sequence[Described]]
"""Our own tools by their types, and those of other servers by their labels' keys."""


def chat_call(
    context: Sequence[bytes], request: ResponseRequest, hosted: Offered | None = None, *, further: bool = False
) -> ModelCall:
    """The streamed call that asks for the next words after these items (JSON, oldest first, the request's own among them).

    `further`: not the first call of the response, so that a tool which had to be called
    need not be called again. Raises BadRequest, as `chat_messages` does; what a wire can't carry, the gateway refuses.
    """
    messages = chat_messages(context, request.instructions, request.model)
    if not messages:
        raise MissingParameter("input")
    fields: Fields = {"messages": Raw(_encode(messages)), "stream": _TRUE, "stream_options": _STREAM_USAGE}
    for name, value in _plain(request).items():
        if value is not None:
            fields[name] = Raw(_encode(value))
    _put_tools(fields, request, hosted or {}, further=further)
    _put_form(fields, request)
    # Thoughts come in a field of their own, so that they can be told as what they are.
    return ModelCall(CallKind.CHAT, request.model, fields, stream=True, usage_asked=True, reasoning=Reasoning.FIELD)


def _plain(request: ResponseRequest) -> dict[str, object]:
    """What needs only another name, or none. The answer's bound goes by its older name, which more servers know; where a vendor
    wants the newer one, its quirk renames it."""
    return {
        "max_tokens": request.max_output_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "presence_penalty": request.presence_penalty or None,
        "frequency_penalty": request.frequency_penalty or None,
        "logprobs": True if request.wants_logprobs else None,
        "top_logprobs": request.top_logprobs or None,
        "reasoning_effort": request.reasoning.effort if request.reasoning is not None else None,
        "verbosity": request.text.verbosity if request.text is not None else None,
        "user": request.user,
        "safety_identifier": request.safety_identifier,
        "prompt_cache_key": request.prompt_cache_key,
        "service_tier": request.service_tier,
    }


def _put_tools(fields: Fields, request: ResponseRequest, hosted: Offered, *, further: bool) -> None:
    choice = request.choice
    forced = choice.mode == "required" and not further
    # A tool that had to be called leaves the others free afterwards; those that are allowed stay the only ones.
    only = None if choice.named and further else choice.only
    tools = []
    for raw in request.tools or ():
        known_as, found = _tools(raw, hosted)
        # Of another server's tools those alone are here that may be called.
        if only is None or known_as in only or known_as.startswith(_SERVED):
            tools += found
    if not tools:
        return
    fields["tools"] = Raw(_encode(tools))
    if request.parallel_tool_calls is not None:
        fields["parallel_tool_calls"] = Raw(_encode(request.parallel_tool_calls))
    if choice.mode == "none":
        fields["tool_choice"] = Raw(b'"none"')
    elif forced and choice.named and len(tools) == 1:
        fields["tool_choice"] = Raw(_encode({"type": "function", "function": {"name": tools[0].function.name}}))
    elif forced:
        fields["tool_choice"] = Raw(b'"required"')


def _tools(raw: Raw, hosted: Offered) -> tuple[str, list[_Tool]]:
    """The tools of an entry with the name under which a choice knows it; none for a type that isn't there any more."""
    entry = _typed(raw)
    if entry.type == "function":
        given = _function_tool(raw)
        schema = given.parameters if bytes(given.parameters) != b"null" else UNSET
        return given.name, [_Tool(_Function(given.name, given.description, schema, given.strict))]
    known_as = tool_key(entry.server_label) if entry.type == MCP else entry.type
    found = [_Tool(_Function(own.name, own.description, own.parameters)) for own in hosted.get(known_as, ())]
    return known_as, found


def _put_form(fields: Fields, request: ResponseRequest) -> None:
    form = request.text.format if request.text is not None else None
    if isinstance(form, JsonObject):
        fields["response_format"] = Raw(b'{"type":"json_object"}')
    elif isinstance(form, JsonSchema):
        schema = _Schema(form.name, form.schema, form.description, form.strict)
        fields["response_format"] = Raw(_encode({"type": "json_schema", "json_schema": schema}))
