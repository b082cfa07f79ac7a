"""What `/v1/vector_stores` answers, in OpenAI's fields; what those lack stands in a field of its own, `prosa`.

Source: `openai.types.vector_store*` and `openai.types.vector_stores` of the official SDK.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Final, Literal

import msgspec
from msgspec import Raw, Struct

from prosa.api.openai.file_models import PREFIX
from prosa.api.openai.vector_stores_bodies import Expires, Sizes, Static
from prosa.knowledge import BATCH, STORE, FileBatch, FileCounts, Found, Passage, StoredFile, VectorStore

_encode: Final = msgspec.json.Encoder().encode


class _Counts(Struct):
    in_progress: int
    completed: int
    failed: int
    cancelled: int
    total: int


class _OwnOfStore(Struct):
    description: str | None
    embedding_model: str | None


class _OwnOfFile(Struct):
    filename: str
    batch_id: str


class _OwnOfHit(Struct):
    vector_store_id: str
    page: int | None
    heading: tuple[str, ...]
    start: int
    end: int


class _ShownStore(Struct):
    id: str
    created_at: int
    name: str
    usage_bytes: int
    file_counts: _Counts
    status: str
    expires_after: Expires | None
    expires_at: int | None
    last_active_at: int
    metadata: Raw
    prosa: _OwnOfStore
    object: Literal["vector_store"] = "vector_store"


class _Error(Struct):
    code: str
    message: str


class _ShownFile(Struct):
    id: str
    created_at: int
    vector_store_id: str
    status: str
    usage_bytes: int
    last_error: _Error | None
    attributes: Raw
    chunking_strategy: Static
    prosa: _OwnOfFile
    object: Literal["vector_store.file"] = "vector_store.file"


class _ShownBatch(Struct):
    id: str
    created_at: int
    vector_store_id: str
    status: str
    file_counts: _Counts
    object: Literal["vector_store.files_batch"] = "vector_store.files_batch"


class _Gone(Struct):
    id: str
    object: str
    deleted: bool = True


class _Page(Struct):
    data: Sequence[Struct]
    first_id: str | None
    last_id: str | None
    has_more: bool
    object: Literal["list"] = "list"


class _Content(Struct):
    text: str
    type: Literal["text"] = "text"


class _Hit(Struct):
    file_id: str
    filename: str
    score: float
    attributes: Raw
    content: list[_Content]
    prosa: _OwnOfHit


class _Hits(Struct):
    search_query: Sequence[str]
    data: list[_Hit]
    has_more: bool = False
    next_page: None = None
    object: Literal["vector_store.search_results.page"] = "vector_store.search_results.page"


def store_json(store: VectorStore, now: float) -> bytes:
    """A store's JSON. `now`: seconds since 1970."""
    return _encode(_store(store, now))


def stores_json(stores: Sequence[VectorStore], now: float, *, more: bool) -> bytes:
    """A page of stores."""
    return _page([_store(each, now) for each in stores], [STORE + each.id for each in stores], more=more)


def file_json(file: StoredFile) -> bytes:
    """A file of a store."""
    return _encode(_file(file))


def files_json(files: Sequence[StoredFile], *, more: bool) -> bytes:
    """A page of them."""
    return _page([_file(each) for each in files], [PREFIX + each.file_id for each in files], more=more)


def batch_json(batch: FileBatch) -> bytes:
    """A batch."""
    shown = _ShownBatch(
        *(BATCH + batch.id, int(batch.created_at), STORE + batch.store_id, batch.status.value, _counts(batch.counts))
    )
    return _encode(shown)


def gone_json(shown: str, kind: str) -> bytes:
    """That it is gone."""
    return _encode(_Gone(shown, kind))


def hits_json(queries: Sequence[str], found: Sequence[Found]) -> bytes:
    """What a question found."""
    return _encode(_Hits(queries, [_hit(each) for each in found]))


async def content_json(file: StoredFile, passages: AsyncIterator[Passage]) -> AsyncIterator[bytes]:
    """What was read out of a file, in pieces of one document: it may be long."""
    head = {
        "object": "vector_store.file_content.page",
        "file_id": PREFIX + file.file_id,
        "filename": file.filename,
        "attributes": Raw(file.attributes),
        "has_more": False,
        "next_page": None,
    }
    yield _encode(head)[:-1] + b',"data":['
    comma = b""
    async for passage in passages:
        yield comma + _encode(_Content(passage.text))
        comma = b","
    yield b"]}"


def _page(data: Sequence[Struct], ids: Sequence[str], *, more: bool) -> bytes:
    return _encode(_Page(data, ids[0] if ids else None, ids[-1] if ids else None, more))


def _store(store: VectorStore, now: float) -> _ShownStore:
    days, ends = store.expires_days, store.expires_at
    return _ShownStore(
        *(STORE + store.id, int(store.created_at), store.name, store.usage_bytes, _counts(store.counts)),
        status=store.status(now),
        expires_after=None if days is None else Expires("last_active_at", days),
        expires_at=None if ends is None else int(ends),
        last_active_at=int(store.active_at),
        metadata=Raw(store.metadata),
        prosa=_OwnOfStore(store.description, store.model),
    )


def _file(file: StoredFile) -> _ShownFile:
    sizes = Sizes(file.chunking.max_chunk_size_tokens, file.chunking.chunk_overlap_tokens)
    return _ShownFile(
        *(PREFIX + file.file_id, int(file.created_at), STORE + file.store_id, file.status.value),
        usage_bytes=file.usage_bytes,
        last_error=None if file.fault is None else _Error(file.fault.code, file.fault.message),
        attributes=Raw(file.attributes),
        chunking_strategy=Static(sizes),
        prosa=_OwnOfFile(file.filename, BATCH + file.batch_id),
    )


def _counts(counts: FileCounts) -> _Counts:
    return _Counts(counts.in_progress, counts.completed, counts.failed, counts.cancelled, counts.total)


def _hit(found: Found) -> _Hit:
    file, passage = found.file, found.passage
    return _Hit(
        *(PREFIX + file.file_id, file.filename, found.score, Raw(file.attributes), [_Content(passage.text)]),
        prosa=_OwnOfHit(STORE + file.store_id, passage.page, passage.heading, passage.start, passage.end),
    )
