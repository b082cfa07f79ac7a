"""Readers that follow a run: silent ones, slow ones, many, those who leave, and those whose right ends."""

import asyncio
import re
import resource
import socket
import time
from collections.abc import AsyncIterator

import pytest

from prosa.api.edge import Front
from prosa.api.following import KEEP_ALIVE, Readers
from prosa.api.lazy import LazyApplication
from prosa.identity import OPERATOR, Scope
from prosa.runs import Run
from tests.api.app.house import House, Person, house
from tests.api.puppet import Puppet
from tests.calling import resident


class Stage:
    """A house, Ana in it with a key, and runs of hers."""

    def __init__(self, home: House, ana: Person, key: str) -> None:
        self.home = home
        self.ana = ana
        self.key = key
        self.puppet = Puppet(home.prosa.system.runs)

    async def begin(self) -> Run:
        """A run of Ana's."""
        return await self.puppet.begin(self.ana.account.id)

    async def connect(self, run: Run, after: int = -1, buffer: int | None = None) -> "Reader":
        """A reader on a connection of its own; `buffer`: bytes that its side of the connection takes."""
        end = socket.socket()
        if buffer is not None:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        end.setblocking(False)
        port = int(self.home.prosa.base.rpartition(":")[2])
        await asyncio.get_running_loop().sock_connect(end, ("127.0.0.1", port))
        reader, writer = await asyncio.open_connection(sock=end, limit=64 * 1024)
        path = f"/api/v1/runs/run_{run.id}/events?starting_after={after}"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.key}\r\n\r\n".encode())
        return Reader(end, reader, writer)

    @property
    def readers(self) -> Readers:
        """Who follows now."""
        front = self.home.prosa.system.app
        assert isinstance(front, Front) and isinstance(front._fallback, LazyApplication)
        return front._fallback._parts.readers

    async def count(self, number: int, seconds: float = 5.0) -> None:
        """Wait until so many follow."""
        async with asyncio.timeout(seconds):
            while len(self.readers) != number:  # noqa: ASYNC110  # nobody tells
                await asyncio.sleep(0.01)


class Reader:
    """One end of a connection on which a run is followed."""

    def __init__(self, end: socket.socket, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.end = end
        self.reader = reader
        self.writer = writer

    async def head(self) -> bytes:
        """The answer's head."""
        return await self.reader.readuntil(b"\r\n\r\n")

    async def until(self, end: bytes, seconds: float = 5.0) -> bytes:
        """What comes up to these bytes."""
        async with asyncio.timeout(seconds):
            return await self.reader.readuntil(end)

    async def rest(self, seconds: float = 5.0) -> bytes:
        """What comes up to the end of the connection."""
        async with asyncio.timeout(seconds):
            return await self.reader.read(-1)

    async def until_end(self, seconds: float = 30.0) -> bytes:
        """What comes up to the answer's end, however long it is."""
        body = b""
        async with asyncio.timeout(seconds):
            while not body.endswith(b"0\r\n\r\n"):
                body += await self.reader.read(1 << 20)
        return body

    def leave(self) -> None:
        """Hang up."""
        self.writer.transport.abort()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with house({"PROSA_REQUESTS_PER_MINUTE": "0"}) as home:
        ana = await home.person("ana")
        stage = Stage(home, ana, await home.key(ana, Scope.READ, Scope.WRITE))
        yield stage
        stage.puppet.finish()


def said(body: bytes) -> list[str]:
    """The events of a chunked stream, by type; it must have come to its end as HTTP."""
    assert body.endswith(b"0\r\n\r\n"), body[-100:]
    return [found.decode() for found in re.findall(rb"^event: (.*)$", body, re.MULTILINE)]


async def test_a_silent_reader_is_kept_awake_by_comments(stage: Stage) -> None:
    stage.readers.silence_seconds = 0.1
    run = await stage.begin()
    reader = await stage.connect(run)
    first = await reader.until(KEEP_ALIVE)
    assert first.count(b"event: ") == 1
    await reader.until(KEEP_ALIVE)
    stage.puppet.say(run, "um")
    await reader.until(b"um")
    assert b"event: " not in await reader.until(KEEP_ALIVE)
    await stage.puppet.ended(run)
    assert said(await reader.until(b"0\r\n\r\n"))[-1] == "completed"
    await stage.count(0)
    reader.leave()


async def test_who_leaves_is_forgotten_and_the_run_goes_on(stage: Stage) -> None:
    run = await stage.begin()
    readers = [await stage.connect(run) for _ in range(5)]
    for reader in readers:
        await reader.until(b"begun")
    assert len(stage.readers) == 5
    for reader in readers:
        reader.leave()
    await stage.count(0, 1)
    stage.puppet.say(run, "um")
    assert (await stage.puppet.ended(run)).state == "completed"


@pytest.mark.attack("A17", "C4")
async def test_a_revoked_reader_gets_an_end_within_a_second_and_no_event_that_the_log_lacks(stage: Stage) -> None:
    run, other = await stage.begin(), await stage.begin()
    reader, silent = await stage.connect(run), await stage.connect(other)
    await reader.until(b"begun")
    await silent.until(b"begun")
    keys = stage.home.prosa.system.people.identity.keys
    key = next(key for key in (await keys.list(OPERATOR)).items if key.account_id == stage.ana.account.id)
    began = time.monotonic()
    await keys.revoke(OPERATOR, key.id)
    ends = [await each.until(b"0\r\n\r\n") for each in (reader, silent)]
    assert time.monotonic() - began < 1
    assert [said(end) for end in ends] == [[], []]
    for told in (run, other):
        stage.puppet.say(told, "secret")
        assert (await stage.puppet.ended(told)).state == "completed"
    for each in (reader, silent):
        each.leave()


@pytest.mark.attack("A17")
async def test_a_revoked_reader_that_takes_nothing_is_let_go_too(stage: Stage) -> None:
    run = await stage.begin()
    reader = await stage.connect(run, buffer=16 * 1024)
    await stage.count(1)
    stage.puppet.say(run, *("x" * 50_000 for _ in range(100)))
    await asyncio.sleep(0.5)
    keys = stage.home.prosa.system.people.identity.keys
    key = next(key for key in (await keys.list(OPERATOR)).items if key.account_id == stage.ana.account.id)
    await keys.revoke(OPERATOR, key.id)
    await stage.count(0, 2)
    stage.puppet.say(run, "secret")
    await asyncio.sleep(1)
    rest = await reader.rest(20)  # what had been written to it before; then the connection breaks off
    assert b"secret" not in rest and not rest.endswith(b"0\r\n\r\n")
    await stage.puppet.ended(run)
    reader.leave()


async def test_a_server_that_stops_ends_the_stream_without_an_event_of_its_own() -> None:
    async with house() as home:
        ana = await home.person("ana")
        stage = Stage(home, ana, await home.key(ana, Scope.READ))
        reader = await stage.connect(await stage.begin())
        await reader.until(b"begun")
    assert said(await reader.rest()) == []
    reader.leave()


async def test_a_slow_reader_costs_little_and_misses_nothing(stage: Stage) -> None:
    run = await stage.begin()
    for _ in range(20):
        stage.puppet.say(run, *("x" * 50_000 for _ in range(20)))
        await asyncio.sleep(0.01)
    await stage.puppet.ended(run)
    before = resident()
    slow = await stage.connect(run, buffer=16 * 1024)
    await stage.count(1)
    await asyncio.sleep(0.3)
    assert len(stage.readers) == 1
    assert resident() - before < 10 * 1024 * 1024  # of 20: a page of the log, and what its connection takes
    slow.end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    body = await slow.until_end()
    assert said(body) == ["begun", *["said"] * 400, "completed"]
    slow.leave()


@pytest.mark.slow
async def test_a_thousand_readers_cost_at_most_80_kb_each(stage: Stage) -> None:
    many = 1000
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    runs = [await stage.begin() for _ in range(10)]
    first = await stage.connect(runs[0])
    await first.until(b"begun")
    before = resident()
    ends = []
    for number in range(many):
        ends.append(plain_reader(stage, runs[number % len(runs)]))
        if number % 100 == 99:
            await stage.count(number + 2, 60)
    each = (resident() - before) / many
    assert each <= 80 * 1024, each
    for run in runs:
        stage.puppet.say(run, "um")
        await stage.puppet.ended(run)
    await stage.count(0, 30)
    for end in ends:
        body = b""
        while not body.endswith(b"0\r\n\r\n"):
            body += end.recv(65536)
        assert said(body) == ["begun", "said", "completed"]
        end.close()
    first.leave()


def plain_reader(stage: Stage, run: Run) -> socket.socket:
    """A reader that costs this process nothing but its socket."""
    end = socket.create_connection(("127.0.0.1", int(stage.home.prosa.base.rpartition(":")[2])))
    path = f"/api/v1/runs/run_{run.id}/events"
    end.send(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {stage.key}\r\n\r\n".encode())
    return end
