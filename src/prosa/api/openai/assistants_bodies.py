"""What `/v1/assistants` is sent and answers, in OpenAI's fields.

Source: `openai.types.beta.assistant*` of the official SDK. Of a change, what isn't named stays as it is; null empties what can be
empty, and leaves the model, the tools and their resources as they are.
"""

from dataclasses import replace
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from prosa.answers import (
    ChangedResources,
    GivenResources,
    Resources,
    changed_resources,
    check_depth,
    checked,
    wanted_resources,
)
from prosa.assistants import (
    ASSISTANT,
    Assistant,
    Definition,
    Description,
    Draft,
    Effort,
    Format,
    Instructions,
    Metadata,
    Model,
    Name,
    Page,
    Temperature,
    Tool,
    Tools,
    TopP,
)

_DEFAULT: Final = 1.0  # what OpenAI shows of temperature and top_p that nobody chose


class NewAssistant(Struct, forbid_unknown_fields=True):
    """The body of a creation."""

    model: Model
    name: Name | None = None
    description: Description | None = None
    instructions: Instructions | None = None
    tools: Tools | None = None
    tool_resources: GivenResources | None = None
    metadata: Metadata | None = None
    temperature: Temperature | None = None
    top_p: TopP | None = None
    reasoning_effort: Effort | None = None
    response_format: Format | None = None


class AssistantEdit(Struct, forbid_unknown_fields=True):
    """The body of a change."""

    model: Model | None = None
    name: Name | UnsetType | None = UNSET
    description: Description | UnsetType | None = UNSET
    instructions: Instructions | UnsetType | None = UNSET
    tools: Tools | None = None
    tool_resources: ChangedResources | None = None
    metadata: Metadata | UnsetType | None = UNSET
    temperature: Temperature | UnsetType | None = UNSET
    top_p: TopP | UnsetType | None = UNSET
    reasoning_effort: Effort | UnsetType | None = UNSET
    response_format: Format | UnsetType | None = UNSET


_new_assistant: Final = msgspec.json.Decoder(NewAssistant)
_assistant_edit: Final = msgspec.json.Decoder(AssistantEdit)
_encode: Final = msgspec.json.Encoder().encode


def read_new_assistant(raw: bytes, id: str | None) -> Draft:
    """An assistant to be; `id` is that of a repeated request. Raises BadRequest and NotFound that name the field."""
    check_depth(raw)
    body = checked(_new_assistant, raw)
    wanted = wanted_resources(body.tool_resources or GivenResources())
    store = None if wanted.store is None else replace(wanted.store, name=body.name or "")
    definition = Definition(
        model=body.model,
        name=body.name,
        description=body.description,
        instructions=body.instructions,
        tools=body.tools or [],
        store_ids=_listed(wanted.resources.store_ids),
        file_ids=_listed(wanted.resources.file_ids),
        metadata=body.metadata or {},
        temperature=body.temperature,
        top_p=body.top_p,
        reasoning_effort=body.reasoning_effort,
        response_format=body.response_format or "auto",
    )
    return Draft(definition, store, id)


def read_edit(raw: bytes) -> AssistantEdit:
    """A change. Raises BadRequest that names the field."""
    check_depth(raw)
    return checked(_assistant_edit, raw)


def edited(edit: AssistantEdit, definition: Definition) -> Definition:
    """What becomes of a definition. Raises NotFound for what can't be an id."""
    changes: dict[str, Any] = {}  # by the fields of Definition, whose types those of the body are
    for name in ("name", "description", "instructions", "temperature", "top_p", "reasoning_effort"):
        value = getattr(edit, name)
        if value is not UNSET:
            changes[name] = value
    if edit.metadata is not UNSET:
        changes["metadata"] = edit.metadata or {}
    if edit.response_format is not UNSET:
        changes["response_format"] = edit.response_format or "auto"
    if edit.model is not None:
        changes["model"] = edit.model
    if edit.tools is not None:
        changes["tools"] = edit.tools
    if edit.tool_resources is not None:
        resources = changed_resources(edit.tool_resources, _resources(definition))
        changes |= {"store_ids": _listed(resources.store_ids), "file_ids": _listed(resources.file_ids)}
    return msgspec.structs.replace(definition, **changes)


def _listed(ids: tuple[str, ...] | None) -> list[str] | None:
    return None if ids is None else list(ids)


def _resources(definition: Definition) -> Resources:
    stores, files = definition.store_ids, definition.file_ids
    return Resources(None if stores is None else tuple(stores), None if files is None else tuple(files))


class ShownAssistant(Struct):
    """An assistant as OpenAI shows one; moments in seconds since 1970."""

    id: str
    created_at: int
    name: str | None
    description: str | None
    model: str
    instructions: str | None
    tools: list[Tool]
    top_p: float
    temperature: float
    reasoning_effort: Effort | None
    tool_resources: Raw
    metadata: dict[str, str]
    response_format: Format
    object: Literal["assistant"] = "assistant"


class ShownPage(Struct):
    """A page of them."""

    data: list[ShownAssistant]
    first_id: str | None
    last_id: str | None
    has_more: bool
    object: Literal["list"] = "list"


class Deleted(Struct):
    """That it is gone."""

    id: str
    deleted: bool = True
    object: Literal["assistant.deleted"] = "assistant.deleted"


def shown(assistant: Assistant) -> ShownAssistant:
    """An assistant as the API shows it."""
    told = assistant.definition
    return ShownAssistant(
        id=assistant.shown,
        created_at=int(assistant.created_at),
        name=told.name,
        description=told.description,
        model=told.model,
        instructions=told.instructions,
        tools=told.tools,
        top_p=_DEFAULT if told.top_p is None else told.top_p,
        temperature=_DEFAULT if told.temperature is None else told.temperature,
        reasoning_effort=told.reasoning_effort,
        tool_resources=Raw(_resources(told).shown()),
        metadata=told.metadata,
        response_format=told.response_format,
    )


def assistant_json(assistant: Assistant) -> bytes:
    """An assistant's JSON."""
    return _encode(shown(assistant))


def page_json(page: Page) -> bytes:
    """A page's JSON."""
    data = [shown(each) for each in page.assistants]
    first, last = (data[0].id, data[-1].id) if data else (None, None)
    return _encode(ShownPage(data, first, last, page.more))


def deleted_json(id: str) -> bytes:
    """The JSON that says so."""
    return _encode(Deleted(id))


EXAMPLE_ID: Final = ASSISTANT + "7b6821146d1743da97c764a12dd4ed93"
