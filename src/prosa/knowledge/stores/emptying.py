"""What was read out of documents goes with them: text, vectors and index rows.

Whatever goes is marked first, by which nobody sees it any more; then its passages go, then the mark. Who is killed in between
leaves marks, by which a job finishes it: also after deletions by others, since the database itself marks the files of stores
when a file is deleted.
"""

import logging
from typing import Final

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.kit.clock import Clock
from prosa.knowledge.retrieval import ChunkIndex
from prosa.knowledge.stores import files_store, store
from prosa.knowledge.stores.files_store import StoredFileStore
from prosa.knowledge.stores.models import StoredFile
from prosa.knowledge.stores.store import VectorStoreStore

_logger: Final = logging.getLogger("prosa.knowledge")
AT_ONCE: Final = 50  # marks that one look works off


class Emptying:
    """Takes away; also in a process that does jobs alone. Several that do the same do no harm."""

    def __init__(self, database: Database, journal: Journal, index: ChunkIndex, clock: Clock) -> None:
        self._stores = VectorStoreStore(database)
        self._stored = StoredFileStore(database)
        self._journal = journal
        self._index = index
        self._clock = clock

    async def store_gone(self, space: str, id: str) -> None:
        """All of a store that is marked."""
        await self._index.remove(space, id)
        await self._journal.append_all(store.removal(space, id))

    async def taken_out(self, file: StoredFile) -> None:
        """A file of a store that is marked."""
        await self._index.remove(file.space, file.store_id, file.file_id)
        await self._journal.append(*files_store.removal(file))

    async def file_gone(self, space: str, file_id: str) -> None:
        """A file that was deleted, from every store in which it was."""
        for file in await self._stored.deleted_of(file_id):
            await self.taken_out(file)

    # As a job

    async def due(self) -> bool:
        """Whether there is something for `look`. Raises DatabaseUnavailable."""
        if await self._stored.deleted(1) or await self._stores.gone(1) or await self._index.leftovers():
            return True
        return bool(await self._stores.expired(self._clock.now(), 1)) or await self._index.leftovers()

    async def look(self) -> bool:
        """Some of what is marked, and of what stores hold whose time is over; whether there is more.

        And what passages leave whose owner was erased, or whose reading was killed.
        """
        await self._index.sweep()
        deleted = await self._stored.deleted(AT_ONCE)
        for file in deleted:
            await self.taken_out(file)
        gone = await self._stores.gone(AT_ONCE)
        for space, id in gone:
            await self.store_gone(space, id)
        expired = await self._stores.expired(self._clock.now(), AT_ONCE)
        for space, id in expired:
            await self._index.remove(space, id)
            await self._journal.append_all(store.emptying(space, id))
            _logger.info("emptied a vector store that was not used for as long as it was to be kept")
        if await self._index.leftovers():
            await self._index.sweep()
        return AT_ONCE in (len(deleted), len(gone), len(expired))
