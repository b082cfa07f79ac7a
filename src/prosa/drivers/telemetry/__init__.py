"""Figures and logs: what an operator sees of the running server."""

from prosa.drivers.telemetry.access import AccessLog
from prosa.drivers.telemetry.logs import configure_logs, log_form
from prosa.drivers.telemetry.metrics import CONTENT_TYPE, Metrics, SettledCall, Snapshot
from prosa.drivers.telemetry.process import HostFigures, ProcessFigures, host_figures, process_figures
from prosa.drivers.telemetry.records import RequestRecord
from prosa.drivers.telemetry.sampler import LoopSampler
from prosa.drivers.telemetry.shared import SharedMetrics

__all__ = [
    "CONTENT_TYPE",
    "AccessLog",
    "HostFigures",
    "LoopSampler",
    "Metrics",
    "ProcessFigures",
    "RequestRecord",
    "SettledCall",
    "SharedMetrics",
    "Snapshot",
    "configure_logs",
    "host_figures",
    "log_form",
    "process_figures",
]
