"""One serving process: uvicorn's server with prosa's signals, sweep and readiness."""

import asyncio
import contextlib
import gc
import logging
import select
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from types import FrameType
from typing import TYPE_CHECKING, Protocol, cast

import uvicorn
from uvicorn.server import HANDLED_SIGNALS

from prosa.boot.protocol import Bounds, bounded

if TYPE_CHECKING:
    from uvicorn._types import ASGIApplication, ASGIReceiveCallable, ASGISendCallable, Scope

BACKLOG = 4096
LET_IN_SECONDS = 1.0
LAST_WORDS_SECONDS = 1.0
DRAIN_LOOK_SECONDS = 0.01
_TICKS = 10  # a second, as uvicorn does; the sweep is once a second
_TICKS_OF_A_DAY = 24 * 3600 * _TICKS
logger = logging.getLogger("uvicorn.error")


class Served(Protocol):
    """An application that is made inside the loop that runs it, and let go there."""

    @property
    def app(self) -> "ASGIApplication": ...

    async def start(self) -> None: ...

    async def stop(self, grace: float = 0.0) -> None: ...


class Swept(Protocol):
    """A connection that minds its own time bounds when it is asked to."""

    @property
    def transport(self) -> asyncio.Transport: ...

    def sweep(self, now: float) -> None: ...

    def shutdown(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Serving:
    """How one process serves. `make` runs inside the loop; `lifeline` is a pipe whose end means: stop (None: there is none)."""

    make: Callable[[], Served]
    ready: Callable[[], None]
    bounds: Bounds = field(default_factory=Bounds)
    drain_seconds: float = 30.0
    lifeline: int | None = None


class Server(uvicorn.Server):
    """Stops gently at the first signal and at once at the second; the exit status says nothing of the signal."""

    def __init__(self, serving: Serving) -> None:
        super().__init__(_config(serving))
        self._serving = serving
        self._served: Served | None = None
        self._stopping = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Make the application, start it, listen, and tell that all is ready."""
        served = self._serving.make()
        await served.start()
        self._served = served
        self.config.loaded_app = served.app
        if self._serving.lifeline is not None:
            asyncio.get_running_loop().add_reader(self._serving.lifeline, self._orphaned, self._serving.lifeline)
        await super().startup(sockets)
        self._serving.ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, break off what is open then, and let the application go."""
        until = asyncio.get_running_loop().time() + self._serving.drain_seconds
        try:
            await self._drain(sockets or [], until)
            if self.server_state.tasks and not self.force_exit:
                # What was cancelled tells its reader so, and ends its answer well-formed.
                await asyncio.wait(self.server_state.tasks, timeout=LAST_WORDS_SECONDS)
            for connection in self._connections:
                connection.transport.abort()
            await asyncio.sleep(0)  # the connections' ends are told in the loop's next round
        finally:
            if self._served is not None:
                # Answers that nobody waits for have the rest of the time to come to their end.
                await self._served.stop(0.0 if self.force_exit else until - asyncio.get_running_loop().time())

    async def _drain(self, sockets: list[socket.socket], until: float) -> None:
        """Take no new callers and wait for the last answer; what goes on after `until` is cancelled.

        uvicorn's own looks ten times a second and sleeps before the first, so that every stop took a tenth of a second and more;
        and whom it accepted last it never told.
        """
        await _let_in(sockets, min(until, asyncio.get_running_loop().time() + LET_IN_SECONDS))
        for server in self.servers:
            server.close()
        for listener in sockets:
            listener.close()
        told: set[Swept] = set()
        for looks in count():
            for connection in set(self._connections) - told:
                connection.shutdown()
                told.add(connection)
            open_ones = self.server_state.connections or self.server_state.tasks
            if self.force_exit or (looks and not open_ones):
                return
            if asyncio.get_running_loop().time() >= until:
                break
            await asyncio.sleep(DRAIN_LOOK_SECONDS)
        logger.error("Cancel %d running task(s): the time to end has passed", len(self.server_state.tasks))
        for task in self.server_state.tasks:
            task.cancel(msg="the time to end has passed")

    async def main_loop(self) -> None:
        """As uvicorn's, but `stop` ends it at once."""
        counter = 0
        while not await self.on_tick(counter):
            counter = (counter + 1) % _TICKS_OF_A_DAY
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1 / _TICKS):
                    await self._stopping.wait()

    def stop(self) -> None:
        """Stop gently, as at the first signal."""
        self.should_exit = True
        self._stopping.set()

    async def on_tick(self, counter: int) -> bool:
        """See uvicorn; sweeps connections that have taken too long."""
        if counter % _TICKS == 0:
            now = asyncio.get_running_loop().time()
            for connection in self._connections:
                connection.sweep(now)
        return await super().on_tick(counter)

    @property
    def _connections(self) -> "list[Swept]":
        """The open ones, each with its own bounds: HTTP's, and the sockets that they became."""
        return list(cast("set[Swept]", self.server_state.connections))

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Any second signal ends the patience of the first."""
        if self.should_exit:
            self.force_exit = True
        self.stop()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn raises the signal again at the end, so that a clean stop looks like a death; here it doesn't.

        A worker leaves SIGINT to its parent: a terminal sends it to both, and twice would mean "at once".
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        deaf = {signal.SIGINT} if self._serving.lifeline is not None else set()
        before = {
            number: signal.signal(number, signal.SIG_IGN if number in deaf else self.handle_exit) for number in HANDLED_SIGNALS
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _orphaned(self, lifeline: int) -> None:
        asyncio.get_running_loop().remove_reader(lifeline)
        self.should_exit = True


def tune_collector() -> None:
    """What lives now lives as long as the process: take it out of the collector's sight, and let it look seldom.

    Requests make few cycles, so that the default (a look each 700 allocations) would find nothing, thousands of times a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


async def _let_in(listeners: list[socket.socket], until: float) -> None:
    """Have the loop accept whom the kernel has let in already: they have sent what they want, and closing would reset them."""
    door = select.poll()
    for listener in listeners:
        door.register(listener, select.POLLIN)
    quiet = False
    while asyncio.get_running_loop().time() < until:
        before, quiet = quiet, not door.poll(0)
        if before and quiet:  # a round after the last one: asyncio's own loop makes a connection in two steps
            return
        await asyncio.sleep(0)


def _config(serving: Serving) -> uvicorn.Config:
    """uvicorn's settings: its own log, headers, proxies, lifespan and environment stay out."""
    return uvicorn.Config(
        _not_yet,
        loop="uvloop",
        http=bounded(serving.bounds),
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        forwarded_allow_ips="",
        workers=1,
        backlog=BACKLOG,
    )


async def _not_yet(scope: "Scope", receive: "ASGIReceiveCallable", send: "ASGISendCallable") -> None:
    """What uvicorn is given before the real application is made; nobody can reach it."""
    raise RuntimeError("the application isn't made yet")
