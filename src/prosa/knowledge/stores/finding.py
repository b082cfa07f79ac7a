"""Stores found by their ids."""

from collections.abc import Sequence

from prosa.knowledge.stores.errors import VectorStoreExpired, VectorStoreNotFound
from prosa.knowledge.stores.models import STORE, VectorStore
from prosa.knowledge.stores.parts import StoreParts


class Finding:
    """Stores of one space at a time."""

    def __init__(self, parts: StoreParts) -> None:
        self._parts = parts

    async def get(self, space: str, id: str, param: str | None = None) -> VectorStore:
        """One store. Raises VectorStoreNotFound."""
        found = await self._parts.stores.get(space, id)
        if found is None:
            raise VectorStoreNotFound(STORE + id, param)
        return found

    async def usable(self, space: str, id: str) -> VectorStore:
        """One that isn't over, to be worked with. Raises VectorStoreNotFound, VectorStoreExpired."""
        found = await self.get(space, id)
        self.check(found)
        return found

    async def named(self, space: str, ids: Sequence[str], param: str | None = None) -> list[VectorStore]:
        """Those of these ids, in their order, without counts. Raises VectorStoreNotFound."""
        found = await self._parts.stores.several(space, ids)
        for id in ids:
            if id not in found:
                raise VectorStoreNotFound(STORE + id, param)
        return [found[id] for id in ids]

    def check(self, store: VectorStore) -> None:
        """Raises VectorStoreExpired."""
        if store.expired(self._parts.clock.now()):
            raise VectorStoreExpired(STORE + store.id)
