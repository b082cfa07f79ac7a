"""The nouns of vector stores. Ids are stored ones, without prefixes; moments in seconds since 1970."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal

from prosa.knowledge.extraction import Chunking, Passage
from prosa.usage import Payer

STORE: Final = "vs_"
BATCH: Final = "vsfb_"
FILE: Final = "file-"
DAY: Final = 86_400.0
MOST_BATCH: Final = 2_000
"""Files of one batch, as with OpenAI."""

Attributes = Mapping[str, str | float | bool]
"""What a file is found by beside its words: at most 16, names of at most 64 characters, texts of at most 512."""


class FileStatus(StrEnum):
    """Where a file of a store stands, in OpenAI's words."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


DELETING: Final = "deleting"
"""The mark of a file that nobody sees any more, and whose passages are being removed."""


@dataclass(frozen=True, slots=True)
class FileCounts:
    """How many files stand where."""

    in_progress: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.in_progress + self.completed + self.failed + self.cancelled


StoreStatus = Literal["in_progress", "completed", "expired"]


@dataclass(frozen=True, slots=True)
class VectorStore:
    """A store. `metadata` is JSON; `model`: whose vectors it is to hold, None: it is searched by its words alone."""

    id: str
    space: str
    name: str
    description: str | None
    metadata: bytes
    expires_days: int | None
    model: str | None
    created_at: float
    active_at: float
    counts: FileCounts = FileCounts()
    usage_bytes: int = 0

    @property
    def expires_at(self) -> float | None:
        """When it is emptied, unless it is used before."""
        return None if self.expires_days is None else self.active_at + self.expires_days * DAY

    def expired(self, now: float) -> bool:
        """Whether that is over."""
        return self.expires_at is not None and self.expires_at <= now

    def status(self, now: float) -> StoreStatus:
        """Its state in OpenAI's words."""
        if self.expired(now):
            return "expired"
        return "in_progress" if self.counts.in_progress else "completed"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a file couldn't be read: one of OpenAI's codes, and words for a person."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in a store; `attributes` is JSON, `model` says whose vectors there are of it."""

    store_id: str
    file_id: str
    space: str
    filename: str
    status: FileStatus
    batch_id: str
    fault: Fault | None
    attributes: bytes
    chunking: Chunking
    usage_bytes: int
    model: str | None
    created_at: float


@dataclass(frozen=True, slots=True)
class FileBatch:
    """Files that were added together; it has the id of the run that reads them. `open`: whether that has still to end."""

    id: str
    store_id: str
    space: str
    created_at: float
    counts: FileCounts
    open: bool
    state: str | None  # of the run; None where it is gone

    @property
    def status(self) -> FileStatus:
        """Its state in OpenAI's words, which goes with its counts: clients wait until no file is in progress, and look then."""
        if self.counts.in_progress or (self.open and not self.counts.total):
            return FileStatus.IN_PROGRESS
        if self.state == "cancelled":
            return FileStatus.CANCELLED
        return FileStatus.FAILED if self.state == "failed" else FileStatus.COMPLETED


@dataclass(frozen=True, slots=True)
class Maker:
    """Who adds something; `id` is that of a repeated request, `key` the name of an API key."""

    space: str
    account_id: str | None = None
    credential_id: str | None = None
    key: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Addition:
    """A file to put into a store, by its stored id; `attributes` is JSON."""

    file_id: str
    attributes: bytes = b"{}"
    chunking: Chunking = field(default_factory=Chunking)


@dataclass(frozen=True, slots=True)
class NewStore:
    """A store to make, with files in it."""

    name: str = ""
    description: str | None = None
    metadata: bytes = b"{}"
    expires_days: int | None = None
    additions: tuple[Addition, ...] = ()


class Kept:
    """What stands for a field that stays as it is."""


KEPT: Final = Kept()


@dataclass(frozen=True, slots=True)
class StoreChange:
    """What is to be different; None of `expires_days`: it is kept for ever. `model`: whose vectors it is to hold."""

    name: str | Kept = KEPT
    metadata: bytes | Kept = KEPT
    expires_days: int | Kept | None = KEPT
    model: str | Kept | None = KEPT


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which part of a list: `after` and `before` are ids of what stands at its edge. `status`: only files in it."""

    limit: int = 20
    newest_first: bool = True
    after: str | None = None
    before: str | None = None
    status: FileStatus | None = None


@dataclass(frozen=True, slots=True)
class StorePage:
    """Some stores, and whether there is more in the direction asked for."""

    stores: tuple[VectorStore, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class StoredFilePage:
    """Some files of a store, likewise."""

    files: tuple[StoredFile, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a space keeps in stores, and how much it may. `model`: whose vectors a new store gets; None: it has none."""

    stores: int
    most_stores: int
    bytes: int
    most_bytes: int
    most_files: int  # of one store
    model: str | None


@dataclass(frozen=True, slots=True)
class Grant:
    """Stores that may be searched, and whose they are: one's own, or those of an assistant that one may use."""

    space: str
    store_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """How hits are ordered: those below the threshold (0 to 1) are left out; `weights` of vectors and words."""

    score_threshold: float = 0.0
    weights: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question to stores: `queries` are searched one by one, the best of all hits count. `filters`: decoded JSON of one.

    `payer`: on whose account the question is embedded; None: it isn't, and its words alone are looked for.
    """

    queries: tuple[str, ...]
    payer: Payer | None
    limit: int = 10
    filters: object = None
    ranking: Ranking = Ranking()


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that answers an inquiry, with the file that it is of."""

    file: StoredFile
    passage: Passage
    score: float
