"""What prosa does in the background, job by job: how often, and by whom."""

import hashlib
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prosa.administration import Fixed, stored_values
from prosa.boot.adjusting import retained
from prosa.boot.backups import NAME as BACKUP
from prosa.boot.backups import SETTLE, Backups
from prosa.boot.settings import BackupSettings, LogSettings, Settings
from prosa.conversations import Purge, RetentionSettings, SearchIndexer, expired_shares
from prosa.drivers.blobs import blobs_of
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database, DatabaseAddress, compact, scrub
from prosa.events import Feed, Signals
from prosa.files import FileKeeper, FileService, FileSettings
from prosa.jobs import Job, JobStore, Steadiness
from prosa.kit.clock import Clock
from prosa.knowledge import ChunkIndex, Emptying
from prosa.usage import UsageService

LOOK: Final = 15.0
QUARTER: Final = 900.0
HOUR: Final = 3600.0
DAY: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class JobSettings:
    """What of the settings a process needs that does jobs; `who` is PROSA_JOBS, `usage_days` PROSA_USAGE_DAYS.

    `fixed`: what was set at the start, and so wins over what administrators have stored since.
    """

    data_dir: Path
    run_dir: Path
    database: DatabaseAddress
    files: FileSettings
    retention: RetentionSettings
    backups: BackupSettings
    logs: LogSettings
    usage_days: int
    who: str
    fixed: dict[str, Fixed]

    @classmethod
    def of(cls, settings: Settings) -> "JobSettings":
        """Out of all of them."""
        server = settings.server
        return cls(
            *(server.data_dir, server.run_dir, settings.database, settings.files, settings.retention),
            *(settings.backups, settings.logs, settings.usage.days, settings.jobs),
            dict(settings.administration.fixed),
        )


@dataclass(frozen=True, slots=True)
class JobParts:
    """What the jobs stand on."""

    settings: JobSettings
    database: Database
    journal: Journal
    signals: Signals
    clock: Clock


def place_of(settings: JobSettings) -> str:
    """A name for this data folder on this machine: where what lies beside it is worked at."""
    where = f"{socket.gethostname()}:{settings.data_dir.resolve()}"
    return hashlib.blake2b(where.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def make_jobs(parts: JobParts) -> tuple[Job, ...]:
    """All of them; nothing is opened or loaded yet, so that a serving process can plan them."""
    settings, database, clock = parts.settings, parts.database, parts.clock
    files = FileService(database, blobs_of(database, settings.data_dir, clock), settings.files, clock)
    keeper = FileKeeper(files)
    emptying = Emptying(database, parts.journal, ChunkIndex(database, parts.journal, clock), clock)
    steadiness = Steadiness(JobStore(database, parts.journal), clock)
    purge = Purge(database, files, settings.retention, clock, steadiness.paused)
    backups = Backups(settings.backups, clock)
    kept = Kept(parts, purge)
    return (
        Job("files", keeper.look, LOOK, keeper.due),
        Job("uploads", keeper.sweep, HOUR),
        Job("vector_stores", emptying.look, LOOK, emptying.due),
        Job("trash", kept.told(purge.empty_trash), QUARTER, kept.told(purge.trash_due)),
        Job("retention", kept.told(purge.age), DAY, kept.told(purge.retention_due)),
        Job("changes", _trimmed(parts), HOUR),
        Job("usage", _summed(parts), HOUR),
        Job("traces", _traceless(parts), DAY, _of(database.kind == "sqlite")),
        Job(BACKUP, backups.part, backups.every, backups.due, SETTLE, here=True, attempts=1),
    )


class Kept:
    """How long things are kept, as administrators have it now: looked up before each part, for no worker is told of it."""

    def __init__(self, parts: JobParts, purge: Purge) -> None:
        self._parts = parts
        self._purge = purge

    def told(self, part: Callable[[], Awaitable[bool]]) -> Callable[[], Awaitable[bool]]:
        """The part, done with the times of this moment."""

        async def done() -> bool:
            values = await stored_values(self._parts.database, self._parts.settings.fixed)
            self._purge.adjust(retained(self._parts.settings.retention, values))
            return await part()

        return done


def _trimmed(parts: JobParts) -> Callable[[], Awaitable[bool]]:
    async def part() -> bool:
        """Forget changes that every device has heard of by now, and links whose time is over."""
        await Feed(parts.database, parts.signals).trim(parts.journal, parts.clock.now())
        await parts.journal.append(*expired_shares(parts.clock.now()))
        return False

    return part


def _summed(parts: JobParts) -> Callable[[], Awaitable[bool]]:
    settings = parts.settings

    async def part() -> bool:
        """Sum up what was used, and forget single calls that are old enough."""
        days = (await stored_values(parts.database, settings.fixed)).get("usage.days", settings.usage_days)
        usage = UsageService(parts.database, parts.clock, int(days or 0))
        await usage.roll_up()
        await usage.trim()
        return False

    return part


def _traceless(parts: JobParts) -> Callable[[], Awaitable[bool]]:
    async def part() -> bool:
        """Let nothing be left of what was deleted: neither in the search index, nor in the pages and the log of the database."""
        indexer = SearchIndexer(parts.database, parts.journal, parts.clock)
        try:
            await indexer.settle()
            await indexer.scrub()
        finally:
            await indexer.release()
        await compact(parts.database)
        await scrub(parts.database)
        return False

    return part


def _of(answer: bool) -> Callable[[], Awaitable[bool]]:
    async def due() -> bool:
        return answer

    return due
