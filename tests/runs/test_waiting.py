"""A run that waits for somebody outside is driven by nobody, goes on once, and is ended where nobody comes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from prosa.drivers.journal import Journal, Part
from prosa.drivers.sql import Database
from prosa.events import Signals
from prosa.kit.clock import SystemClock
from prosa.kit.errors import ProsaError
from prosa.runs import Batch, Drive, Ending, Engine, EngineParts, Event, Kind, NewRun, Run, RunOpen, RunQuery, RunState, Why
from tests.databases import database

__all__ = ["database"]
PLACE = "c" * 32


class Asking(Kind):
    """Waits once, then ends."""

    name = "asking"

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.settled: list[Why] = []
        self.heard: list[bytes] = []

    async def drive(self, drive: Drive) -> Ending:
        if drive.resumed:
            self.heard = [event.data for event in drive.log]
            return Ending(RunState.COMPLETED, (b'{"type":"end"}',), b"{}")
        due = drive.run.created_at + round(self.seconds * 1_000_000)
        return Ending(RunState.WAITING, (b'{"type":"asked"}',), b'{"for":"ana"}', due_at=due)

    async def settle(self, run: Run, log: Sequence[Event], why: Why, error: ProsaError | None) -> Ending:
        self.settled.append(why)
        return Ending(RunState.INCOMPLETE, (b'{"type":"gone"}',), b"{}")

    def promoted(self, run: Run) -> Sequence[Part]:
        return ()


@asynccontextmanager
async def processes(database: Database, count: int, seconds: float = 600.0) -> AsyncIterator[list[tuple[Engine, Asking]]]:
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(count):
            journal, kind = Journal(database), Asking(seconds)
            engine = Engine(EngineParts(database, journal, Signals(Path("nowhere"), database), SystemClock()))
            engine.kinds[kind.name] = kind
            stack.push_async_callback(journal.aclose)
            stack.push_async_callback(engine.stop)
            made.append((engine, kind))
        yield made


def new(**fields: object) -> NewRun:
    return NewRun("ana", "asking", b"{}", (b'{"type":"begun"}',), conversation_id=PLACE, **fields)  # type: ignore[arg-type]  # a test's own


async def waits(engine: Engine, run: Run) -> Run:
    async with asyncio.timeout(20):
        while (run := await engine.get(run.space, run.id)).state is not RunState.WAITING:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.01)
    return run


async def ended(engine: Engine, run: Run) -> Run:
    async with asyncio.timeout(20):
        return await engine.finished(run)


async def test_of_those_who_wake_it_at_once_one_does_and_its_events_alone_are_there(database: Database) -> None:
    async with processes(database, 3) as [(first, _), *others]:
        run = await waits(first, await first.start_run(new()))
        assert run.driver is None and run.result == '{"for":"ana"}'

        async def wake(number: int, engine: Engine) -> bool:
            said = b'{"type":"woken","by":%d}' % number
            return await engine.wake(run, (), Batch(2, 2, said, final=False))

        woken = await asyncio.gather(*(wake(number, engine) for number, (engine, _) in enumerate(others)))
        assert sorted(woken) == [False, True]
        await ended(first, run)
        log = [event.data for event in await first.log(run)]
        assert log == [
            b'{"type":"begun"}',
            b'{"type":"asked"}',
            b'{"type":"woken","by":%d}' % woken.index(True),
            b'{"type":"end"}',
        ]
        winner = others[woken.index(True)][1]
        assert winner.heard == log[:3], "who goes on reads what it was woken with"


async def test_what_nobody_comes_for_is_ended_and_takes_nothing_any_more(database: Database) -> None:
    async with processes(database, 2, seconds=0.2) as [(first, one), (second, other)]:
        run = await waits(first, await first.start_run(new()))
        second.start("service")
        over = await ended(second, run)
        assert over.state is RunState.INCOMPLETE and [*one.settled, *other.settled] == [Why.EXPIRED]
        assert not await second.wake(run, (), Batch(2, 2, b'{"type":"woken"}', final=False))
        assert [event.data for event in await second.log(run)][2:] == [b'{"type":"gone"}']


async def test_a_run_that_waits_in_time_is_left_alone(database: Database) -> None:
    async with processes(database, 1) as [(engine, kind)]:
        run = await waits(engine, await engine.start_run(new()))
        engine.start("service")
        await asyncio.sleep(1.5)  # it looks around meanwhile
        assert (await engine.get("ana", run.id)).state is RunState.WAITING and not kind.settled
        assert (await engine.cancel("ana", run.id)).state is RunState.INCOMPLETE and kind.settled == [Why.CANCELLED]


async def test_who_wants_to_be_alone_is_not_written_behind_another_one(database: Database) -> None:
    async with processes(database, 2) as [(first, _), (second, _)]:
        begun = await asyncio.gather(*(engine.start_run(new(alone=True)) for engine in (first, second)), return_exceptions=True)
        [run] = [each for each in begun if isinstance(each, Run)]
        [refused] = [each for each in begun if isinstance(each, RunOpen)]
        assert refused.run_id == run.id
        with pytest.raises(RunOpen):
            await first.start_run(new(alone=True))
        assert [each.id for each in await first.list("ana", RunQuery(conversation_id=PLACE))] == [run.id]
        [whole] = await first.list("ana", RunQuery(conversation_id=PLACE, whole=True))
        assert whole.request == "{}"
        assert (await second.start_run(new())).state is RunState.QUEUED, "others may wait behind it"
