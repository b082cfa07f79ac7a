"""A's bodies, as the API document tells of them, and how they are read."""

from typing import Any, Final, TypeVar

import msgspec
from pydantic import BaseModel, Field

from prosa.api.legacy.assistant.errors import Missing
from prosa.kit.errors import BadRequest

T = TypeVar("T")
_fields: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Failure(BaseModel):
    """Every error of this dialect."""

    error: str = Field(examples=["Assistente não encontrado"])


class ChatBody(BaseModel):
    """A message for an assistant. Without `thread_id` a new conversation begins."""

    assistant_id: str = Field(examples=["asst_0194b1a1f4e27d3aa4b5c6d7e8f90a1b"])
    message: str = Field(examples=["Olá!"])
    thread_id: str | None = None
    file_ids: list[str] | None = Field(
        default=None, description="Files of `POST /api/upload`: documents are searched, images are seen."
    )


class ChatAnswer(BaseModel):
    """What the assistant said."""

    response: str = Field(examples=["Olá! Como posso ajudar?"])
    thread_id: str = Field(description="Send it with the next message, to go on.")
    assistant_id: str


class AssistantBody(BaseModel):
    """An assistant to be made."""

    name: str = Field(examples=["12 - Jardim"])
    model: str = Field(examples=["gpt-4o-mini"])
    instructions: str | None = Field(default=None, examples=["Responda pela convenção do condomínio."])
    description: str | None = None
    tools: list[dict[str, Any]] = Field(default_factory=list, examples=[[{"type": "file_search"}]])
    tool_resources: dict[str, Any] | None = None


class AssistantShown(BaseModel):
    """An assistant, with the vendor's fields; texts that aren't there are empty."""

    id: str
    object: str
    created_at: int
    name: str
    description: str
    model: str
    instructions: str
    tools: list[dict[str, Any]]
    top_p: float
    temperature: float
    reasoning_effort: str | None
    tool_resources: dict[str, Any]
    metadata: dict[str, str]
    response_format: str | dict[str, Any]


class AssistantsShown(BaseModel):
    """A part of the assistants that one may use, by name."""

    assistants: list[AssistantShown]
    total: int
    has_more: bool
    source: str = Field(examples=["api_key_auth"])


class FileShown(BaseModel):
    """A file that was stored."""

    id: str
    object: str
    bytes: int
    created_at: int
    filename: str
    purpose: str


REASONS: Final = {
    400: "The body is no JSON, or a field is missing or wrong: `error` tells which.",
    401: "`API key obrigatória` or `API key inválida ou expirada`.",
    403: "`Permissões insuficientes para esta operação`.",
    404: "There is no such assistant, conversation or file, or it isn't yours.",
    409: "The conversation is being answered.",
    413: "The body is too large.",
    429: "Too many requests; `Retry-After` says how long to wait.",
    502: "The model gave no answer.",
    503: "The server is too busy, or its database is away.",
    504: "The answer takes too long; it goes on, and is in the conversation later.",
}


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What FastAPI takes as `responses`."""
    found: dict[int | str, dict[str, Any]] = {status: {"model": Failure, "description": REASONS[status]} for status in statuses}
    return found | {"4XX": {"model": Failure, "description": "Any other refusal."}}


def body_of(model: type[BaseModel]) -> dict[str, Any]:
    """What FastAPI takes as `openapi_extra` of a route that reads its body itself."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": model.model_json_schema()}}}}


def read(raw: bytes, kind: type[T], required: tuple[str, ...]) -> T:
    """A body in its form. Raises Missing naming what is, in the contract's words; BadRequest."""
    try:
        fields = _fields(raw)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BadRequest("O corpo não é um objeto JSON válido") from error
    if not all(name in fields and bytes(fields[name]) not in (b"null", b'""') for name in required):
        raise Missing(f"{' e '.join(required)} são campos obrigatórios")
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise BadRequest(f"Campo inválido: {error}") from error
