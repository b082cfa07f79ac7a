"""How long what people store is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """`trash_seconds`: PROSA_TRASH_DAYS; None: what is deleted can be had back for ever. `roles`: seconds by the name of a role,
    PROSA_RETENTION_DAYS_USER and its like; what isn't named is kept for ever."""

    trash_seconds: float | None = 30 * DAY
    roles: Mapping[str, float] = field(default_factory=dict)
