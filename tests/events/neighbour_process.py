"""A process with Signals: what it hears goes to standard output, what comes from standard input it publishes."""

import asyncio
import json
import sys
from functools import partial
from pathlib import Path

import uvloop

from prosa.drivers.sql import Database, DatabaseAddress
from prosa.events import Signals


def say(*words: str) -> None:
    """One line of JSON."""
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


async def main(folder: str, place: str) -> None:
    """Listen and publish until standard input ends."""
    address = DatabaseAddress(url=place) if "://" in place else DatabaseAddress(path=Path(place))
    signals = Signals(Path(folder), Database(address))
    for topic in ("news", "more"):
        signals.subscribe(topic, partial(say, topic))
    await signals.start()
    say("ready")
    while line := await asyncio.to_thread(sys.stdin.readline):
        signals.publish(*json.loads(line))
    await signals.stop()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
