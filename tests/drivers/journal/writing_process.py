"""A process that appends numbered events and says of each that it was acknowledged, until it is killed."""

import asyncio
import sys
from pathlib import Path

import uvloop

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database, DatabaseAddress
from tests.drivers.journal.conftest import ADD

RUNS = ("a", "b", "c", "d", "e", "f", "g", "h")


async def main(place: str) -> None:
    """Append events of several runs at the same time."""
    address = DatabaseAddress(url=place) if "://" in place else DatabaseAddress(path=Path(place))
    journal = Journal(Database(address))
    await asyncio.gather(*(append(journal, run) for run in RUNS))


async def append(journal: Journal, run: str) -> None:
    """Number after number; a line for each that is durable."""
    number = 0
    while True:
        await journal.append(ADD, (run, number, "x" * 100))
        sys.stdout.write(f"{run} {number}\n")
        sys.stdout.flush()
        number += 1


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
