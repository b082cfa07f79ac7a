"""The nouns of extraction: what is in a document, and the passages that it is cut into."""

from dataclasses import dataclass
from typing import Final

import msgspec

LONGEST_CHUNK: Final = 4096  # tokens, as OpenAI has it
SHORTEST_CHUNK: Final = 100


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
class Passage:
    """A piece of a document. `page` counts from 1; `heading`: the titles above it, the highest first; `start` and `end`: its
    place in the extracted text (of a part of a table, `text` has the table's first rows before it)."""

    text: str
    page: int | None = None
    heading: tuple[str, ...] = ()
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Chunking:
    """How long the passages are, and how much of one the next repeats, in tokens; the overlap is at most half of the length."""

    max_chunk_size_tokens: int = 800
    chunk_overlap_tokens: int = 400


@dataclass(frozen=True, slots=True)
class ExtractionBounds:
    """What reading one document may take: bytes of it, characters found in it, seconds on the clock and of the processor, and
    bytes of memory, with the document in it."""

    bytes: int = 64 << 20
    characters: int = 20_000_000
    seconds: float = 180.0
    processor_seconds: int = 30
    memory: int = 512 << 20
