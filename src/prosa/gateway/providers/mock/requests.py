"""The requests that the mock reads: OpenAI's chat completions and embeddings, as far as an answer depends on them."""

import hashlib
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from prosa.gateway.providers.mock.errors import WrongDirection
from prosa.kit.errors import BadRequest


class Part(msgspec.Struct):
    """One part of a message's content; anything but text only counts."""

    type: str = ""
    text: str | None = None


class Message(msgspec.Struct):
    """One message; its text is all text of its parts."""

    role: str
    content: str | list[Part] | None = None
    tool_calls: list[msgspec.Raw] | None = None

    def text(self) -> str:
        if isinstance(self.content, str):
            return self.content
        return "".join(part.text or "" for part in self.content or ())

    def others(self) -> int:
        """How many parts are no text: images, sounds, files."""
        return sum(part.type not in ("text", "input_text") for part in self.content) if isinstance(self.content, list) else 0


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


def digest(*parts: bytes) -> str:
    """32 hex digits that follow from the request alone: the source of every id."""
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        state.update(len(part).to_bytes(8, "big") + part)
    return state.hexdigest()
