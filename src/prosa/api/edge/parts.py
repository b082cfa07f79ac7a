"""What the edge is made of; `boot` puts it together."""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from prosa.api.edge.bars import Bars
from prosa.api.edge.dialect import Dialects
from prosa.api.edge.open_calls import OpenCalls
from prosa.api.edge.settings import EdgeSettings
from prosa.drivers.telemetry import Metrics, RequestRecord
from prosa.identity import Authenticator, RepeatService
from prosa.kit.clock import Clock, SystemClock
from prosa.usage import Limiter, UsageSettings

_logger = logging.getLogger("prosa.edge")


def ignore_record(record: RequestRecord) -> None:
    """An access log that writes nothing."""


def log_fault(request_id: str, error: BaseException) -> None:
    """One line on an error that nobody foresaw: its class and where it came from. Its text may hold secrets or people's words."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)
    _logger.error("request %s failed: %s at %s", request_id, type(error).__name__, where)


@dataclass(slots=True)
class EdgeParts:
    """The parts, each replaceable. `access_log` gets every finished request's record, `fault_log` what went wrong unforeseen.

    `settings` and `usage` are replaced, whole, when an administrator changes a limit: whoever needs them reads them here.
    """

    authenticator: Authenticator
    limiter: Limiter
    settings: EdgeSettings = field(default_factory=EdgeSettings)
    usage: UsageSettings = field(default_factory=UsageSettings)
    metrics: Metrics = field(default_factory=Metrics)
    access_log: Callable[[RequestRecord], None] = ignore_record
    fault_log: Callable[[str, BaseException], None] = log_fault
    clock: Clock = field(default_factory=SystemClock)
    bars: Bars = field(default_factory=Bars)
    dialects: Dialects = field(default_factory=Dialects)
    open_calls: OpenCalls = field(default_factory=OpenCalls)
    repeats: RepeatService | None = None  # None: an `Idempotency-Key` means nothing
