"""Files of vector stores: put in, looked at, described and taken out; alone, or by batches."""

from collections.abc import AsyncIterator, Mapping, Sequence

from prosa.drivers.journal import Part
from prosa.kit import moments
from prosa.kit.ids import new_object_id
from prosa.knowledge.extraction import Passage
from prosa.knowledge.stores import files_store
from prosa.knowledge.stores.emptying import Emptying
from prosa.knowledge.stores.errors import (
    FileBatchNotFound,
    StoredFileNotFound,
    StoreFieldRefused,
    TooManyFileBatches,
    VectorStoreQuotaExceeded,
)
from prosa.knowledge.stores.finding import Finding
from prosa.knowledge.stores.models import (
    BATCH,
    FILE,
    MOST_BATCH,
    STORE,
    Addition,
    FileBatch,
    Maker,
    PageQuery,
    StoredFile,
    StoredFilePage,
)
from prosa.knowledge.stores.orders import ingestion
from prosa.knowledge.stores.parts import StoreParts
from prosa.knowledge.stores.store import touch


class StoreFiles:
    """The files of one space's stores at a time."""

    def __init__(self, parts: StoreParts, finding: Finding, emptying: Emptying) -> None:
        self._parts = parts
        self._finding = finding
        self._emptying = emptying

    # Putting in

    async def add(self, maker: Maker, store_id: str, additions: Sequence[Addition], param: str = "file_ids") -> FileBatch:
        """Put files in, which are read in the background; one that is there is read anew. All of them or none.

        Raises VectorStoreNotFound, VectorStoreExpired, FileNotFound, StoreFieldRefused, VectorStoreQuotaExceeded,
        TooManyFileBatches.
        """
        parts, space = self._parts, maker.space
        if maker.id is not None and (known := await parts.stored.batch(space, store_id, maker.id)) is not None:
            return known
        await self._finding.usable(space, store_id)
        once = tuple({each.file_id: each for each in reversed(additions)}.values())[::-1]
        if not 0 < len(once) <= MOST_BATCH:
            raise StoreFieldRefused(f"{param}: expected from 1 to {MOST_BATCH} files.", param=param)
        names = await self.checked(space, once, held=await parts.stored.held(store_id), param=param)
        batch_id, now = maker.id or new_object_id(), parts.clock.now()
        rows = batch_parts(maker, (store_id, batch_id), once, names, now)
        rows = (*rows, touch(space, store_id, now, 0.0), *parts.news(space, "updated", store_id))
        await parts.engine.start_run(ingestion(maker, (store_id, batch_id), rows))
        parts.told(space)
        return await self.batch(space, store_id, batch_id)

    async def add_one(self, maker: Maker, store_id: str, addition: Addition) -> StoredFile:
        """Put one file in. Raises as `add`."""
        await self.add(maker, store_id, (addition,), "file_id")
        return await self.get(maker.space, store_id, addition.file_id)

    async def checked(
        self, space: str, additions: Sequence[Addition], *, held: int, param: str = "file_ids"
    ) -> Mapping[str, str]:
        """The names of files that may be put in, by their ids. `held`: files that the store has.

        Raises FileNotFound, VectorStoreQuotaExceeded, TooManyFileBatches.
        """
        most = self._parts.settings.store_files
        if held + len(additions) > most:
            raise VectorStoreQuotaExceeded(f"a vector store may have {most} files")
        await self.may_begin(space)
        files = await self._parts.files.several(space, [each.file_id for each in additions], param)
        return {file.id: file.filename for file in files}

    async def may_begin(self, space: str) -> None:
        """Raises TooManyFileBatches."""
        most = self._parts.settings.batches
        if await self._parts.stored.open_of_space(space) >= most:
            raise TooManyFileBatches(most)

    # Looking

    async def get(self, space: str, store_id: str, file_id: str, param: str | None = None) -> StoredFile:
        """One file of a store. Raises VectorStoreNotFound, StoredFileNotFound."""
        found = await self._parts.stored.get(space, store_id, file_id)
        if found is None:
            await self._finding.get(space, store_id)
            raise StoredFileNotFound(FILE + file_id, STORE + store_id, param)
        return found

    async def list(self, space: str, store_id: str, query: PageQuery, batch_id: str | None = None) -> StoredFilePage:
        """A page of a store's files, or of one of its batches.

        Raises VectorStoreNotFound, FileBatchNotFound, StoredFileNotFound where `after` or `before` is none of them.
        """
        await self._finding.get(space, store_id)
        if batch_id is not None:
            await self.batch(space, store_id, batch_id)
        edge = None
        for named, param in ((query.after, "after"), (query.before, "before")):
            if edge is None and named is not None:
                edge = await self.get(space, store_id, named, param)
        found = await self._parts.stored.page(space, (store_id, batch_id), query, edge)
        return StoredFilePage(tuple(found[: query.limit]), len(found) > query.limit)

    async def batch(self, space: str, store_id: str, batch_id: str) -> FileBatch:
        """One batch. Raises VectorStoreNotFound, FileBatchNotFound."""
        await self._finding.get(space, store_id)
        found = await self._parts.stored.batch(space, store_id, batch_id)
        if found is None:
            raise FileBatchNotFound(BATCH + batch_id, STORE + store_id)
        return found

    async def passages(self, file: StoredFile) -> AsyncIterator[Passage]:
        """What was read out of a file, in its order."""
        async for passage in self._parts.index.passages(file.space, file.store_id, file.file_id):
            yield passage

    # Changing

    async def describe(self, space: str, store_id: str, file_id: str, attributes: bytes) -> StoredFile:
        """Other attributes, JSON. Raises VectorStoreNotFound, StoredFileNotFound."""
        await self.get(space, store_id, file_id)
        await self._parts.journal.append(*files_store.description(space, store_id, file_id, attributes))
        return await self.get(space, store_id, file_id)

    async def cancel(self, space: str, store_id: str, batch_id: str) -> FileBatch:
        """Read no more of a batch; what was read stays. Raises VectorStoreNotFound, FileBatchNotFound."""
        found = await self.batch(space, store_id, batch_id)
        if found.open:
            await self._parts.engine.cancel(space, batch_id)
        return await self.batch(space, store_id, batch_id)

    async def remove(self, space: str, store_id: str, file_id: str) -> None:
        """Take a file out of a store, with all that was read out of it; the file itself stays.

        Raises VectorStoreNotFound, StoredFileNotFound.
        """
        file = await self.get(space, store_id, file_id)
        news = self._parts.news(space, "updated", store_id)
        await self._parts.journal.append_all((files_store.hiding(space, store_id, file_id), *news))
        self._parts.told(space)
        await self._emptying.taken_out(file)


def batch_parts(
    maker: Maker, place: tuple[str, str], additions: Sequence[Addition], names: Mapping[str, str], now: float
) -> tuple[Part, ...]:
    """The rows of a batch and its files, in the order in which they were named. `place`: store and batch."""
    moment = moments.stored(now)
    rows = (
        files_store.file_addition(maker.space, place, each, names[each.file_id], moment + number)
        for number, each in enumerate(additions)
    )
    return (*rows, files_store.batch_addition(maker.space, *place, now))
