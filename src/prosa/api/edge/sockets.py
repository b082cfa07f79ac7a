"""The way of a request to its socket: the same guard as everywhere, stricter origins, a bound for each caller, and one end."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from prosa.api.edge.access import Access
from prosa.api.edge.asgi import Header
from prosa.api.edge.dialect import Dialect
from prosa.api.edge.exchange import Exchange
from prosa.api.edge.guard import guard
from prosa.api.edge.sanity import check_head
from prosa.api.edge.socket import (
    INTERNAL,
    LEAVING,
    NORMAL,
    POLICY,
    RESTARTING,
    TRY_LATER,
    ServerStopping,
    Socket,
    SocketEnded,
    TooManySockets,
    Upgrade,
)
from prosa.identity import Caller, CallerKind, ForeignOrigin, OriginKind, bucket_of
from prosa.kit.errors import ProsaError

_SWITCHING = 101
_PROTOCOLS = b"sec-websocket-protocol"
_BEARER = b"bearer."

Talk = Callable[[Socket], Awaitable[None]]
Prepare = Callable[[Exchange, str], Awaitable[Talk]]


@dataclass(frozen=True, slots=True)
class SocketRoute:
    """A path where a socket can be opened. `template` may hold one `{name}`, for one part of the path.

    `prepare` gets the request and that part ("" without one) while it can still be refused as HTTP; what it gives talks on the
    socket until that ends. `subprotocol`: its name, where a page may send its token along as another one, `bearer.TOKEN`: it can
    set no header field (RFC 6455 §4.1), and what stands in an address is kept by logs.
    """

    template: str
    prepare: Prepare
    access: Access
    dialect: Dialect
    subprotocol: bytes = b""


class Sockets:
    """The routes, and how many sockets each caller holds in this process."""

    def __init__(self, routes: Iterable[SocketRoute] = ()) -> None:
        self._routes = [(_pattern(route.template), route) for route in routes]
        self._held: Counter[str] = Counter()

    def find(self, path: str) -> tuple[SocketRoute, str] | None:
        """The route of this path, and what stands in its place."""
        for pattern, route in self._routes:
            match = pattern.fullmatch(path)
            if match is not None:
                return route, "".join(match.groups())
        return None

    async def serve(self, exchange: Exchange, upgrade: Upgrade, found: tuple[SocketRoute, str]) -> None:
        """Let the caller in, open the socket, and talk until it ends.

        Raises what the guard and the route raise, and TooManySockets, BadHandshake, ForeignOrigin, ClientLeft: all of it
        before the socket is open, so that it is answered as HTTP.
        """
        route, part = found
        exchange.dialect, exchange.record.path = route.dialect, route.template
        check_head(exchange.scope, exchange.fields, exchange.parts.settings.header_count)
        if exchange.origin_kind is OriginKind.FOREIGN and not exchange.credentials:
            # No browser asks before it opens a socket, so that another site's page could read all that is said. It can't send a
            # credential in a header; a program can, and some libraries make up an origin for it.
            raise ForeignOrigin()
        chosen = _take_token(exchange, route.subprotocol)
        caller = await guard(exchange, route.access)
        if caller.kind is CallerKind.SESSION and exchange.origin_kind is not OriginKind.OWN:
            raise ForeignOrigin()
        with self._counted(caller, exchange.parts.settings.sockets):
            talk = await route.prepare(exchange, part)
            socket = await upgrade.open(exchange.compose(chosen), exchange.parts.settings.body_bytes)
            _opened(exchange)
            await self._talk(exchange, socket, talk)

    async def _talk(self, exchange: Exchange, socket: Socket, talk: Talk) -> None:
        """What ends the talk is told by the close code; errors of the talk end here."""
        try:
            await talk(socket)
            socket.close(NORMAL, "")
        except SocketEnded as ended:
            exchange.record.fault = None if ended.code in (NORMAL, LEAVING) else "client_left"
        except ServerStopping:
            socket.close(RESTARTING, "the server is stopping; come again")
        except ProsaError as error:
            exchange.record.fault = error.code
            socket.close(INTERNAL if error.status >= 500 else TRY_LATER if error.status == 429 else POLICY, error.code)
        except asyncio.CancelledError:
            if exchange.revoked:
                socket.close(POLICY, "credential_ended")
            else:
                socket.close(RESTARTING, "the server is stopping; come again")
            raise
        finally:
            socket.close(INTERNAL, "internal_error")  # for what nobody foresaw: otherwise it is closed already
            exchange.record.bytes_out = socket.sent_bytes

    @contextmanager
    def _counted(self, caller: Caller, most: int) -> Iterator[None]:
        whose = caller.account_id or (caller.key_id if caller.kind is CallerKind.KEY else bucket_of(caller.address))
        if self._held[whose] >= most:
            raise TooManySockets(most)
        self._held[whose] += 1
        try:
            yield
        finally:
            self._held[whose] -= 1
            if not self._held[whose]:
                del self._held[whose]


def _take_token(exchange: Exchange, subprotocol: bytes) -> list[Header]:
    """Move a token from among the subprotocols to where credentials stand; the answer's header field that names the one that
    is spoken, which a browser wants where it offered any."""
    offered = [each.strip() for value in exchange.header_values(_PROTOCOLS) for each in value.split(b",")]
    if not subprotocol or subprotocol not in offered:
        return []
    for each in offered:
        if each.startswith(_BEARER):
            field = (b"authorization", b"Bearer " + each.removeprefix(_BEARER))
            exchange.scope["headers"] = [*exchange.scope["headers"], field]
            exchange.fields[field[0]] = field[1]
    return [(_PROTOCOLS, subprotocol)]


def _opened(exchange: Exchange) -> None:
    """From here on nothing can be answered as HTTP."""
    exchange.started = exchange.streaming = True
    exchange.parts.metrics.streams.add(1)
    exchange.record.status = _SWITCHING
    exchange.record.first_byte_seconds = perf_counter() - exchange.began


async def first_of(*works: Coroutine[object, object, None]) -> None:
    """Run all of them until one ends, and cancel the others. Raises what the first that ended raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def listen(socket: Socket) -> None:
    """Read and drop what comes, for a socket that only tells: so that its end is noticed. Raises SocketEnded, ServerStopping."""
    while True:
        await socket.receive()


def _pattern(template: str) -> re.Pattern[str]:
    before, _, rest = template.partition("{")
    _, _, after = rest.partition("}")
    return re.compile(re.escape(before) + (f"([^/]+){re.escape(after)}" if rest else ""))
