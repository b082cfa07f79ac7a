"""Answers that outlive their caller."""

from prosa.boot.settings.kinds import number
from prosa.boot.settings.rows import Row

LEASE = Row(
    "PROSA_RUN_LEASE_SECONDS",
    "runs.lease_seconds",
    number(1, 600),
    10.0,
    "How long a process may be silent before others take over the answers that it was giving.",
)
LOG_HOURS = Row(
    "PROSA_RUN_LOG_HOURS",
    "runs.log_hours",
    number(0.01, 8760),
    24.0,
    "How long an answer's events can be followed again after its end; the answer itself is kept.",
)
