"""The edge of a run: whatever a kind fails with, the run still ends."""

import logging
from collections.abc import Sequence

from prosa.kit.errors import ProsaError
from prosa.runs.drive import Drive
from prosa.runs.errors import RunDefect
from prosa.runs.models import Ending, Event, Kind, Run, Why

_logger = logging.getLogger("prosa.runs")


async def attempt(kind: Kind, drive: Drive) -> Ending | ProsaError:
    """Let the kind drive; what it raises is its answer, in words that a caller may see."""
    try:
        return await kind.drive(drive)
    except ProsaError as error:
        return error
    except Exception:
        _logger.exception("run %s of kind %s failed", drive.run.id, drive.run.kind)
        return RunDefect()


async def settled(kind: Kind, run: Run, log: Sequence[Event], why: Why, error: ProsaError | None) -> Ending | None:
    """How the kind ends a run from outside; None where even that fails, which the log tells."""
    try:
        return await kind.settle(run, log, why, error)
    except ProsaError:
        raise
    except Exception:
        _logger.exception("run %s of kind %s could not be ended", run.id, run.kind)
        return None
