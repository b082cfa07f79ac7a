"""A history's world: servers over one store, clients that start, cancel, delete and read, and what they were told."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import msgspec

from prosa.kit.errors import ProsaError
from prosa.runs import Engine, EngineParts, NewRun, Run, RunNotFound, RunSettings
from tests.runs.scripted import KIND, Script, ScriptedKind, first_event, given
from tests.runs.sim_loop import SimLoop, SimProcess
from tests.runs.sim_signals import SimAir
from tests.runs.sim_store import SimStore, sim_journal

T = TypeVar("T")
SPACE: Final = "space"
SERVERS: Final = 3
LEASE: Final = 2.0
EPOCH: Final = 1_790_000_000.0


class Gone(Exception):  # not an error of the server
    """The server was killed, or the client waited long enough."""


@dataclass
class SimClock:
    """The loop's time, as a machine tells it whose clock is `skew` seconds ahead."""

    loop: SimLoop
    skew: float

    def now(self) -> float:
        """Seconds since 1970."""
        return EPOCH + self.loop.time() + self.skew

    def monotonic(self) -> float:
        """Seconds."""
        return self.loop.time()


class SimServer:
    """A process with an engine; a start after its end is another process."""

    def __init__(self, world: "World", name: str, skew: float) -> None:
        self.process = SimProcess(name)
        self.stopping = False
        self.waiting: dict[asyncio.Future[Any], asyncio.Task[Any]] = {}  # clients' connections
        world.loop.processes.append(self.process)
        database, journal = sim_journal(world.store, self.process)
        self.signals = world.air.of(self.process)
        self.engine = Engine(
            EngineParts(database, journal, self.signals, SimClock(world.loop, skew)), RunSettings(lease_seconds=LEASE)
        )
        self.engine.kinds[KIND] = ScriptedKind()
        world.loop.soon_within(self.process, self.engine.start)

    @property
    def answers(self) -> bool:
        """Whether a client may be sent here."""
        return not (self.process.dead or self.stopping)


@dataclass
class Known:
    """What the clients know of one run."""

    id: str
    script: Script
    conversation: str | None
    acknowledged: bool = False
    deletion: bool = False  # somebody asked for it
    deleted: bool = False  # and was told that it's done
    final: str | None = None  # the state that somebody was told
    seen: dict[int, bytes] = field(default_factory=dict)
    ends: set[int] = field(default_factory=set)  # the last number of each reader that came to the end


class World:
    """Everything of one history. `wrong` holds what clients found wrong; the store's watch has its own."""

    def __init__(self, seed: int) -> None:
        draw = random.Random(seed)
        self.loop = SimLoop(draw.getrandbits(32))  # type: ignore[abstract]  # nobody here opens a socket
        self.store = SimStore(self.loop, draw.getrandbits(32))
        self.store.kill = self._killed
        self.air = SimAir(self.loop, draw.getrandbits(32))
        self.random = random.Random(draw.getrandbits(32))
        self.skews = [0.0] * SERVERS  # a file is shared by processes of one machine
        self.runs: list[Known] = []
        self.wrong: list[str] = []
        self.servers: list[SimServer] = []
        self.old: list[SimServer] = []
        self.clients: list[asyncio.Task[None]] = []
        self.readers = 0
        self.patient = False  # clients that don't give up
        self._ids = random.Random(draw.getrandbits(32))
        self._started = 0

    def begin(self) -> None:
        """Start the servers."""
        for place in range(SERVERS):
            self.servers.append(self._server(place))

    def boot(self, place: int) -> None:
        """Start a new process where one was killed or has stopped."""
        if not self.servers[place].answers:
            self.old.append(self.servers[place])
            self.servers[place] = self._server(place)

    def kill(self, place: int) -> None:
        """End a process at once."""
        self._killed(self.servers[place].process)

    def pause(self, place: int, seconds: float) -> None:
        """Stop a process, and wake it later."""
        process = self.servers[place].process
        if not process.paused:
            process.paused = True
            self.loop.outside_later(seconds, lambda: setattr(process, "paused", False))

    async def stop(self, place: int, grace: float = 0.0) -> None:
        """End a process in good order; nothing of it may be left over."""
        server = self.servers[place]
        if not server.answers:
            return
        with contextlib.suppress(Gone):
            await self.ask(server, self._stopped(server, grace), 30.0)
            await self._rest_of(server)

    def client(self, work: Coroutine[Any, Any, None]) -> None:
        """Have a client do something meanwhile."""
        self.clients.append(asyncio.get_running_loop().create_task(work))

    async def ask(self, server: SimServer, work: Coroutine[Any, Any, T], patience: float) -> T:
        """Have a server do something for a client. Raises Gone when it dies or takes too long, and what the work raises."""
        if not server.answers:
            work.close()
            raise Gone
        task = self.loop.within(server.process, work)
        answer: asyncio.Future[T] = self.loop.create_future()
        server.waiting[answer] = task
        task.add_done_callback(lambda done: _tell(answer, done))
        try:
            async with asyncio.timeout(patience):
                return await answer
        except TimeoutError:
            self.loop.soon_within(server.process, task.cancel)  # the server sees that the client has left
            raise Gone from None
        finally:
            server.waiting.pop(answer, None)

    # What clients do

    async def start(self, place: int, script: Script, conversation: str | None, *, replace: bool) -> None:
        """Start a run; where the outcome is unknown, ask again under the same id, perhaps elsewhere."""
        known = Known(f"{self._ids.getrandbits(128):032x}", script, conversation)
        self.runs.append(known)
        for _ in range(6 if self.patient else self.random.choice((1, 2, 6))):
            new = NewRun(
                space=SPACE,
                kind=KIND,
                request=msgspec.json.encode(script),
                events=(first_event(),),
                parts=(given(SPACE, known.id),),
                id=known.id,
                conversation_id=conversation,
            )
            server = self._at(place)
            try:
                run = await self.ask(server, server.engine.start_run(new, replace=replace), self._patience(1.0, 10.0))
            except (Gone, ProsaError):
                await asyncio.sleep(self.random.random())
                place += 1
                continue
            known.acknowledged = True
            if not known.deletion and not self._stored(known):
                self.wrong.append(f"{known.id} was acknowledged and isn't there")
            self._told(known, run)
            return

    async def cancel(self, place: int, known: Known) -> None:
        """Cancel a run; what is told afterwards is final."""
        server = self._at(place)
        with contextlib.suppress(Gone, ProsaError):
            run = await self._unless_unknown(known, server, server.engine.cancel(SPACE, known.id))
            if run is not None and run.open:
                self.wrong.append(f"{known.id} is {run.state} after it was cancelled")
            elif run is not None:
                self._told(known, run)

    async def delete(self, place: int, known: Known) -> None:
        """Delete a run; it's gone then."""
        if not known.acknowledged:
            return
        known.deletion = True
        server = self._at(place)
        with contextlib.suppress(Gone, ProsaError):
            await self.ask(server, server.engine.delete(SPACE, known.id), 5.0)
            known.deleted = True
            if self._stored(known):
                self.wrong.append(f"{known.id} was deleted and is there")

    async def wake(self, place: int, known: Known) -> None:
        """Answer a run that waits for somebody outside."""
        server = self._at(place)
        with contextlib.suppress(Gone, ProsaError):
            await self._unless_unknown(known, server, _woken(server.engine, known.id))

    async def read(self, place: int, known: Known, after: int, slowness: float) -> None:
        """Follow a run from a number to its end, over as many connections as it takes."""
        position = after
        self.readers += 1

        def take(number: int, data: bytes) -> None:
            nonlocal position
            if number != position + 1:
                self.wrong.append(f"a reader of {known.id} got {number} after {position}")
            position = number
            if known.seen.setdefault(number, data) != data:
                self.wrong.append(f"readers of {known.id} got two texts of {number}: {known.seen[number]!r} {data!r}")

        while True:
            server = self._at(place)
            connection = _Connection(take)
            try:
                work = self._follow(server, known, position, connection, slowness)
                await self.ask(server, work, self._patience(0.7, 3.0, 30.0))
            except RunNotFound:
                if known.acknowledged and not known.deletion:
                    self.wrong.append(f"{known.id} is not found")
                break
            except (Gone, ProsaError):
                connection.open = False
                place += self.random.randrange(2)
                await asyncio.sleep(0.02)
                continue
            known.ends.add(position)
            break
        self.readers -= 1

    async def _follow(self, server: SimServer, known: Known, after: int, connection: "_Connection", slowness: float) -> None:
        run = await server.engine.get(SPACE, known.id)
        async with aclosing(server.engine.follow(run, after)) as batches:
            async for batch in batches:
                if connection.open:
                    self._durable(known, batch.first, batch.last)
                for number, data in batch.events():
                    connection.take(number, data)
                if slowness:
                    await asyncio.sleep(slowness)

    # What is looked at

    def _durable(self, known: Known, first: int, last: int) -> None:
        sql = "SELECT max(last) FROM run_events WHERE run_id = ?"
        if known.deletion or self.store.rows(sql, known.id)[0][0] in range(last, 1_000_000):
            return
        self.wrong.append(f"{known.id}: {first} to {last} were shown and aren't in the log")

    def _told(self, known: Known, run: Run) -> None:
        if run.open:
            return
        if known.final not in (None, run.state):
            self.wrong.append(f"{known.id} was {known.final} and is {run.state}")
        known.final = run.state

    def _stored(self, known: Known) -> bool:
        return bool(self.store.rows("SELECT 1 FROM runs WHERE id = ?", known.id))

    async def _unless_unknown(self, known: Known, server: SimServer, work: Coroutine[Any, Any, Run]) -> Run | None:
        acknowledged = known.acknowledged
        try:
            return await self.ask(server, work, 5.0)
        except RunNotFound:
            if acknowledged and not known.deletion:
                self.wrong.append(f"{known.id} is not found")
            return None

    async def _stopped(self, server: SimServer, grace: float) -> None:
        """As the edge does: who is still there is sent away, and then the engine stops."""
        server.stopping = True
        for task in tuple(server.waiting.values()):
            if task is not asyncio.current_task():
                task.cancel()
        await server.engine.stop(grace)

    async def _rest_of(self, server: SimServer) -> None:
        rounds = 0
        while rounds < 20:
            await asyncio.sleep(0.05)  # clients that are cut off leave
            rounds += not server.process.paused  # who is stopped and not yet woken can't end anything
            left = server.process.left_over()
            if not left and not server.engine.live:
                return
        if not server.process.dead:
            self.wrong.append(f"{server.process!r} has stopped, and is left with {left} {server.engine.live}")

    # How it does it

    def _patience(self, *seconds: float) -> float:
        return seconds[-1] if self.patient else self.random.choice(seconds)

    def _server(self, place: int) -> SimServer:
        self._started += 1
        return SimServer(self, f"server {place} ({self._started})", self.skews[place])

    def _at(self, place: int) -> SimServer:
        """The server at this place, or the next one that lives."""
        for more in range(SERVERS):
            server = self.servers[(place + more) % SERVERS]
            if server.answers:
                return server
        return self.servers[place % SERVERS]

    def _killed(self, process: SimProcess) -> None:
        self.loop.kill(process)
        for server in self.servers:
            if server.process is process:
                for answer in tuple(server.waiting):
                    if not answer.done():
                        answer.set_exception(Gone())


class _Connection:
    """What a reader hears of a server, until it leaves."""

    def __init__(self, take: Callable[[int, bytes], None]) -> None:
        self.open = True
        self._take = take

    def take(self, number: int, data: bytes) -> None:
        """An event arrives."""
        if self.open:
            self._take(number, data)


def _tell(answer: "asyncio.Future[T]", done: "asyncio.Task[T]") -> None:
    if answer.done() or done.cancelled():
        if not answer.done():
            answer.set_exception(Gone())
        elif not done.cancelled():
            done.exception()  # nobody is there to hear it
        return
    error = done.exception()
    if error is not None:
        answer.set_exception(error)
    else:
        answer.set_result(done.result())


async def _woken(engine: Engine, run_id: str) -> Run:
    run = await engine.get(SPACE, run_id)
    await engine.wake(run)
    return run
