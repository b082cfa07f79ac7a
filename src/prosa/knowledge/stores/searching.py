"""Questions to stores: who may see which, what a filter leaves, and the passages that answer, with the files that they are of."""

import logging
from collections.abc import Sequence
from typing import Final

import msgspec

from prosa.drivers.sql import DatabaseUnavailable
from prosa.kit.errors import ProsaError
from prosa.knowledge.embedding import Purpose
from prosa.knowledge.retrieval import Hit, SearchWish
from prosa.knowledge.stores.errors import StoreFieldRefused
from prosa.knowledge.stores.filters import Filter, matches, parsed
from prosa.knowledge.stores.finding import Finding
from prosa.knowledge.stores.models import FileStatus, Found, Grant, Inquiry, StoredFile, VectorStore
from prosa.knowledge.stores.parts import StoreParts
from prosa.knowledge.stores.store import touch

_logger: Final = logging.getLogger("prosa.knowledge")
MOST_STORES: Final = 20  # of one inquiry
MOST_QUERIES: Final = 10
LONGEST_QUERY: Final = 10_000  # characters
MOST_RESULTS: Final = 50
SELDOM: Final = 60.0  # seconds between two notes that a store is in use
_PAGE: Final = 500  # files whose attributes are read at once
_attributes: Final = msgspec.json.Decoder(dict[str, str | float | bool]).decode
_Place = tuple[str, tuple[str, ...], str | None]  # space, stores of it, and the model whose vectors they hold


class Searching:
    """Searches stores of several owners at once, each by a grant."""

    def __init__(self, parts: StoreParts, finding: Finding) -> None:
        self._parts = parts
        self._finding = finding

    async def search(self, grants: Sequence[Grant], inquiry: Inquiry) -> list[Found]:
        """The passages that answer, the best first. Raises VectorStoreNotFound, VectorStoreExpired, StoreFieldRefused."""
        check(inquiry)
        filter = None if inquiry.filters is None else parsed(inquiry.filters)
        stores = await self._stores(grants)
        best: dict[tuple[str, str, int, str], tuple[str, Hit]] = {}
        for place in _places(stores):
            allowed = None if filter is None else await self._allowed(place, filter)
            if allowed is not None and not allowed:
                continue
            for query in inquiry.queries:
                for hit in await self._hits(place, query, inquiry, allowed):
                    key = (hit.store_id, hit.file_id, hit.passage.start, hit.passage.text)
                    if key not in best or best[key][1].score < hit.score:
                        best[key] = (place[0], hit)
        ordered = sorted(best.values(), key=lambda each: -each[1].score)
        found = await self._shown(ordered[: inquiry.limit])
        await self._touched(stores)
        return found

    async def _stores(self, grants: Sequence[Grant]) -> list[VectorStore]:
        found = []
        for grant in grants:
            found += await self._finding.named(grant.space, tuple(dict.fromkeys(grant.store_ids)), "vector_store_id")
        if len(found) > MOST_STORES:
            raise StoreFieldRefused(f"vector_store_ids: expected at most {MOST_STORES}.", param="vector_store_ids")
        for store in found:
            self._finding.check(store)
        return found

    async def _allowed(self, place: _Place, filter: Filter) -> frozenset[str]:
        """The files that pass."""
        space, stores, _ = place
        found: set[str] = set()
        for store_id in stores:
            after = ""
            while rows := await self._parts.stored.attributes(space, store_id, after, _PAGE):
                found |= {file_id for file_id, attributes in rows if matches(filter, _attributes(attributes))}
                after = rows[-1][0]
        return frozenset(found)

    async def _hits(self, place: _Place, query: str, inquiry: Inquiry, allowed: frozenset[str] | None) -> Sequence[Hit]:
        space, stores, model = place
        vectors, words = inquiry.ranking.weights or (1.0, 1.0)
        wish = SearchWish(
            store_ids=stores,
            query=query,
            vector=await self._vector(query, model, inquiry),
            file_ids=allowed,
            limit=inquiry.limit,
            embedding_weight=vectors,
            text_weight=words,
            score_threshold=inquiry.ranking.score_threshold,
        )
        return await self._parts.index.search(space, wish)

    async def _vector(self, query: str, model: str | None, inquiry: Inquiry) -> bytes | None:
        """The question's; None where its words have to do: no model, nobody who pays for it, or no answer."""
        if model is None or inquiry.payer is None:
            return None
        try:
            [vector] = await self._parts.embedder.embed([query], model, inquiry.payer, Purpose.QUERY)
        except DatabaseUnavailable:
            raise
        except ProsaError as error:
            _logger.warning("a question could not be embedded, and is looked for by its words: %s", error.code)
            return None
        return vector

    async def _shown(self, hits: Sequence[tuple[str, Hit]]) -> list[Found]:
        """Hits of files that are there, in their order."""
        files: dict[tuple[str, str], StoredFile] = {}
        for space in dict.fromkeys(space for space, _ in hits):
            named = list(dict.fromkeys((hit.store_id, hit.file_id) for owner, hit in hits if owner == space))
            files |= await self._parts.stored.several(space, named)
        found = []
        for _, hit in hits:
            file = files.get((hit.store_id, hit.file_id))
            if file is not None and file.status in (FileStatus.COMPLETED, FileStatus.IN_PROGRESS):
                found.append(Found(file, hit.passage, hit.score))
        return found

    async def _touched(self, stores: Sequence[VectorStore]) -> None:
        now = self._parts.clock.now()
        for store in stores:
            if now - store.active_at >= SELDOM:
                self._parts.journal.append_soon(*touch(store.space, store.id, now, SELDOM))


def check(inquiry: Inquiry) -> None:
    """Raises StoreFieldRefused."""
    if not 0 < len(inquiry.queries) <= MOST_QUERIES or not all(len(each.strip()) > 0 for each in inquiry.queries):
        raise StoreFieldRefused(f"query: expected a text, or from 1 to {MOST_QUERIES} of them.", param="query")
    if max(map(len, inquiry.queries)) > LONGEST_QUERY:
        raise StoreFieldRefused(f"query: expected at most {LONGEST_QUERY} characters.", param="query")
    if not 1 <= inquiry.limit <= MOST_RESULTS:
        raise StoreFieldRefused(f"max_num_results: expected from 1 to {MOST_RESULTS}.", param="max_num_results")


def _places(stores: Sequence[VectorStore]) -> list[_Place]:
    """Stores that can be searched at once: of one owner, with vectors of one model."""
    found: dict[tuple[str, str | None], list[str]] = {}
    for store in stores:
        found.setdefault((store.space, store.model), []).append(store.id)
    return [(space, tuple(ids), model) for (space, model), ids in found.items()]
