"""Each condition of the jobs' store by itself: who may take one, who ends it, and since when the clock is trusted."""

import pytest

from prosa.jobs import Steadiness
from tests.jobs.conftest import Yard

DAY = 86_400.0


async def test_a_job_is_one_workers_as_long_as_that_one_lives(yard: Yard) -> None:
    store, now = yard.store, yard.clock.now()
    assert await store.ask("a", "count", now, "elsewhere")
    assert not await store.ask("a", "count", now, "elsewhere")
    assert await store.waiting("here", 9) == [] and await store.left("here", now) == []
    [asked] = await store.waiting("elsewhere", 9)
    assert await store.take(asked, "first", now)
    assert not await store.take(asked, "second", now), "it was faster"
    await store.beat("first", now)
    assert await store.left("elsewhere", now - 45) == []
    [left] = await store.left("elsewhere", now + 45)
    assert await store.take(left, "second", now + 45) and not await store.take(left, "third", now + 45)


async def test_a_job_ends_once_and_is_counted_once(yard: Yard) -> None:
    now = yard.clock.now()
    await yard.store.ask("a", "count", now)
    await yard.store.end("a", None, now + 1)
    await yard.store.end("a", "too late", now + 2)
    [total] = await yard.store.totals()
    assert (total.done, total.failed, total.error) == (1, 0, None)


@pytest.mark.attack("N3")
async def test_a_leap_that_another_host_has_noted_as_the_time_is_seen_by_the_monotonic_clock(yard: Yard) -> None:
    steadiness = Steadiness(yard.store, yard.clock)
    assert await steadiness.paused() is None
    yard.clock.later += 3 * DAY
    await yard.store.note_clock(yard.clock.now(), yard.clock.now() - 9 * DAY)
    assert await steadiness.paused() is not None
