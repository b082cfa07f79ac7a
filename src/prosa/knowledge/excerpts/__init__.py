"""The text of documents around a place, for people who want to see where something stands."""

from prosa.knowledge.excerpts.cutting import cut
from prosa.knowledge.excerpts.models import MARGIN, MOST_CITED, MOST_MARGIN, Excerpt, Mark, Part, Stretch, Wanted
from prosa.knowledge.excerpts.stretching import BACK, of_document, of_passages

__all__ = [
    "BACK",
    "MARGIN",
    "MOST_CITED",
    "MOST_MARGIN",
    "Excerpt",
    "Mark",
    "Part",
    "Stretch",
    "Wanted",
    "cut",
    "of_document",
    "of_passages",
]
