"""What changed, in the database: rows that go with the change itself, and small indexed reads of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database
from prosa.kit import moments

PAGE: Final = 200
STEP: Final = 1000  # rows that one step of trimming deletes

_ADD: Final = Statement(
    "INSERT INTO changes (space, type, object_id, data, created_at)"
    " VALUES (CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT))"
)
# The newest row stays whatever its age: it tells who asks for what came after it that there is nothing.
_TRIM: Final = Statement(
    "DELETE FROM changes WHERE number IN (SELECT number FROM changes WHERE created_at < CAST($1 AS BIGINT)"
    " AND number < (SELECT max(number) FROM changes) ORDER BY created_at LIMIT CAST($2 AS BIGINT))"
)
_ENDS: Final = "SELECT (SELECT min(number) FROM changes), (SELECT max(number) FROM changes)"
_OF_SPACE: Final = (
    "SELECT number, type, object_id, data, created_at FROM changes"
    " WHERE space = $1 AND number > $2 AND number <= $3 ORDER BY number LIMIT $4"
)
_SPACES: Final = "SELECT DISTINCT space FROM changes WHERE number > $1 AND number <= $2"
# Whoever writes into a table holds this lock from before it is given a number until others can see the row.
_WRITERS: Final = (
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock'"
    " AND relation = 'changes'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that changed. `number` orders all changes of the server; `data` is a JSON object, `at` seconds since 1970."""

    number: int
    type: str
    object_id: str
    data: bytes | None
    at: float


class FeedStore:
    """Reads; writes are told, for the journal."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.late = database.kind == "postgresql"
        """Whether a row can come to light after one with a greater number. SQLite has one writer at a time."""

    async def ends(self) -> tuple[int, int]:
        """The smallest and the greatest number, 0 where there is none."""
        oldest, newest = (await self._database.fetch(_ENDS))[0]
        return _number(oldest), _number(newest)

    async def of(self, space: str, after: int, until: int) -> Sequence[Change]:
        """A page of a space's changes after the one number, up to the other."""
        return [_change(row) for row in await self._database.fetch(_OF_SPACE, space, after, until, PAGE)]

    async def spaces(self, after: int, until: int) -> set[str]:
        """In which spaces something changed."""
        return {str(row[0]) for row in await self._database.fetch(_SPACES, after, until)}

    async def writers(self) -> set[str]:
        """The transactions, of PostgreSQL, that may hold numbers which nobody sees yet."""
        return {str(row[0]) for row in await self._database.fetch(_WRITERS)}


def addition(space: str, type: str, object_id: str, data: bytes | None, now: float) -> Part:
    """One change."""
    return _ADD, (space, type, object_id, None if data is None else data.decode(), moments.stored(now))


def trimming(before: float) -> Part:
    """A step of deleting what is older; it counts fewer than STEP rows when it is the last one."""
    return _TRIM, (moments.stored(before), STEP)


def _change(row: Sequence[object]) -> Change:
    number, type, object_id, data, at = row
    assert isinstance(at, int)
    return Change(_number(number), str(type), str(object_id), None if data is None else str(data).encode(), at / moments.SECOND)


def _number(found: object) -> int:
    return found if isinstance(found, int) else 0
