"""The passages of vector stores: kept, removed, and found by their words and their vectors."""

from prosa.knowledge.retrieval.index import ChunkIndex
from prosa.knowledge.retrieval.models import MOST_HITS, Hit, Ranker, SearchWish

__all__ = ["MOST_HITS", "ChunkIndex", "Hit", "Ranker", "SearchWish"]
