"""A chat request of OpenAI's form, read for wires that speak another protocol."""

import msgspec

from prosa.gateway.errors import UnsupportedInput
from prosa.gateway.models import ModelCall
from prosa.kit.errors import BadRequest


class ImageUrl(msgspec.Struct):
    """Where an image is: an https address, or a data: URL that holds it."""

    url: str


class FilePart(msgspec.Struct):
    """A document within a message: a data: URL, or base64 alone."""

    file_data: str | None = None
    file_id: str | None = None
    file_url: str | None = None
    filename: str | None = None


class Part(msgspec.Struct):
    """One part of a message's content."""

    type: str
    text: str | None = None
    refusal: str | None = None
    image_url: ImageUrl | str | None = None
    file: FilePart | None = None


class CalledFunction(msgspec.Struct):
    """What a model called: `arguments` is JSON text."""

    name: str
    arguments: str = ""


class ToolCall(msgspec.Struct):
    """One call of a tool in an assistant's message."""

    function: CalledFunction
    id: str = ""


class Message(msgspec.Struct):
    """One message of the list."""

    role: str
    content: str | list[Part] | None = None
    tool_calls: list[ToolCall] | None = None
    tool_call_id: str | None = None
    name: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    thinking_blocks: list[msgspec.Raw] | None = None  # what a provider wants back, as we gave it out

    def thoughts(self, *types: str) -> list[msgspec.Raw]:
        """The blocks that a provider wants back, of these types: another provider's mean nothing to it."""
        return [block for block in self.thinking_blocks or () if _block(block).type in types]

    def parts(self) -> list[Part]:
        """The content as parts; none where it is empty."""
        if isinstance(self.content, str):
            return [Part("text", text=self.content)] if self.content else []
        return self.content or []

    def text(self) -> str:
        """The text of all parts, joined by a line end. Raises UnsupportedInput where another kind of part stands."""
        return "\n".join(text_of(part) for part in self.parts())


class Function(msgspec.Struct):
    """A tool's definition."""

    name: str
    description: str | None = None
    parameters: msgspec.Raw = msgspec.Raw()


class Tool(msgspec.Struct):
    """A tool that the model may call."""

    type: str = "function"
    function: Function | None = None


class NamedFunction(msgspec.Struct):
    """The name of a function."""

    name: str


class ToolChoice(msgspec.Struct):
    """The one tool that has to be called."""

    type: str
    function: NamedFunction | None = None


class JsonSchema(msgspec.Struct):
    """The schema of a structured answer."""

    schema: msgspec.Raw = msgspec.Raw()


class ResponseFormat(msgspec.Struct):
    """The form of the answer: text, json_object or json_schema."""

    type: str = "text"
    json_schema: JsonSchema | None = None


class ChatRequest(msgspec.Struct):
    """The parameters that translated wires know; others are hints that another protocol has no word for."""

    messages: list[Message]
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    stop: str | list[str] | None = None
    tools: list[Tool] | None = None
    tool_choice: str | ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None
    reasoning_effort: str | None = None
    n: int | None = None
    logprobs: bool | None = None
    modalities: list[str] | None = None
    functions: list[msgspec.Raw] | None = None
    user: str | None = None

    @property
    def answer_tokens(self) -> int | None:
        """The bound of the answer, by its newer or its older name."""
        return self.max_completion_tokens if self.max_completion_tokens is not None else self.max_tokens

    def stops(self) -> list[str]:
        """The stop sequences as a list."""
        return [self.stop] if isinstance(self.stop, str) else self.stop or []


class _Block(msgspec.Struct):
    type: str = ""


_DECODER = msgspec.json.Decoder(ChatRequest)
_block = msgspec.json.Decoder(_Block).decode


def read_request(call: ModelCall) -> ChatRequest:
    """The request, typed. Raises BadRequest naming the field at fault, or one that no translated wire can carry."""
    try:
        asked = _DECODER.decode(msgspec.json.encode(call.fields))
    except msgspec.ValidationError as error:
        name = str(error).partition("$.")[2].partition("[")[0].partition(".")[0].rstrip("`")
        raise BadRequest(str(error).replace("$.", "").replace("$", "request"), param=name or "messages") from None
    except (msgspec.DecodeError, RecursionError):
        raise BadRequest("the request can't be read") from None
    if asked.n is not None and asked.n != 1:
        raise refused("n", "only one choice can be had from this model")
    if asked.logprobs:
        raise refused("logprobs", "log probabilities can't be had from this model")
    if asked.functions:
        raise refused("functions", "this model takes tools, not the older functions")
    if asked.modalities and asked.modalities != ["text"]:
        raise refused("modalities", "only text can be had from this model")
    return asked


def refused(param: str, why: str) -> BadRequest:
    """The error for what a wire can't carry."""
    return BadRequest(f"{param}: {why}", param=param)


def text_of(part: Part) -> str:
    """A part's text. Raises UnsupportedInput for parts of another kind."""
    if part.type in ("text", "input_text", "output_text"):
        return part.text or ""
    if part.type == "refusal":
        return part.refusal or ""
    raise UnsupportedInput(f"a content part of type {part.type[:40]!r} can't be sent to this model here", part)
