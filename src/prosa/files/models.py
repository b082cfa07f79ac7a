"""What a file is here."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SHORTEST_LIFE: Final = 3600
LONGEST_LIFE: Final = 2_592_000
"""Bounds of OpenAI's `expires_after.seconds`."""
BATCH_SECONDS: Final = 2_592_000
"""How long files of the purpose `batch` stay unless their caller says otherwise, as with OpenAI."""


class Purpose(StrEnum):
    """What a file is for, in OpenAI's words; the last four are prosa's own, and never in a list (see HIDDEN)."""

    ASSISTANTS = "assistants"
    ASSISTANTS_OUTPUT = "assistants_output"
    BATCH = "batch"
    BATCH_OUTPUT = "batch_output"
    EVALS = "evals"
    FINE_TUNE = "fine-tune"
    FINE_TUNE_RESULTS = "fine-tune-results"
    USER_DATA = "user_data"
    VISION = "vision"
    PICTURE = "picture"
    ASSISTANT_PICTURE = "assistant_picture"
    EXPORT = "export"  # what a run of the kind made, to be downloaded for a while
    IMPORT = "import"  # what one is to read


UPLOADED: Final = frozenset(
    {Purpose.ASSISTANTS, Purpose.BATCH, Purpose.EVALS, Purpose.FINE_TUNE, Purpose.USER_DATA, Purpose.VISION}
)
"""The purposes that a caller may name; the others are of what the server itself makes."""
HIDDEN: Final = frozenset({Purpose.PICTURE, Purpose.ASSISTANT_PICTURE, Purpose.EXPORT, Purpose.IMPORT})
"""Files behind no id of the files' API: whoever made them knows them."""


@dataclass(frozen=True, slots=True)
class File:
    """A stored file. Moments in seconds since 1970; `blob` is the name of its content, and shown to nobody."""

    id: str
    space: str
    filename: str
    purpose: Purpose
    media_type: str
    bytes: int
    sha256: str
    blob: str
    created_at: float
    expires_at: float | None = None

    @property
    def is_image(self) -> bool:
        """Whether it is a picture of a kind that models take."""
        return self.media_type in IMAGES


IMAGES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True)
class FileQuery:
    """Which part of a list: after the file of an id, newest first or oldest first."""

    limit: int = 10_000
    after: str | None = None
    newest_first: bool = True
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class FilePage:
    """A part of a list, and whether there is more behind it."""

    files: tuple[File, ...]
    more: bool
