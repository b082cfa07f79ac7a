"""Administration of one process: what takes over what is stored, and what an administrator is told of the server."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import prosa
from prosa.administration import (
    Administration,
    AdministrationParts,
    Apply,
    Effective,
    Stored,
    Value,
    chosen_prices,
    database_figures,
    in_force,
    make_administration,
)
from prosa.api.edge import EdgeParts
from prosa.boot.adjusting import LENSES, adjusted
from prosa.boot.backups import last_success
from prosa.boot.features import Features
from prosa.boot.metering import Metering
from prosa.boot.people import People
from prosa.boot.settings import Settings, usual_settings
from prosa.drivers.telemetry import host_figures, process_figures
from prosa.gateway import Gateway
from prosa.jobs import look_at_jobs
from prosa.kit.errors import ProsaError
from prosa.usage import LimiterUnavailable

_SECONDS: Final = 2.0  # for the database to answer
_CHECKS: Final = 6_000_000


@dataclass(frozen=True, slots=True)
class Ground:
    """What it stands on. `worker`: the number of this process, and of how many."""

    settings: Settings
    people: People
    features: Features
    metering: Metering
    edge: EdgeParts
    worker: tuple[int, int]


class Administering:
    """Knows which part of the process is told what."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.now = ground.settings  # as they are in force here

    @cached_property
    def _usual(self) -> Settings:
        return usual_settings(production=self._ground.settings.server.production)

    def make(self) -> Administration:
        """The parts; nothing is read yet."""
        ground = self._ground
        identity = ground.people.identity
        parts = AdministrationParts(
            settings=ground.settings.administration,
            base=ground.settings.gateway,
            gateway=ground.features.gateway,
            prices=ground.metering.prices,
            database=ground.people.database,
            signals=ground.people.signals,
            keyring=identity.keyring,
            clock=ground.people.clock,
            told=lambda key: _value(ground.settings, key),
            usual=lambda key: _value(self._usual, key),
            system=SystemWatch(ground, lambda: self.version).state,
        )
        self.version = 0
        return make_administration(parts, self._applying)

    def _applying(self, effective: Effective) -> Apply:
        def apply(stored: Stored) -> None:
            """All between two steps of the loop: nobody sees half of it."""
            settings = self._ground.settings
            self.now = adjusted(settings, in_force(stored.values, settings.administration.fixed))
            self._tell_gateway(effective, stored)
            self._tell_features()
            self.version = stored.version

        return apply

    def _tell_gateway(self, effective: Effective, stored: Stored) -> None:
        gateway, metering = self._ground.features.gateway, self._ground.metering
        for provider in gateway.configure(effective.gateway(stored, self.now.gateway)):
            metering.prices.forget(provider)
        metering.prices.choose(chosen_prices(stored))
        metering.metrics.know_models(entry.id for entry in gateway.catalogue.names())

    def _tell_features(self) -> None:
        now, features, edge = self.now, self._ground.features, self._ground.edge
        edge.usage, edge.settings = now.usage, now.edge
        self._ground.people.identity.adjust(now.identity.people)
        features.answers.adjust(now.answers)
        features.files.adjust(now.files)
        features.runs.adjust(now.runs)
        features.sharing.adjust(now.sharing)


def _value(settings: Settings, key: str) -> Value:
    return LENSES[key].read(settings)


class SystemWatch:
    """Figures of this process, its machine and its database; each that can't be had is null, and no failure of the whole."""

    def __init__(self, ground: Ground, version: Callable[[], int]) -> None:
        self._ground = ground
        self._version = version
        self._started = ground.edge.clock.now()

    async def state(self) -> dict[str, Any]:  # a document for the API's own model
        """All of it, as `GET /api/v1/system` shows it."""
        ground = self._ground
        database, limiter = await self._database(), self._limiter()
        clock = ground.edge.clock
        return {
            "status": "ok" if database["ok"] and limiter else "degraded",
            "version": prosa.__version__,
            "environment": "production" if ground.settings.server.production else "development",
            "started_at": self._started,
            "uptime_seconds": round(clock.now() - self._started, 1),
            "database": database,
            "limiter_ok": limiter,
            "workers": self._workers(),
            "jobs": await self._jobs(),
            "backup": await asyncio.to_thread(self._backup),
            "machine": await asyncio.to_thread(self._machine),
            "providers": _circuits(ground.features.gateway),
            "mail": ground.settings.mail is not None,
            "in_force": self._version(),
        }

    async def _database(self) -> dict[str, object]:
        database = self._ground.people.database
        try:
            async with asyncio.timeout(_SECONDS):
                ok = await database.ready()
        except TimeoutError:
            ok = False
        size, revision = await database_figures(database) if ok else (None, None)
        return {"kind": database.kind, "ok": ok, "bytes": size, "revision": revision}

    def _limiter(self) -> bool:
        try:
            self._ground.edge.limiter.take("health", _CHECKS)
        except LimiterUnavailable:
            return False
        return True

    def _workers(self) -> dict[str, object]:
        number, count = self._ground.worker
        own, runs = process_figures(), self._ground.features.runs
        return {
            "count": count,
            "number": number,
            "runs": runs.live,
            "followers": runs.followed,
            "resident_bytes": own.resident_bytes if own is not None else None,
            "cpu_seconds": own.cpu_seconds if own is not None else None,
        }

    async def _jobs(self) -> dict[str, object]:
        found = await _quietly(look_at_jobs(self._ground.people.database.address, self._ground.edge.clock.now()))
        if found is None:
            return {"waiting": 0, "running": 0, "oldest_at": None, "paused_until": None, "totals": []}
        totals = [{name: getattr(total, name) for name in _TOTAL} for total in found.totals]
        queue = found.queue
        told = {"waiting": queue.waiting, "running": queue.running, "oldest_at": queue.oldest}
        return {**told, "paused_until": found.paused, "totals": totals}

    def _backup(self) -> dict[str, object]:
        chosen = self._ground.settings.backups
        scheduled = chosen.every_seconds is not None
        return {
            "scheduled": scheduled,
            "every_seconds": chosen.every_seconds,
            "keep": chosen.keep,
            "last_success": last_success(chosen.folder) if scheduled else None,
        }

    def _machine(self) -> dict[str, object]:
        host = host_figures()
        try:
            disk = shutil.disk_usage(self._ground.settings.server.data_dir)
        except OSError:
            disk = None
        return {
            "cores": host.cpus if host is not None else None,
            "load": host.load if host is not None else None,
            "memory_bytes": host.memory_bytes if host is not None else None,
            "memory_free_bytes": host.memory_free_bytes if host is not None else None,
            "disk_bytes": disk.total if disk is not None else None,
            "disk_free_bytes": disk.free if disk is not None else None,
        }


_TOTAL: Final = ("name", "done", "failed", "done_at", "failed_at", "error")


async def _quietly(question: Awaitable[Any]) -> Any:
    """The answer, None where there is none now."""
    try:
        return await question
    except ProsaError:
        return None


def _circuits(gateway: Gateway) -> list[dict[str, object]]:
    catalogue, tripped = gateway.catalogue, gateway.breaker.open_targets()
    return [
        {
            "name": name,
            "models": len(catalogue.lists(name)),
            "open": [target for target in tripped if target.startswith(f"{name}/")],
        }
        for name in catalogue.providers
    ]
