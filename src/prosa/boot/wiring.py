"""Everything put together: the one place that names concrete parts."""

import asyncio
import logging
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import prosa
from prosa.api.edge import EdgeParts, Front
from prosa.api.health import HealthParts, health_routes
from prosa.api.lazy import LazyApplication
from prosa.api.parts import ApiParts, dialects, hot_routes
from prosa.boot.settings import Settings
from prosa.drivers.outbound import Client
from prosa.drivers.sql import Database, DatabaseUnavailable, DatabaseUnusable, needs_migration
from prosa.drivers.telemetry import AccessLog, LoopSampler, Metrics, SharedMetrics
from prosa.gateway import CallKind, Gateway, MockTransport, Script, Transports
from prosa.identity import Authenticator
from prosa.interactions import InteractionService
from prosa.kit.clock import Clock, SystemClock
from prosa.usage import Limiter, MemoryLimiter, SharedLimiter
from prosa.web import WebParts, web_routes

if TYPE_CHECKING:
    from uvicorn._types import ASGIApplication

_logger = logging.getLogger("prosa.boot")
LIMITS = "limits"  # the workers' common counts, in the run folder


@dataclass(frozen=True, slots=True)
class Place:
    """Which worker this is, of how many."""

    number: int = 0
    count: int = 1

    @property
    def alone(self) -> bool:
        """Whether nobody shares the counts."""
        return self.count == 1


@dataclass(slots=True)
class System:
    """The running parts of one process. Made and stopped inside its event loop."""

    app: "ASGIApplication"
    gateway: Gateway
    interactions: InteractionService
    client: Client
    metrics: Metrics
    access_log: AccessLog
    sampler: LoopSampler
    limiter: Limiter
    migrating: Path | None = None
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def start(self) -> None:
        """Begin what runs beside the requests."""
        self.access_log.start()
        self.sampler.start()
        if self.migrating is not None:
            task = asyncio.create_task(_migrate(self.migrating))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Let everything go; nothing is left over afterwards."""
        self.sampler.stop()
        for task in tuple(self._tasks):
            await task
        await self.interactions.aclose()
        await self.client.aclose()
        if isinstance(self.limiter, SharedLimiter):
            self.limiter.close()
        self.access_log.close()


def build(settings: Settings, place: Place | None = None, access_log: AccessLog | None = None) -> System:
    """All parts for one process. Raises ProsaError for a mock script with mistakes or a limiter's file that can't be."""
    place = place or Place()
    access_log = access_log or AccessLog(sys.stdout, "json")
    clock = SystemClock()
    client = Client()
    metrics = Metrics(prosa.__version__)
    gateway = _gateway(settings, client, clock, metrics)
    interactions = InteractionService(Database(settings.server.database_path), gateway, settings.interactions, clock)
    web = WebParts(prosa.__version__, lambda: gateway.catalogue.default(CallKind.CHAT))
    limiter: Limiter = MemoryLimiter(clock) if place.alone else SharedLimiter(settings.server.run_dir / LIMITS, clock)
    edge = EdgeParts(
        authenticator=Authenticator(settings.identity),
        limiter=limiter,
        settings=settings.edge,
        usage=settings.usage,
        metrics=metrics,
        access_log=access_log,
        clock=clock,
        dialects=dialects(),
    )
    shared = None if place.alone else SharedMetrics(settings.server.run_dir, place.number, metrics)
    return System(
        app=cast("ASGIApplication", _front(_api(edge, gateway, interactions, settings), web, shared)),
        gateway=gateway,
        interactions=interactions,
        client=client,
        metrics=metrics,
        access_log=access_log,
        sampler=LoopSampler(metrics, _Sampling(metrics, access_log, shared)),
        limiter=limiter,
        migrating=settings.server.database_path if place.number == 0 and _must_migrate(settings) else None,
    )


def _gateway(settings: Settings, client: Client, clock: Clock, metrics: Metrics) -> Gateway:
    chosen = settings.gateway
    script = Script.load(Path(chosen.mock_script)) if chosen.mock_script else None
    mock = MockTransport(script) if chosen.mock and not chosen.production else None
    gateway = Gateway(chosen, Transports(client, mock), clock, metrics.call_settled)
    metrics.know_models(entry.id for entry in gateway.catalogue.names())
    return gateway


def _api(edge: EdgeParts, gateway: Gateway, interactions: InteractionService, settings: Settings) -> ApiParts:
    return ApiParts(gateway=gateway, interactions=interactions, edge=edge, started=edge.clock.now(), bitaca=settings.bitaca)


def _front(api: ApiParts, web: WebParts, shared: SharedMetrics | None) -> Front:
    health = HealthParts(
        edge=api.edge,
        version=prosa.__version__,
        model=web.model,
        database=lambda: asyncio.to_thread(api.interactions.database_ready),
        started=api.edge.clock.monotonic(),
        shared=shared,
    )
    routes = web_routes(web) | hot_routes(api) | health_routes(health)
    return Front(routes, LazyApplication(api), api.edge, web.landing.missing)


@dataclass(frozen=True, slots=True)
class _Sampling:
    """Once a second: what the log had to drop, and the workers' common figures."""

    metrics: Metrics
    access_log: AccessLog
    shared: SharedMetrics | None

    def __call__(self) -> None:
        lost = self.access_log.take_dropped()
        if lost:
            self.metrics.dropped_logs.add((), lost)
        if self.shared is not None:
            self.shared.write()


def _must_migrate(settings: Settings) -> bool:
    try:
        return needs_migration(settings.server.database_path)
    except (DatabaseUnusable, DatabaseUnavailable) as error:
        _logger.error("the database can't be used: %s", error.message)
        return False


async def _migrate(path: Path) -> None:
    """Bring the database up to date in a process of its own: what that needs of memory is gone afterwards."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "prosa", "migrate", str(path))
    if await child.wait():
        _logger.error("the database couldn't be brought up to date; its first use will try again")
