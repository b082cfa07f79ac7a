"""Everything put together: the one place that names concrete parts."""

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import prosa
from prosa.api.edge import EdgeParts, Front
from prosa.api.health import HealthParts, health_routes
from prosa.api.lazy import LazyApplication
from prosa.api.parts import ApiParts, dialects, hot_routes, sockets
from prosa.boot.backups import BackupTimer, last_success
from prosa.boot.features import Features, make_features
from prosa.boot.people import People, make_people
from prosa.boot.readying import Readying
from prosa.boot.settings import Settings
from prosa.drivers.outbound import Client
from prosa.drivers.telemetry import AccessLog, LoopSampler, Metrics, SharedMetrics
from prosa.files import FileKeeper
from prosa.gateway import CallKind, Gateway, MockTransport, Script, Transports
from prosa.kit.clock import Clock, SystemClock
from prosa.runs import Engine
from prosa.usage import Limiter, MemoryLimiter, SharedLimiter
from prosa.web import WebParts, web_routes

if TYPE_CHECKING:
    from uvicorn._types import ASGIApplication

LIMITS = "limits"  # the workers' common counts, in the run folder


@dataclass(frozen=True, slots=True)
class Place:
    """Which worker this is, of how many."""

    number: int = 0
    count: int = 1
    invite: Callable[[str], None] | None = None  # tells the set-up code while nobody is an admin
    leader: int | None = None  # the process whose end is the service's; None: this one
    service: str | None = None  # names this start of the service to its processes

    @property
    def alone(self) -> bool:
        """Whether nobody shares the counts."""
        return self.count == 1


@dataclass(slots=True)
class System:
    """The running parts of one process. Made and stopped inside its event loop."""

    app: "ASGIApplication"
    people: People
    features: Features
    place: Place
    client: Client
    metrics: Metrics
    access_log: AccessLog
    sampler: LoopSampler
    limiter: Limiter
    readying: Readying | None = None  # in the first process of the service
    backups: BackupTimer | None = None  # there too, where they are scheduled
    keeper: FileKeeper | None = None  # there too
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    @property
    def gateway(self) -> Gateway:
        """Model calls."""
        return self.features.gateway

    @property
    def runs(self) -> Engine:
        """Runs of every kind."""
        return self.features.runs

    async def start(self) -> None:
        """Begin what runs beside the requests."""
        self.access_log.start()
        self.sampler.start()
        await self.people.start()
        self.features.repeats.start()
        self.runs.start(self.place.service, sole=self.place.number == 0 and self.people.database.kind == "sqlite")
        if self.backups is not None:
            self.backups.start()
        if self.keeper is not None:
            self.keeper.start()
        if self.readying is not None:
            task = asyncio.create_task(self.readying.run())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def stop(self, grace: float = 0.0) -> None:
        """Let everything go; nothing is left over afterwards. Runs have `grace` seconds to end, then others go on with them."""
        await self.features.repeats.stop()
        await self.runs.stop(grace)
        await self.features.answers.stop()
        self.sampler.stop()
        if self.backups is not None:
            await self.backups.stop()
        if self.keeper is not None:
            await self.keeper.stop()
        if self.readying is not None:
            self.readying.stop()
        for task in tuple(self._tasks):
            await task
        await self.people.stop()
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
    limiter: Limiter = MemoryLimiter(clock) if place.alone else SharedLimiter(settings.server.run_dir / LIMITS, clock)
    people = make_people(settings, limiter, clock)
    features = make_features(settings, gateway, people, metrics, clock)
    edge = EdgeParts(
        authenticator=people.identity.authenticator,
        limiter=limiter,
        settings=settings.edge,
        usage=settings.usage,
        metrics=metrics,
        access_log=access_log,
        clock=clock,
        dialects=dialects(),
        open_calls=people.open_calls,
        repeats=features.repeats,
    )
    api = _api(edge, features, people, settings)
    shared = None if place.alone else SharedMetrics(settings.server.run_dir, place.number, metrics)
    return System(
        app=cast("ASGIApplication", _front(api, _web(gateway, people), shared, settings)),
        people=people,
        features=features,
        place=place,
        client=client,
        metrics=metrics,
        access_log=access_log,
        sampler=LoopSampler(metrics, _Sampling(metrics, features.runs, access_log, shared)),
        limiter=limiter,
        readying=_readying(settings, people, place),
        backups=_backups(settings, metrics, clock, place),
        keeper=FileKeeper(features.files, clock) if place.number == 0 else None,
    )


def _web(gateway: Gateway, people: People) -> WebParts:
    return WebParts(
        prosa.__version__,
        lambda: gateway.catalogue.default(CallKind.CHAT),
        set_up_needed=people.identity.accounts.setup_needed,
        accounts_exist=people.identity.rights.accounts_exist,
    )


def _readying(settings: Settings, people: People, place: Place) -> Readying | None:
    if place.number:
        return None
    return Readying(settings, people.database, people.identity, place.invite, place.leader or os.getpid())


def _backups(settings: Settings, metrics: Metrics, clock: Clock, place: Place) -> BackupTimer | None:
    if place.number or settings.backups.every_seconds is None:
        return None
    return BackupTimer(settings.backups, metrics, clock)


def _gateway(settings: Settings, client: Client, clock: Clock, metrics: Metrics) -> Gateway:
    chosen = settings.gateway
    script = Script.load(Path(chosen.mock_script)) if chosen.mock_script else None
    mock = MockTransport(script) if chosen.mock and not chosen.production else None
    gateway = Gateway(chosen, Transports(client, mock), clock, metrics.call_settled)
    metrics.know_models(entry.id for entry in gateway.catalogue.names())
    return gateway


def _api(edge: EdgeParts, features: Features, people: People, settings: Settings) -> ApiParts:
    return ApiParts(
        gateway=features.gateway,
        interactions=features.interactions,
        runs=features.runs,
        conversations=features.conversations,
        files=features.files,
        answers=features.answers,
        chats=features.chats,
        identity=people.identity,
        edge=edge,
        started=edge.clock.now(),
        bitaca=settings.bitaca,
    )


def _front(api: ApiParts, web: WebParts, shared: SharedMetrics | None, settings: Settings) -> Front:
    scheduled = settings.backups.every_seconds is not None
    health = HealthParts(
        edge=api.edge,
        version=prosa.__version__,
        model=web.model,
        database=api.interactions.database_ready,
        started=api.edge.clock.monotonic(),
        shared=shared,
        backup=partial(last_success, settings.backups.folder) if scheduled else None,
    )
    routes = web_routes(web) | hot_routes(api) | health_routes(health)
    return Front(routes, LazyApplication(api), api.edge, web.landing.missing, sockets(api))


@dataclass(frozen=True, slots=True)
class _Sampling:
    """Once a second: what the log had to drop, what runs, and the workers' common figures."""

    metrics: Metrics
    runs: Engine
    access_log: AccessLog
    shared: SharedMetrics | None

    def __call__(self) -> None:
        lost = self.access_log.take_dropped()
        if lost:
            self.metrics.dropped_logs.add((), lost)
        self.metrics.runs_driven.set(self.runs.live)
        self.metrics.runs_followed.set(self.runs.followed)
        if self.shared is not None:
            self.shared.write()
