"""The edge of background work: whatever a part of a job fails with ends here, as a code that may be stored and shown."""

import logging
from typing import Final

from prosa.jobs.models import Job
from prosa.kit.errors import ProsaError

_logger: Final = logging.getLogger("prosa.jobs")


class PartFailed(Exception):
    """A part of a job failed; its text is a code or a class's name, and holds nothing that somebody wrote."""


async def attempt(job: Job) -> bool:
    """Do a part; whether there is more. Raises PartFailed."""
    try:
        return await job.part()
    except ProsaError as error:
        _logger.warning("%s: a part failed: %s %s", job.name, error.code, getattr(error, "reason", None) or error.message)
        raise PartFailed(error.code) from None
    except Exception as error:  # the job's edge: the worker goes on with what else is to be done
        _logger.exception("%s: a part failed", job.name)
        raise PartFailed(type(error).__name__) from None
