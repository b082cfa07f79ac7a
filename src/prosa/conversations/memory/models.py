"""What is kept in mind: of a conversation a summary of its older part, of a person what they want to be known."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.conversations.models import Item

SUMMARY: Final = "prosa:summary"
"""The type of an item that stands for the items up to the one that it covers."""
LONGEST: Final = 2_000
"""Characters of one memory."""
MOST: Final = 100
"""Memories of one person."""
LONGEST_SUMMARY: Final = 20_000
PREFERENCE: Final = "memory"


@dataclass(frozen=True, slots=True)
class Memory:
    """Something that a person wants to be known; moments in seconds since 1970, `version` counts the changes."""

    id: str
    space: str
    body: str
    source: str
    created_at: float
    updated_at: float
    version: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands for the beginning of a path, up to the item `covers`. `edited`: a person has changed the model's words."""

    item: Item
    covers: str
    text: str
    edited: bool


class SummaryBody(msgspec.Struct, tag_field="type", tag=SUMMARY, omit_defaults=True):
    """How a summary is kept."""

    text: str
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Recalled:
    """A path as it is remembered: its items since the newest summary on it, oldest first. `newest`: where the path ends."""

    items: Sequence[Item]
    summary: Summary | None
    newest: str | None
