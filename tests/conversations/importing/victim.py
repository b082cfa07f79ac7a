"""A process that imports until it is killed: `python -m tests.conversations.importing.victim DATABASE FOLDER FILE`."""

import asyncio
import sys
from pathlib import Path

from prosa.conversations.importing import Importer
from prosa.drivers.sql import Database, DatabaseAddress
from prosa.runs import RunSettings
from tests.conversations.carrier import SPACE, a_carrier, pieces

SHORT = RunSettings(lease_seconds=1.0)


async def main(database: str, folder: Path, content: bytes) -> None:
    """Its life."""
    address = DatabaseAddress(url=database) if "://" in database else DatabaseAddress(path=Path(database))
    async with a_carrier(Database(address), folder, SHORT) as carrier:
        importer = Importer(SPACE)
        file = await carrier.imports.keep(importer, "chats.json", pieces(content))
        await carrier.finished(await carrier.imports.start(importer, file, dry_run=False))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]).read_bytes()))
