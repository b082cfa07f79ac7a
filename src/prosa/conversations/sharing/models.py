"""The nouns of sharing: a link, and what whoever has it may read."""

from dataclasses import dataclass
from typing import Final

import msgspec

SHARE: Final = "share_"
MOST_MESSAGES: Final = 5_000
MOST_BYTES: Final = 2 * 1024 * 1024  # of one share's text
MOST_SHARES: Final = 1_000  # of one space

Position = tuple[int, str]
"""Where a list goes on: a moment in microseconds since 1970, and an id."""


class SharedMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was said, by "user" or "assistant"; `files`: numbers of what was attached, where attachments are shared."""

    role: str
    text: str
    files: tuple[int, ...] = ()


class SharedFile(msgspec.Struct, frozen=True):
    """An attachment. `id` is the file's stored one, which no reader is shown."""

    id: str
    name: str
    media_type: str
    bytes: int


class Snapshot(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was there when the link was made."""

    messages: tuple[SharedMessage, ...]
    files: tuple[SharedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """A link as its owner sees it. Moments are seconds since 1970; `messages` and `files` are counts."""

    id: str
    space: str
    conversation_id: str
    title: str | None
    messages: int
    files: int
    created_at: float
    expires_at: float | None


@dataclass(frozen=True, slots=True)
class Shared:
    """What a reader of the link gets."""

    share: Share
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class ShareWish:
    """What to share: the chosen path, or that which ends at the item `leaf`, with or without its attachments."""

    conversation_id: str
    files: bool = False
    leaf: str | None = None
    expires_at: float | None = None


@dataclass(frozen=True, slots=True)
class SharePage:
    """Links, newest first; `next` is the position to ask on from, None on the last page."""

    items: tuple[Share, ...]
    next: Position | None
