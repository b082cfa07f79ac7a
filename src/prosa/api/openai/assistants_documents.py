"""`/v1/assistants` as the API document tells of it."""

from typing import Any, Final, Literal

from pydantic import BaseModel, Field

from prosa.api.openai.assistants_bodies import EXAMPLE_ID
from prosa.api.openai.conversations_bodies import METADATA_SCHEMA, body_document
from prosa.api.openai.documents import ErrorEnvelope
from prosa.api.openai.tool_resources import SCHEMA, new_schema

REASONS: Final = {
    400: "A field is missing, unknown, of the wrong kind or out of its bounds; `param` names it.",
    401: "The key is missing or not valid.",
    403: "The key was not made for this, or the assistant is another's who lets you use it, and no more.",
    404: "There is no such assistant, model, store or file, or it isn't yours.",
    409: "There are too many of them.",
    412: "It is being changed without end; try again.",
    413: "The body is too large.",
}


def answers(model: type[BaseModel], *errors: int) -> dict[int | str, dict[str, Any]]:
    """What FastAPI takes as `responses`."""
    found: dict[int | str, dict[str, Any]] = {200: {"model": model}}
    found |= {status: {"model": ErrorEnvelope, "description": REASONS[status]} for status in errors}
    return found | {"4XX": {"model": ErrorEnvelope, "description": "Any other refusal, such as 429."}}


class AssistantDocument(BaseModel):
    """An assistant."""

    id: str = Field(examples=[EXAMPLE_ID])
    object: Literal["assistant"]
    created_at: int = Field(description="Seconds since 1970.", examples=[1760000000])
    name: str | None = Field(examples=["Contratos"])
    description: str | None
    model: str = Field(examples=["mock"])
    instructions: str | None = Field(examples=["Answer by the contracts alone."])
    tools: list[dict[str, Any]] = Field(examples=[[{"type": "file_search"}]])
    top_p: float
    temperature: float
    reasoning_effort: str | None
    tool_resources: dict[str, Any]
    metadata: dict[str, str]
    response_format: str | dict[str, Any] = Field(examples=["auto"])


class AssistantsDocument(BaseModel):
    """A page of assistants."""

    object: Literal["list"]
    data: list[AssistantDocument]
    first_id: str | None = Field(examples=[EXAMPLE_ID])
    last_id: str | None = Field(description="Send it as `after` for the next page.", examples=[EXAMPLE_ID])
    has_more: bool


class DeletedDocument(BaseModel):
    """An assistant that is gone."""

    id: str = Field(examples=[EXAMPLE_ID])
    object: Literal["assistant.deleted"]
    deleted: Literal[True]


_EFFORTS: Final = ["none", "minimal", "low", "medium", "high", "xhigh", "max", None]
_PROPERTIES: Final[dict[str, Any]] = {
    "model": {"type": "string", "description": "A name of `GET /v1/models`."},
    "name": {"type": ["string", "null"], "maxLength": 256},
    "description": {"type": ["string", "null"], "maxLength": 512},
    "instructions": {"type": ["string", "null"], "maxLength": 256_000},
    "tools": {
        "type": ["array", "null"],
        "maxItems": 128,
        "items": {"type": "object", "additionalProperties": True},
        "description": "`function`, `file_search` and `code_interpreter`.",
    },
    "metadata": METADATA_SCHEMA,
    "temperature": {"type": ["number", "null"], "minimum": 0, "maximum": 2},
    "top_p": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
    "reasoning_effort": {"enum": _EFFORTS},
    "response_format": {
        "description": '`"auto"`, or an object of the type `text`, `json_object` or `json_schema`.',
        "type": ["string", "object", "null"],
    },
}
_EXAMPLE: Final = {
    "model": "mock",
    "name": "Contratos",
    "instructions": "Answer by the contracts alone.",
    "tools": [{"type": "file_search"}],
    "metadata": {"topic": "burros"},
}


def _document(resources: dict[str, Any], example: dict[str, Any], required: list[str]) -> dict[str, Any]:
    document = body_document(_PROPERTIES | {"tool_resources": resources}, example, required=False)
    body = document["requestBody"]
    body["required"] = True
    if required:
        body["content"]["application/json"]["schema"]["required"] = required
    return document


CREATION: Final = _document(new_schema(), _EXAMPLE, ["model"])
CHANGE: Final = _document(SCHEMA, {"name": "Contratos de 2026", "description": None}, [])
