"""The nouns: what is in a document, and what reading one may take."""

from dataclasses import dataclass

import msgspec


class Heading(msgspec.Struct, frozen=True, array_like=True):
    """Where in the text a heading stands, and how deep it is (1 the highest)."""

    start: int
    level: int
    title: str


class Extracted(msgspec.Struct, frozen=True):
    """A document as Markdown. `pages`: where each page (or slide) begins, in characters; none where it has no pages."""

    text: str
    media_type: str
    pages: tuple[int, ...] = ()
    headings: tuple[Heading, ...] = ()


@dataclass(frozen=True, slots=True)
class ExtractionBounds:
    """What reading one document may take: bytes of it, characters found in it, seconds on the clock and of the processor, and
    bytes of memory, with the document in it."""

    bytes: int = 64 << 20
    characters: int = 20_000_000
    seconds: float = 300.0
    processor_seconds: int = 30
    memory: int = 512 << 20
