"""The files of vector stores in the database, and the batches that they came in."""

from collections.abc import Sequence
from typing import Final

import msgspec

from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database, storable
from prosa.kit import moments
from prosa.knowledge.extraction import Chunking
from prosa.knowledge.stores.models import (
    DAY,
    Addition,
    Fault,
    FileBatch,
    FileStatus,
    PageQuery,
    StoredFile,
)
from prosa.knowledge.stores.paging_store import Window, counts_of, number, plain
from prosa.runs import Run, RunState

_COLUMNS: Final = (
    "store_id, file_id, space, filename, status, batch_id, error_code, error_message, attributes, chunk_tokens, overlap_tokens,"
    " usage_bytes, model, created_at"
)
_SEEN: Final = "status <> 'deleting'"
_LEFT: Final = "status IN ('in_progress', 'deleting')"  # as the index of them has it
_ONE: Final = f"SELECT {_COLUMNS} FROM vector_store_files WHERE space = $1 AND store_id = $2 AND file_id = $3 AND {_SEEN}"  # noqa: S608  # our own words
_MANY: Final = f"SELECT {_COLUMNS} FROM vector_store_files WHERE space = $1 AND {_SEEN} AND ("  # noqa: S608  # our own words
_ATTRIBUTES: Final = (
    "SELECT file_id, attributes FROM vector_store_files WHERE space = $1 AND store_id = $2 AND file_id > $3"
    " AND status IN ('completed', 'in_progress') ORDER BY file_id LIMIT $4"
)
_HELD: Final = f"SELECT COUNT(*) FROM vector_store_files WHERE store_id = $1 AND {_SEEN}"  # noqa: S608  # our own words
_BATCH: Final = (
    "SELECT b.id, b.store_id, b.space, b.created_at, r.state FROM vector_store_batches b"
    " LEFT JOIN runs r ON r.id = b.id WHERE b.space = $1 AND b.store_id = $2 AND b.id = $3"
)
_COUNTS: Final = "SELECT status, COUNT(*) FROM vector_store_files WHERE batch_id = $1 GROUP BY status"
_OPEN: Final = "('queued', 'running', 'waiting')"
_OPEN_OF_STORE: Final = (
    "SELECT r.id FROM vector_store_batches b JOIN runs r ON r.id = b.id"  # noqa: S608  # our own words
    f" WHERE b.space = $1 AND b.store_id = $2 AND r.state IN {_OPEN}"
)
_OPEN_OF_SPACE: Final = (
    "SELECT COUNT(*) FROM vector_store_batches b JOIN runs r ON r.id = b.id"  # noqa: S608  # our own words
    f" WHERE b.space = $1 AND r.state IN {_OPEN}"
)
_HOLDERS: Final = (
    "SELECT f.space, f.store_id, s.expires_days, s.active_at FROM vector_store_files f"
    " JOIN vector_stores s ON s.id = f.store_id AND s.deleted_at IS NULL"
    " WHERE f.file_id = $1 AND f.status = 'completed' ORDER BY f.created_at DESC, f.store_id LIMIT 50"
)
_WAITING: Final = (
    f"SELECT {_COLUMNS} FROM vector_store_files WHERE batch_id = $1 AND status = 'in_progress'"  # noqa: S608  # our own words
    " ORDER BY created_at, file_id LIMIT $2"
)
_STALE: Final = (
    f"SELECT {_COLUMNS} FROM vector_store_files WHERE space = $1 AND store_id = $2 AND status = 'completed'"  # noqa: S608  # our own words
    " AND COALESCE(model, '') <> $3 AND file_id > $4 ORDER BY file_id LIMIT $5"
)
_DELETED: Final = f"SELECT {_COLUMNS} FROM vector_store_files WHERE {_LEFT} AND status = 'deleting'"  # noqa: S608  # our own words
_DELETED_OF_FILE: Final = _DELETED + " AND file_id = $1"

_FROM_STORE: Final = " FROM vector_stores WHERE id = $1 AND space = $3 AND deleted_at IS NULL"
_ADD: Final = (
    "INSERT INTO vector_store_files (store_id, file_id, space, filename, status, batch_id, attributes, chunk_tokens,"
    " overlap_tokens, usage_bytes, created_at) SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT),"
    " 'in_progress', CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS BIGINT), CAST($8 AS BIGINT), 0, CAST($9 AS BIGINT)"
    f"{_FROM_STORE}{{}} ON CONFLICT (store_id, file_id) DO UPDATE SET status = 'in_progress', batch_id = excluded.batch_id,"
    " attributes = excluded.attributes, chunk_tokens = excluded.chunk_tokens, overlap_tokens = excluded.overlap_tokens,"
    " error_code = NULL, error_message = NULL WHERE vector_store_files.status <> 'deleting'"
)
# A store that is being deleted is waited for: what is put into it would else be left without one.
_ADD_FILE: Final = Statement(_ADD.format(""), _ADD.format(" FOR SHARE"))
_ADD_BATCH: Final = Statement(
    "INSERT INTO vector_store_batches (id, space, store_id, created_at)"
    " VALUES ($1, $2, $3, CAST($4 AS BIGINT)) ON CONFLICT (id) DO NOTHING"
)
_DRIVEN: Final = "EXISTS (SELECT 1 FROM runs WHERE id = {} AND fence = CAST({} AS BIGINT) AND state = {})"
_MINE: Final = " WHERE store_id = $1 AND file_id = $2 AND batch_id = $3 AND status = 'in_progress' AND " + _DRIVEN.format(
    "$3", "$4", "'running'"
)
_READ: Final = Statement(
    "UPDATE vector_store_files SET status = 'completed', usage_bytes = CAST($5 AS BIGINT), model = CAST($6 AS TEXT),"  # noqa: S608  # our own words
    " error_code = NULL, error_message = NULL" + _MINE
)
_FAILED: Final = Statement(
    "UPDATE vector_store_files SET status = 'failed', usage_bytes = 0, model = NULL, error_code = CAST($5 AS TEXT),"  # noqa: S608  # our own words
    " error_message = CAST($6 AS TEXT)" + _MINE
)
_EMBEDDED: Final = Statement(
    "UPDATE vector_store_files SET usage_bytes = CAST($3 AS BIGINT), model = CAST($4 AS TEXT)"  # noqa: S608  # our own words
    " WHERE store_id = $1 AND file_id = $2 AND status = 'completed' AND " + _DRIVEN.format("$5", "$6", "'running'")
)
_END: Final = Statement(
    "UPDATE vector_store_files SET status = CAST($4 AS TEXT), error_code = CAST($5 AS TEXT),"  # noqa: S608  # our own words
    " error_message = CAST($6 AS TEXT) WHERE batch_id = $1 AND status = 'in_progress' AND "
    + _DRIVEN.format("$1", "$2", "CAST($3 AS TEXT)")
)
_DESCRIBE: Final = Statement(
    f"UPDATE vector_store_files SET attributes = CAST($4 AS TEXT) WHERE space = $1 AND store_id = $2 AND file_id = $3 AND {_SEEN}"  # noqa: S608  # our own words
)
_HIDE: Final = Statement(
    f"UPDATE vector_store_files SET status = 'deleting' WHERE space = $1 AND store_id = $2 AND file_id = $3 AND {_SEEN}"  # noqa: S608  # our own words
)
_REMOVE: Final = Statement("DELETE FROM vector_store_files WHERE store_id = $1 AND file_id = $2 AND status = 'deleting'")


class _Row(msgspec.Struct, array_like=True):
    store_id: str
    file_id: str
    space: str
    filename: str
    status: str
    batch_id: str
    error_code: str | None
    error_message: str | None
    attributes: str
    chunk_tokens: int
    overlap_tokens: int
    usage_bytes: int
    model: str | None
    created_at: int


class _Batch(msgspec.Struct, array_like=True):
    id: str
    store_id: str
    space: str
    created_at: int
    state: str | None


class _Holder(msgspec.Struct, array_like=True):
    space: str
    store_id: str
    expires_days: int | None
    active_at: int

    def over(self, now: int) -> bool:
        return self.expires_days is not None and self.active_at + self.expires_days * int(DAY * moments.SECOND) <= now


class StoredFileStore:
    """Files of one space's stores at a time; what is being deleted isn't seen."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, space: str, store_id: str, file_id: str) -> StoredFile | None:
        """One file of a store."""
        found = _files(await self._database.fetch(_ONE, space, store_id, file_id))
        return found[0] if found else None

    async def several(self, space: str, named: Sequence[tuple[str, str]]) -> dict[tuple[str, str], StoredFile]:
        """Those of the files, each (store, file), that are there."""
        if not named:
            return {}
        terms = " OR ".join(f"(store_id = ${2 * index + 2} AND file_id = ${2 * index + 3})" for index in range(len(named)))
        values = [id for pair in named for id in pair]
        found = _files(await self._database.fetch(f"{_MANY}{terms})", space, *values))
        return {(each.store_id, each.file_id): each for each in found}

    async def page(
        self, space: str, within: tuple[str, str | None], query: PageQuery, edge: StoredFile | None
    ) -> list[StoredFile]:
        """A page of a store's files, or of one of its batches, and one more where there is one. `within`: store and batch."""
        store_id, batch_id = within
        terms, values = ["space = $1", "store_id = $2", _SEEN], [space, store_id]
        for column, value in (("batch_id", batch_id), ("status", query.status)):
            if value is not None:
                values.append(str(value))
                terms.append(f"{column} = ${len(values)}")
        place = None if edge is None else (moments.stored(edge.created_at), edge.file_id)
        window = Window(query, place, "file_id")
        sql = f"SELECT {_COLUMNS} FROM vector_store_files WHERE {window.sql(terms, len(values))}"  # noqa: S608  # our own words
        return window.ordered(_files(await self._database.fetch(sql, *values, *window.values)))

    async def attributes(self, space: str, store_id: str, after: str, most: int) -> list[tuple[str, bytes]]:
        """Attributes of files that can be found, in the order of their ids."""
        rows = await self._database.fetch(_ATTRIBUTES, space, store_id, after, most)
        return [(str(file_id), str(attributes).encode()) for file_id, attributes in rows]

    async def held(self, store_id: str) -> int:
        """How many files a store has."""
        return number(await self._database.fetch(_HELD, store_id))

    async def batch(self, space: str, store_id: str, batch_id: str) -> FileBatch | None:
        """One batch."""
        rows = msgspec.convert(plain(await self._database.fetch(_BATCH, space, store_id, batch_id)), list[_Batch])
        if not rows:
            return None
        row, counts = rows[0], await self._database.fetch(_COUNTS, batch_id)
        return FileBatch(
            *(row.id, row.store_id, row.space, row.created_at / moments.SECOND),
            counts=counts_of((str(status), int(str(count))) for status, count in counts),
            open=row.state in ("queued", "running", "waiting"),
            state=row.state,
        )

    async def holders(self, file_id: str, now: float) -> list[tuple[str, str]]:
        """The stores, of anybody, in which a file can be found: (space, store); those whose time is over aren't among them."""
        rows = msgspec.convert(plain(await self._database.fetch(_HOLDERS, file_id)), list[_Holder], strict=False)
        return [(row.space, row.store_id) for row in rows if not row.over(moments.stored(now))]

    async def open_of_store(self, space: str, store_id: str) -> list[str]:
        """Batches of a store that are being read."""
        return [str(row[0]) for row in await self._database.fetch(_OPEN_OF_STORE, space, store_id)]

    async def open_of_space(self, space: str) -> int:
        """How many of a space are."""
        return number(await self._database.fetch(_OPEN_OF_SPACE, space))

    async def waiting(self, batch_id: str, most: int) -> list[StoredFile]:
        """Files of a batch that are still to be read, for who drives it."""
        return _files(await self._database.fetch(_WAITING, batch_id, most))

    async def stale(self, space: str, store_id: str, model: str | None, after: str, most: int) -> list[StoredFile]:
        """Files whose vectors aren't this model's, in the order of their ids."""
        return _files(await self._database.fetch(_STALE, space, store_id, model or "", after, most))

    async def deleted(self, most: int) -> list[StoredFile]:
        """Files of anybody that are in their store no more, and whose passages may still be there."""
        return _files(await self._database.fetch(f"{_DELETED} LIMIT $1", most))

    async def deleted_of(self, file_id: str) -> list[StoredFile]:
        """The same of one file, in whichever stores it was."""
        return _files(await self._database.fetch(_DELETED_OF_FILE, file_id))


def file_addition(space: str, place: tuple[str, str], addition: Addition, filename: str, moment: int) -> Part:
    """A file to be read, or to be read anew; counts 0 where its store is gone. `place`: store and batch; `moment` as stored."""
    store_id, batch_id = place
    chunking = addition.chunking
    sizes = (chunking.max_chunk_size_tokens, chunking.chunk_overlap_tokens)
    named = (store_id, addition.file_id, space, storable(filename), batch_id, storable(addition.attributes.decode()))
    return _ADD_FILE, (*named, *sizes, moment)


def batch_addition(space: str, store_id: str, batch_id: str, now: float) -> Part:
    """The batch that they come in."""
    return _ADD_BATCH, (batch_id, space, store_id, moments.stored(now))


def reading(run: Run, file: StoredFile, usage_bytes: int, model: str | None) -> Part:
    """The file was read; counts 0 where it is this run's no more."""
    return _READ, (file.store_id, file.file_id, run.id, run.fence, usage_bytes, model)


def failure(run: Run, file: StoredFile, fault: Fault) -> Part:
    """It couldn't be read; likewise."""
    return _FAILED, (file.store_id, file.file_id, run.id, run.fence, fault.code, storable(fault.message))


def embedding(run: Run, file: StoredFile, usage_bytes: int, model: str | None) -> Part:
    """Its vectors are another model's now; likewise."""
    return _EMBEDDED, (file.store_id, file.file_id, usage_bytes, model, run.id, run.fence)


def batch_end(run: Run, state: RunState, status: FileStatus, fault: Fault | None) -> Part:
    """What is left of a batch when its run ends in this state, written with that."""
    told = (None, None) if fault is None else (fault.code, storable(fault.message))
    return _END, (run.id, run.fence, state.value, status.value, *told)


def description(space: str, store_id: str, file_id: str, attributes: bytes) -> Part:
    """Other attributes."""
    return _DESCRIBE, (space, store_id, file_id, storable(attributes.decode()))


def hiding(space: str, store_id: str, file_id: str) -> Part:
    """From then on nobody sees the file in its store."""
    return _HIDE, (space, store_id, file_id)


def removal(file: StoredFile) -> Part:
    """The row of a hidden one."""
    return _REMOVE, (file.store_id, file.file_id)


def _files(rows: Sequence[Sequence[object]]) -> list[StoredFile]:
    return [_file(row) for row in msgspec.convert(plain(rows), list[_Row], strict=False)]


def _file(row: _Row) -> StoredFile:
    fault = None if row.error_code is None else Fault(row.error_code, row.error_message or "")
    status = FileStatus.IN_PROGRESS if row.status == "deleting" else FileStatus(row.status)
    return StoredFile(
        *(row.store_id, row.file_id, row.space, row.filename, status, row.batch_id, fault, row.attributes.encode()),
        *(Chunking(row.chunk_tokens, row.overlap_tokens), row.usage_bytes, row.model, row.created_at / moments.SECOND),
    )
