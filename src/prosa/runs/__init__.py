"""The heart: a run of any kind, its numbered log, who drives it and who follows it. Knows nothing of models."""

from prosa.runs.attempt import attempt as tried
from prosa.runs.attempt import settled
from prosa.runs.batch import Batch
from prosa.runs.bringing_store import begun as run_begun
from prosa.runs.bringing_store import ended as run_ended
from prosa.runs.bringing_store import runs_here
from prosa.runs.drive import Drive
from prosa.runs.engine import Engine
from prosa.runs.errors import LeaseLost, LogTrimmed, RunDefect, RunNotFound, RunOpen, TooManyRuns, TooManyWaiting
from prosa.runs.fencing_store import FencedInsert, fenced_insert
from prosa.runs.models import Ending, Event, Kind, NewRun, Run, RunQuery, RunState, Why
from prosa.runs.ownership import erase_runs, inherit_runs
from prosa.runs.parts import EngineParts
from prosa.runs.settings import RunSettings
from prosa.runs.upkeep import RunChecks

__all__ = [
    "Batch",
    "Drive",
    "Ending",
    "Engine",
    "EngineParts",
    "Event",
    "FencedInsert",
    "Kind",
    "LeaseLost",
    "LogTrimmed",
    "NewRun",
    "Run",
    "RunChecks",
    "RunDefect",
    "RunNotFound",
    "RunOpen",
    "RunQuery",
    "RunSettings",
    "RunState",
    "TooManyRuns",
    "TooManyWaiting",
    "Why",
    "erase_runs",
    "fenced_insert",
    "inherit_runs",
    "run_begun",
    "run_ended",
    "runs_here",
    "settled",
    "tried",
]
