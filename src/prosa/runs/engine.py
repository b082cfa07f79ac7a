"""The engine: runs are started, driven, followed, cancelled and taken over, whatever they are about."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from prosa.drivers.journal import Part, RowRefused
from prosa.drivers.sql import DatabaseUnavailable
from prosa.kit.errors import ProsaError
from prosa.runs.attempt import attempt
from prosa.runs.batch import Batch
from prosa.runs.closing import Closer
from prosa.runs.drive import Drive
from prosa.runs.errors import LeaseLost, LogTrimmed, RunDefect, RunNotFound, RunOpen, TooManyRuns, TooManyWaiting
from prosa.runs.glances_store import Glances
from prosa.runs.hub import Hub
from prosa.runs.lease import TOPIC, Keeper
from prosa.runs.lease_store import LeaseStore
from prosa.runs.log import LogWriter
from prosa.runs.models import Ending, Event, Kind, NewRun, Run, RunQuery, RunState, Why
from prosa.runs.parts import EngineParts, Live
from prosa.runs.settings import RunSettings
from prosa.runs.store import FIRST_FENCE, RunStore

_logger = logging.getLogger("prosa.runs")


class Engine:
    """All runs, as one process sees them. Kinds register in `kinds` before the start."""

    def __init__(self, parts: EngineParts, settings: RunSettings | None = None) -> None:
        self.kinds: dict[str, Kind] = {}
        self._settings = settings or RunSettings()
        self._parts = parts
        self._signals = parts.signals
        self._store = RunStore(parts.database, parts.journal)
        self.glances = Glances(parts.database)
        self._keeper = Keeper(LeaseStore(parts.database, parts.journal), parts.signals, self._settings, parts.clock)
        self._live: dict[str, Live] = {}
        self._tasks: set[asyncio.Task[None]] = set()  # also those whose run has ended, or is driven by another
        self._hub = Hub(self._store, parts.signals, self._live.__contains__)
        self._writer = LogWriter(self._store, self._hub.publish)
        self._closer = Closer(self._store, self._hub, self.kinds, self.now, parts.ended)
        self._stopping = False

    # Its life

    @property
    def driver_id(self) -> str:
        """Under which this process drives."""
        return self._keeper.driver

    @property
    def live(self) -> int:
        """Runs that are driven here now."""
        return len(self._live)

    @property
    def followed(self) -> int:
        """Runs that somebody follows here now."""
        return len(self._hub)

    async def hold_lease(self) -> None:
        """See that this process counts as alive to others from now on, for a while. Raises DatabaseUnavailable."""
        await self._keeper.hold()

    async def alive(self, driver_id: str) -> bool:
        """Whether this driver's process lives, as far as anybody can tell."""
        return await self._keeper.alive(driver_id)

    def now(self) -> int:
        """Microseconds since 1970 by the clock that all processes share."""
        return self._keeper.now()

    def start(self, service: str | None = None, *, sole: bool = False) -> None:
        """Begin to look for runs that nobody drives; see `Keeper.start`."""
        self._keeper.start(self, service, sole=sole)

    async def stop(self, grace: float = 0.0) -> None:
        """Drive what is under way to its end for `grace` seconds, then leave it to others; nothing is left over."""
        self._stopping = True
        tasks = [live.task for live in self._live.values() if live.task is not None]
        if tasks and grace > 0:
            await asyncio.wait(tasks, timeout=grace)
        left = tuple(self._tasks)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)
        await self._writer.stop()
        await self._keeper.stop()
        await self._hub.stop()

    # What callers do

    async def start_run(self, new: NewRun, *, replace: bool = False) -> Run:
        """Write a new run and drive it; durable when this returns. A conversation's runs go one after the other.

        An id that this space has already gives the run that has it. `replace` cancels what is open in the conversation.
        Raises TooManyRuns, TooManyWaiting, RunOpen for one that was to be alone, DatabaseUnavailable (it may have been written
        then, and is driven if so), RowRefused.
        """
        self.admit(new.space)
        if new.conversation_id is not None and (replace or not new.alone):
            await self._make_way(new.conversation_id, replace=replace)
        await self._keeper.hold()
        live = Live(0, new.space)
        self._live.setdefault(new.id, live)  # another request may be at it with the same id
        try:
            run = await self._written(new)
        except RowRefused:
            self._forget(new.id, live)
            known = await self._store.get(new.space, new.id)
            if known is not None:
                return known
            await self._check_alone(new)
            raise
        except BaseException:
            self._forget(new.id, live)
            raise
        # Under another fence somebody of this very process has taken it since, to cancel it, say.
        if run is None or run.state is not RunState.RUNNING or (run.driver, run.fence) != (self.driver_id, FIRST_FENCE):
            self._forget(new.id, live)
            if run is None:
                raise RunNotFound  # it was deleted in this very moment
            return run
        self._begin(run, live, tuple(Event(number, data) for number, data in enumerate(new.events)), resumed=False)
        return run

    def adjust(self, settings: RunSettings) -> None:
        """Go on with other bounds of what one caller may have under way; leases and logs stay as they were at the start."""
        self._settings = settings

    def admit(self, space: str, beside: int = 0) -> None:
        """One caller's runs, and as many `beside` them, leave room for others' (attacks.md J13). Raises TooManyRuns."""
        most = self._settings.driving
        if len(self._live) + beside >= most and sum(live.space == space for live in self._live.values()) + beside >= most:
            raise TooManyRuns(most)

    async def get(self, space: str, run_id: str) -> Run:
        """A run of this space. Raises RunNotFound."""
        run = await self._store.get(space, run_id)
        if run is None:
            raise RunNotFound
        return run

    async def list(self, space: str, query: RunQuery) -> Sequence[Run]:
        """A page of a space's runs, without what they were asked and what came of them."""
        return await self._store.list(space, query)

    async def describe(self, space: str, run_id: str, metadata: bytes) -> Run:
        """Replace a run's metadata, JSON. Raises RunNotFound."""
        if not await self._store.describe(space, run_id, metadata):
            raise RunNotFound
        return await self.get(space, run_id)

    def follow(self, run: Run, after: int = -1) -> AsyncGenerator[Batch, None]:
        """The run's events after this number, as they come; ends with the final ones. Close it (`aclosing`) when leaving early.

        Nothing is shown before it is durable. Raises LogTrimmed, RunNotFound (when it is deleted meanwhile), DatabaseUnavailable.
        """
        if run.trimmed:
            raise LogTrimmed
        live = self._live.get(run.id)
        first = live.drive.first if live is not None and live.drive is not None else None
        return self._hub.follow(run.id, after, ended=not run.open, first=first)

    async def read(self, run: Run, after: int = -1) -> Sequence[Event]:
        """Events after this number that are there now, a page of them. Raises LogTrimmed."""
        if run.trimmed:
            raise LogTrimmed
        return [event for batch in await self._store.read(run.id, after) for event in batch.events()]

    async def finished(self, run: Run) -> Run:
        """The run once it has ended. Raises RunNotFound when it is deleted meanwhile."""
        if run.open:
            async with aclosing(self._hub.follow(run.id, -1)) as batches:
                async for _ in batches:
                    pass
        return await self.get(run.space, run.id)

    async def log(self, run: Run) -> Sequence[Event]:
        """All events that are there now."""
        return [event for batch in await self._store.log(run.id) for event in batch.events()]

    async def cancel(self, space: str, run_id: str) -> Run:
        """End a run now; final when this returns. One that has ended stays as it is. Raises RunNotFound."""
        run = await self.get(space, run_id)
        while run.open:
            if await self._end_from_outside(run, Why.CANCELLED):
                break
            run = await self.get(space, run_id)
        return await self.get(space, run_id)

    async def wake(self, run: Run, parts: Sequence[Part] = (), batch: Batch | None = None) -> bool:
        """Go on with a run that waits for somebody outside, with more rows and the next events of its log: all of it is durable
        when this returns, or, where the run has changed since it was read, none of it, and it is False. Raises
        DatabaseUnavailable, after which nobody knows which."""
        if run.state is not RunState.WAITING:
            return False
        live = self._live.get(run.id)
        if live is not None and live.fence == run.fence and live.task is not None:
            await asyncio.wait([live.task])  # its driver, which has written that it waits, is about to leave
        if not await self._raise(run, parts, batch):
            return False
        if batch is not None:
            self._hub.publish(run.id, batch)
        return True

    async def delete(self, space: str, run_id: str) -> None:
        """Cancel a run and take it away, with its log and its rows. Raises RunNotFound."""
        run = await self.cancel(space, run_id)
        kind = self.kinds.get(run.kind)
        await self._store.delete(run, kind.removing(run) if kind is not None else ())

    # What the keeper asks

    def driven(self) -> dict[str, int]:
        """See Driving."""
        return {run_id: live.fence for run_id, live in self._live.items()}

    def lost(self, run_id: str) -> None:
        """See Driving."""
        live = self._live.get(run_id)
        if live is not None and live.drive is not None:
            live.drive.fail(LeaseLost())
            if live.task is not None:
                live.task.cancel()

    async def adopt(self, run: Run) -> None:
        """See Driving."""
        if self._stopping or run.id in self._live or run.kind not in self.kinds:
            return
        await self._keeper.hold()
        if run.state is RunState.QUEUED:
            await self._promote(run)
        elif run.state is RunState.WAITING:
            return  # it came to wait while somebody looked for its driver
        elif run.attempts >= self._settings.attempts:
            await self._end_from_outside(run, Why.INTERRUPTED)
        else:
            await self._take_over(run)

    async def expire(self, run: Run) -> None:
        """See Driving."""
        if not self._stopping and run.id not in self._live and run.kind in self.kinds:
            await self._end_from_outside(run, Why.EXPIRED)

    # How it does it

    async def _make_way(self, conversation_id: str, *, replace: bool) -> None:
        waiting = await self._store.open_in(conversation_id)
        if replace:
            for run in reversed(waiting):
                await self.cancel(run.space, run.id)
        elif len(waiting) > self._settings.waiting:
            raise TooManyWaiting(self._settings.waiting)

    async def _check_alone(self, new: NewRun) -> None:
        if new.alone and new.conversation_id is not None and (found := await self._store.open_in(new.conversation_id)):
            raise RunOpen(found[0].id)

    async def _written(self, new: NewRun) -> Run | None:
        """The run, once it is durable. Raises RowRefused."""
        now = self.now()
        try:
            await self._store.start(new, self.driver_id, now)
        except RowRefused:
            if new.conversation_id is None or new.alone or await self._store.get(new.space, new.id) is not None:
                raise
            # Two began in the conversation at once: one of them waits behind the other.
            await self._store.start(new, self.driver_id, now)
        if new.alone or new.conversation_id is None:  # it waits for nobody; who has taken it since is known by the fence
            return new.begun(self.driver_id, FIRST_FENCE, now)
        return await self._store.get(new.space, new.id)

    def _begin(self, run: Run, live: Live, log: tuple[Event, ...], *, resumed: bool) -> None:
        if self._stopping:  # it was on its way when the end began: who looks for runs without a driver finds it
            self._forget(run.id, live)
            return
        if self._live.setdefault(run.id, live) is not live:
            return  # somebody else of this process has it in hand
        live.fence = run.fence
        live.drive = Drive(run, log, self._writer, resumed=resumed)
        task = live.task = asyncio.get_running_loop().create_task(self._drive(live, live.drive))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: self._forget(run.id, live))  # one that is cancelled before its first step, too

    async def _drive(self, live: Live, drive: Drive) -> None:
        run = drive.run
        try:
            outcome = await attempt(self.kinds[run.kind], drive)
            try:
                await drive.flush()
                await self._close(drive, outcome)
            except LeaseLost:
                _logger.info("run %s is driven elsewhere", run.id)
            except ProsaError as error:
                # What can't be written can't be ended: who looks for runs without a driver finds it, when that is possible again.
                _logger.warning("run %s could not be written: %s", run.id, error.code)
        finally:
            self._forget(run.id, live)
        await self._next_of(run)

    async def _close(self, drive: Drive, outcome: Ending | ProsaError) -> None:
        if isinstance(outcome, Ending):
            ending = outcome
        elif isinstance(outcome, LeaseLost | DatabaseUnavailable):
            raise outcome
        else:
            ending = await self._closer.settlement(drive.run, Why.FAILED, outcome)
        if not await self._closer.finish(drive.run, drive.next_number, ending):
            raise LeaseLost

    async def _end_from_outside(self, run: Run, why: Why) -> bool:
        """Take the run from whoever drives it and end it; False where it changed meanwhile."""
        if run.kind not in self.kinds:
            raise RunDefect
        await self._keeper.hold()
        live = Live(0, run.space)
        self._live.setdefault(run.id, live)  # so that nobody here takes it for one that nobody drives
        try:
            if not await self._store.take(run, self.driver_id, attempt=False):
                return False
            self.lost(run.id)
            self._live[run.id] = live  # not the robbed driver's, who forgets his own
            self._signals.publish(TOPIC)
            taken = await self._store.by_id(run.id)
            if taken is None or taken.fence != run.fence + 1:
                return False
            ending = await self._closer.settlement(taken, why, None)
            number = await self._after_last(run.id)
            done = await self._closer.finish(taken, number, ending)
        finally:
            self._forget(run.id, live)
        if done:
            await self._next_of(run)
        return done

    async def _after_last(self, run_id: str) -> int:
        return (await self._store.newest_of([run_id])).get(run_id, (-1, None))[0] + 1

    async def _take_over(self, run: Run) -> None:
        live = Live(0, run.space)
        if self._live.setdefault(run.id, live) is not live:
            return
        try:
            taken = await self._store.by_id(run.id) if await self._store.take(run, self.driver_id, attempt=True) else None
            log = await self.log(run) if taken is not None else []
        except BaseException:
            self._forget(run.id, live)
            raise
        if taken is None or taken.fence != run.fence + 1:
            self._forget(run.id, live)
            return
        self._parts.taken_over(run.kind)
        self._begin(taken, live, tuple(log), resumed=True)

    async def _promote(self, run: Run) -> None:
        await self._raise(run, self.kinds[run.kind].promoted(run), resumed=False)

    async def _raise(self, run: Run, parts: Sequence[Part], batch: Batch | None = None, *, resumed: bool = True) -> bool:
        """Begin to drive a run that waited; False where somebody else was faster."""
        await self._keeper.hold()
        live = Live(0, run.space)
        if self._live.setdefault(run.id, live) is not live:
            return False
        done = False
        try:
            done = await self._store.resume(run, self.driver_id, parts, batch)
            taken = await self._store.by_id(run.id) if done else None
            log = await self.log(run) if taken is not None else []
        except RowRefused:
            taken = None  # another one of the conversation was faster
        except BaseException:
            self._forget(run.id, live)
            raise
        if taken is None or taken.fence != run.fence + 1:
            self._forget(run.id, live)
        else:
            self._begin(taken, live, tuple(log), resumed=resumed)
        return done

    async def _next_of(self, run: Run) -> None:
        """Start what waits in the conversation; who looks around finds it in any case."""
        if run.conversation_id is None or self._stopping:
            return
        try:
            waiting = await self._store.open_in(run.conversation_id)
            if waiting and waiting[0].state is RunState.QUEUED and waiting[0].id not in self._live:
                await self.adopt(waiting[0])
        except ProsaError as error:
            _logger.info("what waits in a conversation could not be started yet: %s", error.code)

    def _forget(self, run_id: str, live: Live) -> None:
        if self._live.get(run_id) is live:
            del self._live[run_id]
