"""Whether the server lives, and its figures: plain routes that touch neither a framework nor a provider."""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from prosa.api.edge import OPEN, EdgeParts, Exchange, Header, Open, Route, barred
from prosa.drivers.telemetry import CONTENT_TYPE, SharedMetrics, host_figures, process_figures
from prosa.identity import MissingKey, UnknownKey, bucket_of
from prosa.kit.errors import NotFound
from prosa.usage import LimiterUnavailable, RateLimited

CONTRACT_VERSION = "1.0.0"  # B05, S02: what the replaced systems' clients have always read here
_DATABASE_SECONDS = 2.0
_FIGURES = "metrics"  # the name of the token's holder, where keys are told apart
_CHECKS_PER_MINUTE = 6_000_000  # far above what anybody asks: the answer matters, not the count


@dataclass(frozen=True, slots=True)
class HealthParts:
    """What health tells of: `model` is the default chat model's name, `database` answers whether it can be used now."""

    edge: EdgeParts
    version: str
    model: Callable[[], str | None]
    database: Callable[[], Awaitable[bool]]
    started: float  # the clock's monotonic seconds at the server's start
    shared: SharedMetrics | None = None  # with several workers
    backup: Callable[[], float | None] | None = None  # where one is scheduled: when the newest was made, seconds since 1970

    @property
    def uptime(self) -> float:
        """Seconds since the start."""
        return round(self.edge.clock.monotonic() - self.started, 2)


def health_routes(parts: HealthParts) -> dict[tuple[str, str], Route]:
    """`/health`, `/api/health` and `/metrics`, for the edge."""
    health = Health(parts)
    return {
        ("GET", "/health"): Route(health.brief, OPEN),
        ("GET", "/api/health"): Route(health.detailed, Open("tells more only to whom may read the figures")),
        ("GET", "/metrics"): Route(Figures(parts).text, Open("has a token and a list of addresses of its own")),
    }


class Health:
    """Never limited, never a secret, a path or a host name; 503 when something that answers need is gone."""

    def __init__(self, parts: HealthParts) -> None:
        self._parts = parts

    async def brief(self, exchange: Exchange) -> None:
        """`GET /health`: one document for B05, C17 and A42."""
        parts = self._parts
        database, limits = await self._database(), self._limits()
        document: dict[str, object] = {
            "status": "ok" if database and limits else "degraded",
            "version": CONTRACT_VERSION,
            "model": parts.model(),
            "uptime": parts.uptime,
            "database": _connected(database),
            **self._backup(),
        }
        headers: tuple[Header, ...] = ((b"x-prosa-version", parts.version.encode()),)
        await exchange.respond(200 if database and limits else 503, msgspec.json.encode(document), headers=headers)

    async def detailed(self, exchange: Exchange) -> None:
        """`GET /api/health` (C18): more only for who may read the figures anyway (A43)."""
        database, limits = await self._database(), self._limits()
        well = database and limits
        document: dict[str, object] = {
            "status": "healthy" if well else "unhealthy",
            "database": _connected(database),
            "service": "ChatAI API",
            "version": CONTRACT_VERSION,
            "uptime": self._parts.uptime,
            **self._backup(),
        }
        if not well:
            document["error"] = "The database is not available." if not database else "The rate limiter is not available."
        if _shows_details(exchange):
            document["process"], document["host"] = process_figures(), host_figures()
        await exchange.respond(200 if well else 503, msgspec.json.encode(document))

    def _backup(self) -> dict[str, object]:
        """When the last scheduled backup was made (A73); nothing where none is scheduled."""
        if self._parts.backup is None:
            return {}
        moment = self._parts.backup()
        shown = None if moment is None else datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
        return {"backup": {"last_success": shown}}

    async def _database(self) -> bool:
        try:
            return await asyncio.wait_for(self._parts.database(), _DATABASE_SECONDS)
        except TimeoutError:
            return False

    def _limits(self) -> bool:
        """Whether calls can be counted: where they can't, none is let through."""
        try:
            self._parts.edge.limiter.take("health", _CHECKS_PER_MINUTE)
        except LimiterUnavailable:
            return False
        return True


class Figures:
    """`GET /metrics`: for this machine, for trusted addresses, for who brings the token; for everybody else it isn't there."""

    def __init__(self, parts: HealthParts) -> None:
        self._parts = parts

    async def text(self, exchange: Exchange) -> None:
        """The figures of all workers, in Prometheus' text form."""
        settings = exchange.parts.settings
        if not settings.metrics:
            raise NotFound("Not Found")
        if not may_read_figures(exchange):
            _refuse(exchange)
        shared = self._parts.shared
        body = exchange.parts.metrics.render(shared.others() if shared is not None else ())
        await exchange.respond(200, body, CONTENT_TYPE)


def may_read_figures(exchange: Exchange) -> bool:
    """Whether the caller is on this machine, at a trusted address (and not somebody behind it), or has the token.

    Wrong tokens are counted; after too many a right one has to wait as they do. Raises RateLimited, LimiterUnavailable.
    """
    if exchange.loopback or exchange.from_trusted:
        return True
    token, shown = exchange.parts.settings.metrics_token, _bearer(exchange)
    if not token or not shown:
        return False
    if hmac.compare_digest(_digest(token.encode()), _digest(shown)):
        left = barred(exchange, _FIGURES)
        if left:
            raise RateLimited(left)
        return True
    decision = exchange.parts.limiter.take(f"f:{bucket_of(exchange.client)}", exchange.parts.usage.failed_per_minute)
    if not decision.allowed:
        raise RateLimited(decision.retry_after)
    return False


def _shows_details(exchange: Exchange) -> bool:
    """The same for a page that is there for everybody: it only tells less."""
    try:
        return may_read_figures(exchange)
    except (RateLimited, LimiterUnavailable):
        return False


def _refuse(exchange: Exchange) -> None:
    """Say no: as if nothing were here where no token could open it."""
    if exchange.parts.settings.metrics_token is None:
        raise NotFound("Not Found")
    if not exchange.credentials:
        raise MissingKey()
    raise UnknownKey()


def _bearer(exchange: Exchange) -> bytes:
    credentials = exchange.credentials
    if len(credentials) != 1 or credentials[0][0] != b"authorization":
        return b""
    scheme, _, token = credentials[0][1].partition(b" ")
    return token.strip() if scheme.lower() == b"bearer" else b""


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()


def _connected(database: bool) -> str:
    return "connected" if database else "disconnected"
