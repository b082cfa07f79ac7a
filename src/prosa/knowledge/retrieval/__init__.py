"""The passages of vector stores: kept, removed, and found by their words and their vectors."""

from prosa.knowledge.retrieval.index import ChunkIndex, digest_of
from prosa.knowledge.retrieval.models import MOST_HITS, Hit, Ranker, SearchWish
from prosa.knowledge.retrieval.ownership import erase_passages, inherit_passages
from prosa.knowledge.retrieval.pgvector_store import Presence, look_at_pgvector
from prosa.knowledge.retrieval.tokens import searched_text

__all__ = [
    "MOST_HITS",
    "ChunkIndex",
    "Hit",
    "Presence",
    "Ranker",
    "SearchWish",
    "digest_of",
    "erase_passages",
    "inherit_passages",
    "look_at_pgvector",
    "searched_text",
]
