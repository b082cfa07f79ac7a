"""The connections of a client, target by target, and those among them that wait for their next request."""

import asyncio
import re

from prosa.drivers.outbound.answer import Answer
from prosa.drivers.outbound.connection import READ, Connection, Home
from prosa.drivers.outbound.head import Heads
from prosa.drivers.outbound.models import Limits, PoolFigures, Target
from prosa.drivers.outbound.proxy import Proxy
from prosa.drivers.outbound.sweep import Sweeper
from prosa.drivers.outbound.urls import check_target

MOST_IDLE = 64  # per target
IDLE_SECONDS = 60.0

_MOST_ROUTES = 256  # beyond these, targets without a connection are forgotten
_PATIENCE = 5.0  # seconds that closing waits for the loop to let the last connection go
_KEPT_FOR = re.compile(r"timeout\s*=\s*([0-9]{1,6})", re.IGNORECASE)


class Pool:
    """Holds every connection from its making to its loss."""

    def __init__(self, limits: Limits, proxy: Proxy | None) -> None:
        self.loop = asyncio.get_running_loop()
        self.limits = limits
        self.buffer = memoryview(bytearray(READ))
        self.sweeper = Sweeper(self.loop, self._expire)
        self._closed = False
        self._proxy = proxy
        self._routes: dict[Target, Route] = {}
        self._connections: set[Connection] = set()
        self._emptied: asyncio.Future[None] | None = None

    def route(self, target: Target) -> "Route":
        """The route to a target; raises AddressRefused for a target that is none."""
        route = self._routes.get(target)
        if route is None:
            check_target(target)
            if len(self._routes) >= _MOST_ROUTES:
                self._routes = {known: each for known, each in self._routes.items() if each.open}
            route = self._routes[target] = Route(self, target, self._proxy)
        return route

    def knows(self, route: "Route") -> bool:
        """Whether this is the route that calls to its target take now, and there will be more of them."""
        return not self._closed and self._routes.get(route.target) is route

    def is_closed(self) -> bool:
        """Whether `aclose` was called."""
        return self._closed

    def figures(self) -> PoolFigures:
        """What there is now; targets appear as scheme://host:port."""
        figures = PoolFigures(open=len(self._connections))
        for target, route in self._routes.items():
            if route.open:
                name = f"{target.scheme}://{target.host}:{target.port}"
                figures.by_target[name] = figures.by_target.get(name, 0) + route.open
                figures.idle += len(route.idle)
        return figures

    async def aclose(self) -> None:
        """Close every connection and return when the last is gone; answers on their way fail with ConnectionLost."""
        self._closed = True
        for connection in list(self._connections):
            connection.drop()
        self.sweeper.stop()
        if self._connections:
            if self._emptied is None:
                self._emptied = self.loop.create_future()
            await asyncio.wait([self._emptied], timeout=_PATIENCE)

    def add(self, connection: Connection) -> None:
        """A connection came to be."""
        self._connections.add(connection)

    def remove(self, connection: Connection) -> bool:
        """A connection is gone; false when it never came to be."""
        if connection not in self._connections:
            return False
        self._connections.discard(connection)
        if not self._connections and self._emptied is not None and not self._emptied.done():
            self._emptied.set_result(None)
        return True

    def _expire(self, now: float) -> bool:
        left = False
        for route in self._routes.values():
            left = route.expire(now) or left
        return left


class Route(Home):
    """A target with what is worked out for it once: the heads of its requests, its way, its idle connections."""

    __slots__ = ("_pool", "buffer", "clock", "heads", "idle", "limits", "open", "proxy", "target", "tunnel")

    def __init__(self, pool: Pool, target: Target, proxy: Proxy | None) -> None:
        self._pool = pool
        self.buffer = pool.buffer
        self.limits = pool.limits
        self.clock = pool.loop.time
        self.target = target
        self.proxy = proxy if proxy is not None and proxy.serves(target) else None
        # A proxy looks names up by itself. So an address that prosa has to check goes through a tunnel to what was checked.
        self.tunnel = self.proxy is not None and (target.scheme == "https" or not target.private)
        self.open = 0
        self.idle: list[Connection] = []
        name = f"[{target.host}]" if ":" in target.host else target.host
        plain_port = 443 if target.scheme == "https" else 80
        host = name if target.port == plain_port else f"{name}:{target.port}"
        if self.proxy is not None and not self.tunnel:
            self.heads = Heads(host, f"http://{host}", self.proxy.authorization)
        else:
            self.heads = Heads(host)

    def take(self) -> Connection | None:
        """An idle connection, the youngest first, if there is one that is still good."""
        now = self.clock()
        while self.idle:
            connection = self.idle.pop()
            if connection.expires > now and connection.is_quiet():
                return connection
            connection.drop()
        return None

    def expire(self, now: float) -> bool:
        """Drop the idle connections whose time is over; whether some are left."""
        kept = []
        for connection in self.idle:
            if connection.expires > now:
                kept.append(connection)
            else:
                connection.drop()
        self.idle[:] = kept
        return bool(kept)

    # The connections' side.

    def made(self, connection: Connection) -> None:
        """A connection came to be."""
        self._pool.add(connection)
        self.open += 1

    def rest(self, connection: Connection, answer: Answer, reusable: bool) -> None:
        """Keep a connection for the next request, or drop it."""
        seconds = IDLE_SECONDS
        keep = answer.headers.get("keep-alive")
        if keep is not None and (stated := _KEPT_FOR.search(keep)):
            seconds = min(seconds, int(stated[1]) - 1.0)
        pool = self._pool
        if reusable and seconds > 0 and len(self.idle) < MOST_IDLE and pool.knows(self):
            connection.expires = self.clock() + seconds
            self.idle.append(connection)
            pool.sweeper.idle()
        else:
            connection.drop()

    def ended(self, answer: Answer) -> None:
        """An answer is whole or has failed."""
        self._pool.sweeper.forget(answer)

    def lost(self, connection: Connection) -> None:
        """A connection is gone."""
        if self._pool.remove(connection):
            self.open -= 1
            if connection in self.idle:
                self.idle.remove(connection)
