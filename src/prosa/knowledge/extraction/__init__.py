"""Documents become text, and text becomes passages. Reading happens in a jail: see `inside`."""

from prosa.knowledge.extraction.chunking import chunks
from prosa.knowledge.extraction.errors import NoText, NotReadNow, TooLarge, UnknownType, Unreadable
from prosa.knowledge.extraction.extracting import extract, jail_holes
from prosa.knowledge.extraction.kinds import reader_of
from prosa.knowledge.extraction.models import (
    LONGEST_CHUNK,
    SHORTEST_CHUNK,
    Chunking,
    Extracted,
    ExtractionBounds,
    Heading,
    Passage,
)

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
    "jail_holes",
    "reader_of",
]
