"""The nouns of retrieval: what is looked for, and what is found."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from prosa.knowledge.extraction import Passage

MOST_HITS: Final = 50
"""As many hits as anybody may ask for, as OpenAI has it."""


class Ranker(StrEnum):
    """How hits are found and put in order. The vendor's names for rankers of its own mean HYBRID."""

    HYBRID = "auto"
    VECTORS = "vectors"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class SearchWish:
    """What somebody looks for in vector stores of one space.

    `vector` is the query as an Embedder gives it, by the model of the stores; a store whose vectors have another length is
    searched by its words alone, and so is every store where it is None. With `file_ids` only these files are looked into. The
    weights are those of the two rankings in the joined one; a hit whose score (0 to 1) is below `score_threshold` isn't told.
    """

    store_ids: tuple[str, ...]
    query: str
    vector: bytes | None = None
    file_ids: frozenset[str] | None = None
    limit: int = 10
    ranker: Ranker = Ranker.HYBRID
    embedding_weight: float = 1.0
    text_weight: float = 1.0
    score_threshold: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found; the best have a score near 1."""

    store_id: str
    file_id: str
    passage: Passage
    score: float
