"""Calls as the gateway settles them, and the parts that write them down over a real database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.gateway import CallKind, CallRecord, CallStatus, Usage
from prosa.usage import Payer, Price, PriceBook, PriceSources, Rates, Recorder, UsageService

ANA = "a" * 32
BIA = "b" * 32
DAY = 86_400
NOON = 20_000 * DAY + 43_200  # on day 20,000 since 1970
PRICES = {"openai/gpt": Price((Rates(0, 2.0, 8.0, 0.5),)), "free": Price((Rates(0, 0.0, 0.0),))}


class HandClock:
    """A clock that is set by hand."""

    def __init__(self, now: float = NOON) -> None:
        self.at = now

    def now(self) -> float:
        """Seconds since 1970."""
        return self.at

    def monotonic(self) -> float:
        """The same."""
        return self.at


def call(payer: Payer | None = None, **more: object) -> CallRecord:
    """A good call of a second."""
    told: dict[str, object] = {
        "kind": CallKind.CHAT,
        "model": "gpt",
        "provider": "openai",
        "status": CallStatus.OK,
        "usage": Usage(10, 5),
        "first_byte_seconds": 0.25,
        "seconds": 1.0,
        "attempts": 1,
        "asked": "openai/gpt",
        "payer": payer or Payer(ANA, "openai", "key_1"),
    }
    return CallRecord(**(told | more))  # type: ignore[arg-type]  # a record's own fields


@dataclass
class Desk:
    """The parts of one process."""

    database: Database
    journal: Journal
    clock: HandClock
    recorder: Recorder
    service: UsageService

    async def settle(self, *calls: CallRecord, day: int = 0) -> None:
        """Have these calls written down, so many days later."""
        before, self.clock.at = self.clock.at, self.clock.at + day * DAY
        for one in calls:
            self.recorder.settled(one)
        self.clock.at = before
        await self.recorder.flush()


@asynccontextmanager
async def desk(database: Database, most: int = 50_000) -> AsyncIterator[Desk]:
    """A process's parts; what waits is written at the end."""
    journal, clock = Journal(database), HandClock()
    prices = PriceBook(PriceSources(own=PRICES), clock)
    recorder = Recorder(journal, prices, clock, most)
    try:
        yield Desk(database, journal, clock, recorder, UsageService(database, clock))
    finally:
        await recorder.aclose()
        await journal.aclose()
