"""The nouns of background work. Nothing here knows what a job is about."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ANYWHERE: Final = ""
ATTEMPTS: Final = 5
"""Of one part, with pauses of 2, 6, 18 and 54 seconds between them."""

Part = Callable[[], Awaitable[bool]]
"""A bounded part of the work; whether there is more of it. It may be done twice: when a process dies between a part and the note
that it is done, the next one does that part again."""
Due = Callable[[], Awaitable[bool]]
"""Whether there is anything to do: a cheap look, past SQLAlchemy, since the serving process makes it."""


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of job. With `every` (seconds by the wall clock) it is scheduled, unless `due` says that there is nothing to do.

    `settle`: seconds after the start before it is looked at. `here`: what it makes lies on this machine, so that only a worker
    beside the same data folder may do it. `pause`: seconds between two parts, for everybody else.
    """

    name: str
    part: Part
    every: float | None = None
    due: Due | None = None
    settle: float = 120.0
    here: bool = False
    attempts: int = ATTEMPTS
    pause: float = 0.05


@dataclass(frozen=True, slots=True)
class Asked:
    """A job that was asked for under a key."""

    key: str
    name: str
    state: JobState
    worker: str | None


@dataclass(frozen=True, slots=True)
class Total:
    """What came of a job so far; moments in seconds since 1970, `error` of the last failure."""

    name: str
    done: int
    failed: int
    done_at: float | None
    failed_at: float | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Queue:
    """What has still to be done: how many, and since when the oldest waits (seconds since 1970)."""

    waiting: int
    running: int
    oldest: float | None


@dataclass(frozen=True, slots=True)
class JobFigures:
    """All that an operator is told. `paused`: until when nothing is purged, because the clock leapt; None where it didn't."""

    queue: Queue
    totals: tuple[Total, ...]
    paused: float | None
