"""OpenAI's chat request in the words of Anthropic's Messages API (version 2023-06-01)."""

from collections.abc import Sequence

import msgspec

from prosa.gateway.errors import UnsupportedInput
from prosa.gateway.models import Fields, ModelCall
from prosa.gateway.wires.attached import PDF, Held, attachment, placed
from prosa.gateway.wires.chat_request import (
    ChatRequest,
    Message,
    Part,
    ToolCall,
    ToolChoice,
    read_request,
    refused,
    text_of,
)
from prosa.gateway.wires.claude_models import Generation, budget, effort, generation

DEFAULT_MAX_TOKENS = 4096
# Stands for what the client cut off: the API wants a user to speak first.
_OPENING = "…"
_THOUGHTS = ("thinking", "redacted_thinking")
_ANY_OBJECT = msgspec.Raw(b'{"type":"object","properties":{}}')
_JSON_ONLY = "Answer with one valid JSON object and nothing else."
# Fields of Anthropic's own that a caller may send along; they pass as they are.
_NATIVE = ("top_k", "thinking", "output_config", "cache_control", "service_tier", "inference_geo")

_encode = msgspec.json.Encoder().encode
_object = msgspec.json.Decoder(Fields).decode


class Source(msgspec.Struct, omit_defaults=True):
    """Where an image or a document is."""

    type: str
    media_type: str | None = None
    data: str | None = None
    url: str | None = None


class Block(msgspec.Struct, omit_defaults=True):
    """One content block; which fields are set depends on its type."""

    type: str
    text: str | None = None
    source: Source | None = None
    id: str | None = None
    name: str | None = None
    input: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    tool_use_id: str | None = None
    content: "str | list[Block] | None" = None
    title: str | None = None


Blocks = list[Block | msgspec.Raw]


class Turn(msgspec.Struct):
    """One message: roles alternate, a user's first."""

    role: str
    content: Sequence[object]


class Tool(msgspec.Struct, omit_defaults=True):
    """A tool the model may use."""

    name: str
    input_schema: msgspec.Raw
    description: str | None = None


class Choice(msgspec.Struct, omit_defaults=True):
    """How the model should use the tools."""

    type: str
    name: str | None = None
    disable_parallel_tool_use: bool | None = None


class Thinking(msgspec.Struct, omit_defaults=True):
    """How much the model may think."""

    type: str
    budget_tokens: int | None = None
    display: str | None = None


class Format(msgspec.Struct):
    """A schema that the answer must fit."""

    schema: msgspec.Raw
    type: str = "json_schema"


class OutputConfig(msgspec.Struct, omit_defaults=True):
    """Form and effort of the answer."""

    effort: str | None = None
    format: Format | None = None


class Metadata(msgspec.Struct):
    """Who the answer is for, as an opaque id."""

    user_id: str


class MessagesRequest(msgspec.Struct, omit_defaults=True):
    """The body of POST /v1/messages."""

    model: str
    max_tokens: int
    messages: list[Turn]
    system: str | None = None
    stream: bool | None = None
    temperature: float | None = None
    top_p: float | None = None
    stop_sequences: list[str] | None = None
    tools: list[Tool] | None = None
    tool_choice: Choice | None = None
    thinking: Thinking | None = None
    output_config: OutputConfig | None = None
    metadata: Metadata | None = None


def body_of(call: ModelCall, model: str) -> bytes:
    """The request's body. Raises BadRequest naming what Anthropic's API can't carry.

    `response_format` of type json_schema becomes `output_config.format` (Claude 4.5 and later take it); json_object, for which
    there is no native word, becomes an instruction. Hints without a counterpart (seed, penalties, logit_bias) are left out, as
    Anthropic's own compatibility layer does.
    """
    asked = read_request(call)
    with placed(asked.messages):
        system, turns = _conversation(asked)
    if not turns:
        raise refused("messages", "there must be a message that says something")
    kind = generation(model)
    tokens = asked.answer_tokens or DEFAULT_MAX_TOKENS
    thinking = _thinking(asked, kind, tokens)
    request = MessagesRequest(
        model=model,
        max_tokens=tokens,
        messages=turns,
        system=system or None,
        stream=call.stream or None,
        stop_sequences=[stop for stop in asked.stops() if stop.strip()] or None,
        tools=_tools(asked),
        tool_choice=_tool_choice(asked),
        thinking=thinking,
        output_config=_output_config(asked, thinking),
        metadata=Metadata(asked.user) if asked.user else None,
    )
    if kind.sampling and thinking is None:
        _sample(request, asked)
    native = {name: call.fields[name] for name in _NATIVE if name in call.fields}
    body = _encode(request)
    return _encode(_object(body) | native) if native else body


def _sample(request: MessagesRequest, asked: ChatRequest) -> None:
    """Anthropic's temperature ends at 1, and recent models refuse temperature and top_p together."""
    if asked.temperature is not None:
        request.temperature = min(max(asked.temperature, 0.0), 1.0)
    elif asked.top_p is not None:
        request.top_p = asked.top_p


def _conversation(asked: ChatRequest) -> tuple[str, list[Turn]]:
    system: list[str] = []
    turns: list[tuple[str, Blocks]] = []
    for message in asked.messages:
        if message.role in ("system", "developer"):
            system.append(message.text())
            continue
        role, blocks = _turn(message)
        if not blocks:
            continue
        if turns and turns[-1][0] == role:
            turns[-1][1].extend(blocks)
        else:
            turns.append((role, blocks))
    if turns and turns[0][0] == "assistant":
        turns.insert(0, ("user", [Block("text", text=_OPENING)]))
    if asked.response_format is not None and asked.response_format.type == "json_object":
        system.append(_JSON_ONLY)
    _trim_last(turns)
    return "\n\n".join(text for text in system if text), [Turn(role, blocks) for role, blocks in turns]


def _trim_last(turns: list[tuple[str, Blocks]]) -> None:
    """A last assistant turn is continued by the model, and may not end with a blank."""
    last = turns[-1][1][-1] if turns and turns[-1][0] == "assistant" else None
    if isinstance(last, Block) and last.text is not None:
        last.text = last.text.rstrip()


def _turn(message: Message) -> tuple[str, Blocks]:
    if message.role == "user":
        return "user", _blocks(message)
    if message.role == "assistant":
        return "assistant", [*message.thoughts(*_THOUGHTS), *_blocks(message), *map(_tool_use, message.tool_calls or ())]
    if message.role == "tool":
        if not message.tool_call_id:
            raise refused("messages", "a tool message needs tool_call_id")
        said = [block for block in _blocks(message) if isinstance(block, Block)]
        return "user", [Block("tool_result", tool_use_id=message.tool_call_id, content=said or None)]
    raise refused("messages", f"a message's role can't be {message.role[:40]!r}")


def _blocks(message: Message) -> Blocks:
    """The message's parts; the API refuses text that is blank."""
    blocks = (_block(part) for part in message.parts())
    return [block for block in blocks if block.text is None or block.text.strip()]


def _block(part: Part) -> Block:
    if part.type not in ("image_url", "file"):
        return Block("text", text=text_of(part))
    held = attachment(part)
    if isinstance(held, str):
        return Block("image" if part.type == "image_url" else "document", source=Source("url", url=held))
    if held.is_picture:
        return Block("image", source=Source("base64", media_type=held.media_type, data=held.data))
    if part.type == "image_url":
        raise UnsupportedInput("this model takes pictures as PNG, JPEG, GIF and WebP", part)
    return Block("document", source=_document(held, part), title=held.name or None)


def _document(held: Held, part: Part) -> Source:
    if held.media_type == PDF:
        return Source("base64", media_type=PDF, data=held.data)
    text = held.text
    if not text:
        raise UnsupportedInput("this model takes documents as PDF and as text in UTF-8", part)
    return Source("text", media_type="text/plain", data=text)


def _tool_use(call: ToolCall) -> Block:
    arguments = call.function.arguments.strip() or "{}"
    try:
        _object(arguments)
    except msgspec.MsgspecError:
        raise refused("messages", "a tool call's arguments must be the JSON text of an object") from None
    return Block("tool_use", id=call.id, name=call.function.name, input=msgspec.Raw(arguments.encode()))


def _tools(asked: ChatRequest) -> list[Tool] | None:
    found = []
    for tool in asked.tools or ():
        if tool.type != "function" or tool.function is None:
            raise refused("tools", f"a tool of type {tool.type[:40]!r} can't be had from this model")
        parameters = tool.function.parameters
        schema = parameters if bytes(parameters) not in (b"", b"null") else _ANY_OBJECT
        found.append(Tool(tool.function.name, schema, tool.function.description))
    return found or None


def _tool_choice(asked: ChatRequest) -> Choice | None:
    if not asked.tools:
        return None
    choice = _named_choice(asked.tool_choice)
    if asked.parallel_tool_calls is False and (choice is None or choice.type != "none"):
        choice = choice or Choice("auto")
        choice.disable_parallel_tool_use = True
    return choice


def _named_choice(wanted: str | ToolChoice | None) -> Choice | None:
    if wanted is None:
        return None
    if isinstance(wanted, ToolChoice):
        if wanted.type != "function" or wanted.function is None:
            raise refused("tool_choice", "only a function can be chosen")
        return Choice("tool", name=wanted.function.name)
    kind = {"auto": "auto", "none": "none", "required": "any"}.get(wanted)
    if kind is None:
        raise refused("tool_choice", "it must be auto, none, required or a function")
    return Choice(kind)


def _thinking(asked: ChatRequest, kind: Generation, tokens: int) -> Thinking | None:
    """Thinking as reasoning_effort asks for it. A tool that must be called can't be combined with it: then there is none."""
    wanted = asked.reasoning_effort
    forced = isinstance(asked.tool_choice, ToolChoice) or asked.tool_choice == "required"
    if wanted is None or effort(wanted) is None or (forced and asked.tools):
        return None
    if kind.adaptive:
        return Thinking("adaptive", display="summarized" if kind.omits else None)
    most = budget(wanted, tokens) if kind.budgeted else None
    return Thinking("enabled", budget_tokens=most) if most is not None else None


def _output_config(asked: ChatRequest, thinking: Thinking | None) -> OutputConfig | None:
    config = OutputConfig()
    if thinking is not None and thinking.type == "adaptive" and asked.reasoning_effort is not None:
        config.effort = effort(asked.reasoning_effort)
    form = asked.response_format
    if form is not None and form.type == "json_schema":
        if form.json_schema is None or not bytes(form.json_schema.schema):
            raise refused("response_format", "json_schema.schema is missing")
        config.format = Format(form.json_schema.schema)
    return config if config.effort or config.format else None
