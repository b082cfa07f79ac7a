"""The outermost layer: every HTTP request comes in here, and no failure gets past it."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from time import perf_counter
from urllib.parse import quote_from_bytes

from prosa.api.edge.access import Access
from prosa.api.edge.asgi import ASGIApp, Header, Receive, Scope, Send
from prosa.api.edge.dialect import PLAIN, Challenging, Dialect
from prosa.api.edge.errors import ClientLeft, MethodNotAllowed, PreflightRefused, Unexpected
from prosa.api.edge.exchange import Exchange
from prosa.api.edge.guard import guard
from prosa.api.edge.headers import AnswerHeaders, preflight_headers
from prosa.api.edge.idempotency import Repeated
from prosa.api.edge.idempotency_claim import answer_again, claim_repeat
from prosa.api.edge.parts import EdgeParts
from prosa.api.edge.passage import Passage
from prosa.api.edge.route import Handler, Route
from prosa.api.edge.sanity import check_head
from prosa.api.edge.sockets import Sockets
from prosa.identity import CredentialEnded, OriginKind
from prosa.kit.errors import ProsaError, Unavailable

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BRACED = re.compile(r"\{(\w+)\}")
_URL_SAFE = "%&=?/:@!$'()*+,;[]~"
_STOPPING = "The server is stopping; ask again."
_LEFT = 499  # what the log says of a client that left before it could be answered


class Front:
    """The pure-ASGI application: hot routes, everything else by `fallback`, one way to tell an error.

    `routes` maps (method, path) to a route; a path that stands there belongs to them with all its methods, unless it is a page at
    an address of an older dialect: then the other methods are that dialect's. `/chat/*` is every path below `/chat/` that isn't
    there by itself; `/v1/threads/{thread_id}/runs` is that path for anything in the braces, which the handler finds in
    the scope's `path_params`, and with the methods that stand there alone: the others are `fallback`'s. `missing_page` answers a
    browser that asks for a page which isn't there.
    """

    def __init__(
        self,
        routes: Mapping[tuple[str, str], Route],
        fallback: ASGIApp,
        parts: EdgeParts,
        missing_page: Handler | None = None,
        sockets: Sockets | None = None,
    ) -> None:
        self._routes: dict[str, dict[str, Route]] = {}
        for (method, path), route in routes.items():
            self._routes.setdefault(path, {})[method] = route
        self._above = frozenset(path for path in self._routes if path.endswith("/*"))
        self._templates = _templates(self._routes)
        pages = {path for (_, path), route in routes.items() if route.dialect is PLAIN}
        self._shared = frozenset(path for path in pages if parts.dialects.names(path))
        self._fallback = fallback
        self._parts = parts
        self._missing_page = missing_page
        self._sockets = sockets or Sockets()
        self._answer = AnswerHeaders((parts.authenticator.settings.public_url or "").lower().startswith("https://"))
        self._open = parts.metrics.in_flight.cell(())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's entry: HTTP; a WebSocket is turned away, and starting and stopping is the server's own business."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            return
        exchange = Exchange(scope, receive, send, self._parts, self._answer)
        self._open[0] += 1
        try:
            await self._route(exchange)
        except ProsaError as error:
            await self._refuse(exchange, error)
        except Repeated as found:
            await answer_again(exchange, found.answer)
        except ClientLeft:
            exchange.record.status = exchange.record.status if exchange.started else _LEFT
            exchange.record.fault = "client_left"
        except Exception as error:  # the request's edge: nothing may get past it untold
            self._parts.fault_log(exchange.request_id, error)
            await self._refuse(exchange, Unexpected())
        except asyncio.CancelledError:
            await self._cut(exchange, CredentialEnded() if exchange.revoked else Unavailable(_STOPPING, retry_after=1.0))
            if not exchange.revoked:
                exchange.record.fault = "cancelled"
                raise
        finally:
            self._open[0] -= 1
            if exchange.repeat is not None:
                exchange.repeat.leave()
            self._settle(exchange)

    async def _route(self, exchange: Exchange) -> None:
        if "prosa.upgrade" in exchange.scope:
            upgrade = exchange.scope.pop("prosa.upgrade")
            found = self._sockets.find(exchange.path)
            if found is not None:
                await self._sockets.serve(exchange, upgrade, found)
                return
        path = exchange.path
        methods = self._routes.get(path)
        if methods is None:
            path = self._template(exchange) or self._place_above(path)
            methods = self._routes.get(path)
        route = methods.get(exchange.method) if methods is not None else None
        if route is None:
            # Below a place nobody has said that there is anything: who writes there has the wrong address.
            beside = tuple(methods or ()) if "{" in path else ()
            if beside or path in self._shared or (path != exchange.path and exchange.method != "HEAD"):
                methods = None
            exchange.dialect = self._dialect(exchange.path, methods)
            check_head(exchange.scope, exchange.fields, self._parts.settings.header_count)
            if methods is not None:
                exchange.record.path = path
            await (self._beside(exchange, beside) if beside else self._unrouted(exchange, methods))
            return
        exchange.dialect = route.dialect
        exchange.record.path = path
        check_head(exchange.scope, exchange.fields, self._parts.settings.header_count)
        if isinstance(route.access, Access):
            await guard(exchange, route.access)
        if exchange.repeat is not None:
            await claim_repeat(exchange)
        await route.handler(exchange)

    def _template(self, exchange: Exchange) -> str | None:
        """`/v1/threads/{thread_id}/runs` for the path of a thread's runs; what is in the braces is in the scope then."""
        for beginning, patterns in self._templates:
            if exchange.path.startswith(beginning):
                for pattern, template in patterns:
                    if (found := pattern.match(exchange.path)) is not None:
                        exchange.scope["path_params"] = found.groupdict()
                        return template
        return None

    def _place_above(self, path: str) -> str:
        """`/chat/*` for a path below `/chat/`, where there is such a place; else the path itself."""
        end = path.find("/", 1) + 1
        place = path[:end] + "*"
        return place if 0 < end < len(path) and place in self._above else path

    async def _unrouted(self, exchange: Exchange, methods: Mapping[str, Route] | None) -> None:
        """What no hot route takes: a preflight, a wrong method, a slash too many, or the application's own."""
        if exchange.method == "OPTIONS" and exchange.header(b"access-control-request-method") is not None:
            await self._preflight(exchange, tuple(methods or ()))
        elif methods is not None:
            raise MethodNotAllowed(tuple(methods))
        elif exchange.method not in _METHODS:
            raise MethodNotAllowed(("GET", "POST"))
        elif exchange.path.endswith("/") and exchange.path[:-1] in self._routes:
            await exchange.redirect(_with_query(exchange.path[:-1], exchange.scope["query_string"]))
        else:
            await self._application(exchange)

    async def _beside(self, exchange: Exchange, methods: tuple[str, ...]) -> None:
        """What takes a path's other methods than these; all of them are told to who comes with none."""
        try:
            await self._unrouted(exchange, None)
        except MethodNotAllowed as error:
            raise MethodNotAllowed(tuple(sorted({*error.allow, *methods}))) from None

    async def _preflight(self, exchange: Exchange, methods: tuple[str, ...]) -> None:
        exchange.record.path = "preflight"
        if exchange.origin_kind in (OriginKind.FOREIGN, OriginKind.NONE):
            raise PreflightRefused()
        private = exchange.header(b"access-control-request-private-network") == b"true"
        asked = exchange.header(b"access-control-request-headers") or b""
        await exchange.respond_empty(204, preflight_headers(asked, methods, private))

    async def _application(self, exchange: Exchange) -> None:
        if exchange.path not in self._parts.settings.uploads:
            exchange.check_length()
        scope, passage = exchange.scope, Passage(exchange)
        scope["prosa.exchange"] = exchange
        try:
            await self._fallback(scope, passage.receive, passage.send)
            await passage.release()
        finally:
            del scope["prosa.exchange"]  # the two point at each other: free them at once, not at the next collection
            path = getattr(scope.get("route"), "path", None)
            if isinstance(path, str):
                exchange.record.path = path

    async def _cut(self, exchange: Exchange, error: ProsaError) -> None:
        """The caller doesn't get the rest: a stream has told so itself, anything else is told now."""
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()
        if exchange.repeat is not None:
            exchange.repeat.leave()
        await self._refuse(exchange, error)

    async def _refuse(self, exchange: Exchange, error: ProsaError) -> None:
        """Tell the error in the dialect's shape.

        Where the answer has begun nothing can be told any more: returning early makes the server break the connection off, so
        that a half answer never looks whole.
        """
        exchange.record.fault = error.code
        if exchange.started:
            return
        if error.status == 404 and self._missing_page is not None and exchange.dialect is PLAIN and exchange.wants_page:
            await self._missing_page(exchange)
            return
        status, body = exchange.dialect.render(error, exchange.request_id)
        headers: list[Header] = []
        if error.retry_after is not None:
            headers.append((b"retry-after", str(max(1, -int(-error.retry_after // 1))).encode()))
        if isinstance(error, MethodNotAllowed):
            headers.append((b"allow", ", ".join(error.allow).encode()))
        if isinstance(exchange.dialect, Challenging):
            headers += exchange.dialect.headers(error)
        content_type = exchange.dialect.content_type
        if exchange.oversized:
            await exchange.respond_and_close(status, body, [*headers, (b"content-type", content_type)])
        else:
            await exchange.respond(status, body, content_type, headers)

    def _dialect(self, path: str, methods: Mapping[str, Route] | None) -> Dialect:
        return next(iter(methods.values())).dialect if methods else self._parts.dialects.of(path)

    def _settle(self, exchange: Exchange) -> None:
        record = exchange.record
        record.seconds = perf_counter() - exchange.began
        record.dialect = exchange.dialect.name
        if exchange.streaming:
            self._parts.metrics.streams.add(-1)
        if exchange.caller is not None:
            if exchange.caller.account_id is not None:
                self._parts.open_calls.remove(exchange)
            record.key_id, record.caller_kind = exchange.caller.key_id, exchange.caller.kind
        self._parts.metrics.observe(record)
        self._parts.access_log(record)


def _templates(paths: Iterable[str]) -> list[tuple[str, list[tuple[re.Pattern[str], str]]]]:
    """The paths with something in braces, by what stands before that."""
    found: dict[str, list[tuple[re.Pattern[str], str]]] = {}
    for path in paths:
        beginning, brace, _ = path.partition("{")
        if brace:
            pattern = _BRACED.sub(r"(?P<\1>[^/]+)", path)
            found.setdefault(beginning, []).append((re.compile(f"^{pattern}$"), path))  # as the framework matches
    return list(found.items())


def _with_query(path: str, query: bytes) -> bytes:
    """The two as a header's value: what a URL can't hold is escaped."""
    return f"{path}?{quote_from_bytes(query, safe=_URL_SAFE)}".encode() if query else path.encode()
