"""What a search reads, on both kinds of database, within one transaction that sees one state."""

from collections.abc import Iterable, Sequence
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

_DOCUMENTS: Final = sa.text(
    "SELECT number, file_id, dimensions, lengths, bits FROM passage_documents"
    " WHERE store = :store AND state = 1 AND published > :version"
)
_MATCHING: Final = {
    "sqlite": (
        "SELECT {place}, group_concat(rowid) FROM (SELECT rowid FROM passage_words"
        " WHERE passage_words MATCH '{asked}'{between} LIMIT {most})"
    ),
    "postgresql": (
        "SELECT {place}, string_agg(CAST(number AS TEXT), ',') FROM (SELECT number FROM passage_tokens"
        " WHERE tokens @@ CAST('{asked}' AS tsquery){between} LIMIT {most}) AS matching"
    ),
}
_NUMBER: Final = {"sqlite": "rowid", "postgresql": "number"}
_OR: Final = {"sqlite": " OR ", "postgresql": " | "}
_AT_ONCE: Final = 90  # lists in one statement; SQLite's bound is 500


class Range(NamedTuple):
    """Documents by their numbers, the last one with them."""

    first: int
    last: int


async def documents(connection: Connection, store: int, version: int) -> list[Document]:
    """Those that are found since a version; with -1 all."""
    rows = await connection.execute(_DOCUMENTS, {"store": store, "version": version})
    return [Document(row[0], row[1], row[2], bytes(row[3]), bytes(row[4])) for row in rows]


async def matching(connection: Connection, asked: Sequence[Sequence[bytes]], within: Range | None) -> "list[NDArray[np.int64]]":
    """For each list of tokens, the numbers of the passages that have one of them; of more than MOST one more than that."""
    kind = connection.dialect.name
    between = ""
    if within is not None:
        number = _NUMBER[kind]
        between = f" AND {number} >= {within.first << SHIFT} AND {number} < {(within.last + 1) << SHIFT}"
    found: list[NDArray[np.int64]] = []
    for begin in range(0, len(asked), _AT_ONCE):
        parts = [
            _MATCHING[kind].format(place=place, asked=_OR[kind].join(map(spelled, tokens)), between=between, most=MOST + 1)
            for place, tokens in enumerate(asked[begin : begin + _AT_ONCE])
        ]
        by_place = {int(row[0]): row[1] for row in await _rows(connection, " UNION ALL ".join(parts))}
        found += [_numbers(by_place.get(place)) for place in range(len(parts))]
    return found


def _numbers(text: str | None) -> "NDArray[np.int64]":
    return np.fromstring(text, dtype=np.int64, sep=",") if text else np.empty(0, dtype=np.int64)


async def vectors(connection: Connection, numbers: Sequence[int]) -> dict[int, bytes]:
    """The vectors of passages by their numbers; those that are gone are missing."""
    if not numbers:
        return {}
    listed = ", ".join(str(int(number)) for number in numbers)
    rows = await _rows(connection, f"SELECT number, vector FROM passage_vectors WHERE number IN ({listed})")  # noqa: S608  # numbers
    return {row[0]: bytes(row[1]) for row in rows}


async def _rows(connection: Connection, sql: str) -> Iterable[Sequence[Any]]:
    """The rows of our own words and numbers, whose types nobody knows."""
    return cast("Iterable[Sequence[Any]]", await connection.exec_driver_sql(sql))
