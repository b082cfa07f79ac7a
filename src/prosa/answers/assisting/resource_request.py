"""`tool_resources` of a thread, as the Assistants API is sent them: ids as they are shown.

Source: `openai.types.beta.thread_create_params`, `thread_update_params` of the official SDK.
"""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from prosa.answers.assisting.resources import FILE, STORE, Resources, Wanted
from prosa.answers.assisting.thread_errors import AttachedFileNotFound, AttachedStoreNotFound
from prosa.answers.responses import InvalidValue
from prosa.answers.responses.request import Metadata
from prosa.assistants import MOST_FILES, MOST_STORES, Id, NewStore
from prosa.kit.ids import brought_id

MOST_STORED: Final = 10_000
"""Files of a store that is made with a thread."""


class AutoChunking(Struct, tag="auto", tag_field="type", forbid_unknown_fields=True):
    """As the server finds it right."""


class Sizes(Struct, forbid_unknown_fields=True):
    """In tokens."""

    max_chunk_size_tokens: Annotated[int, Meta(ge=100, le=4096)]
    chunk_overlap_tokens: Annotated[int, Meta(ge=0)]


class StaticChunking(Struct, tag="static", tag_field="type", forbid_unknown_fields=True):
    """Of these sizes."""

    static: Sizes


class InlineStore(Struct, forbid_unknown_fields=True):
    """A vector store that is made with the thread."""

    file_ids: Annotated[list[Id], Meta(max_length=MOST_STORED)] | None = None
    chunking_strategy: AutoChunking | StaticChunking | None = None
    metadata: Metadata | None = None


class CodeResources(Struct, forbid_unknown_fields=True):
    """What the code interpreter gets."""

    file_ids: Annotated[list[Id], Meta(max_length=MOST_FILES)] | None = None


class SearchResources(Struct, forbid_unknown_fields=True):
    """What the file search looks through."""

    vector_store_ids: Annotated[list[Id], Meta(max_length=MOST_STORES)] | None = None


class NewSearchResources(SearchResources, forbid_unknown_fields=True):
    """The same where a store may be made with it."""

    vector_stores: Annotated[list[InlineStore], Meta(max_length=MOST_STORES)] | None = None


class GivenResources(Struct, forbid_unknown_fields=True):
    """Of a thread that is made, or of a run."""

    code_interpreter: CodeResources | None = None
    file_search: NewSearchResources | None = None


class ChangedResources(Struct, forbid_unknown_fields=True):
    """Of a change: a tool that isn't named keeps what it has."""

    code_interpreter: CodeResources | UnsetType | None = UNSET
    file_search: SearchResources | UnsetType | None = UNSET


def wanted(given: GivenResources, place: str = "tool_resources") -> Wanted:
    """What a creation says. Raises InvalidValue, AttachedFileNotFound, AttachedStoreNotFound for what can't be an id."""
    code, search = given.code_interpreter, given.file_search
    files = None if code is None else _files(code.file_ids or (), f"{place}.code_interpreter.file_ids")
    if search is None:
        return Wanted(Resources(None, files))
    if not search.vector_stores:
        return Wanted(Resources(_stores(search.vector_store_ids or (), place), files))
    if search.vector_store_ids:
        raise InvalidValue(f"{place}.file_search", "'vector_store_ids' or 'vector_stores', not both")
    return Wanted(Resources(None, files), _store(search.vector_stores[0], f"{place}.file_search.vector_stores[0]"))


def changed(given: ChangedResources, before: Resources) -> Resources:
    """What is there after a change. Raises as `wanted`."""
    place = "tool_resources"
    stores, files = before.store_ids, before.file_ids
    if not isinstance(given.file_search, UnsetType):
        stores = None if given.file_search is None else _stores(given.file_search.vector_store_ids or (), place)
    if not isinstance(given.code_interpreter, UnsetType):
        code = given.code_interpreter
        files = None if code is None else _files(code.file_ids or (), f"{place}.code_interpreter.file_ids")
    return Resources(stores, files, before.made)


def _store(wish: InlineStore, place: str) -> NewStore:
    files = _files(wish.file_ids or (), f"{place}.file_ids")
    metadata = msgspec.json.encode(wish.metadata or {})
    if not isinstance(wish.chunking_strategy, StaticChunking):
        return NewStore(file_ids=files, metadata=metadata)
    sizes = wish.chunking_strategy.static
    if sizes.chunk_overlap_tokens * 2 > sizes.max_chunk_size_tokens:
        field = f"{place}.chunking_strategy.static.chunk_overlap_tokens"
        raise InvalidValue(field, "at most half of 'max_chunk_size_tokens'")
    return NewStore("", files, sizes.max_chunk_size_tokens, sizes.chunk_overlap_tokens, metadata)


def _files(shown: Sequence[str], place: str) -> tuple[str, ...]:
    found = []
    for index, text in enumerate(shown):
        bare = brought_id(text, FILE)
        if bare is None:
            raise AttachedFileNotFound(text, f"{place}[{index}]")
        found.append(bare)
    return tuple(dict.fromkeys(found))


def _stores(shown: Sequence[str], place: str) -> tuple[str, ...]:
    found = []
    for index, text in enumerate(shown):
        bare = brought_id(text, STORE)
        if bare is None:
            raise AttachedStoreNotFound(text, f"{place}.file_search.vector_store_ids[{index}]")
        found.append(bare)
    return tuple(dict.fromkeys(found))
