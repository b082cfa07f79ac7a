"""Pages of lists by the time of creation, and small things that the rows of stores and of files have in common."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from prosa.knowledge.stores.models import DELETING, FileCounts, PageQuery

T = TypeVar("T")


class Window:
    """The part of a list that a query asks for: conditions and order on (created_at, id)."""

    def __init__(self, query: PageQuery, place: tuple[int, str] | None, id_column: str) -> None:
        """`place`: of what the query's `after` or `before` names."""
        self._limit = query.limit
        self._place = place
        self._id = id_column
        self._back = query.before is not None and query.after is None
        self._down = query.newest_first is not self._back
        self.values: tuple[object, ...] = (*(place or ()), query.limit + 1)

    def sql(self, terms: Sequence[str], used: int) -> str:
        """All after WHERE; `used`: parameters that the terms have."""
        found, way = list(terms), "DESC" if self._down else "ASC"
        if self._place is not None:
            found.append(f"(created_at, {self._id}) {'<' if self._down else '>'} (CAST(${used + 1} AS BIGINT), ${used + 2})")
            used += 2
        return f"{' AND '.join(found)} ORDER BY created_at {way}, {self._id} {way} LIMIT ${used + 1}"

    def ordered(self, found: list[T]) -> list[T]:
        """What was read, in the order that was asked for; the one too many, if there is one, is the last all the same."""
        return [*reversed(found[: self._limit]), *found[self._limit :]] if self._back else found


def counts_of(counts: Iterable[tuple[str, int]]) -> FileCounts:
    """Counts by status."""
    return FileCounts(**{status: count for status, count in counts if status != DELETING})


def places(count: int, first: int = 1) -> str:
    """Parameters in a row."""
    return ", ".join(f"${number}" for number in range(first, first + count))


def number(rows: Sequence[Sequence[object]]) -> int:
    """The one number of a query."""
    return msgspec.convert(rows[0][0], int, strict=False)


def plain(rows: Sequence[Sequence[object]]) -> list[tuple[object, ...]]:
    """Rows as msgspec takes them."""
    return [tuple(row) for row in rows]
