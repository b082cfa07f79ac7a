"""A worker: once for a key, tried again, failures visible, gone on with after a death."""

import asyncio

import pytest

from prosa.drivers.sql import look
from prosa.jobs import Job, asking, system_address
from prosa.kit.errors import Unavailable
from tests.jobs.conftest import Yard


async def test_what_is_asked_for_under_a_key_is_done_once_in_all_its_parts(yard: Yard) -> None:
    worker = yard.worker(yard.counting("count", parts=3))
    assert await yard.store.ask("count@1", "count", yard.clock.now())
    assert not await yard.store.ask("count@1", "count", yard.clock.now())
    await yard.journal.append(*asking("count@1", "count", yard.clock.now()))
    await yard.until(worker, yard.finished)
    assert not await yard.store.ask("count@1", "count", yard.clock.now())
    await worker.look()
    await worker.close()
    assert yard.done == ["count"] * 3
    (total,) = await yard.store.totals()
    assert (total.name, total.done, total.failed, total.error) == ("count", 1, 0, None)
    assert total.done_at is not None and abs(total.done_at - yard.clock.now()) < 20


async def test_a_part_that_fails_is_tried_again_and_a_failure_for_good_is_told(
    yard: Yard, caplog: pytest.LogCaptureFixture
) -> None:
    tries = {"soon": 0, "never": 0}

    async def soon() -> bool:
        tries["soon"] += 1
        if tries["soon"] < 2:
            raise Unavailable("not yet")
        return False

    async def never() -> bool:
        tries["never"] += 1
        raise ValueError("what somebody wrote")

    worker = yard.worker(Job("soon", soon), Job("never", never, attempts=1))
    for name in ("soon", "never", "unknown"):
        await yard.store.ask(name, name, yard.clock.now())
    await yard.until(worker, yard.finished)
    await worker.close()
    assert tries == {"soon": 2, "never": 1}
    told = {total.name: (total.done, total.failed, total.error) for total in await yard.store.totals()}
    assert told == {"soon": (1, 0, None), "never": (0, 1, "ValueError"), "unknown": (0, 1, "unknown_job")}
    rows = await yard.database.fetch("SELECT key, failures, error FROM jobs ORDER BY key")
    assert [tuple(row) for row in rows] == [("never", 1, "ValueError"), ("soon", 1, None), ("unknown", 0, "unknown_job")]
    assert "the job never failed: ValueError" in caplog.text


async def test_what_a_worker_left_behind_is_gone_on_with_and_its_finished_parts_are_not_repeated(yard: Yard) -> None:
    hold = asyncio.Event()

    async def part() -> bool:
        yard.done.append("part")
        if len(yard.done) == 3 and not hold.is_set():
            hold.set()
            await asyncio.sleep(60)  # where the first worker ends
        return len(yard.done) < 5

    job = Job("long", part, pause=0.0)
    first = yard.worker(job)
    await yard.store.ask("long", "long", yard.clock.now())
    await yard.until(first, lambda: _set(hold))
    await first.close()
    assert len(yard.done) == 3
    assert [tuple(row) for row in await yard.database.fetch("SELECT state FROM jobs")] == [("running",)]
    yard.clock.slept = 60.0  # long enough to be taken for dead
    second = yard.worker(job)
    await yard.until(second, yard.finished)
    await second.close()
    assert len(yard.done) == 5  # two done before, the third begun twice
    (total,) = await yard.store.totals()
    assert (total.done, total.failed) == (1, 0)


async def _set(event: asyncio.Event) -> bool:
    return event.is_set()


async def test_what_belongs_to_another_place_is_left_for_it(yard: Yard) -> None:
    worker = yard.worker(yard.counting("here"))
    await yard.store.ask("a", "here", yard.clock.now(), "elsewhere")
    await worker.look()
    assert worker.idle >= 0 and not yard.done
    await yard.until(yard.worker(yard.counting("here"), place="elsewhere"), yard.finished)
    assert yard.done == ["here"]


async def test_what_ended_long_ago_is_forgotten_by_the_engine_too(yard: Yard) -> None:
    worker = yard.worker(yard.counting("count"))
    for key in ("a", "b"):
        await yard.store.ask(key, "count", yard.clock.now())
        await yard.until(worker, yard.finished)
        await worker.close()
        yard.clock.slept += 8 * 86_400.0
    assert [str(row[0]) for row in await yard.database.fetch("SELECT key FROM jobs")] == ["b"]
    kept = "SELECT workflow_uuid FROM {}workflow_status".format("" if yard.database.kind == "sqlite" else "prosa_jobs.")
    assert await look(system_address(yard.database.address), kept) == [("b",)]


async def test_a_damaged_file_of_the_engine_is_made_anew(yard: Yard) -> None:
    path = system_address(yard.database.address).path
    if path is None:
        return  # PostgreSQL looks after its own
    path.write_bytes(b"SQLite format 3\0" + b"rubbish " * 1000)
    await yard.store.ask("a", "count", yard.clock.now())
    await yard.until(yard.worker(yard.counting("count")), yard.finished)
    assert yard.done == ["count"] and path.stat().st_mode & 0o777 == 0o600


async def test_lost_tables_of_the_engine_are_made_anew(yard: Yard) -> None:
    """They need no backup: what is open is in prosa's own tables."""
    await yard.store.ask("a", "count", yard.clock.now())
    (asked,) = await yard.store.waiting("here", 1)
    assert await yard.store.take(asked, "a worker that is dead", yard.clock.now())
    worker = yard.worker(yard.counting("count"))
    await yard.until(worker, yard.finished)
    await worker.close()
    assert yard.done == ["count"]
