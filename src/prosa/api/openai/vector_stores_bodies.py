"""What `/v1/vector_stores` is sent, in OpenAI's fields.

Source: `openai.types.vector_store*` and `openai.types.vector_stores` of the official SDK.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from prosa.answers import Metadata, check_depth, checked
from prosa.api.openai.file_models import PREFIX
from prosa.files import FileNotFound
from prosa.kit.ids import brought_id, without_prefix
from prosa.knowledge import (
    BATCH,
    KEPT,
    MOST_BATCH,
    STORE,
    Addition,
    Chunking,
    FileBatchNotFound,
    Inquiry,
    NewStore,
    Ranking,
    StoreChange,
    StoredFileNotFound,
    StoreFieldRefused,
    VectorStoreNotFound,
)
from prosa.usage import Payer

Attributes = Annotated[
    dict[Annotated[str, Meta(max_length=64)], Annotated[str, Meta(max_length=512)] | bool | int | float], Meta(max_length=16)
]
FileIds = Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(max_length=MOST_BATCH)]
Name = Annotated[str, Meta(max_length=256)]


class Expires(Struct, forbid_unknown_fields=True):
    anchor: Literal["last_active_at"]
    days: Annotated[int, Meta(ge=1, le=365)]


class Sizes(Struct, forbid_unknown_fields=True):
    max_chunk_size_tokens: Annotated[int, Meta(ge=100, le=4096)]
    chunk_overlap_tokens: Annotated[int, Meta(ge=0, le=2048)]


class _Auto(Struct, tag_field="type", tag="auto", forbid_unknown_fields=True):
    pass


class Static(Struct, tag_field="type", tag="static", forbid_unknown_fields=True):
    static: Sizes


_Strategy = _Auto | Static


class _NewStore(Struct, forbid_unknown_fields=True):
    name: Name | None = None
    description: Annotated[str, Meta(max_length=1024)] | None = None
    file_ids: FileIds | None = None
    chunking_strategy: _Strategy | None = None
    expires_after: Expires | None = None
    metadata: Metadata | None = None


class _OwnChange(Struct, forbid_unknown_fields=True):
    """What OpenAI's API doesn't have."""

    embedding_model: Annotated[str, Meta(max_length=256)] | UnsetType | None = UNSET


class _StoreChange(Struct, forbid_unknown_fields=True):
    name: Name | None = None
    expires_after: Expires | UnsetType | None = UNSET
    metadata: Metadata | UnsetType | None = UNSET
    prosa: _OwnChange | None = None


class _NewFile(Struct, forbid_unknown_fields=True):
    file_id: Annotated[str, Meta(max_length=100)]
    attributes: Attributes | None = None
    chunking_strategy: _Strategy | None = None


class _NewBatch(Struct, forbid_unknown_fields=True):
    file_ids: FileIds | None = None
    files: Annotated[list[_NewFile], Meta(max_length=MOST_BATCH)] | None = None
    attributes: Attributes | None = None
    chunking_strategy: _Strategy | None = None


class _FileChange(Struct, forbid_unknown_fields=True):
    attributes: Attributes | None


class _Hybrid(Struct, forbid_unknown_fields=True):
    embedding_weight: Annotated[float, Meta(ge=0, le=1)]
    text_weight: Annotated[float, Meta(ge=0, le=1)]


class _Ranking(Struct, forbid_unknown_fields=True):
    ranker: Literal["none", "auto", "default-2024-11-15", "default_2024_08_21"] | None = None
    score_threshold: Annotated[float, Meta(ge=0, le=1)] | None = None
    hybrid_search: _Hybrid | None = None


class _Search(Struct, forbid_unknown_fields=True):
    query: str | list[str]
    rewrite_query: bool | None = None
    max_num_results: Annotated[int, Meta(ge=1, le=50)] | None = None
    filters: object = None
    ranking_options: _Ranking | None = None


_new_store: Final = msgspec.json.Decoder(_NewStore)
_store_change: Final = msgspec.json.Decoder(_StoreChange)
_new_file: Final = msgspec.json.Decoder(_NewFile)
_new_batch: Final = msgspec.json.Decoder(_NewBatch)
_file_change: Final = msgspec.json.Decoder(_FileChange)
_search: Final = msgspec.json.Decoder(_Search)
_encode: Final = msgspec.json.Encoder().encode


# Ids


def store_of(shown: str) -> str:
    """The stored id behind `vs_…`. Raises VectorStoreNotFound."""
    found = brought_id(shown, STORE)
    if found is None:
        raise VectorStoreNotFound(shown)
    return found


def stored_file_of(shown: str, store: str, param: str | None = None) -> str:
    """The stored id of a file that is looked for in a store. Raises StoredFileNotFound."""
    found = brought_id(shown, PREFIX)
    if found is None:
        raise StoredFileNotFound(shown, store, param)
    return found


def batch_of(shown: str, store: str) -> str:
    """The stored id behind `vsfb_…`. Raises FileBatchNotFound."""
    found = without_prefix(shown, BATCH)
    if found is None:
        raise FileBatchNotFound(shown, store)
    return found


def _file_of(shown: str, param: str) -> str:
    found = brought_id(shown, PREFIX)
    if found is None:
        raise FileNotFound(param)
    return found


# Bodies


def read_new_store(raw: bytes) -> NewStore:
    """A store to make; the body may be missing. Raises BadRequest that names the field, FileNotFound."""
    check_depth(raw)
    body = checked(_new_store, raw) if raw.strip() else _NewStore()
    chunking = _chunking(body.chunking_strategy, "chunking_strategy")
    additions = tuple(Addition(_file_of(id, "file_ids"), chunking=chunking) for id in dict.fromkeys(body.file_ids or ()))
    return NewStore(
        name=body.name or "",
        description=body.description,
        metadata=_encode(body.metadata or {}),
        expires_days=None if body.expires_after is None else body.expires_after.days,
        additions=additions,
    )


def read_store_change(raw: bytes) -> StoreChange:
    """What of a store is to be different. Raises BadRequest that names the field."""
    check_depth(raw)
    body = checked(_store_change, raw) if raw.strip() else _StoreChange()
    expires, metadata, model = body.expires_after, body.metadata, (body.prosa or _OwnChange()).embedding_model
    return StoreChange(
        name=KEPT if body.name is None else body.name,
        metadata=KEPT if isinstance(metadata, UnsetType) else _encode(metadata or {}),
        expires_days=KEPT if isinstance(expires, UnsetType) else None if expires is None else expires.days,
        model=KEPT if isinstance(model, UnsetType) else model,
    )


def read_new_file(raw: bytes) -> Addition:
    """A file to put in. Raises BadRequest that names the field, FileNotFound."""
    check_depth(raw)
    return _addition(checked(_new_file, raw), "")


def read_new_batch(raw: bytes) -> tuple[list[Addition], str]:
    """Files to put in, and the field that names them. Raises BadRequest that names the field, FileNotFound."""
    check_depth(raw)
    body = checked(_new_batch, raw)
    if (body.file_ids is None) == (body.files is None):
        raise StoreFieldRefused("Expected one of file_ids and files.", param="file_ids")
    if body.files is not None:
        return [_addition(each, f"files[{index}].") for index, each in enumerate(body.files)], "files"
    attributes = _encode(body.attributes or {})
    chunking = _chunking(body.chunking_strategy, "chunking_strategy")
    return [Addition(_file_of(id, "file_ids"), attributes, chunking) for id in body.file_ids or ()], "file_ids"


def read_attributes(raw: bytes) -> bytes:
    """A file's new attributes, JSON. Raises BadRequest that names the field."""
    check_depth(raw)
    return _encode(checked(_file_change, raw).attributes or {})


def read_search(raw: bytes, payer: Payer | None) -> Inquiry:
    """A question. Raises BadRequest that names the field."""
    check_depth(raw)
    body = checked(_search, raw)
    ranking = body.ranking_options or _Ranking()
    hybrid = ranking.hybrid_search
    return Inquiry(
        queries=(body.query,) if isinstance(body.query, str) else tuple(body.query),
        payer=payer,
        limit=body.max_num_results or 10,
        filters=body.filters,
        ranking=Ranking(
            ranking.score_threshold or 0.0,
            None if hybrid is None else (hybrid.embedding_weight, hybrid.text_weight),
        ),
    )


def _addition(body: _NewFile, place: str) -> Addition:
    chunking = _chunking(body.chunking_strategy, f"{place}chunking_strategy")
    return Addition(_file_of(body.file_id, f"{place}file_id"), _encode(body.attributes or {}), chunking)


def _chunking(strategy: _Strategy | None, place: str) -> Chunking:
    if not isinstance(strategy, Static):
        return Chunking()
    sizes = strategy.static
    if sizes.chunk_overlap_tokens * 2 > sizes.max_chunk_size_tokens:
        param = f"{place}.static.chunk_overlap_tokens"
        raise StoreFieldRefused(f"{param}: expected at most half of max_chunk_size_tokens.", param=param)
    return Chunking(sizes.max_chunk_size_tokens, sizes.chunk_overlap_tokens)
