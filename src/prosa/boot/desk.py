"""People's parts for one command, beside a running server or without one."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from prosa.boot.people import People, make_people
from prosa.boot.secrets import unlocked
from prosa.boot.settings import Settings, StartRefused
from prosa.drivers.sql import needs_migration, upgrade
from prosa.drivers.vault import settle
from prosa.identity import IdentityParts
from prosa.kit.clock import SystemClock
from prosa.usage import MemoryLimiter


def open_desk(settings: Settings) -> AbstractAsyncContextManager[IdentityParts]:
    """The database brought up to date, and identity over it once the command's loop enters. Raises as `prepared`."""
    return _desk(prepared(settings))


@asynccontextmanager
async def _desk(settings: Settings) -> AsyncIterator[IdentityParts]:
    async with people_at(settings) as people:
        yield people.identity


def prepared(settings: Settings) -> Settings:
    """The settings with their secrets, over a database that is up to date; done before the command's loop begins.

    Nothing of a running server is touched. Raises StartRefused: a data folder that can't be written, secrets of another
    database; ProsaError: a database that can't be used.
    """
    try:
        settings.server.data_dir.mkdir(parents=True, mode=0o700, exist_ok=True)
        settings.server.run_dir.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        folder = str(settings.server.data_dir)
        raise StartRefused(f"PROSA_DATA_DIR={folder!r}: expected a folder that this user can write to") from error
    settings = unlocked(settings)
    if needs_migration(settings.database):
        upgrade(settings.database)
    return settings


@asynccontextmanager
async def people_at(settings: Settings) -> AsyncIterator[People]:
    """People's parts, once the settings are `prepared`."""
    clock = SystemClock()
    people = make_people(settings, MemoryLimiter(clock), clock)
    await settle(people.database, people.identity.keyring, clock.now())
    await people.start()
    try:
        yield people
        await people.identity.accounts.settled()
    finally:
        await people.stop()
