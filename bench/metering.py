"""Usage: how long a year of a million calls a month takes to be asked, by everybody's and by one's own."""

import asyncio
import time
from typing import Final

from bench.cases import Case
from bench.databases import here, place
from bench.inside import median
from bench.measures import Figures
from bench.stage import Stage
from prosa.drivers.sql import Database, DatabaseAddress, upgrade
from prosa.kit.clock import SystemClock
from prosa.usage import Group, UsageQuery, UsageService

GROUP: Final = "usage"  # all of them by one word
PEOPLE: Final = 1_000
MODELS: Final = 10  # of which everybody uses two a day
DAYS: Final = 365
LAST: Final = 20_400  # since 1970
SPAN: Final = 32
SUMMED: Final = 100_000  # calls of the last three days, which are in the sums
BEHIND: Final = 5_000  # those of the last hours, which are not: the sums are brought up each hour
MICROSECONDS: Final = 86_400_000_000
ASKED: Final = {
    "day": UsageQuery(None, LAST - DAYS + 1, LAST, Group.DAY),
    "model": UsageQuery(None, LAST - DAYS + 1, LAST, Group.MODEL),
    "person": UsageQuery(None, LAST - DAYS + 1, LAST, Group.PERSON),
    "key": UsageQuery(None, LAST - DAYS + 1, LAST, Group.KEY),
    "own": UsageQuery(f"{1:032x}", LAST - DAYS + 1, LAST, Group.MODEL),
}
_SPACE: Final = {"sqlite": "printf('%032x', {})", "postgresql": "lpad(to_hex({}), 32, '0')"}
_SUMS: Final = "calls, failed, cancelled, broken, estimated, unpriced, prompt_tokens, completion_tokens, cached_tokens,"
_FIGURES: Final = "{0}, 0, 0, 0, 0, 0, {0} * 900, {0} * 300, 0, 0, {0} * 1200"


def usage(stage: Stage) -> Figures:
    """The slowest of each question's rounds but one, on each database that is here."""
    figures: Figures = {}
    for kind in here():
        with place(kind) as made:
            address = made.fresh()
            if address.path is not None:
                address.path.parent.mkdir(parents=True)
            upgrade(address)
            told = asyncio.run(_measured(address, stage.sizes.rounds))
        figures |= {f"{kind}_usage_{name}_ms": value for name, value in told.items()}
    return figures


async def _measured(address: DatabaseAddress, rounds: int) -> Figures:
    database = Database(address)
    service = UsageService(database, SystemClock())
    told: dict[str, list[float]] = {name: [] for name in ASKED}
    try:
        await _fill(database)
        for turn in range(-1, rounds):  # the first one only warms up
            for name, query in ASKED.items():
                begun = time.perf_counter()
                report = await service.report(query)
                assert report.total.calls > 0
                if turn >= 0:
                    told[name].append((time.perf_counter() - begun) * 1000)
    finally:
        await database.aclose()
    return {name: median(values) for name, values in told.items()}


async def _fill(database: Database) -> None:
    """A year's sums, as many as a million calls a month leave, and the last days' calls."""
    numbers = "WITH RECURSIVE " + ", ".join(
        f"{name} (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM {name} WHERE n < {most - 1})"
        for name, most in (("p", PEOPLE), ("d", DAYS), ("m", MODELS), ("c", SUMMED + BEHIND))
    )
    async with database.writing() as connection:
        if database.kind == "postgresql":
            await connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        for into, rows in _filling(_SPACE[database.kind]):
            await connection.exec_driver_sql(f"INSERT INTO {into} {numbers} SELECT {rows}")
        await connection.exec_driver_sql(f"UPDATE usage_marks SET number = {SUMMED} WHERE name = 'calls'")
    if database.kind == "postgresql":  # as its own housekeeping would within a minute
        session = await database.session({"statement_timeout": "0"})
        await session.execute("VACUUM ANALYZE")
        await session.close()


def _filling(space: str) -> tuple[tuple[str, str], ...]:
    """What is inserted into where; `space` makes an account's id of a number."""
    person = space.format("p.n")
    day, first = f"{LAST} - d.n", LAST - DAYS + 1
    model = f"'model-' || ((p.n + d.n + m.n) % {MODELS})"
    call, key = "'openai', 'chat', {}, 'openai'", "'key_' || p.n"
    return (
        (
            f"usage_of_owners (day, space, key_id, dialect, kind, model, provider, {_SUMS} reasoning_tokens, cost)",
            f"{day}, {person}, {key}, {call.format(model)}, {_FIGURES.format(17)} FROM p, d, m WHERE m.n < 2",
        ),
        (
            f"usage_of_days (day, dialect, kind, model, provider, {_SUMS} reasoning_tokens, cost)",
            f"{day}, {call.format(model.replace('p.n + d.n + ', ''))}, {_FIGURES.format(3_300)} FROM d, m",
        ),
        (
            f"usage_people (day, space, key_id, {_SUMS} reasoning_tokens, cost)",
            f"{day}, {person}, {key}, {_FIGURES.format(34)} FROM p, d",
        ),
        (
            f"usage_people_spans (span, space, key_id, {_SUMS} reasoning_tokens, cost)",
            f"{first // SPAN} + d.n, {person}, {key}, {_FIGURES.format(34 * SPAN)} FROM p, d"
            f" WHERE d.n <= {LAST // SPAN - first // SPAN}",
        ),
        (
            "usage_calls (space, key_id, dialect, kind, asked, model, provider, status, prompt_tokens, completion_tokens,"
            " cached_tokens, reasoning_tokens, estimated, cost, attempts, started_at, first_byte, total)",
            f"{space.format(f'p.n % {PEOPLE}')}, 'key_' || (p.n % {PEOPLE}), 'openai', 'chat', 'model',"
            f" 'model-1', 'openai', 'ok', 900, 300, 0, 0, FALSE, 1200, 1, CAST({LAST} AS BIGINT) * {MICROSECONDS} + p.n, 1, 2"
            " FROM c AS p",
        ),
    )


METERING: Final[dict[str, Case]] = {"usage_year": usage}
