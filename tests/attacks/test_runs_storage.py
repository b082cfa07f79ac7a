"""Storage that fails under running answers: full, broken, read-only, gone, cut off. Typed errors, nothing lost, no restart."""

import asyncio
import contextlib
import json
import resource
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from prosa.drivers.journal import sqlite_store
from prosa.drivers.sql import DatabaseAddress, upgrade
from tests import postgres
from tests.databases import an_address, environment
from tests.runs.following import ask
from tests.runs.killing import ENV, HEADERS, Host, Siege
from tests.serving import running

RUNS = 6
OUTAGE = 2.0  # seconds
Fault = Callable[[Path], contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def every_connection(pragma: str) -> Iterator[None]:
    """Whatever writes runs from now on meets what the pragma makes SQLite say."""
    original = sqlite_store.SqliteWriter._connect

    def connect(self: sqlite_store.SqliteWriter) -> sqlite3.Connection:
        found = original(self)
        found.execute(pragma)
        return found

    patch = pytest.MonkeyPatch()
    patch.setattr(sqlite_store.SqliteWriter, "_connect", connect)
    patch.setattr(sqlite_store, "file_id", lambda path: None)  # so that each batch opens a connection of its own
    try:
        yield
    finally:
        patch.undo()


@contextlib.contextmanager
def no_longer_files(path: Path) -> Iterator[None]:
    """Writing beyond the present end of the log is an I/O error."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (Path(f"{path}-wal").stat().st_size + 100, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program holds the write lock."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


FAULTS: dict[str, Fault] = {
    "full": lambda path: every_connection("PRAGMA max_page_count=1"),
    "read-only": lambda path: every_connection("PRAGMA query_only=ON"),
    "input and output error": no_longer_files,
    "locked": locked,
}


@asynccontextmanager
async def answering(env: dict[str, str], address: DatabaseAddress | None = None) -> AsyncIterator[tuple[Siege, Path]]:
    """A server in this process, and clients of it."""
    async with running(env) as found:
        host = Host(found.data, (), {})
        host.port = int(found.base.rsplit(":", 1)[1])
        siege = Siege([host], address or DatabaseAddress(path=found.database), seed=1)
        try:
            yield siege, found.database
        finally:
            for task in siege.tasks:
                task.cancel()
            await asyncio.gather(*siege.tasks, return_exceptions=True)


async def asked_meanwhile(siege: Siege, seconds: float) -> list[int]:
    """Ask for answers in every form while something is wrong; what isn't an answer has to be a typed error."""
    until = asyncio.get_running_loop().time() + seconds
    statuses: list[int] = []
    number = 0
    while asyncio.get_running_loop().time() < until:
        number += 1
        body: dict[str, object] = {"model": "mock", "input": "Hello!"}
        body |= [{}, {"stream": True}, {"background": True}][number % 3]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                status, content = await ask(siege.port(), "POST", "/v1/responses", body, HEADERS)
                statuses.append(status)
                if status != 200:
                    error = json.loads(content)["error"]
                    assert status == 503 and error["code"] == "database_unavailable" and error["message"], content
                elif body.get("stream"):
                    assert b'data: {"type":"response.' in content, content
        await asyncio.sleep(0.05)
    return statuses


async def suffer(siege: Siege, fault: contextlib.AbstractContextManager[None]) -> None:
    """Answers under way, a fault in their midst, and everything well again."""
    await siege.begin(RUNS, 2, words=30, delay=0.05)
    await siege.until(lambda: max(asked.seen for asked in siege.asked) > 8, 10, "a few words")
    with fault:
        statuses = await asked_meanwhile(siege, OUTAGE)
        assert 503 in statuses or not statuses, statuses  # who waits for a lock hears nothing yet

    async def answered() -> bool:
        """What arrives while the last write is still failing is told so with it; whoever comes after that is served."""
        status, _ = await ask(siege.port(), "POST", "/v1/responses", {"model": "mock", "input": "Hello!"}, HEADERS)
        assert status in {200, 503}
        return status == 200

    await siege.until(answered, 1.0, "an answer after the fault")
    completed = [asked.readers[0] for asked in siege.asked]
    await siege.finish()
    assert all(b'"type":"response.completed"' in reader.events[-1][1] for reader in completed)


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
async def test_a_disk_that_fails_for_a_while_costs_nothing_but_time(name: str) -> None:
    async with answering(dict(ENV)) as (siege, path):
        await suffer(siege, FAULTS[name](path))


@pytest.mark.slow
async def test_sessions_of_postgresql_that_are_ended_again_and_again_cost_nothing_but_time() -> None:
    with an_address("postgresql") as address:
        async with answering(ENV | dict(environment(address)), address) as (siege, _):
            await siege.begin(RUNS, 2, words=30, delay=0.05)
            assert address.url is not None
            name = address.url.split("@/")[1].split("?")[0]
            kill = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            for _ in range(5):
                await asyncio.to_thread(postgres.server().sql, kill)
                await asyncio.sleep(0.2)
            readers = [asked.readers[0] for asked in siege.asked]
            await siege.finish()
            assert all(b'"type":"response.completed"' in reader.events[-1][1] for reader in readers)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
async def test_a_postgresql_server_that_stops_and_starts_costs_nothing_but_time(how: signal.Signals) -> None:
    server = postgres.new_server(postgres.DURABLE)
    try:
        address = DatabaseAddress(url=server.url(postgres.new_database(server)))
        upgrade(address)
        async with answering(ENV | dict(environment(address)), address) as (siege, _):
            await siege.begin(RUNS, 2, words=60, delay=0.05)
            readers = [asked.readers[0] for asked in siege.asked]
            await siege.until(lambda: max(asked.seen for asked in siege.asked) > 8, 10, "a few words")
            await asyncio.to_thread(server.stop, how)
            try:
                assert 503 in await asked_meanwhile(siege, OUTAGE)
            finally:
                server.start()
            await siege.finish()
            assert all(b'"type":"response.completed"' in reader.events[-1][1] for reader in readers)
    finally:
        postgres.remove(server)
