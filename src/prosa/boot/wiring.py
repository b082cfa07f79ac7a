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
from prosa.administration import Administration
from prosa.api.edge import EdgeParts, Front
from prosa.api.health import HealthParts, health_routes
from prosa.api.lazy import LazyApplication
from prosa.api.parts import ApiParts, dialects, hot_routes, sockets
from prosa.boot.administering import Administering, Ground
from prosa.boot.backups import last_success
from prosa.boot.features import Features, make_features
from prosa.boot.jobs import JobParts, JobSettings
from prosa.boot.jobs_service import JobsService
from prosa.boot.metering import Metering, make_metering
from prosa.boot.people import People, make_people
from prosa.boot.readying import Readying
from prosa.boot.settings import Settings
from prosa.boot.site import Ports, site_front
from prosa.conversations import SearchIndexer
from prosa.drivers.outbound import Client
from prosa.drivers.telemetry import AccessLog, LoopSampler, Metrics, SharedMetrics
from prosa.gateway import CallKind, Gateway, MockTransport, Script, Transports
from prosa.kit.clock import Clock, SystemClock
from prosa.knowledge import OfflineTransport
from prosa.runs import Engine
from prosa.usage import Limiter, MemoryLimiter, SharedLimiter
from prosa.web import BUILT, WebParts, share_page, web_routes

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
    site: int | None = None  # the port on which the folder of pages is served

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
    offline: OfflineTransport
    metrics: Metrics
    access_log: AccessLog
    sampler: LoopSampler
    limiter: Limiter
    metering: Metering
    administration: Administration
    readying: Readying | None = None  # in the first process of the service
    jobs: JobsService | None = None  # there too
    indexer: SearchIndexer | None = None  # there too
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    _stopping: bool = False

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
        await self.administration.start()
        self.features.repeats.start()
        self.runs.start(self.place.service, sole=self.place.number == 0 and self.people.database.kind == "sqlite")
        if self.readying is not None:
            task = asyncio.create_task(self._ready(self.readying))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _ready(self, readying: Readying) -> None:
        """What has to wait until the database is there: a look at it would make it, in this very process."""
        await readying.run()
        if self.indexer is not None and not self._stopping:
            self.indexer.start()
        if self.jobs is not None and not self._stopping:
            self.jobs.start()

    async def stop(self, grace: float = 0.0) -> None:
        """Let everything go; nothing is left over afterwards. Runs have `grace` seconds to end, then others go on with them."""
        await self.administration.stop()
        await self.features.repeats.stop()
        await self.runs.stop(grace)
        await self.features.answers.stop()
        await self.features.interpreter.stop()
        await self.features.upkeep.stop()
        await self.features.feed.stop()
        await self.features.presence.stop()
        self.sampler.stop()
        self._stopping = True
        if self.readying is not None:
            self.readying.stop()
        for task in tuple(self._tasks):
            await task
        if self.jobs is not None:
            await self.jobs.stop()
        if self.indexer is not None:
            await self.indexer.stop()
        await self.metering.recorder.aclose()
        await self.people.stop()
        await self.offline.aclose()
        await self.client.aclose()
        if isinstance(self.limiter, SharedLimiter):
            self.limiter.close()
        self.access_log.close()


def build(settings: Settings, place: Place | None = None, access_log: AccessLog | None = None) -> System:
    """All parts for one process. Raises ProsaError for a mock script with mistakes or a limiter's file that can't be."""
    place = place or Place()
    access_log = access_log or AccessLog(sys.stdout, "json")
    clock = SystemClock()
    client, metrics = Client(), Metrics(prosa.__version__)
    limiter = _limiter(settings, clock, place)
    people = make_people(settings, limiter, clock)
    metering = make_metering(settings, people, metrics, clock, lambda: gateway)
    offline = OfflineTransport(client)
    gateway = _gateway(settings, offline, clock, metering)
    features = make_features(settings, gateway, people, metrics, client)
    edge = _edge(settings, people, limiter, metrics, access_log, features)
    ground = Ground(settings, people, features, metering, edge, (place.number, place.count))
    administration = Administering(ground).make()
    api = _api(edge, features, people, settings, administration)
    shared = None if place.alone else SharedMetrics(settings.server.run_dir, place.number, metrics)
    return System(
        app=cast("ASGIApplication", _application(api, _web(gateway, people, settings), shared, settings, place)),
        people=people,
        features=features,
        place=place,
        client=client,
        offline=offline,
        metrics=metrics,
        access_log=access_log,
        sampler=LoopSampler(metrics, _Sampling(metering, features.runs, access_log, shared)),
        limiter=limiter,
        metering=metering,
        administration=administration,
        readying=_readying(settings, people, place),
        jobs=_jobs(settings, people, metrics, clock) if place.number == 0 else None,
        indexer=SearchIndexer(people.database, people.journal, clock) if place.number == 0 else None,
    )


def _edge(
    settings: Settings, people: People, limiter: Limiter, metrics: Metrics, access_log: AccessLog, features: Features
) -> EdgeParts:
    return EdgeParts(
        authenticator=people.identity.authenticator,
        limiter=limiter,
        settings=settings.edge,
        usage=settings.usage,
        metrics=metrics,
        access_log=access_log,
        clock=people.clock,
        dialects=dialects(),
        open_calls=people.open_calls,
        repeats=features.repeats,
    )


def _limiter(settings: Settings, clock: Clock, place: Place) -> Limiter:
    return MemoryLimiter(clock) if place.alone else SharedLimiter(settings.server.run_dir / LIMITS, clock)


def _web(gateway: Gateway, people: People, settings: Settings) -> WebParts:
    return WebParts(
        prosa.__version__,
        lambda: gateway.catalogue.default(CallKind.CHAT),
        accounts_exist=people.identity.rights.accounts_exist,
        app=settings.server.ui_dir or BUILT,
    )


def _readying(settings: Settings, people: People, place: Place) -> Readying | None:
    if place.number:
        return None
    return Readying(settings, people.database, people.identity, place.invite, place.leader or os.getpid())


def _jobs(settings: Settings, people: People, metrics: Metrics, clock: Clock) -> JobsService:
    return JobsService(JobParts(JobSettings.of(settings), people.database, people.journal, people.signals, clock), metrics)


def _gateway(settings: Settings, network: OfflineTransport, clock: Clock, metering: Metering) -> Gateway:
    chosen = settings.gateway
    script = Script.load(Path(chosen.mock_script)) if chosen.mock_script else None
    mock = MockTransport(script) if chosen.mock and not chosen.production else None
    gateway = Gateway(chosen, Transports(network, mock), clock, metering.settled)
    metering.metrics.know_models(entry.id for entry in gateway.catalogue.names())
    return gateway


def _api(edge: EdgeParts, features: Features, people: People, settings: Settings, administration: Administration) -> ApiParts:
    return ApiParts(
        features=features,
        administration=administration,
        identity=people.identity,
        edge=edge,
        started=edge.clock.now(),
        bitaca=settings.bitaca,
        chatai=settings.chatai,
        multiuser=settings.multiuser,
        share_page=share_page,
    )


def _application(api: ApiParts, web: WebParts, shared: SharedMetrics | None, settings: Settings, place: Place) -> Front | Ports:
    """What answers: at the site's port, where there is one, the site."""
    application = LazyApplication(api)
    front = _front(api, application, web, shared, settings)
    if settings.site.folder is None or place.site is None:
        return front
    return Ports(front, place.site, site_front(settings.site.folder, settings.site.policy, application, api.edge))


def _front(api: ApiParts, application: LazyApplication, web: WebParts, shared: SharedMetrics | None, settings: Settings) -> Front:
    scheduled = settings.backups.every_seconds is not None
    health = HealthParts(
        edge=api.edge,
        version=prosa.__version__,
        model=web.model,
        database=api.features.interactions.database_ready,
        started=api.edge.clock.monotonic(),
        shared=shared,
        backup=partial(last_success, settings.backups.folder) if scheduled else None,
    )
    routes = web_routes(web) | hot_routes(api) | health_routes(health)
    return Front(routes, application, api.edge, web.landing.missing, sockets(api))


@dataclass(frozen=True, slots=True)
class _Sampling:
    """Once a second: what the log had to drop, what runs, and the workers' common figures."""

    metering: Metering
    runs: Engine
    access_log: AccessLog
    shared: SharedMetrics | None

    def __call__(self) -> None:
        lost = self.access_log.take_dropped()
        metrics = self.metering.metrics
        if lost:
            metrics.dropped_logs.add((), lost)
        metrics.runs_driven.set(self.runs.live)
        metrics.runs_followed.set(self.runs.followed)
        self.metering.look()
        if self.shared is not None:
            self.shared.write()
