"""Vector stores: documents that are found again by what they say."""

from collections.abc import Sequence
from dataclasses import replace

from prosa.drivers.journal import Part
from prosa.kit.ids import derived_id, new_object_id
from prosa.knowledge.embedding import Purpose
from prosa.knowledge.stores import files_store, store
from prosa.knowledge.stores.emptying import Emptying
from prosa.knowledge.stores.errors import VectorStoreNotFound, VectorStoreQuotaExceeded
from prosa.knowledge.stores.filing import StoreFiles, batch_parts
from prosa.knowledge.stores.finding import Finding
from prosa.knowledge.stores.ingestion import IngestionKind
from prosa.knowledge.stores.models import (
    STORE,
    Found,
    Grant,
    Holdings,
    Inquiry,
    Kept,
    Maker,
    NewStore,
    PageQuery,
    StoreChange,
    StorePage,
    VectorStore,
)
from prosa.knowledge.stores.orders import INGESTION, ingestion
from prosa.knowledge.stores.parts import StoreParts
from prosa.knowledge.stores.searching import Searching
from prosa.knowledge.stores.texts import Texts
from prosa.runs import Run, RunState
from prosa.usage import Payer


class VectorStores:
    """Stores of one space at a time. The engine knows the run that reads files from then on; nothing heavy is loaded before."""

    def __init__(self, parts: StoreParts) -> None:
        self._parts = parts
        self._finding = Finding(parts)
        self._emptying = Emptying(parts.database, parts.journal, parts.index, parts.clock)
        self._searching = Searching(parts, self._finding)
        self.files = StoreFiles(parts, self._finding, self._emptying)
        self.texts = Texts(parts)
        parts.engine.kinds[INGESTION] = IngestionKind(parts)
        parts.files.leaving.append(self._emptying.file_gone)

    @property
    def now(self) -> float:
        """Seconds since 1970, by which stores expire."""
        return self._parts.clock.now()

    async def create(self, maker: Maker, new: NewStore) -> VectorStore:
        """A new store; the files in it are read in the background. An id that the space has already gives the store that has it.

        Raises VectorStoreQuotaExceeded, FileNotFound, TooManyFileBatches, DatabaseUnavailable.
        """
        parts, space = self._parts, maker.space
        if maker.id is not None and (known := await parts.stores.get(space, maker.id)) is not None:
            return known
        most = parts.settings.space_stores
        if await parts.stores.held(space) >= most:
            raise VectorStoreQuotaExceeded(f"there are {most} vector stores already")
        id, now, model = maker.id or new_object_id(), parts.clock.now(), parts.embedder.model()
        rows = (store.addition(id, space, new, model, now), *parts.news(space, "created", id))
        if new.additions:
            names = await self.files.checked(space, new.additions, held=0)
            batch = derived_id("batch of a vector store", id)
            rows = (*rows, *batch_parts(maker, (id, batch), new.additions, names, now))
            await parts.engine.start_run(ingestion(maker, (id, batch), rows))
        else:
            await parts.journal.append_all(rows)
        parts.told(space)
        return await self.get(space, id)

    async def get(self, space: str, id: str, param: str | None = None) -> VectorStore:
        """One store. Raises VectorStoreNotFound."""
        return await self._finding.get(space, id, param)

    async def named(self, space: str, ids: Sequence[str], param: str | None = None) -> list[VectorStore]:
        """Those of these ids, in their order, without counts; for what refers to them. Raises VectorStoreNotFound."""
        return await self._finding.named(space, ids, param)

    async def known(self, space: str, ids: Sequence[str]) -> dict[str, VectorStore]:
        """Those of these ids that are there, without counts."""
        return await self._parts.stores.several(space, tuple(dict.fromkeys(ids)))

    async def reading(self, space: str, ids: Sequence[str]) -> bool:
        """Whether files of any of these stores are still being read."""
        found = [await self._parts.stores.get(space, id) for id in ids]
        return any(each is not None and each.counts.in_progress for each in found)

    async def list(self, space: str, query: PageQuery) -> StorePage:
        """A page of the space's stores. Raises VectorStoreNotFound where `after` or `before` is none of them."""
        edge = None
        for named, param in ((query.after, "after"), (query.before, "before")):
            if edge is None and named is not None:
                edge = await self.get(space, named, param)
        found = await self._parts.stores.page(space, query, edge)
        more = len(found) > query.limit
        return StorePage(tuple(found[: query.limit]), more)

    async def holdings(self, space: str) -> Holdings:
        """How much there is in a space's stores, and how much there may be."""
        settings, stores = self._parts.settings, self._parts.stores
        most = (settings.space_stores, settings.space_bytes)
        held = (await stores.held(space), most[0], await stores.used(space), most[1])
        return Holdings(*held, settings.store_files, self._parts.embedder.model())

    async def change(self, space: str, id: str, change: StoreChange, maker: Maker | None = None) -> VectorStore:
        """Another name, other metadata, another life; with another model, the vectors are made anew in the background.

        Raises VectorStoreNotFound, TooManyFileBatches, and what the model fails with.
        """
        found = await self.get(space, id)
        made = replace(
            found,
            name=found.name if isinstance(change.name, Kept) else change.name,
            metadata=found.metadata if isinstance(change.metadata, Kept) else change.metadata,
            expires_days=found.expires_days if isinstance(change.expires_days, Kept) else change.expires_days,
            model=found.model if isinstance(change.model, Kept) else change.model,
        )
        rows = (store.change(made), *self._parts.news(space, "updated", id))
        if made.model == found.model:
            await self._parts.journal.append_all(rows)
        else:
            await self._embed_anew(made, maker or Maker(space), rows)
        self._parts.told(space)
        return await self.get(space, id)

    async def _embed_anew(self, made: VectorStore, maker: Maker, rows: tuple[Part, ...]) -> None:
        """Change the model, once it has shown that it answers."""
        await self.files.may_begin(made.space)
        place = (made.id, new_object_id())
        run = ingestion(maker, place, (*rows, files_store.batch_addition(made.space, *place, self.now)), anew=True)
        if made.model is not None:
            await self._parts.embedder.embed(
                [made.name or "?"], made.model, Payer(made.space, "openai", maker.key, run.id), Purpose.QUERY
            )
        await self._parts.engine.start_run(run)

    async def delete(self, space: str, id: str) -> None:
        """It is gone for everybody at once, and what was read out of its files when this returns. Raises VectorStoreNotFound."""
        await self.get(space, id)
        hidden, *_ = await self._parts.journal.append_all(
            (store.hiding(space, id, self.now), *self._parts.news(space, "deleted", id))
        )
        if not hidden:
            raise VectorStoreNotFound(STORE + id)
        self._parts.told(space)
        for batch in await self._parts.stored.open_of_store(space, id):
            await self._parts.engine.cancel(space, batch)
        await self._emptying.store_gone(space, id)

    def ended(self, run: Run, state: RunState) -> None:
        """A run of this process has ended: who follows the owner's changes hears of those that go with it."""
        if run.kind == INGESTION:
            self._parts.told(run.space)

    async def search(self, grants: Sequence[Grant], inquiry: Inquiry) -> Sequence[Found]:
        """The passages that answer, the best first. Raises VectorStoreNotFound, VectorStoreExpired, StoreFieldRefused."""
        return await self._searching.search(grants, inquiry)
