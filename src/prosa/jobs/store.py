"""Jobs in the database, past the query builder: what was asked for, who does it, and what came of it."""

from collections.abc import Sequence
from typing import Final

import msgspec

from prosa.drivers.journal import Journal, Part, Statement
from prosa.drivers.sql import Database
from prosa.jobs.models import ANYWHERE, Asked, JobState, Queue, Total
from prosa.kit.moments import SECOND, stored

_ASK: Final = (
    "INSERT INTO jobs (key, name, place, state, failures, asked_at)"
    " SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), 'waiting', 0, CAST($4 AS BIGINT)"
)
_ONCE: Final = " ON CONFLICT (key) DO NOTHING"
ASK: Final = Statement(_ASK + " WHERE TRUE" + _ONCE)
_NOT_OPEN: Final = (
    " WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE state IN ('waiting', 'running')"
    " AND name = CAST($2 AS TEXT) AND place = CAST($3 AS TEXT))"
)
# What is scheduled is not asked for again while an earlier one of it is still to be done.
ASK_NEXT: Final = Statement(_ASK + _NOT_OPEN + _ONCE)
_TAKE: Final = Statement(
    "UPDATE jobs SET state = 'running', worker = CAST($2 AS TEXT), begun_at = CAST($3 AS BIGINT)"
    " WHERE key = $1 AND (state = 'waiting' OR (state = 'running' AND worker = CAST($4 AS TEXT)))"
)
_STUMBLE: Final = Statement("UPDATE jobs SET failures = failures + 1, error = CAST($2 AS TEXT) WHERE key = $1")
_END: Final = Statement(
    "UPDATE jobs SET state = CAST($2 AS TEXT), error = CAST($3 AS TEXT), ended_at = CAST($4 AS BIGINT)"
    " WHERE key = $1 AND state IN ('waiting', 'running')"
)
# Counted behind the end, in its transaction, and not again with another telling of it.
_COUNT: Final = Statement(
    "INSERT INTO job_totals (name, done, failed, done_at, failed_at, error)"
    " SELECT name, CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS TEXT)"
    " FROM jobs WHERE key = $1 AND ended_at = CAST($7 AS BIGINT)"
    " ON CONFLICT (name) DO UPDATE SET done = job_totals.done + excluded.done, failed = job_totals.failed + excluded.failed,"
    " done_at = COALESCE(excluded.done_at, job_totals.done_at), failed_at = COALESCE(excluded.failed_at, job_totals.failed_at),"
    " error = COALESCE(excluded.error, job_totals.error)"
)
_BEAT: Final = Statement(
    "INSERT INTO job_workers (id, seen_at) VALUES ($1, CAST($2 AS BIGINT))"
    " ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at"
)
_LEAVE: Final = Statement("DELETE FROM job_workers WHERE id = $1")
_FORGET: Final = Statement("DELETE FROM job_workers WHERE seen_at < CAST($1 AS BIGINT)")
_TRIM: Final = Statement("DELETE FROM jobs WHERE ended_at < CAST($1 AS BIGINT)")
_LOST: Final = Statement("DELETE FROM jobs WHERE state = 'waiting' AND place <> '' AND asked_at < CAST($1 AS BIGINT)")
_NOTE_CLOCK: Final = Statement(
    "INSERT INTO job_clock (name, seen_at, steady_since) VALUES ('wall', CAST($1 AS BIGINT), CAST($2 AS BIGINT))"
    " ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at, steady_since = excluded.steady_since"
)

_WAITING: Final = (
    "SELECT key, name, state, worker FROM jobs WHERE state = 'waiting' AND place IN ('', $1) ORDER BY asked_at, key LIMIT $2"
)
_LEFT: Final = (
    "SELECT key, name, state, worker FROM jobs WHERE state = 'running' AND place IN ('', $1)"
    " AND (worker IS NULL OR NOT EXISTS (SELECT 1 FROM job_workers WHERE id = jobs.worker AND seen_at >= $2))"
    " ORDER BY asked_at, key LIMIT 20"
)
_MINE: Final = "SELECT count(*) FROM jobs WHERE state = 'running' AND worker = $1"
_DEAD: Final = "SELECT id FROM job_workers WHERE id <> $1 AND seen_at < $2 ORDER BY seen_at DESC LIMIT 50"
_QUEUE: Final = "SELECT state, count(*), min(asked_at) FROM jobs WHERE state IN ('waiting', 'running') GROUP BY state"
_TOTALS: Final = "SELECT name, done, failed, done_at, failed_at, error FROM job_totals ORDER BY name"
_ONE: Final = "SELECT key, name, state, worker FROM jobs WHERE key = $1"
_CLOCK: Final = "SELECT seen_at, steady_since FROM job_clock WHERE name = 'wall'"
QUESTIONS: Final = (_QUEUE, _TOTALS, _CLOCK)  # without parameters: also for a look at a database that nobody serves


def asking(key: str, name: str, now: float, place: str = ANYWHERE) -> Part:
    """The row that asks for a job, for the journal transaction that makes it necessary. Of one key there is one."""
    return ASK, (key, name, place, stored(now))


class JobStore:
    """Reads, and writes by the journal; moments in seconds since 1970."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    async def ask(self, key: str, name: str, now: float, place: str = ANYWHERE) -> bool:
        """Ask for a job, whatever else is to be done; whether it hadn't been asked for."""
        return await self._journal.append(*asking(key, name, now, place)) == 1

    async def ask_next(self, key: str, name: str, now: float, place: str) -> bool:
        """The same for what is scheduled."""
        return await self._journal.append(ASK_NEXT, (key, name, place, stored(now))) == 1

    async def take(self, asked: Asked, worker: str, now: float) -> bool:
        """Become the one who does it; False where somebody else was faster."""
        return await self._journal.append(_TAKE, (asked.key, worker, stored(now), asked.worker)) == 1

    async def stumble(self, key: str, error: str) -> None:
        """Note an attempt that failed."""
        await self._journal.append(_STUMBLE, (key, error))

    async def end(self, key: str, error: str | None, now: float) -> None:
        """Note that it is done, or has failed for good; a second telling changes nothing."""
        moment, failed = stored(now), error is not None
        count = (key, int(not failed), int(failed), None if failed else moment, moment if failed else None, error, moment)
        state = JobState.FAILED if failed else JobState.DONE
        await self._journal.append_all(((_END, (key, state, error, moment)), (_COUNT, count)))

    async def waiting(self, place: str, most: int) -> list[Asked]:
        """What nobody does yet, and may be done at this place."""
        return [_asked(row) for row in await self._database.fetch(_WAITING, place, most)]

    async def left(self, place: str, seen: float) -> list[Asked]:
        """What was being done by those who haven't been seen since then."""
        return [_asked(row) for row in await self._database.fetch(_LEFT, place, stored(seen))]

    async def mine(self, worker: str) -> int:
        """How many this worker does."""
        return msgspec.convert((await self._database.fetch(_MINE, worker))[0][0], int)

    async def get(self, key: str) -> Asked | None:
        """What was asked for under a key."""
        rows = await self._database.fetch(_ONE, key)
        return _asked(rows[0]) if rows else None

    async def beat(self, worker: str, now: float) -> None:
        """This worker lives."""
        await self._journal.append(_BEAT, (worker, stored(now)))

    async def leave(self, worker: str) -> None:
        """It ends."""
        await self._journal.append(_LEAVE, (worker,))

    async def dead(self, worker: str, seen: float) -> list[str]:
        """Other workers that haven't been seen since then."""
        return [str(row[0]) for row in await self._database.fetch(_DEAD, worker, stored(seen))]

    async def tidy(self, ended: float, seen: float) -> None:
        """Forget jobs that ended before the one moment; workers of before the other, and what has waited since for its place."""
        await self._journal.append(_TRIM, (stored(ended),))
        await self._journal.append_all(((_FORGET, (stored(seen),)), (_LOST, (stored(seen),))))

    async def queue(self) -> Queue:
        """What has still to be done."""
        return queue_of(await self._database.fetch(_QUEUE))

    async def totals(self) -> tuple[Total, ...]:
        """What came of jobs so far."""
        return totals_of(await self._database.fetch(_TOTALS))

    async def clock(self) -> tuple[float, float] | None:
        """What the clock said when it was last noted, and since when it goes on without a leap."""
        return clock_of(await self._database.fetch(_CLOCK))

    async def note_clock(self, seen: float, steady_since: float) -> None:
        """Note it anew."""
        await self._journal.append(_NOTE_CLOCK, (stored(seen), stored(steady_since)))


def queue_of(rows: Sequence[Sequence[object]]) -> Queue:
    """From the rows of the first of QUESTIONS."""
    found = {str(state): (msgspec.convert(count, int), _seconds(oldest)) for state, count, oldest in rows}
    waiting, oldest = found.get(JobState.WAITING, (0, None))
    return Queue(waiting, found.get(JobState.RUNNING, (0, None))[0], oldest)


def totals_of(rows: Sequence[Sequence[object]]) -> tuple[Total, ...]:
    """From the rows of the second."""
    return tuple(
        Total(str(name), msgspec.convert(done, int), msgspec.convert(failed, int), _seconds(at), _seconds(bad), _text(error))
        for name, done, failed, at, bad, error in rows
    )


def clock_of(rows: Sequence[Sequence[object]]) -> tuple[float, float] | None:
    """From the rows of the third."""
    return (msgspec.convert(rows[0][0], int) / SECOND, msgspec.convert(rows[0][1], int) / SECOND) if rows else None


def _asked(row: Sequence[object]) -> Asked:
    key, name, state, worker = row
    return Asked(str(key), str(name), JobState(str(state)), _text(worker))


def _seconds(moment: object) -> float | None:
    return moment / SECOND if isinstance(moment, int) else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
