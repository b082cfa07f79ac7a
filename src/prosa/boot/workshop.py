"""What commands work with that change more than people."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from prosa.assistants import AdoptingGround
from prosa.boot.desk import people_at, prepared
from prosa.boot.jobs import JobParts, JobSettings, make_jobs
from prosa.boot.people import People
from prosa.boot.privacy import make_privacy
from prosa.boot.settings import Settings
from prosa.cli import Workshop
from prosa.conversations import Ground
from prosa.drivers.blobs import blobs_of
from prosa.drivers.sql import DatabaseAddress
from prosa.events import Feed
from prosa.files import FileService
from prosa.kit import moments


def open_workshop(settings: Settings) -> AbstractAsyncContextManager[Workshop]:
    """Over the database of the settings, brought up to date. Raises as `prepared`."""
    return _workshop(prepared(settings), ExitStack())


def open_workshop_aside(settings: Settings) -> AbstractAsyncContextManager[Workshop]:
    """Over a new database that is gone afterwards: for a look at what would come into one that isn't there yet."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place = replace(settings.server, data_dir=folder)
        elsewhere = prepared(replace(settings, server=place, secrets=(), database=DatabaseAddress(path=folder / "prosa.db")))
        return _workshop(elsewhere, stack.pop_all())


@asynccontextmanager
async def _workshop(settings: Settings, stack: ExitStack) -> AsyncIterator[Workshop]:
    with stack:
        async with people_at(settings) as people:
            yield _tools(settings, people)


def _tools(settings: Settings, people: People) -> Workshop:
    database, clock, data_dir = people.database, people.clock, settings.server.data_dir
    files = FileService(database, blobs_of(database, data_dir, clock), settings.files, clock)
    jobs = make_jobs(JobParts(JobSettings.of(settings), database, people.journal, people.signals, clock))
    return Workshop(
        people.identity,
        Ground(database, people.journal, people.identity.arrivals, moments.stored(clock.now())),
        AdoptingGround(database, people.journal, people.identity, Feed(database, people.signals), clock.now()),
        files,
        make_privacy(people, files, data_dir),
        next(job.part for job in jobs if job.name == "traces"),
    )
