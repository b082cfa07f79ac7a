"""What is scheduled: once in its time, whoever else plans, and only where there is something to do."""

import time

import pytest

from prosa.jobs import Job, JobFigures, JobStore, Planner, Steadiness
from tests.jobs.conftest import Yard

HOUR = 3600.0


async def nothing() -> bool:
    return False


class Desk:
    """Planners over one yard, and what they told."""

    def __init__(self, yard: Yard) -> None:
        self.yard = yard
        self.told: list[tuple[JobFigures, bool]] = []

    def planner(self, *jobs: Job, place: str = "here") -> Planner:
        return Planner(self.yard.store, self.yard.clock, jobs, place, self._hear)

    async def _hear(self, figures: JobFigures, waiting: bool) -> None:
        self.told.append((figures, waiting))

    async def keys(self) -> list[str]:
        return [str(row[0]) for row in await self.yard.database.fetch("SELECT key FROM jobs ORDER BY asked_at, key")]

    async def end(self) -> None:
        for key in await self.keys():
            await self.yard.store.end(key, None, self.yard.clock.now())


async def test_each_time_is_asked_for_once_whoever_plans(yard: Yard) -> None:
    yard.clock.later = HOUR - time.time() % HOUR  # just now an hour began
    desk, job = Desk(yard), Job("sweep", nothing, HOUR, settle=0.0)
    one, other = desk.planner(job), desk.planner(job)
    for _ in range(3):
        await one.look()
        await other.look()
    await desk.planner(job).look()  # a new start
    assert len(await desk.keys()) == 1 and desk.told[-1][1] and desk.told[-1][0].queue.waiting == 1
    yard.clock.later += HOUR
    await one.look()
    assert len(await desk.keys()) == 1  # the one before has still to be done
    await desk.end()
    yard.clock.later += HOUR
    await other.look()
    assert len(await desk.keys()) == 2


async def test_what_has_nothing_to_do_or_no_schedule_or_only_just_begun_is_not_asked_for(yard: Yard) -> None:
    desk = Desk(yard)
    jobs = (Job("idle", nothing, 15.0, nothing, settle=0.0), Job("called", nothing), Job("early", nothing, 15.0, settle=50.0))
    planner = desk.planner(*jobs)
    await planner.look()
    assert await desk.keys() == [] and not desk.told[-1][1]
    yard.clock.slept += 60.0
    await planner.look()
    assert [key.partition("@")[0] for key in await desk.keys()] == ["early"]


async def test_what_lies_beside_a_data_folder_is_asked_for_at_each_place(yard: Yard) -> None:
    desk, job = Desk(yard), Job("backup", nothing, HOUR, settle=0.0, here=True)
    for place in ("one", "other", "one"):
        await desk.planner(job, place=place).look()
    assert len(await desk.keys()) == 2
    assert [len(await yard.store.waiting(place, 9)) for place in ("one", "other", "third")] == [1, 1, 0]


async def test_old_jobs_and_dead_workers_are_forgotten(yard: Yard) -> None:
    now = yard.clock.now()
    await yard.store.ask("old", "count", now)
    await yard.store.end("old", None, now - 100)
    await yard.store.ask("lost", "count", now - 100, "a place that is gone")
    await yard.store.ask("new", "count", now)
    await yard.store.beat("dead", now - 100)
    await yard.store.beat("alive", now)
    assert await yard.store.dead("alive", now - 50) == ["dead"]
    await yard.store.tidy(now - 50, now - 50)
    assert await Desk(yard).keys() == ["new"] and await yard.store.dead("", now + 1) == ["alive"]
    assert [total.done for total in await yard.store.totals()] == [1]


@pytest.mark.attack("N3")
async def test_the_clock_is_noted_hourly_and_a_leap_in_either_direction_is_remembered_by_all(yard: Yard) -> None:
    async def paused() -> bool:
        return await Steadiness(JobStore(yard.database, yard.journal), yard.clock).paused() is not None

    assert not await paused()  # a new installation has nothing that is old
    first = await yard.store.clock()
    yard.clock.later += 1800
    assert not await paused() and await yard.store.clock() == first
    yard.clock.later += 1900
    assert not await paused() and await yard.store.clock() != first
    for leap in (3 * 86_400, -5 * 86_400):
        yard.clock.later += leap
        assert await paused()
        for _ in range(23):
            yard.clock.later += HOUR
            assert await paused()
        yard.clock.later += 1.1 * HOUR
        assert not await paused()
