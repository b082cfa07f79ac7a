"""A page of a run's log, for readers that come again and again instead of staying."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from prosa.runs import Engine, Event, Run


@dataclass(frozen=True, slots=True)
class Page:
    """Which events: at most `limit` after the number `after`; `wait`: seconds to stay for the first where there is none yet."""

    after: int
    limit: int
    wait: float


async def page_of(engine: Engine, run: Run, page: Page) -> tuple[Sequence[Event], bool]:
    """The events, and whether the log ends with them or before them. Raises LogTrimmed, RunNotFound."""
    events = await _there(engine, run, page)
    if not events and run.open and page.wait:
        await _news(engine, run, page)
        run = await engine.get(run.space, run.id)
        events = await _there(engine, run, page)
    if len(events) > page.limit:
        return events[: page.limit], False
    return events, not run.open


async def _there(engine: Engine, run: Run, page: Page) -> list[Event]:
    """What is in the log now, one more than asked for where there are more."""
    found: list[Event] = []
    while len(found) <= page.limit:
        more = await engine.read(run, found[-1].number if found else page.after)
        if not more:
            break
        found += more
    return found


async def _news(engine: Engine, run: Run, page: Page) -> None:
    """Return when something follows, or the time is over."""
    async with aclosing(engine.follow(run, page.after)) as batches:
        try:
            async with asyncio.timeout(page.wait):
                await anext(batches, None)
        except TimeoutError:
            pass
