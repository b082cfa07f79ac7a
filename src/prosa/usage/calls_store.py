"""The rows of model calls: written by the journal, read by few-row questions past the query builder."""

from collections.abc import Sequence
from itertools import chain
from typing import Final

import msgspec

from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database
from prosa.usage.calls import COLUMNS as NAMES
from prosa.usage.calls import CallRow
from prosa.usage.models import Call, CallPosition, Costs

COLUMNS: Final = ", ".join(NAMES)
TOGETHER: Final = 16  # rows of one statement, which makes SQLite a third quicker; what is left over is written one by one
BATCH_BEGUN: Final = Statement("INSERT INTO usage_batches (id, written_at) VALUES ($1, $2)")
BATCH_OVER: Final = Statement("DELETE FROM usage_batches WHERE id = $1")
MANY: Final = 200  # runs that are asked for at once
_NEWEST: Final = f"SELECT number, {COLUMNS} FROM usage_calls WHERE space = $1 AND number < $2 ORDER BY number DESC LIMIT $3"  # noqa: S608  # our own words
_LAST: Final = 2**62


def _insert(rows: int) -> Statement:
    numbers = iter(range(1, rows * len(NAMES) + 1))
    places = ", ".join("(" + ", ".join(f"${next(numbers)}" for _ in NAMES) + ")" for _ in range(rows))
    return Statement(f"INSERT INTO usage_calls ({COLUMNS}) VALUES {places}")  # noqa: S608  # our own words


INSERT: Final = _insert(1)
INSERT_TOGETHER: Final = _insert(TOGETHER)


def batch_parts(batch: str, before: str | None, now: int, rows: Sequence[CallRow]) -> list[Part]:
    """What writes a batch once: tried again after it was written, it is refused by its own mark."""
    parts: list[Part] = [(BATCH_BEGUN, (batch, now))]
    if before is not None:
        parts.append((BATCH_OVER, (before,)))
    whole = len(rows) // TOGETHER * TOGETHER
    for begin in range(0, whole, TOGETHER):
        parts.append((INSERT_TOGETHER, [*chain.from_iterable(rows[begin : begin + TOGETHER])]))
    parts += [(INSERT, row) for row in rows[whole:]]
    return parts


async def newest(database: Database, space: str, limit: int, before: CallPosition) -> list[Call]:
    """A space's calls, newest first, that were written before the one at the position."""
    rows = await database.fetch(_NEWEST, space, _LAST if before is None else before, limit)
    return msgspec.convert([tuple(row) for row in rows], list[Call], strict=False)


async def of_runs(database: Database, space: str, run_ids: Sequence[str]) -> dict[str, Costs]:
    """What the calls of each run took together; runs without one are left out."""
    found: dict[str, Costs] = {}
    for begin in range(0, len(run_ids), MANY):
        some = run_ids[begin : begin + MANY]
        places = ", ".join(f"${number}" for number in range(2, len(some) + 2))
        text = (
            "SELECT run_id, count(*), sum(prompt_tokens), sum(completion_tokens), sum(cached_tokens), sum(reasoning_tokens),"  # noqa: S608  # numbers
            " max(CASE WHEN estimated THEN 1 ELSE 0 END), max(coalesce(asked, model)), CAST(sum(cost) AS BIGINT),"
            " max(CASE WHEN cost IS NULL AND prompt_tokens + completion_tokens > 0 THEN 1 ELSE 0 END)"
            f" FROM usage_calls WHERE space = $1 AND run_id IN ({places}) GROUP BY run_id"
        )
        for run_id, *figures, cost, unpriced in await database.fetch(text, space, *some):
            known = None if unpriced else cost or 0
            found[str(run_id)] = msgspec.convert((*figures, known), Costs, strict=False)
    return found
