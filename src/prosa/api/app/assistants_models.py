"""Assistants as the app's API shows and takes them."""

from typing import Annotated, Any, Final

import msgspec
from fastapi import Path
from pydantic import BaseModel, Field

from prosa import assistants as feature
from prosa.answers import check_depth, checked
from prosa.api.app.shapes import EXAMPLE_ID, Body, Moment, example
from prosa.api.app.tags import Tags
from prosa.assistants import AssistantFileNotFound, Audience, Definition, Effort, Right
from prosa.kit import moments
from prosa.kit.ids import brought_id

EXAMPLE_ASSISTANT: Final = feature.ASSISTANT + EXAMPLE_ID
STORE: Final = "vs_"
FILE: Final = "file-"
AssistantId = Annotated[str, Path(max_length=256, examples=[EXAMPLE_ASSISTANT])]
VersionNumber = Annotated[int, Path(ge=1, le=2**53, examples=[1])]
Json = dict[str, Any]  # whose shape the feature judges
Key = Annotated[str, Field(max_length=64)]
Word = Annotated[str, Field(max_length=512)]
Starter = Annotated[str, Field(min_length=1, max_length=500, examples=["Quando vence o contrato?"])]
Tokens = Annotated[int, Field(ge=256, le=100_000_000)]


class AssistantLimits(Body):
    """What one run may use at most, in tokens."""

    max_prompt_tokens: Tokens | None = None
    max_completion_tokens: Tokens | None = None


class Fields(Body):
    """What can be said of an assistant."""

    description: str | None = Field(None, max_length=512, examples=["Reads contracts."])
    instructions: str | None = Field(None, max_length=256_000, examples=["Answer by the contracts alone."])
    tools: list[Json] | None = Field(
        None, max_length=128, description="As of `/v1/assistants`.", examples=[[{"type": "file_search"}]]
    )
    vector_store_ids: list[str] | None = Field(None, max_length=1, description="The store that is searched.")
    file_ids: list[str] | None = Field(None, max_length=20, description="Files for Python.")
    metadata: Annotated[dict[Key, Word], Field(max_length=16)] | None = None
    temperature: float | None = Field(None, ge=0, le=2, description="Null: as the model has it.")
    top_p: float | None = Field(None, ge=0, le=1)
    reasoning_effort: Effort | None = None
    response_format: str | Json | None = Field(None, description="`auto`, or as of `/v1/assistants`.")
    starters: list[Starter] | None = Field(None, max_length=8, description="What a conversation with it could begin with.")
    limits: AssistantLimits | None = None


class NewAssistant(Fields):
    """An assistant to be."""

    model_config = example(name="Contratos", instructions="Answer by the contracts alone.", starters=["Quando vence?"])

    name: str = Field(min_length=1, max_length=256, examples=["Contratos"])
    model: str | None = Field(None, min_length=1, max_length=256, description="Without one, the server's default.")


class AssistantPatch(Fields):
    """What is to be different. Null empties a field; what isn't named stays."""

    model_config = example(description="Reads the contracts of 2026.")

    name: str = Field("", min_length=1, max_length=256, examples=["Contratos"])
    model: str = Field("", min_length=1, max_length=256)


class Content(BaseModel):
    """What a version of an assistant says."""

    name: str | None = Field(examples=["Contratos"])
    description: str | None
    model: str = Field(examples=["mock"])
    instructions: str | None
    tools: list[Json]
    vector_store_ids: list[str]
    file_ids: list[str]
    metadata: dict[str, str]
    temperature: float | None
    top_p: float | None
    reasoning_effort: Effort | None
    response_format: str | Json
    starters: list[str]
    limits: AssistantLimits


class AssistantLine(BaseModel):
    """An assistant in a list."""

    id: str = Field(examples=[EXAMPLE_ASSISTANT])
    etag: str = Field(description="Which state this is; for `If-Match`.")
    name: str | None = Field(examples=["Contratos"])
    description: str | None
    model: str = Field(examples=["mock"])
    tool_types: list[str] = Field(description="Which kinds of tools it has.", examples=[["file_search"]])
    starters: list[str]
    picture: str | None = Field(description="Where its picture is, null where it has none; another address for another picture.")
    owner: str | None = Field(description="Its owner's name; null where it is one's own, or its owner is no person.")
    right: Right = Field(description="What one may do with it: `use`, `edit`, or all that an owner may: `own`.")
    audience: Audience = Field(description="For whom it is there beside its owner.")
    version: int = Field(description="The number of its newest version.", examples=[1])
    created_at: Moment
    updated_at: Moment


class Assistant(AssistantLine, Content):
    """An assistant with all that it says."""


def changes_of(body: NewAssistant | AssistantPatch) -> dict[str, Any]:
    """What a body says, by the fields of Definition. Raises BadRequest, StoreNotFound, AssistantFileNotFound."""
    found: dict[str, Any] = {}
    for name in body.model_fields_set:
        reader = _READERS.get(name)
        value = getattr(body, name)
        found[_STORED.get(name, name)] = value if reader is None else reader(value)
    return found


def _tools(value: list[Json] | None) -> object:
    return _checked(_decode_tools, value or [], "tools")


def _format(value: str | Json | None) -> object:
    return _checked(_decode_format, "auto" if value is None else value, "response_format")


def _limits(value: AssistantLimits | None) -> feature.Limits:
    return feature.Limits(value.max_prompt_tokens, value.max_completion_tokens) if value is not None else feature.Limits()


def _stores(value: list[str] | None) -> list[str] | None:
    return None if value is None else [_store(text) for text in value]


def _store(shown: str) -> str:
    bare = brought_id(shown, STORE)
    if bare is None:
        raise feature.StoreNotFound(shown, "vector_store_ids")
    return bare


def _files(value: list[str] | None) -> list[str] | None:
    return None if value is None else [_file(text) for text in value]


def _file(shown: str) -> str:
    bare = brought_id(shown, FILE)
    if bare is None:
        raise AssistantFileNotFound(shown, "file_ids")
    return bare


def _checked(decoder: "msgspec.json.Decoder[Any]", value: object, place: str) -> Any:  # of the decoder's type
    raw = msgspec.json.encode(value)
    check_depth(raw)
    return checked(decoder, raw, place)


_decode_tools: Final = msgspec.json.Decoder(feature.Tools)
_decode_format: Final[msgspec.json.Decoder[Any]] = msgspec.json.Decoder(feature.Format)
_STORED: Final = {"vector_store_ids": "store_ids"}
_READERS: Final[dict[str, Any]] = {
    "tools": _tools,
    "response_format": _format,
    "limits": _limits,
    "vector_store_ids": _stores,
    "file_ids": _files,
    "metadata": lambda value: value or {},
    "starters": lambda value: value or [],
}


def content_shown(told: Definition) -> Content:
    """What a version says, as the API shows it."""
    return Content(**_content(told))


def _content(told: Definition) -> dict[str, Any]:
    limits = told.limits
    return {
        "name": told.name,
        "description": told.description,
        "model": told.model,
        "instructions": told.instructions,
        "tools": _plain(told.tools),
        "vector_store_ids": [STORE + id for id in told.store_ids or ()],
        "file_ids": [FILE + id for id in told.file_ids or ()],
        "metadata": told.metadata,
        "temperature": told.temperature,
        "top_p": told.top_p,
        "reasoning_effort": told.reasoning_effort,
        "response_format": _plain(told.response_format),
        "starters": told.starters,
        "limits": AssistantLimits(max_prompt_tokens=limits.max_prompt_tokens, max_completion_tokens=limits.max_completion_tokens),
    }


def _plain(value: object) -> Any:  # JSON
    return msgspec.json.decode(msgspec.json.encode(value))


def _line(found: feature.Assistant, tags: Tags, owner: str | None) -> dict[str, Any]:
    told = found.definition
    return {
        "id": found.shown,
        "etag": tags.of(found.id, found.state),
        "name": told.name,
        "description": told.description,
        "model": told.model,
        "tool_types": sorted({tool["type"] for tool in _plain(told.tools)}),
        "starters": told.starters,
        "picture": None if found.picture is None else f"/api/v1/assistants/{found.shown}/picture?of={found.picture[:8]}",
        "owner": owner,
        "right": found.right,
        "audience": found.audience,
        "version": found.version,
        "created_at": moments.shown(moments.stored(found.created_at)),
        "updated_at": moments.shown(moments.stored(found.updated_at)),
    }


def line_shown(found: feature.Assistant, tags: Tags, owner: str | None) -> AssistantLine:
    """An assistant in a list."""
    return AssistantLine(**_line(found, tags, owner))


def assistant_shown(found: feature.Assistant, tags: Tags, owner: str | None) -> Assistant:
    """An assistant with all that it says."""
    return Assistant(**_line(found, tags, owner) | _content(found.definition))
