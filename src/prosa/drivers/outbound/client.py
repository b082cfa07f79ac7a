"""The HTTP/1.1 client that every call outward goes through."""

import ssl

from prosa.drivers.outbound.answer import Answer
from prosa.drivers.outbound.connection import Connection
from prosa.drivers.outbound.dial import Dialler, Resolver, system_resolver
from prosa.drivers.outbound.errors import ConnectionLost
from prosa.drivers.outbound.models import Limits, OutboundRequest, PoolFigures, Target, Timeouts, Transport
from prosa.drivers.outbound.pool import Pool
from prosa.drivers.outbound.proxy import Proxy

_ENDLESS = float("inf")
_NO_LIMITS = Limits()


class Client(Transport):
    """One per process, made inside the running loop. It reads no environment, follows no redirect and keeps no cookie.

    `proxy` is `http://[user:password@]host[:port]`; private addresses given by number and localhost are reached without
    it. `resolver` gives a name's addresses. `tls` replaces the trust in certifi's and the system's authorities.
    """

    def __init__(
        self,
        limits: Limits = _NO_LIMITS,
        proxy: str | None = None,
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Raises AddressRefused for a proxy that is none."""
        self._pool = Pool(limits, None if proxy is None else Proxy.parse(proxy))
        self._dialler = Dialler(self._pool, resolver or system_resolver, tls)

    async def open(self, target: Target, request: OutboundRequest, timeouts: Timeouts) -> Answer:
        """Send the request and return when the answer's header is there; the rest is `Transport.open`'s.

        An idle connection may have died unseen: when it ends before any byte of the answer came, the request is sent
        once more over a fresh one (RFC 9110 §9.2.2). Raises BadRequest for a request that must not be sent.
        """
        pool = self._pool
        route = pool.route(target)
        head = route.heads.make(request)
        end = _ENDLESS if timeouts.total is None else pool.loop.time() + timeouts.total
        connection = route.take()
        if connection is not None:
            answer = self._ask(connection, head, request, timeouts, end)
            try:
                await answer.begun()
                return answer
            except ConnectionLost:
                if answer.started:
                    raise
        answer = self._ask(await self._dialler.connect(route, timeouts, end), head, request, timeouts, end)
        await answer.begun()
        return answer

    def figures(self) -> PoolFigures:
        """How many connections there are now, and to where."""
        return self._pool.figures()

    async def aclose(self) -> None:
        """Close every connection; answers on their way fail with ConnectionLost, new calls with ConnectFailed."""
        await self._pool.aclose()

    def _ask(self, connection: Connection, head: bytes, request: OutboundRequest, timeouts: Timeouts, end: float) -> Answer:
        pool = self._pool
        answer = Answer(pool.loop, connection, pool.limits.body_bytes)
        answer.time(pool.loop.time(), timeouts.first_byte, timeouts.silence, end)
        pool.sweeper.watch(answer)
        connection.ask(answer, head, request.body, request.method == "HEAD")
        return answer
