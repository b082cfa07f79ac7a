"""What the journal promises, the same on SQLite and on PostgreSQL."""

import asyncio
import threading

import pytest

from prosa.drivers.journal import Bounds, Journal, RowRefused, Statement
from prosa.drivers.sql import DatabaseNotMigrated, DatabaseUnavailable
from tests.drivers.journal.conftest import ADD, FENCED, RAISE, Ground


async def test_an_append_returns_once_the_row_is_there(ground: Ground) -> None:
    assert await ground.journal.append(ADD, ("a", 1, "x")) == 1
    assert await ground.numbers() == [1]


async def test_what_waits_together_is_written_together(ground: Ground) -> None:
    counts = await asyncio.gather(*(ground.journal.append(ADD, ("a", number, "x")) for number in range(600)))
    assert counts == [1] * 600
    assert await ground.numbers() == list(range(600))


async def test_a_condition_that_fails_writes_nothing_and_says_so(ground: Ground) -> None:
    appends = [ground.journal.append(FENCED, ("a", number, "x", 7 if number % 3 else 6)) for number in range(9)]
    assert await asyncio.gather(*appends) == [0, 1, 1] * 3
    assert await ground.numbers() == [1, 2, 4, 5, 7, 8]


async def test_the_order_is_kept(ground: Ground) -> None:
    note = Statement("UPDATE journal_runs SET count = CAST($1 AS BIGINT) WHERE run = 'a' AND count = CAST($1 AS BIGINT) - 1")
    appends = [ground.journal.append(note, (number,)) for number in range(1, 701)]
    assert await asyncio.gather(*appends) == [1] * 700
    assert await ground.count() == 700


async def test_the_order_is_kept_over_different_statements(ground: Ground) -> None:
    double = Statement("UPDATE journal_runs SET count = count * 2 WHERE run = $1")
    await asyncio.gather(*(ground.journal.append(RAISE if turn % 2 else double, ("a",)) for turn in range(8)))
    assert await ground.count() == 0b1111


async def test_a_bad_row_fails_alone(ground: Ground) -> None:
    await ground.journal.append(ADD, ("a", 5, "x"))
    bad = {3: ("a", 5, "again"), 20: ("a", 20, None), 40: ("a", "forty", "x"), 41: ("a", 2**70, "x"), 77: ("a", 77, "\ud800")}
    rows = [bad.get(number, ("a", number, "x")) for number in range(100) if number != 5]
    found = await asyncio.gather(*(ground.journal.append(ADD, row) for row in rows), return_exceptions=True)
    refused = [index for index, outcome in enumerate(found) if isinstance(outcome, RowRefused)]
    good = {number for number in range(100) if number not in bad}
    assert {rows[index] for index in refused} <= set(bad.values())
    assert good <= set(await ground.numbers())
    assert all(isinstance(outcome, int | RowRefused) for outcome in found)
    constraints = [rows[index] for index, outcome in enumerate(found) if isinstance(outcome, RowRefused) and outcome.constraint]
    assert constraints == [bad[3], bad[20]]


@pytest.mark.parametrize(
    "statement",
    [
        Statement("nonsense $1"),
        Statement("INSERT INTO journal_runs VALUES ($1, 1)"),
        Statement("UPDATE journal_runs SET count = 1"),  # takes no row
    ],
)
async def test_a_statement_with_a_mistake_fails_alone(ground: Ground, statement: Statement) -> None:
    found = await asyncio.gather(
        ground.journal.append(ADD, ("a", 1, "x")),
        ground.journal.append(statement, ("x",)),
        ground.journal.append(ADD, ("a", 2, "x")),
        return_exceptions=True,
    )
    assert isinstance(found[1], RowRefused)
    assert found[1].message == "The record could not be stored."
    assert (found[0], found[2]) == (1, 1)
    assert await ground.numbers() == [1, 2]


@pytest.mark.parametrize(
    "statement",
    [
        Statement("INSERT INTO nowhere VALUES ($1)"),
        Statement("INSERT INTO journal_runs (missing) VALUES ($1)"),
        Statement("UPDATE journal_runs SET missing = $1"),
    ],
)
async def test_a_table_that_isnt_there_is_told_apart(ground: Ground, statement: Statement) -> None:
    found = await asyncio.gather(
        ground.journal.append(statement, ("x",)), ground.journal.append(ADD, ("a", 1, "x")), return_exceptions=True
    )
    assert isinstance(found[0], DatabaseNotMigrated)
    assert found[1] == 1
    assert await ground.journal.append(ADD, ("a", 2, "x")) == 1
    assert await ground.numbers() == [1, 2]


async def test_several_parts_are_written_all_or_none(ground: Ground) -> None:
    whole = ground.journal.append_all([(ADD, ("a", 1, "x")), (ADD, ("a", 2, "x")), (RAISE, ("a",)), (RAISE, ("b",))])
    torn = ground.journal.append_all([(ADD, ("a", 3, "x")), (RAISE, ("a",)), (ADD, ("a", 1, "x"))])
    after = ground.journal.append(ADD, ("a", 4, "x"))
    wrote, refused, single = await asyncio.gather(whole, torn, after, return_exceptions=True)
    assert (wrote, single) == ((1, 1, 1, 0), 1)
    assert isinstance(refused, RowRefused)
    assert await ground.journal.append_all([]) == ()
    assert await ground.numbers() == [1, 2, 4]
    assert await ground.count() == 1


async def test_a_statement_may_begin_with_with(ground: Ground) -> None:
    statement = Statement(
        "WITH given AS (SELECT CAST($1 AS BIGINT) AS number) INSERT INTO events SELECT run, number, 'x' FROM journal_runs, given"
    )
    assert await ground.journal.append(statement, (4,)) == 1
    assert await ground.numbers() == [4]


async def test_conflicts_that_are_ignored_count_nothing(ground: Ground) -> None:
    statement = Statement("INSERT INTO events VALUES ($1, $2, 'x') ON CONFLICT DO NOTHING")
    found = await asyncio.gather(*(ground.journal.append(statement, ("a", number)) for number in (1, 1, 2)))
    assert found == [1, 0, 1]


async def test_who_stops_waiting_harms_nobody(ground: Ground) -> None:
    tasks = [asyncio.create_task(ground.journal.append(ADD, ("a", number, "x"))) for number in range(50)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert found[1::2] == [1] * 25
    assert all(isinstance(outcome, asyncio.CancelledError) for outcome in found[::2])
    await ground.journal.flush()
    assert set(range(1, 50, 2)) <= set(await ground.numbers())


async def test_closing_writes_what_waits(ground: Ground) -> None:
    waiting = [asyncio.create_task(ground.journal.append(ADD, ("a", number, "x"))) for number in range(10)]
    await asyncio.sleep(0)
    assert ground.journal.append_soon(ADD, ("a", 10, "x"))
    await ground.journal.aclose()
    assert await ground.numbers() == list(range(11))
    assert await asyncio.gather(*waiting) == [1] * 10
    with pytest.raises(DatabaseUnavailable):
        await ground.journal.append(ADD, ("a", 11, "x"))
    assert not ground.journal.append_soon(ADD, ("a", 11, "x"))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("prosa-journal")]


async def test_what_nobody_waits_for_is_written_a_little_later(ground: Ground) -> None:
    assert ground.journal.append_soon(ADD, ("a", 1, "x"))
    assert ground.journal.append_soon(ADD, ("a", 1, "twice"))
    assert ground.journal.append_soon(ADD, ("a", 2, "x"))
    assert await ground.numbers() == []
    await asyncio.sleep(0.3)
    await ground.journal.flush()
    assert await ground.numbers() == [1, 2]
    assert ground.journal.lost == 1


async def test_what_somebody_waits_for_takes_the_others_along(ground: Ground) -> None:
    ground.journal.append_soon(ADD, ("a", 1, "x"))
    await ground.journal.append(ADD, ("a", 2, "x"))
    assert await ground.numbers() == [1, 2]


async def test_a_full_queue_lets_nobody_pass_and_loses_nothing(ground: Ground) -> None:
    journal = Journal(ground.database, Bounds(entries=8))
    note = Statement("UPDATE journal_runs SET count = CAST($1 AS BIGINT) WHERE run = 'a' AND count = CAST($1 AS BIGINT) - 1")
    tasks = [asyncio.create_task(journal.append(note, (number,))) for number in range(1, 101)]
    await asyncio.sleep(0)
    assert not journal.append_soon(RAISE, ("a",))
    assert journal.lost == 1
    assert await asyncio.gather(*tasks) == [1] * 100
    await journal.aclose()
    assert await ground.count() == 100


async def test_who_leaves_the_line_gives_the_place_to_the_next(ground: Ground) -> None:
    journal = Journal(ground.database, Bounds(entries=4))
    tasks = [asyncio.create_task(journal.append(ADD, ("a", number, "x"))) for number in range(60)]
    for turn in range(30):
        tasks[4 + turn].cancel()  # in the line, or just given a place
        await asyncio.sleep(0)
    found = await asyncio.gather(*tasks, return_exceptions=True)
    await journal.aclose()
    acknowledged = [number for number, outcome in enumerate(found) if outcome == 1]
    assert set(acknowledged) <= set(await ground.numbers())
    assert set(acknowledged) >= {*range(4), *range(34, 60)}


async def test_closing_waits_for_those_in_the_line(ground: Ground) -> None:
    journal = Journal(ground.database, Bounds(entries=3))
    tasks = [asyncio.create_task(journal.append(ADD, ("a", number, "x"))) for number in range(20)]
    await asyncio.sleep(0)
    await journal.aclose()
    assert await asyncio.gather(*tasks) == [1] * 20
    assert await ground.numbers() == list(range(20))


async def test_nothing_is_left_over_while_nothing_waits(ground: Ground) -> None:
    before = len(asyncio.all_tasks())
    await asyncio.gather(*(ground.journal.append(ADD, ("a", number, "x")) for number in range(20)))
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == before


async def test_two_journals_write_into_the_same_rows(ground: Ground) -> None:
    other = Journal(ground.database)
    for run in "bcdefgh":
        await ground.journal.append(Statement("INSERT INTO journal_runs VALUES ($1, 0, 0)"), (run,))
    there, back = "abcdefgh", "hgfedcba"
    for _ in range(10):
        await asyncio.gather(
            *(ground.journal.append(RAISE, (run,)) for run in there),
            *(other.append(RAISE, (run,)) for run in back),
        )
    await other.aclose()
    assert await ground.count() == 20
