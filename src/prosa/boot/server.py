"""One serving process: uvicorn's server with prosa's signals, sweep and readiness."""

import asyncio
import contextlib
import gc
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.server import HANDLED_SIGNALS

from prosa.boot.protocol import Bounds, GuardedProtocol, bounded

if TYPE_CHECKING:
    from uvicorn._types import ASGIApplication

BACKLOG = 4096
_TICKS = 10  # uvicorn ticks ten times a second; the sweep is once a second


class Server(uvicorn.Server):
    """Stops gently at the first signal and at once at the second; the exit status says nothing of the signal."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], deaf_to: frozenset[int] = frozenset()) -> None:
        super().__init__(config)
        self._ready = ready
        self._deaf_to = deaf_to

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application and listen; then tell that it is ready."""
        await super().startup(sockets)
        tune_collector()
        self._ready()

    async def on_tick(self, counter: int) -> bool:
        """See uvicorn; sweeps connections that have taken too long."""
        if counter % _TICKS == 0:
            now = asyncio.get_running_loop().time()
            for connection in list(self.server_state.connections):
                if isinstance(connection, GuardedProtocol):
                    connection.sweep(now)
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Any second signal ends the patience of the first."""
        if self.should_exit:
            self.force_exit = True
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn raises the signal again at the end, so that a clean stop looks like a death; here it doesn't."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {
            number: signal.signal(number, signal.SIG_IGN if number in self._deaf_to else self.handle_exit)
            for number in HANDLED_SIGNALS
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def tune_collector() -> None:
    """What lives now lives as long as the process: take it out of the collector's sight, and let it look seldom.

    Requests make few cycles, so that the default (a look each 700 allocations) would find nothing, thousands of times a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def config_for(app: "ASGIApplication", bounds: Bounds, drain_seconds: float) -> uvicorn.Config:
    """uvicorn's settings: its own log, headers, proxies and environment stay out."""
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=bounded(bounds),
        ws="none",
        lifespan="on",
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
        timeout_graceful_shutdown=max(1, round(drain_seconds)) if drain_seconds else 0,
    )
