"""What the server says to the jail, and what it hears from it."""

from typing import Final, Literal

import msgspec

from prosa.drivers.documents.models import Extracted

MODULE: Final = "prosa.drivers.documents.inside.child"
Why = Literal["characters", "memory", "unknown", "damaged", "locked", "packed", "empty", "scanned"]


class Order(msgspec.Struct, tag=True):
    """The first frame; the document itself follows to the end. `reader`: which of the readers takes it."""

    reader: str
    media_type: str
    name: str
    characters: int
    memory: int


class Found(msgspec.Struct, tag=True):
    """The answer. `jailed`: whether the door was shut."""

    document: Extracted
    jailed: bool


class Refusal(msgspec.Struct, tag=True):
    """Or why there is none."""

    why: Why


class Holes(msgspec.Struct, tag=True):
    """What the jail lets through, told to who asks with the reader "holes"."""

    jailed: bool
    open: list[str]


class Refused(Exception):
    """A document isn't read; in the jail."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


Answer = Found | Refusal | Holes
