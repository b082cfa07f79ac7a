"""Health and figures as the API document tells them; plain routes of the edge answer them."""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from prosa.api.access import Public

router = APIRouter(tags=["Operating"])


class LastBackup(BaseModel):
    """The scheduled backup."""

    last_success: str | None = Field(description="When the newest one was made (UTC).", examples=["2026-11-21T03:00:00Z"])


class Health(BaseModel):
    """One document for everybody who watches. Never a secret, a path or a host name."""

    status: Literal["ok", "degraded"]
    version: str = Field(description="A literal of the contracts; prosa's own is in `x-prosa-version`.", examples=["1.0.0"])
    model: str | None = Field(description="The default chat model.", examples=["mock"])
    uptime: float = Field(description="Seconds since the start.")
    database: Literal["connected", "disconnected"]
    backup: LastBackup | None = Field(None, description="There only where backups are scheduled.")


class DetailedHealth(BaseModel):
    """The same for system C's watchers, with process and host for whoever may read the figures."""

    status: Literal["healthy", "unhealthy"]
    database: Literal["connected", "disconnected"]
    service: str
    version: str
    uptime: float
    backup: LastBackup | None = None
    error: str | None = None
    process: dict[str, object] | None = None
    host: dict[str, object] | None = None


AWAY: dict[int | str, dict[str, Any]] = {  # FastAPI's own type for `responses`
    503: {"model": Health, "description": "Something that answers need is away."}
}
DETAILED_AWAY: dict[int | str, dict[str, Any]] = {503: {"model": DetailedHealth, "description": "The same."}}
FIGURES: dict[int | str, dict[str, Any]] = {
    200: {"description": "Prometheus' text form.", "content": {"text/plain": {"schema": {"type": "string"}}}},
    401: {"description": "The token is missing or wrong."},
    404: {"description": "Not for this caller, or switched off."},
}


@router.get("/health", operation_id="health", responses=AWAY)
async def health(_public: Public) -> Health:
    """Whether the server can answer. No key, no limit, no model asked."""
    raise NotImplementedError


@router.get("/api/health", operation_id="detailedHealth", responses=DETAILED_AWAY)
async def detailed_health(_public: Public) -> DetailedHealth:
    """The same in detail."""
    raise NotImplementedError


@router.get("/metrics", operation_id="metrics", responses=FIGURES, response_model=None)
async def metrics(_public: Public) -> None:
    """Figures of all workers, for this machine, trusted addresses, or with the metrics token."""
    raise NotImplementedError
