"""Each condition of the stores of runs by itself: who lost the fence, comes too late, or isn't the owner gets nothing done."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec
import pytest

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.kit.ids import new_object_id
from prosa.runs import Batch, Ending, NewRun, Run, RunQuery, RunState
from prosa.runs.lease_store import LeaseStore
from prosa.runs.ownership import erase_runs, inherit_runs
from prosa.runs.store import RunStore
from tests.databases import KINDS, a_database
from tests.runs.scripted import MADE, first_event

pytestmark = pytest.mark.parametrize("kind", KINDS)
ME = "a" * 32
OTHER = "b" * 32
NOW = 1_700_000_000_000_000
TALK = "c" * 32


@dataclass(frozen=True, slots=True)
class Desk:
    """The stores over one database."""

    database: Database
    journal: Journal
    runs: RunStore
    leases: LeaseStore

    async def begin(self, conversation: str | None = None, at: int = NOW, space: str = "ana") -> Run:
        """A run as it is written; the database decides whether it waits."""
        new = NewRun(space, "plain", b"{}", (first_event(),), conversation_id=conversation)
        await self.runs.start(new, ME, at)
        return await self.now(new.id)

    async def now(self, run_id: str) -> Run:
        """As it is."""
        found = await self.runs.by_id(run_id)
        assert found is not None
        return found

    async def count(self, table: str) -> object:
        """Rows."""
        return (await self.database.fetch(f"SELECT count(*) FROM {table}"))[0][0]


@asynccontextmanager
async def a_desk(kind: str) -> AsyncIterator[Desk]:
    async with a_database(kind) as database:
        journal = Journal(database)
        try:
            yield Desk(database, journal, RunStore(database, journal), LeaseStore(database, journal))
        finally:
            await journal.aclose()


def said(number: int = 1, *, final: bool = False) -> Batch:
    return Batch(number, number, b'{"type":"said"}', final=final)


def ending(run: Run, state: RunState = RunState.COMPLETED) -> Ending:
    made = MADE.part(run.id, run.fence, state, (new_object_id(), run.space, run.id, True, 0, "message", "{}", 0))
    return Ending(state, (), b"{}", (made,))


async def test_a_run_is_there_for_its_own_space_alone(kind: str) -> None:
    async with a_desk(kind) as desk:
        run = await desk.begin()
        assert await desk.runs.get("ana", run.id) == run
        assert await desk.runs.get("bia", run.id) is None
        assert await desk.runs.list("bia", RunQuery()) == []
        assert [found.id for found in await desk.runs.list("ana", RunQuery())] == [run.id]
        assert not await desk.runs.describe("bia", run.id, b'{"a":"b"}')
        assert (await desk.now(run.id)).metadata is None


async def test_another_space_keeps_its_runs_when_one_is_inherited_or_erased(kind: str) -> None:
    async with a_desk(kind) as desk:
        ana, bia = await desk.begin(), await desk.begin(space="bia")
        async with desk.database.writing() as connection:
            await inherit_runs(connection, "ana", "eva")
        assert (await desk.now(ana.id)).space == "eva"
        assert await desk.now(bia.id) == bia
        async with desk.database.writing() as connection:
            await erase_runs(connection, "eva")
        assert await desk.runs.by_id(ana.id) is None
        assert await desk.now(bia.id) == bia
        assert len(await desk.runs.log(bia.id)) == 1


async def test_who_inherits_a_run_takes_it_from_its_driver(kind: str) -> None:
    async with a_desk(kind) as desk:
        run, done = await desk.begin(), await desk.begin()
        await desk.runs.end(done, ending(done), None, NOW)
        async with desk.database.writing() as connection:
            await inherit_runs(connection, "ana", "eva")
        moved = await desk.now(run.id)
        assert (moved.fence, moved.driver) == (run.fence + 1, None)
        assert (await desk.now(done.id)).fence == done.fence  # whoever follows or repeats it isn't disturbed


async def test_who_lost_the_fence_writes_nothing_at_all(kind: str) -> None:
    async with a_desk(kind) as desk:
        old = await desk.begin()
        assert await desk.runs.take(old, OTHER, attempt=True)
        assert list(await desk.runs.append([(old.id, old.fence, said())])) == [0]
        assert not await desk.runs.end(old, ending(old), said(), NOW)
        assert not await desk.runs.take(old, ME, attempt=True)
        taken = await desk.now(old.id)
        assert (taken.state, taken.driver, taken.fence, taken.attempts) == (RunState.RUNNING, OTHER, old.fence + 1, 2)
        assert await desk.count("items") == 0
        assert await desk.count("run_events") == 1
        assert list(await desk.runs.append([(taken.id, taken.fence, said())])) == [1]
        assert await desk.runs.end(taken, ending(taken), said(2, final=True), NOW)
        assert await desk.count("items") == 1


async def test_nothing_is_written_after_the_end(kind: str) -> None:
    async with a_desk(kind) as desk:
        run = await desk.begin()
        assert await desk.runs.end(run, ending(run), said(1, final=True), NOW)
        assert list(await desk.runs.append([(run.id, run.fence, said(2))])) == [0]
        assert not await desk.runs.end(run, ending(run, RunState.CANCELLED), said(2, final=True), NOW)
        assert not await desk.runs.take(run, OTHER, attempt=False)
        assert not await desk.runs.resume(msgspec.structs.replace(run, state=RunState.QUEUED), OTHER)
        ended = await desk.now(run.id)
        assert (ended.state, ended.fence, ended.driver) == (RunState.COMPLETED, run.fence, None)
        assert await desk.count("run_events") == 2
        assert await desk.count("items") == 1


async def test_rows_of_an_end_come_with_that_very_end(kind: str) -> None:
    async with a_desk(kind) as desk:
        run = await desk.begin()
        await desk.journal.append_all(ending(run).rows)  # it is still running
        assert await desk.count("items") == 0
        await desk.runs.end(run, ending(run, RunState.CANCELLED), None, NOW)
        await desk.journal.append_all(ending(run).rows)  # its end was another one
        assert await desk.count("items") == 1
        other = await desk.begin()
        await desk.runs.end(other, ending(run, RunState.COMPLETED), None, NOW)  # rows of another run
        assert await desk.count("items") == 1


async def test_events_that_are_there_are_not_written_twice(kind: str) -> None:
    async with a_desk(kind) as desk:
        run = await desk.begin()
        row = (run.id, run.fence, said())
        assert list(await desk.runs.append([row])) == [1]
        assert list(await desk.runs.append([row])) == [0]
        assert await desk.runs.wrote(run.id, run.fence, said())
        assert not await desk.runs.wrote(run.id, run.fence + 1, said())  # another driver's
        assert not await desk.runs.wrote(run.id, run.fence, Batch(1, 2, b"{}\n{}", final=False))
        assert not await desk.runs.wrote(run.id, run.fence, said(2))


async def test_an_end_is_this_driver_s_where_fence_and_state_say_so(kind: str) -> None:
    async with a_desk(kind) as desk:
        run = await desk.begin()
        assert not await desk.runs.ended(run, RunState.COMPLETED)
        await desk.runs.end(run, ending(run), None, NOW)
        assert await desk.runs.ended(run, RunState.COMPLETED)
        assert not await desk.runs.ended(run, RunState.CANCELLED)
        assert not await desk.runs.ended(msgspec.structs.replace(run, fence=run.fence + 1), RunState.COMPLETED)


async def test_of_a_conversation_one_runs_and_the_oldest_of_the_others_follows(kind: str) -> None:
    async with a_desk(kind) as desk:
        first, second, third = [await desk.begin(TALK, NOW + place) for place in range(3)]
        assert [run.state for run in (first, second, third)] == [RunState.RUNNING, RunState.QUEUED, RunState.QUEUED]
        assert second.driver is None
        assert await desk.leases.next_in_line() == []
        assert not await desk.runs.resume(second, ME)  # the first still runs
        await desk.runs.end(first, ending(first), None, NOW)
        assert await desk.leases.next_in_line() == [second]
        assert not await desk.runs.resume(third, ME)  # the second was there before
        assert await desk.runs.resume(second, ME)
        assert not await desk.runs.resume(second, OTHER)  # it isn't as it was
        assert [run.id for run in await desk.runs.open_in(TALK)] == [second.id, third.id]
        assert (await desk.begin("d" * 32)).state is RunState.RUNNING  # another conversation


async def test_a_run_that_waits_goes_on_once_and_by_its_fence(kind: str) -> None:
    async with a_desk(kind) as desk:
        run = await desk.begin()
        assert not await desk.runs.resume(msgspec.structs.replace(run, state=RunState.WAITING), OTHER)  # it doesn't wait
        await desk.runs.end(run, ending(run, RunState.WAITING), None, NOW)
        waiting = await desk.now(run.id)
        assert waiting.ended_at is None
        assert not await desk.runs.resume(msgspec.structs.replace(waiting, fence=waiting.fence - 1), OTHER)
        assert await desk.runs.resume(waiting, OTHER)
        assert not await desk.runs.resume(waiting, ME)


async def test_only_what_nobody_drives_is_without_a_driver(kind: str) -> None:
    async with a_desk(kind) as desk:
        await desk.leases.renew(ME, "service", NOW + 10)
        driven, left, done = await desk.begin(), await desk.begin(), await desk.begin()
        waiting = await desk.begin(TALK)
        queued = await desk.begin(TALK, NOW + 1)
        await desk.runs.end(waiting, ending(waiting, RunState.WAITING), None, NOW)
        await desk.runs.end(done, ending(done), None, NOW)
        assert await desk.leases.orphans(NOW) == []
        await desk.runs.take(left, OTHER, attempt=False)  # who never had a lease
        assert [run.id for run in await desk.leases.orphans(NOW)] == [left.id]
        assert {run.id for run in await desk.leases.orphans(NOW + 11)} == {driven.id, left.id}
        assert await desk.leases.mine(ME) == {driven.id: driven.fence}
        assert queued.id not in {run.id for run in await desk.leases.orphans(NOW + 11)}


async def test_a_lease_is_its_own_and_ends(kind: str) -> None:
    async with a_desk(kind) as desk:
        await desk.leases.renew(ME, "service", NOW)
        assert await desk.leases.alive(ME, NOW)
        assert not await desk.leases.alive(ME, NOW + 1)
        assert not await desk.leases.alive(OTHER, NOW)
        await desk.leases.renew(OTHER, "another service", NOW)
        await desk.leases.sweep(NOW)
        assert await desk.count("run_drivers") == 2
        await desk.leases.forget_others("service")
        assert await desk.leases.alive(ME, NOW)
        assert not await desk.leases.alive(OTHER, NOW)
        await desk.leases.sweep(NOW + 1)
        assert await desk.count("run_drivers") == 0


async def test_who_leaves_gives_back_what_it_drives_and_nothing_else(kind: str) -> None:
    async with a_desk(kind) as desk:
        mine, another = await desk.begin(), await desk.begin()
        await desk.runs.take(another, OTHER, attempt=False)
        await desk.leases.renew(ME, "service", NOW)
        await desk.leases.renew(OTHER, "service", NOW)
        await desk.leases.leave(ME)
        assert (await desk.now(mine.id)).driver is None
        assert (await desk.now(another.id)).driver == OTHER
        assert not await desk.leases.alive(ME, NOW)
        assert await desk.leases.alive(OTHER, NOW)


async def test_the_log_of_what_ended_long_ago_is_trimmed_once_and_no_other(kind: str) -> None:
    async with a_desk(kind) as desk:
        going, late, old = await desk.begin(), await desk.begin(), await desk.begin()
        await desk.runs.end(late, ending(late), None, NOW)
        await desk.runs.end(old, ending(old), None, NOW - 1)
        assert await desk.leases.old(NOW) == [old.id]
        await desk.leases.trim(old.id)
        assert await desk.leases.old(NOW) == []
        assert (await desk.now(old.id)).trimmed
        assert not await desk.runs.log(old.id)
        assert len(await desk.runs.log(going.id)) == len(await desk.runs.log(late.id)) == 1
        assert not (await desk.now(late.id)).trimmed
