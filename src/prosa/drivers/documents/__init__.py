"""Documents that others wrote, as text: read by a process that can do nothing else. See `inside` for what runs there."""

from prosa.drivers.documents.errors import NoText, NotReadNow, TooLarge, UnknownType, Unreadable
from prosa.drivers.documents.extracting import extract, jail_holes
from prosa.drivers.documents.kinds import language_of, reader_of
from prosa.drivers.documents.models import Extracted, ExtractionBounds, Heading

__all__ = [
    "Extracted",
    "ExtractionBounds",
    "Heading",
    "NoText",
    "NotReadNow",
    "TooLarge",
    "UnknownType",
    "Unreadable",
    "extract",
    "jail_holes",
    "language_of",
    "reader_of",
]
