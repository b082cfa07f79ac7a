"""Moments as they are stored, whole microseconds since 1970, and as they are shown, `datetime` in UTC."""

from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECOND: Final = 1_000_000
"""Microseconds."""


def stored(seconds: float) -> int:
    """A clock's seconds since 1970 in whole microseconds."""
    return round(seconds * SECOND)


def shown(moment: int) -> datetime:
    """The stored moment in UTC."""
    return EPOCH + timedelta(microseconds=moment)


def shown_if(moment: int | None) -> datetime | None:
    """The same for a moment that may be missing."""
    return None if moment is None else shown(moment)


def of(moment: datetime) -> int:
    """A moment with its zone as it is stored."""
    return (moment - EPOCH) // timedelta(microseconds=1)
