"""What sharing is told at start."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SharingSettings:
    """`enabled` False: no link is made, and none leads anywhere; `days`: how long a new one lives at most, None for ever."""

    enabled: bool = True
    days: int | None = None
