"""Usage as it is asked for, and the sums that keep the answers quick."""

import importlib
from collections.abc import Sequence
from operator import add
from typing import TYPE_CHECKING, Final

from prosa.drivers.sql import Database, DatabaseUnavailable
from prosa.kit import moments
from prosa.kit.clock import Clock
from prosa.usage import calls_store
from prosa.usage.models import Call, CallPosition, Costs, DayOfActivity, Figures, Group, Report, UsageQuery

if TYPE_CHECKING:
    from types import ModuleType

DAY_SECONDS: Final = 86_400
ROWS: Final = 5_000  # of one transaction: some tens of milliseconds, for which other writers of a SQLite file wait
MOST_GROUPS: Final = 10_000
Sums = tuple[int, ...]


class UsageService:
    """Calls and their sums. Every method may raise DatabaseUnavailable."""

    def __init__(self, database: Database, clock: Clock, days: int = 400) -> None:
        """`days`: for which single calls are kept; 0: for ever. Their sums stay."""
        self._database = database
        self._clock = clock
        self._days = days

    # Asked

    async def report(self, query: UsageQuery) -> Report:
        """What was used in a range of days. True whether or not calls were ever summed up; quick where they were."""
        store = await self._store("sums_store")
        async with self._database.reading() as connection:
            found = await store.report(connection, query)
        groups: dict[str | int, Sums] = {}
        for name, figures in found:
            before = groups.get(name)
            groups[name] = figures if before is None else tuple(map(add, before, figures))
        whole = [(name, Figures(*sums)) for name, sums in groups.items() if sums[0]]  # calls: without any it isn't in the range
        whole.sort(key=_by_day if query.group is Group.DAY else _by_calls)
        total = Figures(*(sum(column) for column in zip(*groups.values(), strict=True)))
        return Report(tuple(whole[:MOST_GROUPS]), total, max(0, len(whole) - MOST_GROUPS))

    async def calls(self, space: str, limit: int, before: CallPosition = None) -> list[Call]:
        """A space's calls, newest first, that were written before the one at the position."""
        return await calls_store.newest(self._database, space, limit, before)

    async def calls_of_runs(self, space: str, run_ids: Sequence[str]) -> dict[str, Costs]:
        """What the calls of each run took together, by the run's stored id; runs without one are left out.

        A call is written within a second of its end; those of an open run are still to come.
        """
        return await calls_store.of_runs(self._database, space, run_ids) if run_ids else {}

    async def activity(self, space: str | None, first_day: int, last_day: int) -> list[DayOfActivity]:
        """What a space, or everybody, did on each day on which something was done; days are counted since 1970."""
        store = await self._store("activity_store")
        async with self._database.reading() as connection:
            done = await store.by_day(connection, space, first_day, last_day)
            people = await store.people_by_day(connection, space, first_day, last_day)
        days: dict[int, list[int]] = {}
        for day, conversations, messages in done:
            _add(days, day, conversations, messages, 0)
        for day, active in people:
            _add(days, day, 0, 0, active)
        return [DayOfActivity(day, *days[day]) for day in sorted(days)]

    # Kept

    async def roll_up(self) -> int:
        """Bring the sums up to now; how many calls and items were added. A process killed in it leaves all of them true.

        Any process may do it, at any time, more than one at once; it ends when it is done, in small transactions.
        """
        return await self._summed("sums_store", "calls", "usage_calls") + await self._summed("activity_store", "items", "items")

    async def trim(self) -> int:
        """Delete the calls that are older than they are kept and in the sums; how many."""
        now = self._clock.now()
        store = await self._store("sums_store")
        async with self._database.writing() as connection:
            await store.forget_batches(connection, moments.stored(now - DAY_SECONDS))
        if not self._days:
            return 0
        before = moments.stored(now - self._days * DAY_SECONDS)
        gone = 0
        while True:
            async with self._database.writing() as connection:
                some: int = await store.trim(connection, before, ROWS)
            gone += some
            if some < ROWS:
                return gone

    async def _summed(self, store_name: str, mark: str, table: str) -> int:
        store, sums = await self._store(store_name), await self._store("sums_store")
        try:
            async with self._database.writing() as connection:
                last = await sums.settled(connection, table)
        except DatabaseUnavailable as error:
            if error.retry_after is not None and error.retry_after < 2:
                return 0  # somebody writes for a long time; next time, then
            raise
        added = 0
        while True:
            async with self._database.writing() as connection:
                after = await sums.hold_mark(connection, mark)
                until = min(after + ROWS, last)
                if until <= after:
                    return added
                await store.sum_up(connection, after, until)
                added += until - after

    async def _store(self, name: str) -> "ModuleType":
        await self._database.open()  # loads SQLAlchemy in a thread, so that the import below is cheap
        return importlib.import_module(f"prosa.usage.{name}")


def _by_day(group: tuple[str | int, Figures]) -> int:
    return int(group[0])


def _by_calls(group: tuple[str | int, Figures]) -> tuple[int, str]:
    return -group[1].calls, str(group[0])


def _add(days: dict[int, list[int]], day: int, *figures: int) -> None:
    before = days.get(day, [0, 0, 0])
    days[day] = [one + two for one, two in zip(before, figures, strict=True)]
