"""Who drives runs: a lease for each process that does, and the runs that nobody drives any more."""

import asyncio
from typing import Final

import msgspec

from prosa.drivers.journal import Journal, Statement
from prosa.drivers.sql import Database, DatabaseNotMigrated, needs_migration
from prosa.runs.models import Run
from prosa.runs.store import COLUMNS, OPEN

_RENEW: Final = Statement(
    "INSERT INTO run_drivers (id, service, lease_until) VALUES ($1, $2, CAST($3 AS BIGINT))"
    " ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until"
)
_LEAVE: Final = (
    Statement(f"UPDATE runs SET driver = NULL WHERE driver = $1 AND {OPEN}"),  # noqa: S608  # our own words
    Statement("DELETE FROM run_drivers WHERE id = $1"),
)
_FORGET: Final = Statement("DELETE FROM run_drivers WHERE service <> $1")
_EXPIRED: Final = Statement("DELETE FROM run_drivers WHERE lease_until < CAST($1 AS BIGINT)")
_TRIM: Final = (
    Statement("DELETE FROM run_events WHERE run_id = $1"),
    Statement("UPDATE runs SET trimmed = TRUE WHERE id = $1"),
)

_MINE: Final = f"SELECT id, fence FROM runs WHERE driver = $1 AND {OPEN}"  # noqa: S608  # our own words
_RUN: Final = f"SELECT {COLUMNS} FROM runs WHERE id = $1"  # noqa: S608  # our own words
_ORPHANS: Final = (
    f"SELECT {COLUMNS} FROM runs WHERE {OPEN} AND state = 'running' AND (driver IS NULL OR NOT EXISTS"  # noqa: S608  # our own words
    " (SELECT 1 FROM run_drivers WHERE run_drivers.id = runs.driver AND lease_until >= $1)) LIMIT 50"
)
_WAITING: Final = (
    f"SELECT {COLUMNS} FROM runs WHERE {OPEN} AND state = 'queued' AND NOT EXISTS (SELECT 1 FROM runs other"  # noqa: S608  # our own words
    " WHERE other.conversation_id = runs.conversation_id AND (other.state IN ('running', 'waiting')"
    " OR (other.state = 'queued' AND (other.created_at, other.id) < (runs.created_at, runs.id))))"
    " ORDER BY created_at, id LIMIT 50"
)
_OVERDUE: Final = f"SELECT {COLUMNS} FROM runs WHERE {OPEN} AND state = 'waiting' AND due_at < $1 LIMIT 50"  # noqa: S608  # our own words
_ALIVE: Final = "SELECT 1 FROM run_drivers WHERE id = $1 AND lease_until >= $2"
_OLD: Final = "SELECT id FROM runs WHERE NOT trimmed AND ended_at IS NOT NULL AND ended_at < $1 ORDER BY ended_at LIMIT 100"
# To PostgreSQL its own clock is the one that all hosts share.
_NOW: Final = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"


class LeaseStore:
    """Reads and writes of leases; moments in microseconds of the database's clock."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal

    async def renew(self, driver: str, service: str, until: int) -> None:
        """Hold the lease until then."""
        await self._journal.append(_RENEW, (driver, service, until))

    async def leave(self, driver: str) -> None:
        """Give the lease back, and every run that was driven under it."""
        await self._journal.append_all([(statement, (driver,)) for statement in _LEAVE])

    async def forget_others(self, service: str) -> None:
        """No other service lives: end all leases but those of this one."""
        await self._journal.append(_FORGET, (service,))

    async def sweep(self, before: int) -> None:
        """Delete leases that ended long ago."""
        await self._journal.append(_EXPIRED, (before,))

    async def check_ready(self) -> None:
        """Raises DatabaseNotMigrated as long as somebody has still to bring the database up to date."""
        if await asyncio.to_thread(needs_migration, self._database.address):
            raise DatabaseNotMigrated

    async def offset(self, now: int) -> int:
        """How far the database's clock is ahead of `now`."""
        if self._database.kind == "sqlite":
            return 0  # a file's processes share a machine
        return msgspec.convert((await self._database.fetch(_NOW))[0][0], int) - now

    async def mine(self, driver: str) -> dict[str, int]:
        """The fence of every open run that is driven under this lease, by its id."""
        return dict(msgspec.convert(await self._database.fetch(_MINE, driver), list[tuple[str, int]]))

    async def run(self, run_id: str) -> list[Run]:
        """The run, if it is still there."""
        return msgspec.convert(await self._database.fetch(_RUN, run_id), list[Run], strict=False)

    async def orphans(self, now: int) -> list[Run]:
        """Running runs that nobody drives."""
        return msgspec.convert(await self._database.fetch(_ORPHANS, now), list[Run], strict=False)

    async def next_in_line(self) -> list[Run]:
        """Runs that wait in a conversation where nothing runs any more."""
        return msgspec.convert(await self._database.fetch(_WAITING), list[Run], strict=False)

    async def overdue(self, now: int) -> list[Run]:
        """Runs that waited for somebody who didn't come in time."""
        return msgspec.convert(await self._database.fetch(_OVERDUE, now), list[Run], strict=False)

    async def alive(self, driver: str, now: int) -> bool:
        """Whether this lease holds."""
        return bool(await self._database.fetch(_ALIVE, driver, now))

    async def old(self, before: int) -> list[str]:
        """Runs that ended before this moment and whose log is still there."""
        return [str(row[0]) for row in await self._database.fetch(_OLD, before)]

    async def trim(self, run_id: str) -> None:
        """Delete the log of a run that has ended."""
        await self._journal.append_all([(statement, (run_id,)) for statement in _TRIM])
