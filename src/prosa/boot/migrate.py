"""Bringing the database up to date in a process of its own: what that needs of memory is gone afterwards.

`python -m prosa.boot.migrate` reads its order from standard input, where nobody else sees the secrets in it.
"""

import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from prosa.drivers.sql import Database, DatabaseAddress, upgrade
from prosa.drivers.vault import Keyring, settle
from prosa.identity import name_database
from prosa.kit.errors import ProsaError

if TYPE_CHECKING:
    from prosa.boot.settings import Settings


class Order(msgspec.Struct):
    """Which database, and the secrets that it is to know afterwards."""

    path: str | None
    url: str | None
    secrets: tuple[str, ...]


async def migrate_apart(address: DatabaseAddress, secrets: tuple[str, ...]) -> bool:
    """Have a child do it; whether it could."""
    order = Order(str(address.path) if address.path is not None else None, address.url, secrets)
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdin=asyncio.subprocess.PIPE)
    await child.communicate(msgspec.json.encode(order))
    return child.returncode == 0


def migrate_here(settings: "Settings") -> int:
    """`prosa migrate`: the exit status. Raises StartRefused: secrets of another database."""
    from prosa.boot.secrets import unlocked  # what it brings along would make the child slow

    settings = unlocked(settings)
    return _migrated(settings.database, settings.secrets)


def _migrated(address: DatabaseAddress, secrets: tuple[str, ...]) -> int:
    try:
        asyncio.run(migrate(address, secrets))
    except ProsaError as error:
        sys.stderr.write(f"prosa: {error.message}\n")
        return 1
    return 0


async def migrate(address: DatabaseAddress, secrets: tuple[str, ...]) -> None:
    """Do it here: the newest form of the tables, and the proof of the secrets. Raises DatabaseUnavailable, OtherSecrets."""
    upgrade(address)
    database = Database(address)
    try:
        await settle(database, Keyring.of(secrets), time.time())
        await name_database(database)
    finally:
        await database.aclose()


def main() -> int:
    """The child's whole life."""
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    address = DatabaseAddress(Path(order.path) if order.path is not None else None, order.url)
    return _migrated(address, order.secrets)


if __name__ == "__main__":
    sys.exit(main())
