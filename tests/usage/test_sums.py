"""Sums tell the same as the calls themselves, however far they are brought up, and by whomever."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from prosa.drivers.sql import Database
from prosa.gateway import CallRecord, CallStatus, Usage
from prosa.usage import Figures, Group, Payer, Report, UsageQuery, UsageService, erase_usage, inherit_usage
from tests.usage.desk import ANA, BIA, NOON, HandClock, call, desk

FIRST = 20_000
PAYERS = (Payer(ANA, "openai", "key_1"), Payer(ANA, "app"), Payer(BIA, "chatai"), Payer("settings-1", "openai", "settings-1"))


def some_calls(count: int, chance: random.Random) -> list[CallRecord]:
    """Calls of several people, models, ends."""
    made = []
    for _ in range(count):
        status = chance.choice([*CallStatus, CallStatus.OK, CallStatus.OK])
        failed = status is CallStatus.FAILED
        made.append(
            call(
                chance.choice(PAYERS),
                model=chance.choice(("gpt", "unpriced", "free")),
                status=status,
                usage=None if failed else Usage(chance.randrange(100), chance.randrange(50), chance.random() < 0.3),
                first_byte_seconds=None if failed else 0.1,
            )
        )
    return made


async def whole(service: UsageService, last: int = FIRST + 90) -> list[Report]:
    """Every report that can be asked for."""
    queries = [UsageQuery(space, FIRST - 5, last, group) for space in (None, ANA, BIA) for group in Group]
    return [await service.report(query) for query in queries]


async def test_reports_are_the_same_before_amid_and_after_the_summing_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prosa.usage.service.ROWS", 7)
    chance = random.Random(1)
    async with desk(database) as made:
        for day in (0, 1, 15, 40, 41, 75):
            await made.settle(*some_calls(10, chance), day=day)
        before = await whole(made.service)
        assert before[0].total.calls == 60 and len(before[0].groups) == 6
        assert await made.service.roll_up() == 60
        assert await whole(made.service) == before
        assert await made.service.roll_up() == 0
        await made.settle(*some_calls(10, chance), day=41)  # late: its day is summed up already
        amid = await whole(made.service)
        assert amid[0].total.calls == 70 and len(amid[0].groups) == 6
        await asyncio.gather(*(UsageService(database, made.clock).roll_up() for _ in range(3)))
        assert await whole(made.service) == amid
        # Days at the edge of a span, and within one.
        for last in (FIRST, FIRST + 1, FIRST + 15, FIRST + 31, FIRST + 41, FIRST + 75):
            query = UsageQuery(None, FIRST, last, Group.PERSON)
            by_day = await made.service.report(UsageQuery(None, FIRST, last))
            assert (await made.service.report(query)).total == by_day.total


async def test_figures_add_up_to_what_was_called(database: Database) -> None:
    async with desk(database) as made:
        await made.settle(
            call(usage=Usage(10, 5, False, 4, 2)),
            call(status=CallStatus.BROKEN, usage=Usage(1, 1, estimated=True)),
            call(status=CallStatus.CANCELLED, usage=Usage(0, 0)),
            call(status=CallStatus.FAILED, usage=None, model="made-up"),
            call(model="unpriced"),
        )
        await made.service.roll_up()
        report = await made.service.report(UsageQuery(ANA, FIRST, FIRST, Group.MODEL))
        assert dict(report.groups) == {
            "gpt": Figures(3, 0, 1, 1, 1, 0, 11, 6, 4, 2, 12 + 2 + 40 + 10),
            "": Figures(1, 1),  # a name that never answered may be anything that a caller made up
            "unpriced": Figures(1, 0, 0, 0, 0, 1, 10, 5),
        }
        assert report.total.calls == 5


async def test_what_is_killed_amid_the_summing_up_is_neither_lost_nor_doubled(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(database) as made:
        await made.settle(*some_calls(30, random.Random(2)))
        before = await whole(made.service)
        monkeypatch.setattr("prosa.usage.service.ROWS", 10)
        from prosa.usage import sums_store

        summing, turns = sums_store.sum_up, iter((True, False))

        async def dying(*where: object) -> None:
            await summing(*where)  # type: ignore[arg-type]  # handed through
            if not next(turns):
                raise KeyboardInterrupt

        monkeypatch.setattr(sums_store, "sum_up", dying)
        with pytest.raises(KeyboardInterrupt):
            await made.service.roll_up()
        assert [int(str(row[0])) for row in await database.fetch("SELECT number FROM usage_marks WHERE name = 'calls'")] == [10]
        assert await whole(made.service) == before
        monkeypatch.setattr(sums_store, "sum_up", summing)
        assert await made.service.roll_up() == 20
        assert await whole(made.service) == before


async def test_numbers_that_are_not_committed_yet_are_not_passed_over() -> None:
    from tests.databases import a_database

    async with a_database("postgresql") as database, desk(database) as made:
        await made.settle(call())
        async with database.writing() as slow:
            from sqlalchemy import text

            await slow.execute(
                text(
                    "INSERT INTO usage_calls (dialect, kind, model, provider, status, prompt_tokens, completion_tokens,"
                    " cached_tokens, reasoning_tokens, estimated, attempts, started_at, total)"
                    " VALUES ('openai', 'chat', 'late', 'openai', 'ok', 1, 1, 0, 0, FALSE, 1, :at, 1)"
                ),
                {"at": NOON * 1_000_000},
            )
            await made.settle(call())
            assert await made.service.roll_up() == 0  # somebody is in the middle of writing
        assert await made.service.roll_up() == 3
        assert (await made.service.report(UsageQuery(None, FIRST, FIRST))).total.calls == 3


async def test_old_calls_are_let_go_of_once_they_are_summed_up(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prosa.usage.service.ROWS", 3)
    async with desk(database) as made:
        await made.settle(*some_calls(10, random.Random(3)))
        await made.settle(*some_calls(4, random.Random(4)), day=395)
        before = await whole(made.service, FIRST + 500)
        later = UsageService(database, HandClock(NOON + 401 * 86_400))
        assert await later.trim() == 0
        await later.roll_up()
        assert await UsageService(database, later._clock, days=0).trim() == 0
        assert await later.trim() == 10
        assert await whole(made.service, FIRST + 500) == before
        assert tuple((await database.fetch("SELECT count(*) FROM usage_calls"))[0]) == (4,)


async def test_usage_changes_hands_and_outlives_its_owner_without_a_name(database: Database) -> None:
    async with desk(database) as made:
        payer = Payer("local", "openai", None, "1" * 32, "2" * 32)
        await made.settle(call(payer), call(Payer(ANA, "openai")), call(Payer(BIA, "openai", "key_9")))
        await made.service.roll_up()
        await made.settle(call(payer), call(Payer(BIA, "openai", "key_9", "3" * 32)))
        everything = (await made.service.report(UsageQuery(None, FIRST, FIRST))).total
        async with database.writing() as connection:
            await inherit_usage(connection, "local", ANA)
            await erase_usage(connection, BIA)
        for _ in range(2):
            assert (await made.service.report(UsageQuery(None, FIRST, FIRST))).total == everything
            assert (await made.service.report(UsageQuery(ANA, FIRST, FIRST))).total.calls == 3
            by_person = await made.service.report(UsageQuery(None, FIRST, FIRST, Group.PERSON))
            assert {name: figures.calls for name, figures in by_person.groups} == {ANA: 3, "": 2}
            by_key = await made.service.report(UsageQuery(None, FIRST, FIRST, Group.KEY))
            assert {name: figures.calls for name, figures in by_key.groups} == {"": 5}
            await made.service.roll_up()
        assert await mentions(database, BIA) == await mentions(database, "key_9") == await mentions(database, "3" * 32) == []
        assert len(await made.service.calls_of_runs(ANA, ["1" * 32])) == 1


async def test_a_call_that_outlives_its_callers_account_names_nobody(database: Database) -> None:
    async with desk(database) as made:
        async with database.writing() as connection:
            from sqlalchemy import text

            await connection.execute(
                text(
                    "INSERT INTO accounts (id, name, role, status, failures, created_at, updated_at, deleted_at, version)"
                    f" VALUES ('{BIA}', '', 'user', 'deleted', 0, 1, 1, 1, 1)"
                )
            )
        await made.settle(call(Payer(BIA, "openai", "key_9")), call())
        await made.service.roll_up()
        assert await mentions(database, BIA) == []
        assert (await made.service.report(UsageQuery(None, FIRST, FIRST))).total.calls == 2


async def mentions(database: Database, word: str) -> Sequence[str]:
    """The tables of usage that hold a word."""
    found = []
    for table in ("usage_calls", "usage_of_owners", "usage_people", "usage_people_spans", "activity_of_owners"):
        rows = await database.fetch(f"SELECT * FROM {table}")  # the test's own words
        found += [table for row in rows if any(word == value for value in row)]
    return found
