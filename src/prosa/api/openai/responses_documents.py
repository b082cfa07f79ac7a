"""Responses as the API document tells them, and the few bodies that belong to this dialect alone."""

from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter
from pydantic import BaseModel, Field

from prosa.api.openai.documents import Asker, ErrorEnvelope, Open

router = APIRouter(tags=["Responses"])

EXAMPLE_RESPONSE: Final = "resp_7b6821146d1743da97c764a12dd4ed93"
EXAMPLE_INPUT: Final = "Olá!"
STREAM: Final[dict[str, Any]] = {  # of FastAPI's own type for `responses`
    "content": {
        "text/event-stream": {
            "schema": {"type": "string"},
            "example": (
                "event: response.output_text.delta\n"
                'data: {"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_9d2c61f0a5b84e1d8f7f3ce2a1b0c4d5",'
                '"output_index":0,"content_index":0,"delta":"Olá","logprobs":[]}\n\n'
            ),
        }
    },
}
REASONS: Final = {
    400: "A field is missing, unknown, of the wrong kind or out of its bounds; `param` names it.",
    401: "The key is missing or not valid.",
    403: "The key was not made for this.",
    404: "There is no such response, or it is not yours; or no provider serves the model.",
    409: "The response to go on from is still being given.",
    410: "Its events aren't kept any more; the response itself is.",
    413: "The body is too large.",
    429: "Too many calls, or too many that wait in the conversation; `Retry-After` says when to come again.",
    502: "The provider failed.",
    503: "No provider is configured or available, or the database is away.",
    504: "The provider took too long.",
}
ITEM: Final[dict[str, Any]] = {"type": "object", "additionalProperties": True, "description": "An item of the Responses API."}


def answers_with(model: type[BaseModel], *errors: int, stream: dict[str, Any] | None = None) -> dict[int | str, dict[str, Any]]:
    """What FastAPI takes as `responses`: the answer, perhaps also as a stream, and these errors."""
    found: dict[int | str, dict[str, Any]] = {200: {"model": model} | (stream or {})}
    return found | {status: {"model": ErrorEnvelope, "description": REASONS[status]} for status in errors}


class ResponseBody(Open):
    """A request for a response. Every field of OpenAI's is known; those that mean nothing here are refused by their names."""

    model: Annotated[str, Field(max_length=256)] | None = Field(
        None, description="A name of `GET /v1/models`, or the default model when absent.", examples=["mock"]
    )
    input: str | list[dict[str, object]] | None = Field(
        None, description="A text, or items: messages, outputs of functions, references to items.", examples=[EXAMPLE_INPUT]
    )
    instructions: str | None = None
    previous_response_id: str | None = Field(None, description="Go on from this response.")
    conversation: str | dict[str, object] | None = Field(None, description="Go on in this conversation, and add to it.")
    stream: bool | None = Field(None, description="Server-sent events, numbered by `sequence_number`, ended by `[DONE]`.")
    background: bool | None = Field(None, description="Answer at once; read the response later.")
    store: bool | None = Field(
        None, description="false: kept nowhere; the response ends when its only reader leaves, and can't be read again."
    )
    when_busy: Literal["queue", "replace"] | None = Field(
        None,
        description="prosa's own: where the conversation's last message is still being answered, wait for the answer's end "
        "(`queue`, the default) or cancel it (`replace`).",
    )
    tools: list[dict[str, object]] | None = None
    tool_choice: str | dict[str, object] | None = None
    parallel_tool_calls: bool | None = None
    text: dict[str, object] | None = Field(None, examples=[{"format": {"type": "text"}}])
    reasoning: dict[str, object] | None = None
    include: list[str] | None = None
    truncation: Literal["auto", "disabled"] | None = None
    max_output_tokens: int | None = Field(None, ge=16)
    max_tool_calls: int | None = Field(None, ge=1)
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, ge=0, le=1)
    metadata: dict[str, str] | None = None


class ResponseDocument(Open):
    """A response in one of its states."""

    id: str = Field(examples=[EXAMPLE_RESPONSE])
    object: Literal["response"]
    created_at: int = Field(description="Seconds since 1970.", examples=[1760000000])
    status: Literal["queued", "in_progress", "completed", "failed", "cancelled", "incomplete"]
    model: str = Field(examples=["mock"])
    output: list[dict[str, Any]] = Field(description="What was said and called so far.")
    error: dict[str, Any] | None = Field(description="Why it failed.")
    incomplete_details: dict[str, Any] | None = Field(
        description="Why it ended early: `max_output_tokens`, `content_filter`, or prosa's own `interrupted`."
    )
    usage: dict[str, Any] | None = None
    metadata: dict[str, str]


class DeletedDocument(BaseModel):
    """A response that is gone."""

    id: str = Field(examples=[EXAMPLE_RESPONSE])
    object: Literal["response.deleted"]
    deleted: Literal[True]


class TokensDocument(BaseModel):
    """A count of tokens."""

    object: Literal["response.input_tokens"]
    input_tokens: int = Field(examples=[12])


class CompactionDocument(Open):
    """A conversation made shorter."""

    id: str = Field(examples=[EXAMPLE_RESPONSE])
    object: Literal["response.compaction"]
    created_at: int = Field(description="Seconds since 1970.", examples=[1760000000])
    output: list[dict[str, Any]] = Field(description="The user's messages, and one item of type `compaction`.")
    usage: dict[str, Any]


class _Deleted(msgspec.Struct):
    id: str
    object: Literal["response.deleted"] = "response.deleted"
    deleted: bool = True


class _Tokens(msgspec.Struct):
    input_tokens: int
    object: Literal["response.input_tokens"] = "response.input_tokens"


_encode: Final = msgspec.json.Encoder().encode


def deleted_json(response_id: str) -> bytes:
    """The JSON that says that it is gone."""
    return _encode(_Deleted(response_id))


def tokens_json(count: int) -> bytes:
    """The JSON of a count."""
    return _encode(_Tokens(count))


def _body(required: list[str]) -> dict[str, Any]:
    """What a route that reads its body itself adds to the API document."""
    schema = {
        "type": "object",
        "properties": {
            "model": {"type": "string"},
            "input": {"anyOf": [{"type": "string"}, {"type": "array", "items": ITEM}]},
            "instructions": {"type": ["string", "null"]},
            "previous_response_id": {"type": ["string", "null"]},
        },
        "required": required,
        "additionalProperties": True,
    }
    example = {"model": "mock", "input": EXAMPLE_INPUT}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}}


COUNT_BODY: Final = _body(["input"])
COMPACT_BODY: Final = _body(["model"])


@router.post(
    "/v1/responses",
    operation_id="createResponse",
    summary="Create a response",
    responses=answers_with(ResponseDocument, 400, 401, 403, 404, 409, 413, 429, 503, stream=STREAM),
)
async def create_response(_caller: Asker, body: ResponseBody) -> ResponseDocument:
    """Ask a model. What is asked is stored before the first word is shown, and the answer goes on whoever leaves: `GET
    /v1/responses/{response_id}?stream=true&starting_after=N` finds it again, from any number on."""
    raise NotImplementedError(body)
