"""What is told of jobs by a look at a database that nobody serves, and nobody prepares for it."""

from prosa.drivers.sql import DatabaseAddress, look
from prosa.jobs.models import JobFigures
from prosa.jobs.steadiness import until
from prosa.jobs.store import QUESTIONS, clock_of, queue_of, totals_of


async def look_at_jobs(address: DatabaseAddress, now: float) -> JobFigures:
    """For `prosa doctor`; `now` in seconds. Raises DatabaseUnavailable, DatabaseNotMigrated."""
    queue, totals, clock = [await look(address, question) for question in QUESTIONS]
    noted = clock_of(clock)
    return JobFigures(queue_of(queue), totals_of(totals), until(noted, now) if noted is not None else None)
