"""Keys and answers in the database: small indexed reads, and rows for the journal."""

from typing import Final

import msgspec

from prosa.drivers.journal import Journal, Statement
from prosa.drivers.sql import Database
from prosa.identity.repeats.models import RepeatClaim

NOBODY: Final = ""  # holds what was tried and isn't being tried now
_CLAIM: Final = Statement(
    "INSERT INTO idempotency_keys (space, key, digest, object_id, driver, created_at, expires_at)"
    " VALUES ($1, $2, $3, $4, $5, CAST($6 AS BIGINT), CAST($7 AS BIGINT)) ON CONFLICT (space, key) DO NOTHING"
)
_RENEW: Final = Statement(
    "UPDATE idempotency_keys SET digest = CAST($3 AS TEXT), object_id = CAST($4 AS TEXT), driver = CAST($5 AS TEXT),"
    " status = NULL, answer = NULL, created_at = CAST($6 AS BIGINT), expires_at = CAST($7 AS BIGINT)"
    " WHERE space = $1 AND key = $2 AND expires_at <= CAST($6 AS BIGINT)"
)
_TAKE: Final = Statement(
    "UPDATE idempotency_keys SET driver = CAST($5 AS TEXT)"
    " WHERE space = $1 AND key = $2 AND object_id = $3 AND driver = $4 AND status IS NULL"
)
_KEEP: Final = Statement(
    "UPDATE idempotency_keys SET driver = '', status = CAST($5 AS INTEGER), answer = CAST($6 AS TEXT)"
    " WHERE space = $1 AND key = $2 AND object_id = $3 AND driver = $4 AND status IS NULL"
)
_FORGET: Final = Statement(
    "DELETE FROM idempotency_keys WHERE space = $1 AND key = $2 AND object_id = $3 AND driver = $4 AND status IS NULL"
)
_SWEEP: Final = Statement(
    "DELETE FROM idempotency_keys WHERE (space, key) IN"
    " (SELECT space, key FROM idempotency_keys WHERE expires_at <= CAST($1 AS BIGINT) ORDER BY expires_at LIMIT 200)"
)
_FIND: Final = "SELECT digest, object_id, driver, status, answer, expires_at FROM idempotency_keys WHERE space = $1 AND key = $2"


class Row(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a key. `status` is missing while there is no answer; `answer` is sealed."""

    digest: str
    object_id: str
    driver: str
    status: int | None
    answer: str | None
    expires_at: int


class RepeatStore:
    """Reads and writes of one space's keys; moments in microseconds since 1970."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    async def claim(self, mine: RepeatClaim, digest: str, now: int, until: int) -> bool:
        """Hold a key that is free; False where it was used before."""
        return await self._journal.append(_CLAIM, (mine.space, mine.key, digest, *mine.row[2:], now, until)) == 1

    async def renew(self, mine: RepeatClaim, digest: str, now: int, until: int) -> bool:
        """Hold a key whose time is over as if it were free; False where somebody was faster."""
        return await self._journal.append(_RENEW, (mine.space, mine.key, digest, *mine.row[2:], now, until)) == 1

    async def take(self, held: RepeatClaim, driver: str) -> bool:
        """Hold what `held` doesn't any more; False where somebody was faster."""
        return await self._journal.append(_TAKE, (*held.row, driver)) == 1

    async def keep(self, held: RepeatClaim, status: int, answer: str) -> bool:
        """Store the answer; the key is held no more."""
        return await self._journal.append(_KEEP, (*held.row, status, answer)) == 1

    async def release(self, held: RepeatClaim) -> None:
        """Hold it no more, without an answer."""
        await self._journal.append(_TAKE, (*held.row, NOBODY))

    async def forget(self, held: RepeatClaim) -> None:
        """As if the key had never come."""
        await self._journal.append(_FORGET, held.row)

    async def find(self, space: str, key: str) -> Row | None:
        """What is known of a key of this space."""
        rows = await self._database.fetch(_FIND, space, key)
        return msgspec.convert(tuple(rows[0]), Row) if rows else None

    async def sweep(self, now: int) -> int:
        """Delete some of the keys whose time is over; how many."""
        return await self._journal.append(_SWEEP, (now,))
