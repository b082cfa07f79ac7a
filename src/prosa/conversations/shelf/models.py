"""The nouns of the shelf: conversations in their order, with tags, in folders."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from msgspec import UNSET, UnsetType

from prosa.conversations.models import Conversation
from prosa.drivers.journal import Part

FOLDER: Final = "folder_"
MOST_TAGS: Final = 20  # of a conversation
MOST_FOLDERS: Final = 500  # of a space
MOST_TOGETHER: Final = 100  # conversations of one batch
MOST_TAGS_LISTED: Final = 1_000

Position = tuple[int, str]
"""Where a list goes on: a moment in microseconds since 1970, and an id."""

EndRun = Callable[[str, str], Awaitable[object]]
"""Ends a run of a space now; raises NotFound where there is none."""


class Feed(Protocol):
    """Who tells an owner's other devices what changed: a row that is written with the change, and a word once it is durable."""

    def part(self, space: str, type: str, object_id: str, data: bytes | None, now: float) -> Part:
        """The row; `now` in seconds since 1970."""
        ...

    def published(self, space: str) -> None:
        """Wake whoever listens."""
        ...


@dataclass(frozen=True, slots=True)
class Shelved:
    """A conversation with its tags, in the order of their keys; `answering`: an answer is being given in it or waits;
    `waiting`: it waits for somebody outside."""

    conversation: Conversation
    tags: tuple[str, ...] = ()
    answering: bool = False
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class ShelfQuery:
    """A page of conversations, those with the latest activity first: at most `limit` after a position.

    `folder`: a stored id, "" for those in no folder; `tag`: in any writing; None: whatever it is.
    """

    limit: int = 50
    after: Position | None = None
    folder: str | None = None
    tag: str | None = None
    pinned: bool | None = None
    archived: bool | None = False
    dialect: str | None = None


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """Conversations; `next` is the position to ask on from, None on the last page."""

    items: tuple[Shelved, ...]
    next: Position | None


@dataclass(frozen=True, slots=True)
class ShelfChanges:
    """What a person changes of a conversation; UNSET leaves it alone, None empties it. `settings`: a JSON object."""

    title: str | UnsetType | None = UNSET
    pinned: bool | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    folder_id: str | UnsetType | None = UNSET
    tags: Sequence[str] | UnsetType = UNSET
    model: str | UnsetType | None = UNSET
    settings: bytes | UnsetType | None = UNSET


class Verb(StrEnum):
    """What can be done to many conversations at once."""

    PIN = "pin"
    UNPIN = "unpin"
    ARCHIVE = "archive"
    UNARCHIVE = "unarchive"
    MOVE = "move"
    TAG = "tag"
    UNTAG = "untag"
    TRASH = "trash"
    RESTORE = "restore"  # out of the trash, where alone they are looked for


@dataclass(frozen=True, slots=True)
class Batch:
    """One thing to do to conversations, by stored ids. `folder_id`: where to move them (None: out of any); `tag`: to put on or
    take off."""

    ids: Sequence[str]
    verb: Verb
    folder_id: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Batched:
    """What became of a batch: the conversations that are still on the shelf, and the ids under which nothing was, both as they
    were named."""

    items: tuple[Shelved, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Folder:
    """Where conversations are filed; moments are seconds since 1970, `version` counts changes."""

    id: str
    space: str
    name: str
    created_at: float
    updated_at: float
    version: int = 1


@dataclass(frozen=True, slots=True)
class FolderPage:
    """Folders, oldest first; `next` is the position to ask on from, None on the last page."""

    items: tuple[Folder, ...]
    next: Position | None


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as it was written first, and on how many conversations outside the trash it is."""

    name: str
    conversations: int
