"""Each rule of the engine by itself: one end, nothing shown that isn't durable, nothing taken that somebody drives."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from prosa.drivers.journal import Journal, Part, RowRefused, Statement
from prosa.drivers.sql import Database, DatabaseUnavailable
from prosa.events import Signals
from prosa.kit.clock import SystemClock
from prosa.kit.errors import ProsaError
from prosa.runs import Drive, Ending, Engine, EngineParts, Event, Kind, NewRun, Run, RunSettings, RunState, Why
from prosa.runs.errors import LogTrimmed, TooManyRuns, TooManyWaiting
from prosa.runs.store import RunStore
from tests.databases import a_database

OTHER = "b" * 32
END, CANCELLED = b'{"type":"end"}', b'{"type":"cancelled"}'
TAKE = Statement("UPDATE runs SET driver = $2, fence = fence + 1 WHERE id = $1")
LEAVE = Statement("UPDATE runs SET driver = NULL WHERE id = $1")


class Held(Kind):
    """Ends when it is let go."""

    name = "held"

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.events: list[bytes] = []  # to be said before the end
        self.cancelled = 0
        self.settled: list[Why] = []

    async def drive(self, drive: Drive) -> Ending:
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        for event in self.events:
            drive.push(event)
        return Ending(RunState.COMPLETED, (END,), b"{}")

    async def settle(self, run: Run, log: Sequence[Event], why: Why, error: ProsaError | None) -> Ending:
        self.settled.append(why)
        return Ending(RunState.CANCELLED, (CANCELLED,), b"{}")


class Forgetful(Journal):
    """Writes, and then can't say so, as often as it is told to."""

    unknown = 0

    async def append_all(self, entries: Sequence[Part]) -> tuple[int, ...]:
        counts = await super().append_all(entries)
        if self.unknown and len(entries) > 1:
            self.unknown -= 1
            raise DatabaseUnavailable
        return counts


class Place:
    """One process's engine, which looks around only when it is asked to."""

    def __init__(self, database: Database, folder: Path, settings: RunSettings | None = None) -> None:
        self.journal = Forgetful(database)
        self.signals = Signals(folder, database)
        self.ends: list[str] = []
        self.kind = Held()
        parts = EngineParts(database, self.journal, self.signals, SystemClock(), ended=lambda _, state: self.ends.append(state))
        self.engine = Engine(parts, settings)
        self.engine.kinds["held"] = self.kind
        self.store = RunStore(database, self.journal)

    async def read(self, run: Run) -> list[bytes]:
        """All that a reader sees here."""
        async with aclosing(self.engine.follow(run)) as batches:
            return [event.data async for batch in batches for event in batch.events()]


@asynccontextmanager
async def places(folder: Path, count: int = 1, settings: RunSettings | None = None) -> AsyncIterator[list[Place]]:
    async with a_database("sqlite") as database:
        made = [Place(database, folder / str(number), settings) for number in range(count)]
        for place in made:
            await place.signals.start()
        try:
            yield made
        finally:
            for place in made:
                await place.engine.stop()
                await place.journal.aclose()
                await place.signals.stop()


def new(conversation: str | None = None, space: str = "ana") -> NewRun:
    return NewRun(space, "held", b"{}", (b'{"type":"begun"}',), conversation_id=conversation)


async def test_who_lost_the_fence_shows_no_end(tmp_path: Path) -> None:
    async with places(tmp_path) as [here]:
        run = await here.engine.start_run(new())
        reading = asyncio.create_task(here.read(run))
        await asyncio.sleep(0.05)
        await here.journal.append(TAKE, (run.id, OTHER))
        here.kind.go.set()
        await asyncio.sleep(0.4)
        assert not reading.done()
        assert here.ends == []
        await here.engine.cancel("ana", run.id)
        async with asyncio.timeout(5):
            assert (await reading)[1:] == [CANCELLED]
        assert here.ends == ["cancelled"]


async def test_an_end_of_which_nobody_knew_whether_it_was_written_is_told_once(tmp_path: Path) -> None:
    async with places(tmp_path) as [here]:
        run = await here.engine.start_run(new())
        here.journal.unknown = 1
        here.kind.go.set()
        async with asyncio.timeout(5):
            assert await here.read(run) == [b'{"type":"begun"}', END]
            await here.engine.stop(5.0)
        assert here.ends == ["completed"]


async def test_what_is_driven_here_is_not_given_up_here(tmp_path: Path) -> None:
    async with places(tmp_path, settings=RunSettings(attempts=1)) as [here]:
        run = await here.engine.start_run(new())
        await here.engine.adopt(run)
        assert (await here.engine.get("ana", run.id)).state is RunState.RUNNING
        here.kind.go.set()
        async with asyncio.timeout(5):
            assert (await here.engine.finished(run)).state is RunState.COMPLETED
        assert here.kind.settled == []


@pytest.mark.parametrize(("attempts", "why"), [(1, [Why.INTERRUPTED]), (2, [])])
async def test_a_run_that_used_up_its_drivers_is_given_up_and_no_other(tmp_path: Path, attempts: int, why: list[Why]) -> None:
    async with places(tmp_path, 2, RunSettings(attempts=attempts)) as [here, there]:
        run = await here.engine.start_run(new())
        there.kind.go.set()
        await here.journal.append(LEAVE, (run.id,))
        await there.engine.adopt(await there.engine.get("ana", run.id))
        async with asyncio.timeout(5):
            ended = await there.engine.finished(run)
        assert there.kind.settled == why
        assert ended.attempts == (1 if why else 2)


async def test_who_is_cancelled_stops_at_once(tmp_path: Path) -> None:
    async with places(tmp_path) as [here]:
        run = await here.engine.start_run(new())
        await asyncio.sleep(0)
        assert (await here.engine.cancel("ana", run.id)).state is RunState.CANCELLED
        await asyncio.sleep(0.05)
        assert here.kind.cancelled == 1
        assert (await here.engine.cancel("ana", run.id)).state is RunState.CANCELLED
        assert here.kind.settled == [Why.CANCELLED]  # it ended once


async def test_an_id_of_another_space_is_refused_and_one_s_own_is_that_run(tmp_path: Path) -> None:
    async with places(tmp_path) as [here]:
        run = await here.engine.start_run(new())
        again = msgspec.structs.replace(await here.engine.get("ana", run.id))
        mine = NewRun("ana", "held", b"{}", (b"{}",), id=run.id)
        assert await here.engine.start_run(mine) == again
        with pytest.raises(RowRefused):
            await here.engine.start_run(NewRun("bia", "held", b"{}", (b"{}",), id=run.id))
        assert here.engine.live == 1


async def test_a_reader_elsewhere_hears_it_though_the_wake_up_is_lost(tmp_path: Path) -> None:
    async with places(tmp_path, 2) as [here, there]:  # their signals don't reach each other
        run = await here.engine.start_run(new())
        reading = asyncio.create_task(there.read(run))
        await asyncio.sleep(0.1)
        here.kind.go.set()
        async with asyncio.timeout(5):
            assert (await reading)[-1] == END


async def test_readers_end_with_the_run_wherever_they_begin(tmp_path: Path) -> None:
    async with places(tmp_path) as [here]:
        run = await here.engine.start_run(new())
        here.kind.go.set()
        async with asyncio.timeout(5):
            await here.engine.finished(run)
            for after in (-1, 0, 1, 7):
                async with aclosing(here.engine.follow(run, after)) as batches:
                    seen = [event.number async for batch in batches for event in batch.events()]
                assert seen == list(range(after + 1, 2))


async def test_one_event_that_cannot_be_stored_is_one_run_s_fault(tmp_path: Path) -> None:
    async with places(tmp_path) as [here]:
        refused = "CREATE TRIGGER refuse BEFORE INSERT ON run_events WHEN NEW.payload LIKE '%cursed%'"
        await here.journal.append(Statement(refused + " BEGIN SELECT RAISE(ABORT, 'no'); END"), ())
        good, bad = Held(), Held()
        good.events, bad.events = [b'{"type":"said"}'], [b'{"type":"cursed"}']
        here.engine.kinds |= {"good": good, "bad": bad}
        runs = [await here.engine.start_run(NewRun("ana", kind, b"{}", (b"{}",))) for kind in ("good", "bad", "good")]
        good.go.set()
        bad.go.set()  # so that what they say goes out together
        async with asyncio.timeout(5):
            ended = [await here.engine.finished(run) for run in (runs[0], runs[2])]
        assert [run.state for run in ended] == [RunState.COMPLETED] * 2
        assert good.settled == []
        assert (await here.engine.cancel("ana", runs[1].id)).state is RunState.CANCELLED  # what can't be said can be ended


async def test_one_space_drives_so_many_and_a_conversation_holds_so_many(tmp_path: Path) -> None:
    async with places(tmp_path, settings=RunSettings(driving=2, waiting=1)) as [here]:
        first = await here.engine.start_run(new("c" * 32))
        assert (await here.engine.start_run(new("c" * 32))).state is RunState.QUEUED
        with pytest.raises(TooManyWaiting):
            await here.engine.start_run(new("c" * 32))
        await here.engine.start_run(new())
        with pytest.raises(TooManyRuns):
            await here.engine.start_run(new())
        assert (await here.engine.start_run(new(space="bia"))).open  # others have room
        await here.engine.cancel("ana", first.id)


async def test_what_was_trimmed_is_not_told_as_if_nothing_had_been_said(tmp_path: Path) -> None:
    async with places(tmp_path) as [here]:
        run = await here.engine.start_run(new())
        await here.engine.cancel("ana", run.id)
        await here.journal.append(Statement("UPDATE runs SET trimmed = TRUE WHERE id = $1"), (run.id,))
        trimmed = await here.engine.get("ana", run.id)
        with pytest.raises(LogTrimmed):
            here.engine.follow(trimmed)
        with pytest.raises(LogTrimmed):
            await here.engine.read(trimmed)
