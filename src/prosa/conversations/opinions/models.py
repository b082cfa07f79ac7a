"""An opinion: up or down, and perhaps why."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST_REASON: Final = 2_000  # characters


class Rating(StrEnum):
    """Which way."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an owner thinks of an answer, told by its item. Moments are seconds since 1970."""

    space: str
    conversation_id: str
    item_id: str
    rating: Rating
    reason: str | None
    created_at: float
    updated_at: float
