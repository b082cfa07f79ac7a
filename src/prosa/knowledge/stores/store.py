"""Vector stores in the database, past SQLAlchemy."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import msgspec

from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database, storable
from prosa.kit import moments
from prosa.knowledge.stores.models import DELETING, NewStore, PageQuery, VectorStore
from prosa.knowledge.stores.paging_store import Window, counts_of, number, places, plain

_COLUMNS: Final = "id, space, name, description, metadata, expires_days, model, created_at, active_at"
_OVER: Final = "active_at + expires_days * CAST(86400000000 AS BIGINT) <= CAST({} AS BIGINT)"
_ONE: Final = f"SELECT {_COLUMNS} FROM vector_stores WHERE space = $1 AND id = $2 AND deleted_at IS NULL"  # noqa: S608  # our own words
_HELD: Final = "SELECT COUNT(*) FROM vector_stores WHERE space = $1 AND deleted_at IS NULL"
_USED: Final = "SELECT CAST(COALESCE(SUM(usage_bytes), 0) AS BIGINT) FROM vector_store_files WHERE space = $1"
_COUNTS: Final = (
    "SELECT store_id, status, COUNT(*), CAST(SUM(usage_bytes) AS BIGINT) FROM vector_store_files"
    " WHERE store_id IN ({}) GROUP BY store_id, status"
)
_GONE: Final = "SELECT id, space FROM vector_stores WHERE deleted_at IS NOT NULL LIMIT $1"
_EXPIRED: Final = (
    f"SELECT id, space FROM vector_stores WHERE expires_days IS NOT NULL AND {_OVER.format('$1')} AND deleted_at IS NULL"  # noqa: S608  # our own words
    " AND EXISTS (SELECT 1 FROM vector_store_files WHERE store_id = vector_stores.id) LIMIT $2"
)
_ADD: Final = Statement(
    f"INSERT INTO vector_stores ({_COLUMNS})"  # noqa: S608  # our own words
    " VALUES ($1, $2, $3, $4, $5, CAST($6 AS BIGINT), $7, CAST($8 AS BIGINT), CAST($9 AS BIGINT)) ON CONFLICT (id) DO NOTHING"
)
_CHANGE: Final = Statement(
    "UPDATE vector_stores SET name = CAST($3 AS TEXT), metadata = CAST($4 AS TEXT), expires_days = CAST($5 AS BIGINT),"
    " model = CAST($6 AS TEXT) WHERE space = $1 AND id = $2 AND deleted_at IS NULL"
)
_HIDE: Final = Statement(
    "UPDATE vector_stores SET deleted_at = CAST($3 AS BIGINT) WHERE space = $1 AND id = $2 AND deleted_at IS NULL"
)
_REMOVE: Final = tuple(
    Statement(f"DELETE FROM {table} WHERE {column} = $2 AND space = $1")  # noqa: S608  # our own words
    for table, column in (("vector_store_files", "store_id"), ("vector_store_batches", "store_id"), ("vector_stores", "id"))
)
_TOUCH: Final = Statement(
    "UPDATE vector_stores SET active_at = CAST($3 AS BIGINT) WHERE space = $1 AND id = $2"  # noqa: S608  # our own words
    f" AND active_at < CAST($4 AS BIGINT) AND (expires_days IS NULL OR NOT {_OVER.format('$3')})"
)


class _Row(msgspec.Struct, array_like=True):
    id: str
    space: str
    name: str
    description: str | None
    metadata: str
    expires_days: int | None
    model: str | None
    created_at: int
    active_at: int


class _Count(msgspec.Struct, array_like=True):
    store_id: str
    status: str
    count: int
    usage: int


class _Owned(msgspec.Struct, array_like=True):
    id: str
    space: str


class VectorStoreStore:
    """The stores of one space at a time; what is being deleted isn't seen."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, space: str, id: str) -> VectorStore | None:
        """One store, with the counts of its files."""
        found = await self._counted(await self._database.fetch(_ONE, space, id))
        return found[0] if found else None

    async def several(self, space: str, ids: Sequence[str]) -> dict[str, VectorStore]:
        """Those of the stores that are there, without counts."""
        sql = _ONE.replace("id = $2", f"id IN ({places(len(ids), 2)})")
        return {each.id: each for each in map(_store, _rows(await self._database.fetch(sql, space, *ids)))} if ids else {}

    async def page(self, space: str, query: PageQuery, edge: VectorStore | None) -> list[VectorStore]:
        """A page of a space's stores, and one more where there is one; `edge`: the store that the query names."""
        terms, values = ["space = $1", "deleted_at IS NULL"], [space]
        place = None if edge is None else (moments.stored(edge.created_at), edge.id)
        window = Window(query, place, "id")
        sql = f"SELECT {_COLUMNS} FROM vector_stores WHERE {window.sql(terms, len(values))}"  # noqa: S608  # our own words
        return window.ordered(await self._counted(await self._database.fetch(sql, *values, *window.values)))

    async def held(self, space: str) -> int:
        """How many stores a space has."""
        return number(await self._database.fetch(_HELD, space))

    async def used(self, space: str) -> int:
        """How many bytes all of them hold."""
        return number(await self._database.fetch(_USED, space))

    async def gone(self, most: int) -> list[tuple[str, str]]:
        """Stores of anybody that are deleted, and hold something yet: (space, id)."""
        return _owned(await self._database.fetch(_GONE, most))

    async def expired(self, now: float, most: int) -> list[tuple[str, str]]:
        """Stores of anybody whose time is over, and that hold something yet."""
        return _owned(await self._database.fetch(_EXPIRED, moments.stored(now), most))

    async def _counted(self, rows: list[tuple[object, ...]]) -> list[VectorStore]:
        found = [_store(row) for row in _rows(rows)]
        if not found:
            return []
        sql = _COUNTS.format(places(len(found)))
        counts = msgspec.convert(plain(await self._database.fetch(sql, *(each.id for each in found))), list[_Count], strict=False)
        return [_with_counts(each, [count for count in counts if count.store_id == each.id]) for each in found]


def addition(id: str, space: str, new: NewStore, model: str | None, now: float, made_at: float | None = None) -> Part:
    """One more store; counts 0 where it is there already. `made_at`: where it was made earlier, elsewhere."""
    moment = moments.stored(now)
    row = (id, space, storable(new.name), storable(new.description), new.metadata.decode(), new.expires_days, model)
    return _ADD, (*row, moment if made_at is None else moments.stored(made_at), moment)


def change(store: VectorStore) -> Part:
    """The store as it is to be."""
    row = (store.space, store.id, storable(store.name), store.metadata.decode(), store.expires_days, store.model)
    return _CHANGE, row


def hiding(space: str, id: str, now: float) -> Part:
    """From then on nobody sees it."""
    return _HIDE, (space, id, moments.stored(now))


def removal(space: str, id: str) -> tuple[Part, ...]:
    """Its rows."""
    return tuple((statement, (space, id)) for statement in _REMOVE)


def emptying(space: str, id: str) -> tuple[Part, ...]:
    """The rows of all that it holds; the store itself stays."""
    return tuple((statement, (space, id)) for statement in _REMOVE[:-1])


def touch(space: str, id: str, now: float, seldom: float) -> Part:
    """It was used; not written where it was less than `seldom` seconds ago."""
    return _TOUCH, (space, id, moments.stored(now), moments.stored(now - seldom))


def _rows(rows: list[tuple[object, ...]]) -> list[_Row]:
    return msgspec.convert(plain(rows), list[_Row], strict=False)


def _owned(rows: list[tuple[object, ...]]) -> list[tuple[str, str]]:
    return [(each.space, each.id) for each in msgspec.convert(plain(rows), list[_Owned])]


def _store(row: _Row) -> VectorStore:
    return VectorStore(
        *(row.id, row.space, row.name, row.description, row.metadata.encode(), row.expires_days, row.model),
        *(row.created_at / moments.SECOND, row.active_at / moments.SECOND),
    )


def _with_counts(store: VectorStore, counts: Sequence[_Count]) -> VectorStore:
    seen = [count for count in counts if count.status != DELETING]
    return replace(store, counts=counts_of((count.status, count.count) for count in seen), usage_bytes=sum(c.usage for c in seen))
