"""Refreshing in two processes at once: one client gets on, and a thief is found out whichever process it meets."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from prosa.drivers.sql import Database, DatabaseAddress
from prosa.identity.tokens import Dialect
from prosa.kit.clock import SystemClock
from tests.databases import KINDS, an_address
from tests.identity.credentials import LAPTOP, World


@asynccontextmanager
async def another_process(address: DatabaseAddress) -> AsyncIterator[Process]:
    """A process with services of its own over the same database."""
    where = str(address.path) if address.path is not None else address.url or ""
    command = (sys.executable, "-m", "tests.identity.tokens.refreshing", address.kind, where)
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def told(process: Process, token: str) -> str:
    """What came of the token in that process: the next one, or `refused`."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(token.encode() + b"\n")
    return (await process.stdout.readline()).decode().strip()


@pytest.mark.slow
@pytest.mark.attack("B4")
@pytest.mark.parametrize("kind", KINDS)
async def test_two_processes_refresh_one_token_and_agree_on_a_thief(kind: str) -> None:
    with an_address(kind) as address:
        database = Database(address)
        world = World(database, SystemClock())
        ana = await world.person()
        first = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
        async with another_process(address) as one, another_process(address) as two:
            assert first.refresh is not None
            token = first.refresh
            for _ in range(20):
                pair = await asyncio.gather(told(one, token), told(two, token))
                assert "refused" not in pair
                token = pair[0]
            assert await told(two, first.refresh) == "refused"
            assert await told(one, token) == "refused"
        await database.aclose()
