"""Documents become text, and text becomes passages."""

from prosa.drivers.documents import (
    Extracted,
    ExtractionBounds,
    Heading,
    NoText,
    NotReadNow,
    TooLarge,
    UnknownType,
    Unreadable,
    extract,
    language_of,
    reader_of,
)
from prosa.knowledge.extraction.chunking import chunks
from prosa.knowledge.extraction.models import LONGEST_CHUNK, SHORTEST_CHUNK, Chunking, Passage

__all__ = [
    "LONGEST_CHUNK",
    "SHORTEST_CHUNK",
    "Chunking",
    "Extracted",
    "ExtractionBounds",
    "Heading",
    "NoText",
    "NotReadNow",
    "Passage",
    "TooLarge",
    "UnknownType",
    "Unreadable",
    "chunks",
    "extract",
    "language_of",
    "reader_of",
]
