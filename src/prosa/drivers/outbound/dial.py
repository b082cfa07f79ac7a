"""Making connections: look the name up, check what it means, connect to exactly that."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address

from prosa.drivers.outbound.addresses import is_own, is_public, literal
from prosa.drivers.outbound.connection import Connection
from prosa.drivers.outbound.errors import ConnectFailed, TotalTimeout
from prosa.drivers.outbound.models import Target, Timeouts
from prosa.drivers.outbound.pool import Pool, Route
from prosa.drivers.outbound.proxy import Proxy, Tunnel
from prosa.drivers.outbound.tls import shared_context
from prosa.drivers.outbound.urls import refused

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

_MOST_ADDRESSES = 6
_PATIENCE = 3.0  # seconds for one address while others are left to try


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """The addresses of a name as this machine's resolver gives them; raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Dialler:
    """Connects routes. It makes no second look-up: what was checked is what is connected to."""

    def __init__(self, pool: Pool, resolver: Resolver, tls: ssl.SSLContext | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._pool = pool
        self._resolver = resolver
        self._tls = tls

    async def connect(self, route: Route, timeouts: Timeouts, end: float) -> Connection:
        """A fresh connection; raises ConnectFailed, AddressRefused, TotalTimeout (`end`, a loop time, came first)."""
        if self._pool.is_closed():
            raise ConnectFailed("The client is closed.")
        left = end - self._loop.time()
        try:
            async with asyncio.timeout(min(timeouts.connect, left)):
                connection = await self._reach(route)
        except TimeoutError:
            if left <= timeouts.connect:
                raise TotalTimeout("The answer took too long.") from None
            raise ConnectFailed("No connection came about in time.") from None
        except ssl.SSLCertVerificationError:
            raise ConnectFailed("The certificate of the other side is not valid for it.") from None
        except ssl.SSLError:
            raise ConnectFailed("No secure connection came about.") from None
        except OSError:
            raise ConnectFailed("No connection came about.") from None
        if self._pool.is_closed():
            connection.drop()
            raise ConnectFailed("The client is closed.")
        return connection

    async def _reach(self, route: Route) -> Connection:
        target, proxy = route.target, route.proxy
        if proxy is None:
            return await self._first(await self._look_up(target), lambda address: self._straight(route, address))
        # The operator's own targets are named to the proxy; all others are looked up and checked here.
        goals = [target.host] if target.private else await self._look_up(target)
        places = await self._look_up(proxy.target)
        if not route.tunnel:
            return await self._first(places, lambda address: self._straight(route, address))
        return await self._first(places, lambda address: self._through(route, proxy, address, goals[0]))

    async def _look_up(self, target: Target) -> Sequence[str]:
        address = literal(target.host)
        found = [str(address)] if address is not None else list(await self._resolver(target.host, target.port))
        if not found:
            raise OSError("The name has no address.")
        if not target.private:
            # One closed address among several is no accident: the whole name is refused.
            checked = [ip_address(each) for each in found]
            if not all(is_public(each) for each in checked) or any(is_own(each) for each in checked):
                raise refused()
        return found[:_MOST_ADDRESSES]

    async def _first(self, addresses: Sequence[str], attempt: Callable[[str], Awaitable[Connection]]) -> Connection:
        for address in addresses[:-1]:
            try:
                async with asyncio.timeout(_PATIENCE):
                    return await attempt(address)
            except OSError:  # TimeoutError is one of them
                continue
        return await attempt(addresses[-1])

    async def _straight(self, route: Route, address: str) -> Connection:
        proxied = route.proxy.target if route.proxy is not None else None
        port = route.target.port if proxied is None else proxied.port
        secure = route.target.scheme == "https"
        connection = Connection(route)
        made = False
        try:
            await self._loop.create_connection(
                lambda: connection,
                address,
                port,
                ssl=self._context() if secure else None,
                server_hostname=route.target.host if secure else None,
            )
            made = True
        finally:
            if not made:
                connection.abandon()
        return connection

    async def _through(self, route: Route, proxy: Proxy, address: str, goal: str) -> Connection:
        tunnel = Tunnel(self._pool.limits.header_bytes)
        raw, _ = await self._loop.create_connection(lambda: tunnel, address, proxy.target.port)
        transport: asyncio.Transport | None = raw
        connection = Connection(route)
        made = False
        try:
            await tunnel.ask(goal, route.target.port, proxy.authorization)
            if route.target.scheme == "https":
                host = route.target.host
                transport = await self._loop.start_tls(raw, connection, self._context(), server_hostname=host)
            else:
                raw.set_protocol(connection)
            if transport is None:
                raise ConnectFailed("The proxy closed the connection.")
            connection.connection_made(transport)
            made = True
        finally:
            if not made:
                raw.abort()
        return connection

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = shared_context()
        return self._tls
