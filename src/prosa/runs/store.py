"""Runs and their logs in the database, past the query builder: small indexed reads, and rows for the journal.

Everything that a driver writes carries the run's fence. On PostgreSQL it also holds the run's row for as long as its
transaction lasts, so that who takes the run over waits for it, and then reads all that was written before.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from prosa.drivers.journal import Journal, Part, Statement
from prosa.drivers.sql import Database
from prosa.runs.batch import Batch
from prosa.runs.models import Ending, NewRun, Run, RunQuery, RunState

COLUMNS: Final = (
    "id, space, kind, state, fence, driver, attempts, conversation_id, previous_id, account_id, credential_id,"
    " request, result, metadata, created_at, ended_at, trimmed"
)
_LISTED: Final = COLUMNS.replace("request, result", "'' AS request, NULL AS result")
OPEN: Final = "state IN ('queued', 'running', 'waiting')"
FIRST_FENCE: Final = 1
MANY: Final = 200  # runs that are asked for at once
_LAST: Final = 2**31 - 2  # the greatest number that the database's integers can tell the next of
PAGE: Final = 8  # rows of a log that are read at once: a slow reader holds them, a quarter of a mebibyte each at most

_START: Final = Statement(
    "INSERT INTO runs (id, space, kind, conversation_id, previous_id, account_id, credential_id, request, metadata,"  # noqa: S608  # our own words
    " created_at, fence, attempts, driver, state)"
    " SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT),"
    " CAST($7 AS TEXT), CAST($8 AS TEXT), CAST($9 AS TEXT), CAST($10 AS BIGINT), 1, 1,"
    # Who wants to be alone gets no state behind another one, which the table refuses: nothing is written then.
    " CASE WHEN busy.found = 0 THEN CAST($11 AS TEXT) END,"
    " CASE WHEN busy.found = 0 THEN 'running' WHEN NOT CAST($12 AS BOOLEAN) THEN 'queued' END"
    f" FROM (SELECT count(*) AS found FROM runs WHERE conversation_id = CAST($4 AS TEXT) AND {OPEN}) AS busy"
)
_FIRST: Final = Statement(
    "INSERT INTO run_events (run_id, first, last, fence, final, payload)"
    " VALUES ($1, CAST(0 AS INTEGER), CAST($2 AS INTEGER), 1, FALSE, $3)"
)
_EVENTS: Final = (
    "INSERT INTO run_events (run_id, first, last, fence, final, payload)"
    " SELECT CAST($1 AS TEXT), CAST($2 AS INTEGER), CAST($3 AS INTEGER), CAST($4 AS BIGINT), CAST($5 AS BOOLEAN),"
    " CAST($6 AS TEXT)"
    " FROM runs WHERE id = $1 AND fence = $4 AND state = $7"
)
_ONCE: Final = " ON CONFLICT (run_id, first) DO NOTHING"
_APPEND: Final = Statement(_EVENTS + _ONCE, _EVENTS.replace("state = $7", "state = CAST($7 AS TEXT) FOR SHARE") + _ONCE)
_END: Final = Statement(
    "UPDATE runs SET state = CAST($3 AS TEXT), result = CAST($4 AS TEXT), ended_at = CAST($5 AS BIGINT), driver = NULL,"  # noqa: S608  # our own words
    " due_at = CAST($6 AS BIGINT)"
    f" WHERE id = $1 AND fence = CAST($2 AS BIGINT) AND {OPEN}"
)
_TAKE: Final = Statement(
    "UPDATE runs SET driver = CAST($3 AS TEXT), fence = fence + 1, attempts = attempts + CAST($4 AS INTEGER)"  # noqa: S608  # our own words
    f" WHERE id = $1 AND fence = CAST($2 AS BIGINT) AND {OPEN}"
)
_RAISE: Final = Statement(
    "UPDATE runs SET driver = CAST($3 AS TEXT), fence = fence + 1, state = 'running'"
    " WHERE id = $1 AND fence = CAST($2 AS BIGINT) AND state = CAST($4 AS TEXT)"
    " AND NOT EXISTS (SELECT 1 FROM runs other WHERE other.conversation_id = runs.conversation_id AND other.id <> runs.id"
    " AND (other.state IN ('running', 'waiting') OR (other.state = 'queued' AND runs.state = 'queued'"
    " AND (other.created_at, other.id) < (runs.created_at, runs.id))))"
)
_DELETE: Final = (
    Statement("DELETE FROM run_events WHERE run_id = $1"),
    Statement("DELETE FROM runs WHERE id = $1"),
)
_DESCRIBE: Final = Statement("UPDATE runs SET metadata = CAST($3 AS TEXT) WHERE space = $1 AND id = $2")

_ONE: Final = f"SELECT {COLUMNS} FROM runs WHERE space = $1 AND id = $2"  # noqa: S608  # our own words
_BY_ID: Final = f"SELECT {COLUMNS} FROM runs WHERE id = $1"  # noqa: S608  # our own words
_LOG: Final = (
    "SELECT first, last, final, payload FROM run_events WHERE run_id = $1 AND last > $2 AND first >="
    " (SELECT coalesce(max(first), 0) FROM run_events WHERE run_id = $1 AND first <= $2 + 1)"
    " ORDER BY first LIMIT $3"
)
_ENDED: Final = "SELECT 1 FROM runs WHERE id = $1 AND fence = $2 AND state = $3"
_WROTE: Final = "SELECT fence, last FROM run_events WHERE run_id = $1 AND first = $2"
_OPEN_IN: Final = f"SELECT {COLUMNS} FROM runs WHERE conversation_id = $1 AND {OPEN} ORDER BY created_at, id"  # noqa: S608  # our own words


class RunStore:
    """Reads and writes of runs. What a driver or the server itself does names the run alone; a caller's begins with its space."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    async def start(self, new: NewRun, driver: str, now: int) -> None:
        """Write the run, its first events and the rows that belong to it. Raises RowRefused where the id is taken."""
        row = (
            *(new.id, new.space, new.kind, new.conversation_id, new.previous_id, new.account_id, new.credential_id),
            *(new.request.decode(), _text(new.metadata), now, driver, new.alone),
        )
        events = (new.id, len(new.events) - 1, b"\n".join(new.events).decode())
        await self._journal.append_all(((_START, row), (_FIRST, events), *new.parts))

    async def append(self, rows: Sequence[tuple[str, int, Batch]]) -> Sequence[int]:
        """Write events of running runs, each `(run id, fence, batch)`: for each, 1, or 0 where the fence is another's."""
        return await self._journal.append_all([(_APPEND, _event_row(*row)) for row in rows])

    async def end(self, run: Run, ending: Ending, batch: Batch | None, now: int) -> bool:
        """Bring the run into the ending's state, with its events and rows; False where the fence is another's."""
        ended = None if ending.state is RunState.WAITING else now
        change = (_END, (run.id, run.fence, ending.state, ending.result.decode(), ended, ending.due_at))
        events = () if batch is None else ((_APPEND, _event_row(run.id, run.fence, batch, ending.state)),)
        counts = await self._journal.append_all((change, *events, *ending.rows))
        return counts[0] == 1

    async def take(self, run: Run, driver: str, *, attempt: bool) -> bool:
        """Become the driver of an open run; False where it changed meanwhile."""
        return await self._journal.append(_TAKE, (run.id, run.fence, driver, int(attempt))) == 1

    async def resume(self, run: Run, driver: str, parts: Sequence[Part] = (), batch: Batch | None = None) -> bool:
        """Begin to drive a run that waited, with more rows and, of its log, the next events; False where it changed, or its
        conversation is busy, and then there are no events either."""
        raised = (_RAISE, (run.id, run.fence, driver, run.state))
        events = () if batch is None else ((_APPEND, _event_row(run.id, run.fence + 1, batch)),)
        return (await self._journal.append_all((raised, *events, *parts)))[0] == 1

    async def describe(self, space: str, run_id: str, metadata: bytes) -> bool:
        """Replace the metadata; False where there is no such run."""
        return await self._journal.append(_DESCRIBE, (space, run_id, metadata.decode())) == 1

    async def delete(self, run: Run, parts: Sequence[Part]) -> None:
        """Take the run away, its log, and the rows that belong to it."""
        await self._journal.append_all((*parts, *((statement, (run.id,)) for statement in _DELETE)))

    async def get(self, space: str, run_id: str) -> Run | None:
        """A run of this space."""
        return _one(await self._database.fetch(_ONE, space, run_id))

    async def by_id(self, run_id: str) -> Run | None:
        """A run, for who drives it."""
        return _one(await self._database.fetch(_BY_ID, run_id))

    async def open_in(self, conversation_id: str) -> Sequence[Run]:
        """The runs of a conversation that have still to end, in the order in which they came."""
        return _runs(await self._database.fetch(_OPEN_IN, conversation_id))

    async def list(self, space: str, query: RunQuery) -> Sequence[Run]:
        """A page of a space's runs; without `query.whole` not with what they were asked and what came of them: that may be
        megabytes each."""
        # Of a conversation there are few: SQLite, which can't know that, would look through all of the space.
        conditions = ["space = $1" if query.conversation_id is None else "CAST(space AS TEXT) = $1"]
        parameters: list[object] = [space]
        for column, value in (("kind", query.kind), ("conversation_id", query.conversation_id)):
            if value is not None:
                parameters.append(value)
                conditions.append(f"{column} = ${len(parameters)}")
        if query.open_only:
            conditions.append(OPEN)
        if query.after is not None:
            sign = "<" if query.newest_first else ">"
            parameters += [query.after.created_at, query.after.id]
            conditions.append(f"(created_at, id) {sign} (${len(parameters) - 1}, ${len(parameters)})")
        parameters.append(query.limit)
        way = "DESC" if query.newest_first else "ASC"
        text = (
            f"SELECT {COLUMNS if query.whole else _LISTED} FROM runs WHERE {' AND '.join(conditions)}"  # noqa: S608  # our own words; values are parameters
            f" ORDER BY created_at {way}, id {way} LIMIT ${len(parameters)}"
        )
        return _runs(await self._database.fetch(text, *parameters))

    async def read(self, run_id: str, after: int, rows: int = PAGE) -> Sequence[Batch]:
        """The next events of a log, at most so many rows; none at its end."""
        after = min(after, _LAST)
        return [_batch(row).after(after) for row in await self._database.fetch(_LOG, run_id, after, rows)]

    async def log(self, run_id: str) -> Sequence[Batch]:
        """All of a log."""
        found: Sequence[Batch] = ()
        while page := await self.read(run_id, found[-1].last if found else -1):
            found = [*found, *page]
        return found

    async def newest_of(self, run_ids: Sequence[str]) -> dict[str, tuple[int, int | None]]:
        """The number of each run's last event, and of its final one; runs that have none are left out."""
        found: dict[str, tuple[int, int | None]] = {}
        for begin in range(0, len(run_ids), MANY):
            some = run_ids[begin : begin + MANY]
            places = ", ".join(f"${number}" for number in range(1, len(some) + 1))
            text = (
                "SELECT run_id, max(last), max(CASE WHEN final THEN last END) FROM run_events"  # noqa: S608  # numbers
                f" WHERE run_id IN ({places}) GROUP BY run_id"
            )
            rows = msgspec.convert(await self._database.fetch(text, *some), list[tuple[str, int, int | None]])
            found.update({run_id: (last, final) for run_id, last, final in rows})
        return found

    async def ended(self, run: Run, state: RunState) -> bool:
        """Whether this driver has brought the run into this state after all."""
        return bool(await self._database.fetch(_ENDED, run.id, run.fence, state))

    async def wrote(self, run_id: str, fence: int, batch: Batch) -> bool:
        """Whether this driver has written these events after all."""
        rows = await self._database.fetch(_WROTE, run_id, batch.first)
        return [tuple(row) for row in rows] == [(fence, batch.last)]


def _event_row(run_id: str, fence: int, batch: Batch, state: str = RunState.RUNNING) -> tuple[object, ...]:
    return run_id, batch.first, batch.last, fence, batch.final, batch.payload.decode(), state


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode()


def _one(rows: Sequence[tuple[object, ...]]) -> Run | None:
    return _runs(rows)[0] if rows else None


def _runs(rows: Sequence[tuple[object, ...]]) -> list[Run]:
    return msgspec.convert([tuple(row) for row in rows], list[Run], strict=False)


def _batch(row: tuple[object, ...]) -> Batch:
    first, last, final, payload = row
    assert isinstance(first, int) and isinstance(last, int) and isinstance(payload, str)
    return Batch(first, last, payload.encode(), final=bool(final))
