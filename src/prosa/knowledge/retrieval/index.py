"""The index of passages: the verbs that other houses of knowledge use."""

from collections.abc import AsyncIterator, Sequence

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.kit.clock import Clock
from prosa.knowledge.extraction import Passage
from prosa.knowledge.retrieval.models import Hit, SearchWish


class ChunkIndex:
    """The passages of all vector stores of one database. The space is that of the store's owner."""

    def __init__(self, database: Database, journal: Journal, clock: Clock) -> None:
        self._database = database
        self._journal = journal
        self._clock = clock

    async def put(
        self, space: str, store_id: str, file_id: str, passages: Sequence[Passage], vectors: Sequence[bytes] | None
    ) -> bool:
        """Keep the passages of a file in a store, in the place of those that were there; nobody finds any before all are kept.

        False where the file was removed from the store, or put again, while this went on: nothing of it is kept then. `vectors`,
        one for each passage, are those of an Embedder. Raises DatabaseUnavailable.
        """
        raise NotImplementedError

    async def remove(self, space: str, store_id: str, file_id: str | None = None) -> None:
        """Remove the passages of a file, or of a whole store, from all processes' sight at once, and from the database."""
        raise NotImplementedError

    def passages(self, space: str, store_id: str, file_id: str) -> AsyncIterator[Passage]:
        """What is kept of a file, in the document's order; nothing where nothing is."""
        raise NotImplementedError

    async def search(self, space: str, wish: SearchWish) -> list[Hit]:
        """What is found, the best first. Raises DatabaseUnavailable."""
        raise NotImplementedError
