"""The requests that the mock reads: OpenAI's chat completions and embeddings, as far as an answer depends on them."""

import hashlib
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from prosa.gateway.providers.mock.errors import WrongDirection
from prosa.kit.errors import BadRequest

_SHOWN = 100  # characters of an address


class Address(msgspec.Struct):
    """Where a picture is, or what holds it."""

    url: str = ""


class Enclosed(msgspec.Struct):
    """A document within a message."""

    file_data: str | None = None
    filename: str | None = None


class Part(msgspec.Struct):
    """One part of a message's content; of anything but text the mock says what it got."""

    type: str = ""
    text: str | None = None
    image_url: Address | str | None = None
    file: Enclosed | None = None

    def described(self) -> str:
        """Name, type and size of a picture or a document; the part's type for anything else."""
        address = self.image_url.url if isinstance(self.image_url, Address) else self.image_url
        held = address if self.type == "image_url" else self.file.file_data if self.file is not None else None
        if not held:
            return self.type
        name = f"{self.file.filename}: " if self.file is not None and self.file.filename else ""
        if not held.startswith("data:"):
            return name + (held[:_SHOWN] if held.startswith("http") else _size(held))
        head, _, data = held.partition(",")
        return f"{name}{head.removeprefix('data:').partition(';')[0]}, {_size(data)}"


class Message(msgspec.Struct):
    """One message; its text is all text of its parts."""

    role: str
    content: str | list[Part] | None = None
    tool_calls: list[msgspec.Raw] | None = None
    prefix: bool | None = None

    def text(self) -> str:
        if isinstance(self.content, str):
            return self.content
        return "".join(part.text or "" for part in self.content or ())

    def others(self) -> list[str]:
        """What the parts are that are no text: images, sounds, files."""
        parts = self.content if isinstance(self.content, list) else []
        return [part.described() for part in parts if part.type not in ("text", "input_text")]


class Function(msgspec.Struct):
    """A function that the caller offers; `parameters` is its JSON schema."""

    name: str
    parameters: dict[str, object] | None = None


class Tool(msgspec.Struct):
    """An offered tool; only functions can be called."""

    type: str = "function"
    function: Function | None = None


class NamedTool(msgspec.Struct):
    """`tool_choice` when it names a function."""

    function: Function | None = None


class NamedSchema(msgspec.Struct, rename={"schema_": "schema"}):
    """The schema of `response_format`."""

    name: str = "answer"
    schema_: dict[str, object] | bool | None = None


class ResponseFormat(msgspec.Struct):
    """How the text of the answer must be built."""

    type: str
    json_schema: NamedSchema | None = None


class StreamOptions(msgspec.Struct):
    """What the client wants of the stream."""

    include_usage: bool | None = None


class ChatRequest(msgspec.Struct):
    """The body of `POST …/chat/completions`. Fields that aren't named here are ignored."""

    messages: Annotated[list[Message], Meta(min_length=1)]
    model: str = "mock"
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int, Meta(ge=1, le=128)] | None = None
    max_tokens: Annotated[int, Meta(ge=0)] | None = None
    max_completion_tokens: Annotated[int, Meta(ge=0)] | None = None
    stop: str | list[str] | None = None
    tools: list[Tool] | None = None
    tool_choice: str | NamedTool | None = None
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None
    mock: dict[str, object] | None = None

    def last_user(self) -> Message | None:
        return next((message for message in reversed(self.messages) if message.role == "user"), None)

    def begun(self) -> str:
        """What of the answer is said already: the last message, where it is the model's and says `prefix`."""
        last = self.messages[-1]
        return last.text() if last.role == "assistant" and last.prefix else ""

    def asked(self) -> Message:
        """The last message that wants an answer."""
        return self.messages[-2] if self.begun() and len(self.messages) > 1 else self.messages[-1]

    def since_user(self) -> list[Message]:
        """The messages after the last one of the user."""
        last = max((place for place, message in enumerate(self.messages) if message.role == "user"), default=-1)
        return self.messages[last + 1 :]

    def tool_rounds(self) -> int:
        """How many times tools were already called since the user last spoke."""
        return sum(bool(message.tool_calls) for message in self.since_user())


class EmbeddingsRequest(msgspec.Struct):
    """The body of `POST …/embeddings`: one text, several, one array of tokens, or several."""

    input: str | Annotated[list[str | int | list[int]], Meta(min_length=1)]
    model: str = "mock-embedding"
    dimensions: Annotated[int, Meta(ge=1, le=8192)] | None = None
    encoding_format: Literal["float", "base64"] | None = None
    mock: dict[str, object] | None = None


Request = TypeVar("Request", ChatRequest, EmbeddingsRequest)


def read(body: bytes, kind: type[Request]) -> Request:
    """A request's body; raises BadRequest with the field at fault, as OpenAI's own server does."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        path = str(error).partition("`$.")[2].partition("`")[0]
        if path == "mock" or path.startswith("mock."):
            raise WrongDirection(f"The body's mock field: {error}.", param="mock") from None
        raise BadRequest(f"The request is not valid: {error}.", param=path or None) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest("The request's body is no valid JSON.") from None


def _size(data: str) -> str:
    """How much base64 text holds."""
    return f"{len(data) * 3 // 4 - data[-2:].count('=')} bytes"


def digest(*parts: bytes) -> str:
    """32 hex digits that follow from the request alone: the source of every id."""
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        state.update(len(part).to_bytes(8, "big") + part)
    return state.hexdigest()
