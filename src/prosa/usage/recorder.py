"""Calls that are over become rows, behind the answers and many at once."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from typing import Final

from prosa.drivers.journal import Journal, RowRefused
from prosa.drivers.sql import DatabaseUnavailable
from prosa.kit import moments
from prosa.kit.clock import Clock
from prosa.kit.ids import new_object_id
from prosa.usage.calls import ANSWER, CACHED, COST, FIRST, MODEL, PROMPT, PROVIDER, TO_BE_FOUND, CallRow, SettledCall, row_of
from prosa.usage.calls_store import batch_parts
from prosa.usage.prices import UNASKED, Model, PriceBook

_logger = logging.getLogger("prosa.usage")
MOST: Final = 50_000  # rows that wait while the database is away, some 25 MB
BATCH: Final = 256  # rows of one transaction: they take the loop's time for a millisecond
LINGER: Final = 0.25  # seconds for which rows are gathered
PAUSES: Final = (0.5, 1.0, 2.0, 5.0)  # seconds before a batch is tried again


class Recorder:
    """Writes each call down once, in the order in which they ended. One per process.

    While the database is away rows wait in memory; beyond `most` of them the newest is dropped and counted. What a batch's
    transaction has written is marked in it, so that a batch is not written twice whatever the connection did.
    """

    def __init__(self, journal: Journal, prices: PriceBook, clock: Clock, most: int = MOST) -> None:
        self._journal = journal
        self._prices = prices
        self._clock = clock
        self._most = most
        self._waiting: deque[CallRow] = deque()
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._closed = self._failed = False
        self._hurry = asyncio.Event()
        self._batch: str | None = None  # the last one that was written
        self.dropped = 0

    @property
    def waiting(self) -> int:
        """Rows that have still to be written."""
        return len(self._waiting)

    def settled(self, call: SettledCall) -> None:
        """Take note of a call that has ended just now."""
        waiting = self._waiting
        if len(waiting) >= self._most or self._closed:
            self.dropped += 1
            return
        waiting.append(row_of(call, self._clock.now(), self._prices))
        if self._task is not None:
            return
        if len(waiting) >= BATCH:
            self._begin()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LINGER, self._begin)

    async def flush(self) -> None:
        """Wait until nothing waits any more; with the database away and the recorder open, until it is back."""
        while self._waiting and not self._failed:
            self._begin()
            if self._task is not None:
                await asyncio.wait([self._task])

    async def aclose(self) -> None:
        """Write what waits, trying once more; what can't be written is lost with the process, and counted."""
        self._closed = True
        self._hurry.set()
        self._failed = False
        await self.flush()
        if self._waiting:
            _logger.error("%d calls could not be written down before the end", len(self._waiting))
            self.dropped += len(self._waiting)
            self._waiting.clear()

    def _begin(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is None and self._waiting:
            self._task = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        self._failed = True  # until it went well
        try:
            rows: list[CallRow] = []
            while not rows or len(self._waiting) >= BATCH:  # a few are gathered again: a transaction costs more than its rows
                rows = [*islice(self._waiting, BATCH)]
                if not await self._written(await self._priced(rows)):
                    return
                for _ in rows:
                    self._waiting.popleft()
            self._failed = False
        finally:
            self._task = None
            if self._waiting and not self._closed and self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(LINGER, self._begin)

    async def _priced(self, rows: list[CallRow]) -> list[CallRow]:
        """The rows with what each call costs, as far as somebody knows."""
        unpriced = [row for row in rows if row[COST] == TO_BE_FOUND]
        if not unpriced:
            return rows
        # A name that nobody has answered to may be anything that a caller made up, and isn't looked up.
        await self._prices.learn({_model(row) for row in unpriced if row[FIRST] is not None})
        return [_priced(self._prices, row) if row[COST] == TO_BE_FOUND else row for row in rows]

    async def _written(self, rows: Sequence[CallRow]) -> bool:
        """Write a batch; tried again until it is written, or the recorder closes."""
        batch, now = new_object_id(), moments.stored(self._clock.now())
        parts = batch_parts(batch, self._batch, now, rows)
        tries = 0
        while True:
            try:
                await self._journal.append_all(parts)
            except RowRefused as error:
                if not (tries and error.constraint):  # else its mark is there: it was written when the connection broke
                    await self._singly(rows, now)
            except DatabaseUnavailable:
                if self._closed:
                    return False
                await self._pause(PAUSES[min(tries, len(PAUSES) - 1)])
                tries += 1
                continue
            self._batch = batch
            return True

    async def _singly(self, rows: Sequence[CallRow], now: int) -> None:
        """Write what can be written of a batch that holds a row which the database doesn't take."""
        for row in rows:
            try:
                await self._journal.append_all(batch_parts(new_object_id(), None, now, (row,)))
            except (RowRefused, DatabaseUnavailable) as error:
                _logger.error("a call could not be written down: %s", type(error.__cause__).__name__)
                self.dropped += 1

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()


def _model(row: CallRow) -> Model:
    return row[PROVIDER], row[MODEL]


def _priced(prices: PriceBook, row: CallRow) -> CallRow:
    price = prices.known(_model(row))
    cost = None if price is None or price is UNASKED else price.cost(row[PROMPT], row[ANSWER], row[CACHED])
    return (*row[:COST], cost, *row[COST + 1 :])
