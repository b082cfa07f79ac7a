"""A chat request of OpenAI's form, read for wires that speak another protocol."""

import binascii
from base64 import b64decode

import msgspec

from prosa.gateway.models import ModelCall
from prosa.kit.errors import BadRequest


class ImageUrl(msgspec.Struct):
    """Where an image is: an https address, or a data: URL that holds it."""

    url: str


class FilePart(msgspec.Struct):
    """A document within a message, as a data: URL."""

    file_data: str | None = None
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
    thinking_blocks: list[msgspec.Raw] | None = None  # Anthropic's own blocks, as we gave them out

    def parts(self) -> list[Part]:
        """The content as parts; none where it is empty."""
        if isinstance(self.content, str):
            return [Part("text", text=self.content)] if self.content else []
        return self.content or []

    def text(self) -> str:
        """The text of all parts, joined by a line end. Raises BadRequest where another kind of part stands."""
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


_DECODER = msgspec.json.Decoder(ChatRequest)


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
    """A part's text. Raises BadRequest for parts of another kind."""
    if part.type in ("text", "input_text", "output_text"):
        return part.text or ""
    if part.type == "refusal":
        return part.refusal or ""
    raise refused("messages", f"a content part of type {part.type[:40]!r} can't be sent to this model here")


def image_address(part: Part) -> str:
    """The URL of an image part. Raises BadRequest where it has none."""
    url = part.image_url.url if isinstance(part.image_url, ImageUrl) else part.image_url
    if not url:
        raise refused("messages", "an image part needs image_url.url")
    return url


def data_url(url: str) -> tuple[str, str]:
    """Media type and base64 text of a data: URL (RFC 2397). Raises BadRequest for another form."""
    head, _, data = url.partition(",")
    kind, _, encoding = head.removeprefix("data:").partition(";")
    try:
        if not head.startswith("data:") or encoding.rpartition(";")[2] != "base64" or not b64decode(data, validate=True):
            raise ValueError
    except (ValueError, binascii.Error):
        raise refused("messages", "a data: URL must be of the form data:<type>;base64,<data>") from None
    return kind or "application/octet-stream", data
