"""Every call is written down once, whatever the database does."""

import asyncio

import pytest

from prosa.drivers.journal import Journal, Part
from prosa.drivers.sql import Database, DatabaseUnavailable
from prosa.gateway import CallStatus, Usage
from prosa.usage import Payer, PriceBook, PriceSources, Recorder, UsageQuery
from tests.usage.desk import ANA, BIA, NOON, HandClock, call, desk


async def test_a_row_tells_who_called_what_it_took_and_what_it_cost(database: Database) -> None:
    async with desk(database) as made:
        payer = Payer(ANA, "chatai", None, "r" * 32, "c" * 32)
        await made.settle(call(payer, usage=Usage(100, 20, False, 40, 8)))
        (row,) = await made.service.calls(ANA, 10)
        assert (row.space, row.key_id, row.dialect, row.kind) == (ANA, None, "chatai", "chat")
        assert (row.asked, row.model, row.provider, row.status, row.error) == ("openai/gpt", "gpt", "openai", "ok", None)
        assert (row.prompt_tokens, row.completion_tokens, row.cached_tokens, row.reasoning_tokens) == (100, 20, 40, 8)
        assert row.cost == 60 * 2 + 40 * 0.5 + 20 * 8
        assert (row.started_at, row.first_byte, row.total) == ((NOON - 1) * 1_000_000, 250_000, 1_000_000)
        assert (row.run_id, row.conversation_id, row.estimated, row.attempts) == ("r" * 32, "c" * 32, False, 1)


@pytest.mark.attack("J3")
async def test_cancelled_broken_and_failed_calls_are_rows_too(database: Database) -> None:
    async with desk(database) as made:
        await made.settle(
            call(status=CallStatus.CANCELLED, usage=Usage(10, 3, estimated=True)),
            call(status=CallStatus.CANCELLED, usage=None, first_byte_seconds=None, sent_tokens=33),
            call(status=CallStatus.BROKEN, usage=Usage(10, 4, estimated=True), fault_code="stream_broken"),
            call(status=CallStatus.FAILED, usage=None, first_byte_seconds=None, fault_code="upstream_error", model="made-up"),
        )
        rows = (await made.service.calls(ANA, 10))[::-1]
        assert [row.status for row in rows] == ["cancelled", "cancelled", "broken", "failed"]
        assert [row.prompt_tokens for row in rows] == [10, 33, 10, 0]
        assert [row.estimated for row in rows] == [True, True, True, False]
        assert [row.error for row in rows] == [None, None, "stream_broken", "upstream_error"]
        # The question was sent, and what it costs is known once somebody has been answered by this model.
        assert [row.cost for row in rows] == [44, 66, 52, 0]


async def test_a_price_that_nobody_knows_stays_unknown(database: Database) -> None:
    async with desk(database) as made:
        await made.settle(call(model="other"), call())
        assert [row.cost for row in await made.service.calls(ANA, 10)] == [60, None]
        report = await made.service.report(UsageQuery(ANA, 20_000, 20_000))
        assert (report.total.calls, report.total.unpriced, report.total.cost) == (2, 1, 60)


async def test_a_call_that_takes_another_one_up_counts_what_that_one_has_not(database: Database) -> None:
    async with desk(database) as made:
        await made.settle(call(usage=Usage(100, 20), counted_before=(90, 15)))
        (row,) = await made.service.calls(ANA, 10)
        assert (row.prompt_tokens, row.completion_tokens) == (10, 5)


async def test_what_a_run_cost_is_told_by_its_id_and_to_its_owner_alone(database: Database) -> None:
    async with desk(database) as made:
        run = Payer(ANA, "openai", None, "1" * 32)
        await made.settle(
            call(run), call(run, usage=Usage(1, 1, estimated=True)), call(Payer(ANA, "app", None, "2" * 32), model="x")
        )
        found = await made.service.calls_of_runs(ANA, ["1" * 32, "2" * 32, "3" * 32])
        assert set(found) == {"1" * 32, "2" * 32}
        one = found["1" * 32]
        assert (one.calls, one.prompt_tokens, one.completion_tokens, one.estimated, one.cost) == (2, 11, 6, True, 70)
        assert found["2" * 32].cost is None
        assert await made.service.calls_of_runs(BIA, ["1" * 32]) == {}
        assert await made.service.calls_of_runs(ANA, []) == {}


class FlakyJournal(Journal):
    """Loses the database before or after it has written, as often as it is told."""

    before = after = 0

    async def append_all(self, parts: "list[Part] | tuple[Part, ...]") -> tuple[int, ...]:  # type: ignore[override]  # as it is called
        """As the journal's, but for the losses."""
        if self.before:
            self.before -= 1
            raise DatabaseUnavailable
        counts = await super().append_all(parts)
        if self.after:
            self.after -= 1
            raise DatabaseUnavailable
        return counts


@pytest.mark.parametrize(("before", "after"), [(1, 0), (0, 1), (1, 1)])
async def test_a_batch_is_written_once_whatever_the_connection_does(database: Database, before: int, after: int) -> None:
    journal, clock = FlakyJournal(database), HandClock()
    recorder = Recorder(journal, PriceBook(PriceSources(), clock), clock)
    await recorder.flush()
    recorder.settled(call())
    await recorder.flush()
    journal.before, journal.after = before, after
    for _ in range(3):
        recorder.settled(call())
    await recorder.flush()
    recorder.settled(call())
    await recorder.aclose()
    await journal.aclose()
    rows = await database.fetch("SELECT count(*), count(DISTINCT number) FROM usage_calls")
    assert tuple(rows[0]) == (5, 5)
    assert tuple((await database.fetch("SELECT count(*) FROM usage_batches"))[0]) == (1,)
    assert recorder.dropped == 0


async def test_rows_wait_up_to_a_bound_while_the_database_is_away(database: Database) -> None:
    journal, clock = FlakyJournal(database), HandClock()
    recorder = Recorder(journal, PriceBook(PriceSources(), clock), clock, most=5)
    journal.before = 1_000_000
    for _ in range(8):
        recorder.settled(call())
    assert (recorder.waiting, recorder.dropped) == (5, 3)
    flushing = asyncio.ensure_future(recorder.flush())
    await asyncio.sleep(0.05)
    assert recorder.waiting == 5
    journal.before = 0
    await flushing
    assert recorder.waiting == 0
    await recorder.aclose()
    recorder.settled(call())
    assert recorder.dropped == 4
    await journal.aclose()
    assert tuple((await database.fetch("SELECT count(*) FROM usage_calls"))[0]) == (5,)


async def test_the_end_is_not_kept_waiting_by_a_database_that_is_gone(database: Database) -> None:
    journal, clock = FlakyJournal(database), HandClock()
    recorder = Recorder(journal, PriceBook(PriceSources(), clock), clock)
    journal.before = 1_000_000
    recorder.settled(call())
    await asyncio.sleep(0)
    await asyncio.wait_for(recorder.aclose(), 5)
    assert (recorder.waiting, recorder.dropped) == (0, 1)
    await journal.aclose()


async def test_a_row_that_the_database_refuses_takes_no_other_with_it(database: Database) -> None:
    async with desk(database) as made:
        await made.settle(call(), call(asked="\ud800"), call())
        assert [row.asked for row in await made.service.calls(ANA, 10)] == ["openai/gpt", "openai/gpt"]
        assert made.recorder.dropped == 1


async def test_calls_are_paged_newest_first_and_foreign_ones_are_not_among_them(database: Database) -> None:
    async with desk(database) as made:
        await made.settle(*(call(attempts=number) for number in range(1, 8)), call(Payer(BIA, "app")))
        first = await made.service.calls(ANA, 4)
        rest = await made.service.calls(ANA, 4, first[-1].number)
        assert [row.attempts for row in (*first, *rest)] == [7, 6, 5, 4, 3, 2, 1]
