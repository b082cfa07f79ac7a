"""What the engine stands on, and what it holds of each run that it drives."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.events import Signals
from prosa.kit.clock import Clock
from prosa.runs.drive import Drive
from prosa.runs.models import Run, RunState


@dataclass(slots=True)
class Live:
    """A run that this process drives, or is about to drive (fence 0)."""

    fence: int
    space: str = ""  # of a run that begins here
    drive: Drive | None = None
    task: "asyncio.Task[None] | None" = None


@dataclass(frozen=True, slots=True)
class EngineParts:
    """What the engine stands on."""

    database: Database
    journal: Journal
    signals: Signals
    clock: Clock
    ended: Callable[[Run, RunState], None] = lambda run, state: None  # told of each end that was written here, and of each wait
    taken_over: Callable[[str], None] = lambda kind: None  # and of each run that goes on here after its driver's death
