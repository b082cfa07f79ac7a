"""Vector stores as the API document tells of them."""

from typing import Any, Final, Literal

from pydantic import BaseModel, Field

from prosa.api.openai.documents import ErrorEnvelope

EXAMPLE_STORE: Final = "vs_7b6821146d1743da97c764a12dd4ed93"
EXAMPLE_BATCH: Final = "vsfb_9d2c61f0a5b84e1d8f7f3ce2a1b0c4d5"
EXAMPLE_FILE: Final = "file-7b6821146d1743da97c764a12dd4ed93"
EXAMPLE_FILTER: Final = {"type": "eq", "key": "year", "value": 2026}

_REASONS: Final = {
    400: "A field is missing, unknown, of the wrong kind or out of its bounds; `param` names it.",
    401: "The key is missing or not valid.",
    403: "The key was not made for this, or no more can be kept.",
    404: "There is no such thing, or it is not yours.",
    413: "The body is too large.",
    429: "Too many calls, or too many batches are being read; `Retry-After` says when to come again.",
}


def answers(model: type[BaseModel], *errors: int) -> dict[int | str, dict[str, Any]]:
    """What FastAPI takes as `responses`: the answer, and these errors."""
    found: dict[int | str, dict[str, Any]] = {200: {"model": model}}
    found |= {status: {"model": ErrorEnvelope, "description": _REASONS[status]} for status in sorted({401, 403, 404, *errors})}
    return found | {"4XX": {"model": ErrorEnvelope, "description": "Any other refusal."}}


class Counts(BaseModel):
    """How many files stand where."""

    in_progress: int
    completed: int
    failed: int
    cancelled: int
    total: int


class ExpiresAfter(BaseModel):
    """When it is emptied."""

    anchor: Literal["last_active_at"]
    days: int = Field(ge=1, le=365, examples=[30])


class OwnOfStore(BaseModel):
    """What OpenAI's API doesn't tell."""

    description: str | None
    embedding_model: str | None = Field(description="Whose vectors it holds; null: it is searched by its words alone.")


class StoreDocument(BaseModel):
    """A vector store."""

    id: str = Field(examples=[EXAMPLE_STORE])
    object: Literal["vector_store"]
    created_at: int = Field(description="Seconds since 1970.", examples=[1760000000])
    name: str = Field(examples=["Contratos"])
    usage_bytes: int = Field(description="Of the passages and their vectors.")
    file_counts: Counts
    status: Literal["in_progress", "completed", "expired"]
    expires_after: ExpiresAfter | None
    expires_at: int | None
    last_active_at: int
    metadata: dict[str, str]
    prosa: OwnOfStore


class Chunking(BaseModel):
    """How the file was cut."""

    max_chunk_size_tokens: int = Field(ge=100, le=4096, examples=[800])
    chunk_overlap_tokens: int = Field(examples=[400])


class StaticStrategy(BaseModel):
    """Passages of about one size."""

    type: Literal["static"]
    static: Chunking


class LastError(BaseModel):
    """Why a file couldn't be read."""

    code: Literal["server_error", "unsupported_file", "invalid_file"]
    message: str


class OwnOfFile(BaseModel):
    """What OpenAI's API doesn't tell."""

    filename: str = Field(examples=["contrato.pdf"])
    batch_id: str = Field(description="The batch it came with; its run tells how far it is.", examples=[EXAMPLE_BATCH])


class StoredFileDocument(BaseModel):
    """A file in a store."""

    id: str = Field(examples=[EXAMPLE_FILE])
    object: Literal["vector_store.file"]
    created_at: int = Field(examples=[1760000000])
    vector_store_id: str = Field(examples=[EXAMPLE_STORE])
    status: Literal["in_progress", "completed", "cancelled", "failed"]
    usage_bytes: int
    last_error: LastError | None
    attributes: dict[str, str | float | bool]
    chunking_strategy: StaticStrategy
    prosa: OwnOfFile


class BatchDocument(BaseModel):
    """Files that were added together. The run that reads them has the same id with `run_` before it."""

    id: str = Field(examples=[EXAMPLE_BATCH])
    object: Literal["vector_store.files_batch"]
    created_at: int = Field(examples=[1760000000])
    vector_store_id: str = Field(examples=[EXAMPLE_STORE])
    status: Literal["in_progress", "completed", "cancelled", "failed"]
    file_counts: Counts


class GoneDocument(BaseModel):
    """What is gone."""

    id: str = Field(examples=[EXAMPLE_STORE])
    object: Literal["vector_store.deleted", "vector_store.file.deleted"]
    deleted: Literal[True]


class StoresDocument(BaseModel):
    """A page of stores."""

    object: Literal["list"]
    data: list[StoreDocument]
    first_id: str | None = Field(examples=[EXAMPLE_STORE])
    last_id: str | None = Field(description="Send it as `after` for the next page.", examples=[EXAMPLE_STORE])
    has_more: bool


class FilesDocument(BaseModel):
    """A page of a store's files."""

    object: Literal["list"]
    data: list[StoredFileDocument]
    first_id: str | None = Field(examples=[EXAMPLE_FILE])
    last_id: str | None = Field(description="Send it as `after` for the next page.", examples=[EXAMPLE_FILE])
    has_more: bool


class TextDocument(BaseModel):
    """A passage."""

    type: Literal["text"]
    text: str


class ContentDocument(BaseModel):
    """What was read out of a file: its passages, which overlap."""

    object: Literal["vector_store.file_content.page"]
    file_id: str = Field(examples=[EXAMPLE_FILE])
    filename: str
    attributes: dict[str, str | float | bool]
    data: list[TextDocument]
    has_more: bool
    next_page: None = None


class OwnOfHit(BaseModel):
    """Where the passage stands: its page from 1 on, the titles above it, and its place in the text that was read."""

    vector_store_id: str = Field(examples=[EXAMPLE_STORE])
    page: int | None
    heading: list[str]
    start: int
    end: int


class HitDocument(BaseModel):
    """A passage that answers."""

    file_id: str = Field(examples=[EXAMPLE_FILE])
    filename: str
    score: float
    attributes: dict[str, str | float | bool]
    content: list[TextDocument]
    prosa: OwnOfHit


class HitsDocument(BaseModel):
    """What was found, the best first."""

    object: Literal["vector_store.search_results.page"]
    search_query: list[str]
    data: list[HitDocument]
    has_more: bool
    next_page: None = None


_METADATA: Final = {
    "type": ["object", "null"],
    "maxProperties": 16,
    "additionalProperties": {"type": "string", "maxLength": 512},
    "description": "At most 16 pairs; names of at most 64 characters, texts of at most 512.",
}
_ATTRIBUTES: Final = {
    "type": ["object", "null"],
    "maxProperties": 16,
    "additionalProperties": {"type": ["string", "number", "boolean"]},
    "description": "What the file is found by beside its words: at most 16 pairs, names of at most 64 characters, texts of 512.",
}
_STRATEGY: Final = {
    "type": ["object", "null"],
    "description": '`{"type": "auto"}`, or `static` with the sizes of the passages in tokens.',
    "properties": {"type": {"type": "string", "enum": ["auto", "static"]}, "static": {"type": "object"}},
    "required": ["type"],
}
_EXPIRES: Final = {
    "type": ["object", "null"],
    "properties": {
        "anchor": {"type": "string", "enum": ["last_active_at"]},
        "days": {"type": "integer", "minimum": 1, "maximum": 365},
    },
    "required": ["anchor", "days"],
}
_NAME: Final = {"type": ["string", "null"], "maxLength": 256}
_FILE_IDS: Final = {"type": ["array", "null"], "items": {"type": "string"}, "maxItems": 2000}
_FILE: Final = {"file_id": {"type": "string"}, "attributes": _ATTRIBUTES, "chunking_strategy": _STRATEGY}


def _body(properties: dict[str, Any], example: object, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a route that reads its body itself adds to the API document."""
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        schema["required"] = list(required)
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": bool(required), "content": content}}


NEW_STORE: Final = _body(
    {
        "name": _NAME,
        "description": {"type": ["string", "null"], "maxLength": 1024},
        "file_ids": _FILE_IDS,
        "chunking_strategy": _STRATEGY,
        "expires_after": _EXPIRES,
        "metadata": _METADATA,
    },
    {"name": "Contratos", "metadata": {"topic": "burros"}},
)
STORE_CHANGE: Final = _body(
    {
        "name": _NAME,
        "expires_after": _EXPIRES,
        "metadata": _METADATA,
        "prosa": {
            "type": ["object", "null"],
            "properties": {"embedding_model": {"type": ["string", "null"]}},
            "description": "`embedding_model`: another model, by which the passages are embedded anew in the background.",
        },
    },
    {"name": "Contratos de 2026"},
)
NEW_FILE: Final = _body(_FILE, {"file_id": EXAMPLE_FILE, "attributes": {"year": 2026}}, ("file_id",))
FILE_CHANGE: Final = _body({"attributes": _ATTRIBUTES}, {"attributes": {"year": 2027}}, ("attributes",))
NEW_BATCH: Final = _body(
    {
        "file_ids": _FILE_IDS,
        "files": {"type": ["array", "null"], "items": {"type": "object", "properties": _FILE}, "maxItems": 2000},
        "attributes": _ATTRIBUTES,
        "chunking_strategy": _STRATEGY,
    },
    {"file_ids": [EXAMPLE_FILE]},
    (),
)
SEARCH: Final = _body(
    {
        "query": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "maxItems": 10}]},
        "filters": {"type": ["object", "null"], "description": "A comparison of an attribute, or several joined by and, or."},
        "max_num_results": {"type": ["integer", "null"], "minimum": 1, "maximum": 50, "default": 10},
        "ranking_options": {"type": ["object", "null"]},
        "rewrite_query": {"type": ["boolean", "null"], "description": "Taken, and of no effect."},
    },
    {"query": "Quem assinou o contrato?", "filters": EXAMPLE_FILTER},
    ("query",),
)
