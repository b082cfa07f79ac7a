"""Another process of the same service: refreshes a token when it is told to, and prints what came of it.

Arguments: `sqlite` or `postgresql`, the path or URL. Standard input: a token a line.
"""

import asyncio
import sys
from pathlib import Path

from prosa.drivers.sql import Database, DatabaseAddress
from prosa.identity.tokens import Dialect, TokenInvalid
from prosa.kit.clock import SystemClock
from tests.identity.credentials import World


async def main(kind: str, where: str) -> None:
    address = DatabaseAddress(path=Path(where)) if kind == "sqlite" else DatabaseAddress(url=where)
    database = Database(address)
    world = World(database, SystemClock())
    await database.open()
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            pair = await world.tokens.refresh(line.strip(), Dialect.CHATAI)
            print(pair.refresh, flush=True)
        except TokenInvalid:
            print("refused", flush=True)
    await database.aclose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
