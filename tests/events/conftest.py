"""Signals of one process, and a second process that hears and says what it is told."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from prosa.drivers.sql import Database
from prosa.events import Signals
from tests.databases import database

__all__ = ["database"]

SOON: Final = 20.0  # seconds, for a busy machine; what is expected happens within milliseconds


@dataclass(slots=True)
class Heard:
    """What subscribers were told, and waiting for it."""

    payloads: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, payload: str) -> None:
        self.payloads.append(payload)
        self.news.set()

    async def until(self, payload: str) -> None:
        """Wait for a payload."""
        async with asyncio.timeout(SOON):
            while payload not in self.payloads:
                self.news.clear()
                await self.news.wait()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A process of its own with Signals; see neighbour_process.py."""

    process: asyncio.subprocess.Process

    async def told(self) -> list[str]:
        """The next payload that it heard, with its topic. Raises TimeoutError."""
        assert self.process.stdout is not None
        async with asyncio.timeout(SOON):
            found: list[str] = json.loads(await self.process.stdout.readline())
        return found

    async def publish(self, topic: str, payload: str) -> None:
        """Have it publish."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([topic, payload]).encode() + b"\n")
        await self.process.stdin.drain()


@asynccontextmanager
async def neighbour(folder: Path, place: str) -> AsyncIterator[Neighbour]:
    """Another process that listens to the topics `news` and `more`, ready when this is entered."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.events.neighbour_process",
        str(folder),
        place,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    found = Neighbour(process)
    try:
        assert await found.told() == ["ready"]
        yield found
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.fixture
async def started(tmp_path: Path) -> AsyncIterator[Callable[[], Signals]]:
    """Makes Signals in `tmp_path`/signals; those that were started are stopped at the end."""
    made: list[Signals] = []

    def make() -> Signals:
        made.append(Signals(tmp_path / "signals", Database(tmp_path / "prosa.db")))
        return made[-1]

    yield make
    for signals in made:
        await signals.stop()
