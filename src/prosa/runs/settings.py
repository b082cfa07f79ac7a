"""What runs are told at start."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunSettings:
    """`lease_seconds`: how long a process may be silent before others take over what it drives. `log_seconds`: how long a run
    can be followed again after its end. `waiting`: messages that may wait in a conversation."""

    lease_seconds: float = 10.0
    log_seconds: float = 24 * 3600.0
    waiting: int = 20
    driving: int = 1_000  # PROSA_MAX_RUNS: runs of one space under way in one process, beyond which it begins none there
    attempts: int = 5  # drivers that a run may use up before it is given up
