"""A process that does jobs: takes what was asked for, tells that it lives, takes up what dead ones had begun."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from prosa.drivers.sql import DatabaseAddress
from prosa.jobs.models import ANYWHERE, Asked, Job, JobState
from prosa.jobs.store import JobStore
from prosa.kit.clock import Clock
from prosa.kit.errors import ProsaError
from prosa.kit.ids import new_object_id

if TYPE_CHECKING:
    from prosa.jobs.engine import Engine

_logger: Final = logging.getLogger("prosa.jobs")
LOOK: Final = 0.5  # seconds between two looks
BEAT: Final = 10.0  # seconds between two signs of life
SILENT: Final = 45.0  # seconds after which a worker is taken for dead
TOGETHER: Final = 2  # jobs at the same time: callers come first
LINGER: Final = 5.0  # seconds without anything to do after which the engine is let go
KEPT: Final = 7 * 86_400.0  # seconds for which ended jobs can be looked at
TIDY: Final = 3600.0
_DAY: Final = 86_400.0


def system_address(address: DatabaseAddress) -> DatabaseAddress:
    """Where the engine keeps its own tables: a file beside ours, or a schema in the same database."""
    path: Path | None = address.path
    return address if path is None else DatabaseAddress(path=path.with_name(f"{path.stem}-jobs.db"))


class Worker:
    """Does jobs until it is stopped. The engine behind it is launched when there is something to do, and let go afterwards."""

    def __init__(self, store: JobStore, clock: Clock, jobs: Sequence[Job], place: str, address: DatabaseAddress) -> None:
        self.id = ""
        self._store = store
        self._clock = clock
        self._jobs = {job.name: job for job in jobs}
        self._place = place
        self._address = address
        self._alone = address.path is not None  # whoever else is noted on SQLite is dead: one process holds the lock
        self._engine: Engine | None = None
        self._mine: dict[str, Asked] = {}
        self._next_beat = 0.0
        self._next_tidy = 0.0
        self._idle_since = clock.monotonic()

    @property
    def idle(self) -> float:
        """Seconds since when there has been nothing to do."""
        return self._clock.monotonic() - self._idle_since if self._engine is None else 0.0

    async def run(self) -> None:
        """Look, and do what is there, until cancelled."""
        try:
            while True:
                try:
                    await self.look()
                except ProsaError as error:
                    _logger.warning("jobs could not be looked for: %s %s", error.code, getattr(error, "reason", ""))
                    await asyncio.sleep(BEAT)
                await asyncio.sleep(LOOK)
        finally:
            await self.close()

    async def look(self) -> None:
        """Once: take up and begin what there is. Raises DatabaseUnavailable."""
        now = self._clock.now()
        left = [asked for asked in await self._store.left(self._place, self._silent(now)) if asked.key not in self._mine]
        room = TOGETHER - len(self._mine)
        waiting = await self._store.waiting(self._place, room) if room > 0 else []
        if (left or waiting) and self._engine is None:
            await self._launch()
        if self._engine is None:
            return
        await self._live(self._engine)
        for asked in (*left, *waiting):
            await self._begin(self._engine, asked)
        await self._settle(self._engine)
        if self._mine:
            self._idle_since = self._clock.monotonic()
        elif self._clock.monotonic() - self._idle_since > LINGER:
            await self.close()

    def _silent(self, now: float) -> float:
        """Who wasn't seen since then is dead."""
        return now + _DAY if self._alone else now - SILENT

    async def close(self) -> None:
        """Let the engine go, and what is being done with it: the next worker goes on with that."""
        engine, self._engine = self._engine, None
        if engine is None:
            return
        await engine.close()
        if not self._mine:
            with suppress(ProsaError):
                await self._store.leave(self.id)
        self._mine.clear()
        self._idle_since = self._clock.monotonic()

    async def _launch(self) -> None:
        from prosa.jobs.engine import Engine, Post, Told

        self.id = new_object_id()
        self._engine = Engine(Post(self.id, self._place, self._address), self._jobs, Told(self._ended, self._store.stumble))
        self._engine.launch()
        self._next_beat = 0.0
        self._idle_since = self._clock.monotonic()

    async def _live(self, engine: "Engine") -> None:
        """Tell that this one lives, and take up what those had begun that don't."""
        monotonic = self._clock.monotonic()
        if monotonic < self._next_beat:
            return
        self._next_beat = monotonic + BEAT
        now = self._clock.now()
        await self._store.beat(self.id, now)
        dead = await self._store.dead(self.id, self._silent(now))
        if dead:
            await engine.recover(dead)
        if monotonic >= self._next_tidy:
            self._next_tidy = monotonic + TIDY
            await self._store.tidy(now - KEPT, now - _DAY)
            await engine.forget(now - KEPT)

    async def _begin(self, engine: "Engine", asked: Asked) -> None:
        if await self._store.take(asked, self.id, self._clock.now()):
            await engine.start(asked, self._place if self._is_here(asked) else ANYWHERE)
            self._mine[asked.key] = asked

    def _is_here(self, asked: Asked) -> bool:
        job = self._jobs.get(asked.name)
        return job is not None and job.here

    async def _ended(self, key: str, error: str | None) -> None:
        await self._store.end(key, error, self._clock.now())
        asked = self._mine.pop(key, None)
        self._idle_since = self._clock.monotonic()
        if error is not None:
            _logger.error("the job %s failed: %s", key if asked is None else asked.name, error)

    async def _settle(self, engine: "Engine") -> None:
        """What the engine knows to be over without having told it here: of a database that was brought back, or given up."""
        for key in tuple(self._mine):
            if not await engine.over(key) or key not in self._mine:
                continue
            found = await self._store.get(key)
            if found is not None and found.state is JobState.RUNNING:
                await self._ended(key, "given_up")
            self._mine.pop(key, None)  # a worker elsewhere took it up
