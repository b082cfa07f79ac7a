"""`tool_resources` of assistants and threads: vector stores to be searched, and files for Python.

Source: `openai.types.beta.assistant_create_params`, `assistant_update_params` of the official SDK.
"""

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from prosa.answers import InvalidValue
from prosa.api.openai.file_models import PREFIX as FILE
from prosa.assistants import MOST_FILES, MOST_STORES, Id, Metadata, NewStore, StoreNotFound
from prosa.files import FileNotFound
from prosa.kit.ids import without_prefix

STORE: Final = "vs_"
MOST_STORE_FILES: Final = 10_000
_FILES: Final = "tool_resources.code_interpreter.file_ids"
_STORES: Final = "tool_resources.file_search.vector_store_ids"
_NEW: Final = "tool_resources.file_search.vector_stores[0]"

StoreIds = Annotated[list[Id], Meta(max_length=MOST_STORES)]
FileIds = Annotated[list[Id], Meta(max_length=MOST_FILES)]


class AutoChunking(Struct, tag="auto", tag_field="type", forbid_unknown_fields=True):
    """As the server likes."""


class ChunkSizes(Struct, forbid_unknown_fields=True):
    """In tokens."""

    max_chunk_size_tokens: Annotated[int, Meta(ge=100, le=4096)]
    chunk_overlap_tokens: Annotated[int, Meta(ge=0)]


class StaticChunking(Struct, tag="static", tag_field="type", forbid_unknown_fields=True):
    """As the caller likes."""

    static: ChunkSizes


class StoreBody(Struct, forbid_unknown_fields=True):
    """A vector store to be made on the way."""

    file_ids: Annotated[list[Id], Meta(max_length=MOST_STORE_FILES)] | None = None
    chunking_strategy: AutoChunking | StaticChunking | None = None
    metadata: Metadata | None = None


class Interpreter(Struct, forbid_unknown_fields=True):
    """Files for Python."""

    file_ids: FileIds | None = None


class Search(Struct, forbid_unknown_fields=True):
    """Stores to be searched."""

    vector_store_ids: StoreIds | None = None


class NewSearch(Struct, forbid_unknown_fields=True):
    """The same where a store may be made with it."""

    vector_store_ids: StoreIds | None = None
    vector_stores: Annotated[list[StoreBody], Meta(max_length=MOST_STORES)] | None = None


class NewResources(Struct, forbid_unknown_fields=True):
    """Of what is being made."""

    code_interpreter: Interpreter | None = None
    file_search: NewSearch | None = None


class ResourceChanges(Struct, forbid_unknown_fields=True):
    """Of what is being changed: a tool that isn't named keeps what it has."""

    code_interpreter: Interpreter | UnsetType | None = UNSET
    file_search: Search | UnsetType | None = UNSET


class Given(Struct, frozen=True):
    """What was said of resources: stored ids, None where nothing was; and the store that is to be made in place of ids."""

    store_ids: list[str] | None = None
    file_ids: list[str] | None = None
    store: NewStore | None = None


def given(resources: NewResources | None, name: str = "") -> Given:
    """What a creation says; `name` is for the store that it makes. Raises InvalidValue, StoreNotFound, FileNotFound."""
    if resources is None:
        return Given()
    interpreter, search = resources.code_interpreter, resources.file_search
    files = None if interpreter is None else _file_ids(interpreter.file_ids or (), _FILES)
    if search is None:
        return Given(file_ids=files)
    if search.vector_store_ids and search.vector_stores:
        raise InvalidValue("tool_resources.file_search", "'vector_store_ids' or 'vector_stores', not both")
    if not search.vector_stores:
        return Given(_store_ids(search.vector_store_ids or ()), files)
    return Given(None, files, _new_store(search.vector_stores[0], name))


def changed(changes: ResourceChanges, store_ids: list[str] | None, file_ids: list[str] | None) -> Given:
    """What is there after a change. Raises StoreNotFound, FileNotFound."""
    interpreter, search = changes.code_interpreter, changes.file_search
    if not isinstance(search, UnsetType):
        store_ids = None if search is None else _store_ids(search.vector_store_ids or ())
    if not isinstance(interpreter, UnsetType):
        file_ids = None if interpreter is None else _file_ids(interpreter.file_ids or (), _FILES)
    return Given(store_ids, file_ids)


class ShownResources(Struct, omit_defaults=True):
    """As they are shown: a tool of which nothing was said is not in it."""

    code_interpreter: dict[str, list[str]] | None = None
    file_search: dict[str, list[str]] | None = None


def shown_resources(store_ids: list[str] | None, file_ids: list[str] | None) -> ShownResources:
    """The same with the ids that the API shows."""
    return ShownResources(
        None if file_ids is None else {"file_ids": [FILE + id for id in file_ids]},
        None if store_ids is None else {"vector_store_ids": [STORE + id for id in store_ids]},
    )


def _new_store(body: StoreBody, name: str) -> NewStore:
    files = tuple(_file_ids(body.file_ids or (), f"{_NEW}.file_ids"))
    metadata = msgspec.json.encode(body.metadata or {})
    if not isinstance(body.chunking_strategy, StaticChunking):
        return NewStore(name, files, metadata=metadata)
    sizes = body.chunking_strategy.static
    if sizes.chunk_overlap_tokens * 2 > sizes.max_chunk_size_tokens:
        place = f"{_NEW}.chunking_strategy.static.chunk_overlap_tokens"
        raise InvalidValue(place, "at most half of 'max_chunk_size_tokens'")
    return NewStore(name, files, sizes.max_chunk_size_tokens, sizes.chunk_overlap_tokens, metadata)


def _store_ids(shown: list[str] | tuple[()]) -> list[str]:
    found = {}
    for text in shown:
        bare = without_prefix(text, STORE)
        if bare is None:
            raise StoreNotFound(text, _STORES)
        found[bare] = None
    return list(found)


def _file_ids(shown: list[str] | tuple[()], param: str) -> list[str]:
    found = {}
    for text in shown:
        bare = without_prefix(text, FILE)
        if bare is None:
            raise FileNotFound(param)
        found[bare] = None
    return list(found)


# For the API document

_IDS: Final = {"type": ["array", "null"], "items": {"type": "string"}}
SCHEMA: Final[dict[str, Any]] = {
    "type": ["object", "null"],
    "properties": {
        "code_interpreter": {
            "type": ["object", "null"],
            "properties": {"file_ids": _IDS | {"maxItems": MOST_FILES, "description": "Files for Python."}},
        },
        "file_search": {
            "type": ["object", "null"],
            "properties": {"vector_store_ids": _IDS | {"maxItems": MOST_STORES, "description": "The store to be searched."}},
        },
    },
}
_NEW_STORE: Final = {
    "type": "object",
    "properties": {
        "file_ids": _IDS,
        "chunking_strategy": {"type": ["object", "null"], "description": "`auto`, or `static` with two numbers of tokens."},
        "metadata": {"type": ["object", "null"]},
    },
}


def new_schema() -> dict[str, Any]:
    """The same where a store may be made on the way."""
    search = SCHEMA["properties"]["file_search"]
    stores = {
        "type": ["array", "null"],
        "items": _NEW_STORE,
        "maxItems": MOST_STORES,
        "description": "A store to be made with these files, in place of an id.",
    }
    widened = search | {"properties": search["properties"] | {"vector_stores": stores}}
    return SCHEMA | {"properties": SCHEMA["properties"] | {"file_search": widened}}
