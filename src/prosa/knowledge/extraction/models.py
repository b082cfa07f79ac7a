"""The passages that a document is cut into."""

from dataclasses import dataclass
from typing import Final

LONGEST_CHUNK: Final = 4096  # tokens, as OpenAI has it
SHORTEST_CHUNK: Final = 100


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
