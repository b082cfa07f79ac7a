"""Background work: jobs that are scheduled or asked for, each once, done by a worker that may be killed at any point.

Who makes a job necessary appends `asking(key, name, now)` to its journal transaction; `Planner` asks for what is scheduled, and
costs a serving process next to nothing; `Worker` does what was asked for, by DBOS, in a process of its own.
"""

from prosa.jobs.looking import look_at_jobs
from prosa.jobs.models import ANYWHERE, Due, Job, JobFigures, JobState, Part, Queue, Total
from prosa.jobs.planner import Planner
from prosa.jobs.steadiness import Steadiness
from prosa.jobs.store import JobStore, asking
from prosa.jobs.worker import Worker, system_address

__all__ = [
    "ANYWHERE",
    "Due",
    "Job",
    "JobFigures",
    "JobState",
    "JobStore",
    "Part",
    "Planner",
    "Queue",
    "Steadiness",
    "Total",
    "Worker",
    "asking",
    "look_at_jobs",
    "system_address",
]
