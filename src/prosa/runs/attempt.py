"""The edge of a run: whatever a kind fails with, the run still ends."""

import logging
from collections.abc import Sequence
from typing import Final

from prosa.drivers.sql import DatabaseUnavailable
from prosa.kit.errors import ProsaError
from prosa.runs.drive import Drive
from prosa.runs.errors import RunDefect
from prosa.runs.models import Ending, Event, Kind, Run, RunState, Why

_logger = logging.getLogger("prosa.runs")
BARE: Final = b'{"type":"error","sequence_number":%d,"code":"internal_error","message":"The run failed.","param":null}'


async def attempt(kind: Kind, drive: Drive) -> Ending | ProsaError:
    """Let the kind drive; what it raises is its answer, in words that a caller may see."""
    try:
        return await kind.drive(drive)
    except ProsaError as error:
        return error
    except Exception:
        _logger.exception("run %s of kind %s failed", drive.run.id, drive.run.kind)
        return RunDefect()


async def settled(kind: Kind, run: Run, log: Sequence[Event], why: Why, error: ProsaError | None) -> Ending:
    """How the kind ends a run from outside; where even that fails, a bare end: no run stays open with nobody on it.

    Raises DatabaseUnavailable, after which it is tried again.
    """
    try:
        return await kind.settle(run, log, why, error)
    except DatabaseUnavailable:
        raise
    except Exception:
        _logger.exception("run %s of kind %s could not be ended", run.id, run.kind)
        number = log[-1].number + 1 if log else 0
        return Ending(RunState.FAILED, (BARE % number,), b"null")
