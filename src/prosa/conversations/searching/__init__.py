"""Finding what was said by its words; and the index that is kept for it."""

from prosa.conversations.searching.errors import SearchTooLong
from prosa.conversations.searching.indexer import SearchIndexer
from prosa.conversations.searching.models import Found, Hit, HitPage, Place, Ranking, SearchQuery, Snippet, Speaker
from prosa.conversations.searching.questions import MOST_LETTERS
from prosa.conversations.searching.service import SearchService
from prosa.conversations.searching.upkeep import SearchChecks

__all__ = [
    "MOST_LETTERS",
    "Found",
    "Hit",
    "HitPage",
    "Place",
    "Ranking",
    "SearchChecks",
    "SearchIndexer",
    "SearchQuery",
    "SearchService",
    "SearchTooLong",
    "Snippet",
    "Speaker",
]
