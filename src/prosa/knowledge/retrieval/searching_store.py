"""What a search reads, on both kinds of database, within one transaction that sees one state."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import numpy as np
import sqlalchemy as sa

from prosa.drivers.sql import Connection
from prosa.knowledge.retrieval.matrix import Document
from prosa.knowledge.retrieval.store import SHIFT
from prosa.knowledge.retrieval.tokens import spelled

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST: Final = 12_000
"""Passages that are told of one word; one that stands in more tells little."""

_SINCE: Final = "FROM passage_documents WHERE store = :store AND state = 1 AND published > :version"
_DOCUMENTS: Final = {
    True: sa.text(f"SELECT number, file_id, dimensions, lengths, bits {_SINCE}"),
    False: sa.text(f"SELECT number, file_id, dimensions, lengths, '' {_SINCE}"),
}
# One statement each, whatever is asked: planning would take PostgreSQL longer than finding. The sum keeps it from going through
# all passages by their numbers, which it does from the sixth time on, when it plans for any bounds.
_MATCHING_POSTGRESQL: Final = (
    "SELECT asked.place, (SELECT string_agg(CAST(number AS TEXT), ',') FROM (SELECT number FROM passage_terms"
    " WHERE found @@ asked.query AND number + 0 >= $2 AND number + 0 < $3 LIMIT $4) AS matching)"
    " FROM unnest(CAST(CAST($1 AS TEXT[]) AS tsquery[])) WITH ORDINALITY AS asked (query, place)"
)
_MATCHING_SQLITE: Final = (
    "SELECT {place}, group_concat(rowid) FROM (SELECT rowid FROM passage_words"
    " WHERE passage_words MATCH '{asked}' AND rowid >= {first} AND rowid < {last} LIMIT {most})"
)
_VECTORS: Final = {
    "sqlite": "SELECT number, vector FROM passage_vectors WHERE number IN (SELECT value FROM json_each(?))",
    "postgresql": "SELECT number, vector FROM passage_vectors WHERE number = ANY(CAST($1 AS BIGINT[]))",
}
_AT_ONCE: Final = 90  # lists in one statement; SQLite's bound is 500
_ENDLESS: Final = 1 << 62


class Range(NamedTuple):
    """Documents by their numbers, the last one with them."""

    first: int
    last: int


async def documents(connection: Connection, store: int, version: int, *, signs: bool) -> list[Document]:
    """Those that are found since a version, with -1 all; with the signs of their vectors or without."""
    rows = await connection.execute(_DOCUMENTS[signs], {"store": store, "version": version})
    return [Document(row[0], row[1], row[2], bytes(row[3]), bytes(row[4] or b"")) for row in rows]


async def matching(connection: Connection, asked: Sequence[Sequence[bytes]], within: Range | None) -> "list[NDArray[np.int64]]":
    """For each list of tokens, the numbers of the passages that have one of them; of more than MOST one more than that."""
    between = (0, _ENDLESS) if within is None else (within.first << SHIFT, (within.last + 1) << SHIFT)
    found: list[NDArray[np.int64]] = []
    for begin in range(0, len(asked), _AT_ONCE):
        some = asked[begin : begin + _AT_ONCE]
        if connection.dialect.name == "sqlite":
            by_place = await _matching_sqlite(connection, some, between)
        else:
            await connection.exec_driver_sql("SET LOCAL jit = off")  # compiling takes a hundred times as long as finding
            queries = [" | ".join(map(spelled, tokens)) for tokens in some]
            by_place = dict(await _rows(connection, _MATCHING_POSTGRESQL, (queries, *between, MOST + 1)))
        found += [_numbers(by_place.get(place)) for place in range(1, len(some) + 1)]
    return found


async def _matching_sqlite(
    connection: Connection, asked: Sequence[Sequence[bytes]], between: tuple[int, int]
) -> dict[int, str | None]:
    parts = [
        _MATCHING_SQLITE.format(
            place=place, asked=" OR ".join(map(spelled, tokens)), first=between[0], last=between[1], most=MOST + 1
        )
        for place, tokens in enumerate(asked, 1)
    ]
    return dict(await _rows(connection, " UNION ALL ".join(parts)))


def _numbers(text: str | None) -> "NDArray[np.int64]":
    return np.fromstring(text, dtype=np.int64, sep=",") if text else np.empty(0, dtype=np.int64)


async def vectors(connection: Connection, numbers: Sequence[int]) -> dict[int, bytes]:
    """The vectors of passages by their numbers; those that are gone are missing."""
    if not numbers:
        return {}
    listed = json.dumps(numbers) if connection.dialect.name == "sqlite" else list(numbers)
    return {number: bytes(vector) for number, vector in await _rows(connection, _VECTORS[connection.dialect.name], (listed,))}


async def _rows(connection: Connection, sql: str, values: tuple[object, ...] = ()) -> list[tuple[Any, Any]]:
    """Rows of two columns, whose types nobody knows."""
    found = await connection.exec_driver_sql(sql, values)
    return [cast("tuple[Any, Any]", tuple(row)) for row in found]
