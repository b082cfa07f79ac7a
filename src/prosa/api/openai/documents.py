"""The OpenAI-compatible calls as the API document tells them. The fields that prosa itself reads are described in full; every
other field that a provider knows travels on as it is."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from prosa.api.access import needs
from prosa.api.openai.calls import MODEL_LENGTH, MOST_CHOICES
from prosa.identity import Caller, Door, Permission

Asker = Annotated[Caller, needs(Permission.CALL_MODELS, Door.OPENAI)]
router = APIRouter(tags=["OpenAI-compatible"])


class Open(BaseModel):
    """Takes more fields than it names."""

    model_config = ConfigDict(extra="allow")


class ErrorBody(BaseModel):
    """What went wrong."""

    message: str = Field(examples=["The API key is not valid."])
    type: str = Field(examples=["invalid_request_error"])
    param: str | None = Field(description="The field at fault.")
    code: str = Field(description="The error's stable name; docs/guides/errors.md lists them.", examples=["invalid_api_key"])


class ErrorEnvelope(BaseModel):
    """OpenAI's error envelope."""

    error: ErrorBody


class ChatMessage(Open):
    """One message. `content` is a text or a list of parts (text, image_url, input_audio, file)."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[dict[str, object]] | None = None
    name: str | None = None
    tool_calls: list[dict[str, object]] | None = None
    tool_call_id: str | None = None


class StreamOptions(Open):
    """What a stream carries beside its text."""

    include_usage: bool | None = Field(None, description="One more chunk at the end, with the usage.")


class ChatRequest(Open):
    """A request for an answer."""

    model: Annotated[str, Field(max_length=MODEL_LENGTH)] | None = Field(
        None, description="A name of `GET /v1/models`, or the default model when absent.", examples=["mock"]
    )
    messages: list[ChatMessage] = Field(min_length=1, examples=[[{"role": "user", "content": "Olá!"}]])
    stream: bool | None = Field(None, description="Server-sent events, ended by `data: [DONE]`.")
    stream_options: StreamOptions | None = None
    n: int | None = Field(None, ge=1, le=MOST_CHOICES)
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, ge=0, le=1)
    stop: str | list[str] | None = None
    tools: list[dict[str, object]] | None = Field(None, description="Functions that the model may call.")
    tool_choice: str | dict[str, object] | None = None
    response_format: dict[str, object] | None = Field(None, examples=[{"type": "json_object"}])
    seed: int | None = None
    reasoning_effort: str | None = None


class Usage(Open):
    """Tokens, as the provider told them."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class AnswerMessage(Open):
    """What the model said."""

    role: Literal["assistant"]
    content: str | None
    reasoning_content: str | None = Field(None, description="What a reasoning model thought, where it is kept as a field.")
    tool_calls: list[dict[str, object]] | None = None
    refusal: str | None = None


class Choice(Open):
    """One of `n` answers."""

    index: int
    message: AnswerMessage
    finish_reason: str | None


class ChatCompletion(Open):
    """A whole answer."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str = Field(description="Which model ran.")
    choices: list[Choice]
    usage: Usage | None = None


class EmbeddingsRequest(Open):
    """A request for vectors."""

    model: Annotated[str, Field(max_length=MODEL_LENGTH)] | None = Field(None, examples=["mock"])
    input: str | list[str] | list[int] | list[list[int]] = Field(examples=[["Olá!"]])
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: int | None = Field(None, ge=1)


class Embedding(Open):
    """One vector: numbers, or their base64 form."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class Embeddings(Open):
    """The vectors, in the order of the input."""

    object: Literal["list"]
    data: list[Embedding]
    model: str


CHUNK = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 1760000000,
    "model": "mock",
    "choices": [{"index": 0, "delta": {"content": "Olá"}, "finish_reason": None}],
}
STREAM: dict[str, Any] = {  # of FastAPI's own type for `responses`
    "description": "The answer; with `stream: true` as server-sent events, ended by an error event if they break.",
    "content": {
        "text/event-stream": {
            "schema": {"type": "string"},
            "example": f"data: {CHUNK}\n\ndata: [DONE]\n\n".replace("'", '"').replace("None", "null"),
        }
    },
}
REASONS = {
    400: "The request can't be understood, or the provider refused it.",
    401: "The key is missing or not valid.",
    403: "A page of a foreign origin called without a key.",
    404: "No provider serves this model.",
    413: "The body is too large.",
    429: "Too many calls, here or at the provider; `Retry-After` says when to come again.",
    500: "A fault of this server.",
    502: "The provider failed.",
    503: "No provider is configured or available.",
    504: "The provider took too long.",
}
ERRORS: dict[int | str, dict[str, Any]] = {  # likewise
    status: {"model": ErrorEnvelope, "description": reason} for status, reason in REASONS.items()
}


@router.post("/v1/chat/completions", operation_id="createChatCompletion", responses={200: STREAM, **ERRORS})
async def create_chat_completion(_caller: Asker, body: ChatRequest) -> ChatCompletion:
    """Ask a model for an answer, whole or streamed."""
    raise NotImplementedError(body)


@router.post("/v1/embeddings", operation_id="createEmbeddings", responses=ERRORS)
async def create_embeddings(_caller: Asker, body: EmbeddingsRequest) -> Embeddings:
    """Ask a model for the vectors of one or more texts."""
    raise NotImplementedError(body)
