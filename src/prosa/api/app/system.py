"""`/api/v1/system`: how the server is, for admins."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from prosa.api.access import needs
from prosa.api.app.documents import problems
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import Moment
from prosa.api.app.surroundings import TheAdministration
from prosa.identity import Caller, Permission

router = APIRouter(prefix="/api/v1", tags=["Administration"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_SYSTEM)]


class DatabaseState(BaseModel):
    """prosa's own database."""

    kind: Literal["sqlite", "postgresql"]
    ok: bool
    bytes: int | None = Field(description="How large it is; null where it can't be told.", examples=[1318912])
    revision: str | None = Field(description="Its newest migration.", examples=["2026_11_22_administration"])


class WorkerState(BaseModel):
    """The processes that serve."""

    count: int = Field(description="Of this machine.", examples=[1])
    number: int = Field(description="Which one answered.", examples=[0])
    runs: int = Field(description="Answers that this one gives now.")
    followers: int = Field(description="Readers of answers in this one.")
    resident_bytes: int | None = Field(description="Memory of this one.")
    cpu_seconds: float | None


class JobTotal(BaseModel):
    """What came of one kind of background work so far."""

    name: str = Field(examples=["trash"])
    done: int
    failed: int
    done_at: datetime | None
    failed_at: datetime | None
    error: str | None = Field(description="Of the last failure: a code, or the name of a class.")


class JobState(BaseModel):
    """Background work."""

    waiting: int
    running: int
    oldest_at: datetime | None = Field(description="Since when the oldest waits.")
    paused_until: datetime | None = Field(description="Until when nothing is purged, because the clock leapt.")
    totals: list[JobTotal]


class BackupState(BaseModel):
    """The scheduled backup."""

    scheduled: bool
    every_seconds: float | None
    keep: int
    last_success: datetime | None


class MachineState(BaseModel):
    """The machine, as far as it tells."""

    cores: int | None
    load: float | None = Field(description="Of the last minute.")
    memory_bytes: int | None
    memory_free_bytes: int | None
    disk_bytes: int | None = Field(description="Of the disk with the data folder.")
    disk_free_bytes: int | None


class ProviderCircuits(BaseModel):
    """A provider, and which of its models are left alone at the moment, in this process."""

    name: str = Field(examples=["openai"])
    models: int = Field(description="How many are known of it.")
    open: list[str]


class SystemState(BaseModel):
    """How the server is."""

    status: Literal["ok", "degraded"]
    version: str = Field(examples=["0.1.0"])
    environment: Literal["development", "production"]
    started_at: Moment
    uptime_seconds: float
    database: DatabaseState
    limiter_ok: bool = Field(description="Whether calls can be counted: where they can't, none is let through.")
    workers: WorkerState
    jobs: JobState
    backup: BackupState
    machine: MachineState
    providers: list[ProviderCircuits]
    mail: bool = Field(description="Whether mail can be sent.")
    in_force: int = Field(description="The newest change of settings that this process follows.")


@router.get("/system", operation_id="getSystem", responses=problems(401, 403))
async def get_system(_caller: Reader, administration: TheAdministration) -> SystemState:
    """How the server is: version, database, workers, background work, backups, providers, machine. No path, no host name."""
    return SystemState.model_validate(await administration.system())
