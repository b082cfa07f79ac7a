"""`prosa keys rotate`: from an older secret to the newest, beside a running server."""

import asyncio
import time
from dataclasses import replace

from prosa.administration import sealed_columns
from prosa.boot.locking import locked
from prosa.boot.secrets import unlocked
from prosa.boot.settings import Settings, StartRefused
from prosa.drivers.sql import Database
from prosa.drivers.vault import Keyring, Register, Rotation, known_checks, rotate, settle
from prosa.identity import secret_columns


def every_secret_column() -> Register:
    """The columns that hang on the secrets: people's, and the keys of providers that are stored."""
    people = secret_columns()
    return replace(people, sealed=(*people.sealed, *sealed_columns()))


def rotate_keys(settings: Settings) -> Rotation:
    """Seal anew what older secrets have sealed. Raises StartRefused, DatabaseUnavailable.

    A server that runs has to know the newest secret first, else it couldn't read what is sealed with it; its start tells the
    database of the secret.
    """
    settings = unlocked(settings)
    keyring = Keyring.of(settings.secrets)
    if keyring.kid in asyncio.run(known_checks(settings.database)):
        return asyncio.run(_rotate(settings, keyring))
    if settings.database.path is None:
        raise StartRefused("no server knows the newest secret yet: restart every server of this database, then run this again")
    try:
        with locked(settings.server.data_dir):
            return asyncio.run(_rotate(settings, keyring))
    except StartRefused as error:
        raise StartRefused("the running server doesn't know the newest secret yet: restart it, then run this again") from error


async def _rotate(settings: Settings, keyring: Keyring) -> Rotation:
    database = Database(settings.database)
    try:
        now = time.time()
        await settle(database, keyring, now)
        return await rotate(database, keyring, every_secret_column(), now)
    finally:
        await database.aclose()
