"""Bounds of what comes in."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """Sizes in bytes, times in seconds."""

    body_bytes: int = 10 * 1024 * 1024  # PROSA_MAX_BODY_MB
    sockets: int = 500  # open ones of one caller in one process: a key may be that of an application with many people before it
    header_bytes: int = 64 * 1024
    header_count: int = 100
    json_depth: int = 128
    messages: int = 2000
    embedding_inputs: int = 2048
    header_seconds: float = 10.0  # for a whole request head
    body_seconds: float = 60.0  # for a whole request body, plus one second per 64 KiB
    keep_alive_seconds: float = 75.0
    metrics_token: str | None = field(default=None, repr=False)
    metrics: bool = True
    production: bool = False
    uploads: frozenset[str] = frozenset({"/v1/files", "/api/v1/me/picture"})  # paths whose bodies have bounds of their own
