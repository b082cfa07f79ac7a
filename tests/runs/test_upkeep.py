"""What `prosa verify` says of runs, and what becomes of them with their owner."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from prosa.drivers.journal import Journal, Statement
from prosa.drivers.sql import Database
from prosa.events import Signals
from prosa.kit.clock import SystemClock
from prosa.kit.errors import ProsaError
from prosa.runs import (
    Drive,
    Ending,
    Engine,
    EngineParts,
    Event,
    Kind,
    NewRun,
    Run,
    RunChecks,
    RunNotFound,
    RunState,
    Why,
    erase_runs,
    inherit_runs,
)
from tests.databases import KINDS, a_database

pytestmark = pytest.mark.parametrize("kind", KINDS)
LONG = b"long"


class Plain(Kind):
    """Ends at once, or never when it was asked for something long."""

    name = "plain"

    async def drive(self, drive: Drive) -> Ending:
        drive.push(b'{"type":"said","by":"%s"}' % drive.run.space.encode())
        if LONG.decode() in drive.run.request and not drive.resumed:
            await asyncio.sleep(3600)
        return Ending(RunState.COMPLETED, (b'{"type":"end"}',), b"{}")

    async def settle(self, run: Run, log: Sequence[Event], why: Why, error: ProsaError | None) -> Ending:
        return Ending(RunState.CANCELLED, (b'{"type":"cancelled"}',), b"{}")


@asynccontextmanager
async def an_engine(kind: str, folder: Path) -> AsyncIterator[tuple[Engine, Database, Journal]]:
    async with a_database(kind) as database:
        journal, signals = Journal(database), Signals(folder / "signals", database)
        engine = Engine(EngineParts(database, journal, signals, SystemClock()))
        engine.kinds["plain"] = Plain()
        await signals.start()
        engine.start(sole=True)
        try:
            yield engine, database, journal
        finally:
            await engine.stop()
            await journal.aclose()
            await signals.stop()


def new(request: bytes = b"{}") -> NewRun:
    return NewRun("ana", "plain", request, (b'{"type":"begun"}',))


async def told(database: Database) -> list[str]:
    async with database.reading() as connection:
        return [finding.text.partition(":")[0] for finding in await RunChecks().look(connection)]


async def test_whole_logs_are_no_finding_and_each_kind_of_damage_is_one(kind: str, tmp_path: Path) -> None:
    async with an_engine(kind, tmp_path) as (engine, database, journal):
        runs = [await engine.finished(await engine.start_run(new())) for _ in range(3)]
        going = await engine.start_run(new(LONG.join((b'"', b'"'))))
        assert await told(database) == []
        await journal.append(Statement("DELETE FROM run_events WHERE run_id = $1 AND first = 0"), (runs[0].id,))
        await journal.append(Statement("DELETE FROM run_events WHERE run_id = $1 AND final"), (runs[1].id,))
        await journal.append(Statement("DELETE FROM run_events WHERE run_id = $1"), (runs[2].id,))
        await journal.append(Statement("UPDATE runs SET ended_at = 1 WHERE id = $1"), (going.id,))
        assert await told(database) == [
            "1 runs are open with a moment of their end, or ended without one",
            "1 runs have gaps in their log",
            "1 runs have ended, and their log hasn't, or twice",
            "1 runs have no log",
        ]
        await journal.append(Statement("DELETE FROM runs WHERE id = $1"), (runs[0].id,))
        assert "1 logs belong to no run" in await told(database)


async def test_who_inherits_runs_gets_what_is_still_going_on_too(kind: str, tmp_path: Path) -> None:
    async with an_engine(kind, tmp_path) as (engine, database, _):
        done = await engine.finished(await engine.start_run(new()))
        going = await engine.start_run(new(LONG.join((b'"', b'"'))))
        async with database.writing() as connection:
            await inherit_runs(connection, "ana", "bia")
        with pytest.raises(RunNotFound):
            await engine.get("ana", done.id)
        assert (await engine.get("bia", done.id)).state is RunState.COMPLETED
        async with asyncio.timeout(5):
            ended = await engine.finished(await engine.get("bia", going.id))
        assert ended.state is RunState.COMPLETED
        log = await engine.log(ended)
        assert [event.data for event in log if b"bia" in event.data]  # who drove it for the old owner ends nothing
        assert [event.number for event in log] == list(range(len(log)))


async def test_runs_go_with_their_owner_and_their_readers_are_told(kind: str, tmp_path: Path) -> None:
    async with an_engine(kind, tmp_path) as (engine, database, _):
        going = await engine.start_run(new(LONG.join((b'"', b'"'))))

        async def read() -> None:
            async for _ in engine.follow(going):
                pass

        reader = asyncio.create_task(read())
        await asyncio.sleep(0.05)
        async with database.writing() as connection:
            await erase_runs(connection, "ana")
        async with asyncio.timeout(5):
            with pytest.raises(RunNotFound):
                await reader
        for _ in range(100):
            if not engine.live:
                break
            await asyncio.sleep(0.05)
        assert await told(database) == []
        assert await database.fetch("SELECT count(*) FROM run_events") == [(0,)]
