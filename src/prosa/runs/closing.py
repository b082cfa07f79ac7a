"""How the end of a run is written: once, by who still drives it, with all that belongs to it."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from prosa.drivers.journal import RowRefused
from prosa.drivers.sql import DatabaseUnavailable
from prosa.kit.errors import ProsaError
from prosa.runs.attempt import settled
from prosa.runs.batch import Batch
from prosa.runs.hub import Hub
from prosa.runs.models import Ending, Kind, Run, RunState, Why
from prosa.runs.store import RunStore

TRIES: Final = 3  # to write an end


class Closer:
    """Ends runs of all kinds, or lets them wait."""

    def __init__(
        self, store: RunStore, hub: Hub, kinds: Mapping[str, Kind], now: Callable[[], int], ended: Callable[[Run, RunState], None]
    ) -> None:
        """`now` in microseconds since 1970; `ended` is told of each end that is written, and of each wait by its state."""
        self._store = store
        self._hub = hub
        self._kinds = kinds
        self._now = now
        self._ended = ended

    async def settlement(self, run: Run, why: Why, error: ProsaError | None) -> Ending:
        """How its kind ends a run from outside. Raises DatabaseUnavailable."""
        log = [event for batch in await self._store.log(run.id) for event in batch.events()]
        return await settled(self._kinds[run.kind], run, log, why, error)

    async def finish(self, run: Run, number: int, ending: Ending) -> bool:
        """Write the end, its first event under this number; False where somebody else drives by now.

        Raises DatabaseUnavailable."""
        over = ending.state is not RunState.WAITING
        batch = None
        if ending.events:
            batch = Batch(number, number + len(ending.events) - 1, b"\n".join(ending.events), final=over)
        now = self._now()
        done = await self._write(run, ending, batch, now)
        if done and batch is not None:
            batch.ended_at = now
            self._hub.publish(run.id, batch)
        if done:
            self._ended(run, ending.state)
        return done

    async def _write(self, run: Run, ending: Ending, batch: Batch | None, now: int) -> bool:
        """Write it, again where the database didn't answer: by then it may have ended by this very hand, and with the rows."""
        for turn in range(TRIES):
            if turn and await self._store.ended(run, ending.state):
                return True
            try:
                return await self._store.end(run, ending, batch, now)
            except DatabaseUnavailable:
                if turn == TRIES - 1:
                    raise
                await asyncio.sleep(0.2)
            except RowRefused:
                if await self._store.ended(run, ending.state):
                    return True
                raise
        return False
