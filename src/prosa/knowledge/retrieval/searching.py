"""One search: what each store knows by words and by vectors, put in one order."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

import numpy as np

from prosa.drivers.sql import Connection, Database
from prosa.knowledge.retrieval import pgvector_store, searching_store
from prosa.knowledge.retrieval.matrix import Matrix, Remembered
from prosa.knowledge.retrieval.models import Hit, Ranker, SearchWish
from prosa.knowledge.retrieval.pgvector_store import Near
from prosa.knowledge.retrieval.ranking import LEAST, Ranked, best, by_words, joined, trusted
from prosa.knowledge.retrieval.searching_store import MOST, Range
from prosa.knowledge.retrieval.store import SHIFT, PassageStore, StoreRow
from prosa.knowledge.retrieval.tokens import Tokens, query_words
from prosa.knowledge.retrieval.vectors import CANDIDATES, ROUGH, closest, compared, nearest, signs_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")
Given = ParamSpec("Given")
DEPTH: Final = 100  # of each ranking that is joined
_USUAL: Final = 64  # passages by which is known how near any of the store is to a question
_SMALL: Final = 2_000  # passages of a store that is looked through without asking a thread


@dataclass(frozen=True, slots=True)
class _Place:
    """A store of the wish, as it is at this moment."""

    place: int
    store: int  # its number
    matrix: Matrix
    allowed: "NDArray[np.bool_] | None"

    @property
    def within(self) -> Range | None:
        """The documents that may be found, where not all may."""
        if self.allowed is None:
            return None
        numbers = self.matrix.numbers_of(np.flatnonzero(self.allowed)[[0, -1]]) >> SHIFT
        return Range(int(numbers[0]), int(numbers[1]))


class Searcher:
    """Searches in the stores of one database, and remembers those that were searched last."""

    def __init__(self, database: Database, *, pgvector: bool) -> None:
        self._database = database
        self._pgvector = None if pgvector else False  # not known yet, or whether the database orders vectors itself
        self._store = PassageStore(database)
        self._remembered = Remembered()
        self._reading = asyncio.Lock()

    async def search(self, space: str, wish: SearchWish) -> list[Hit]:
        """What is found, the best first."""
        if self._pgvector is None:
            self._pgvector = await pgvector_store.usable(self._database)
        async with self._database.reading() as connection:
            places = [
                place
                for index, id in enumerate(wish.store_ids)
                if (place := await self._place(connection, space, index, id, wish))
            ]
            ranked = await self._ranked(connection, places, wish)
        chosen = [one for one in ranked if one.score >= wish.score_threshold][: wish.limit]
        texts = await self._store.shown(space, [one.number for one in chosen])
        matrices = {place.place: place.matrix for place in places}
        hits = []
        for one in chosen:
            if one.number in texts:
                file_id = matrices[one.store].file_of(one.number)
                hits.append(Hit(wish.store_ids[one.store], file_id, texts[one.number], round(one.score, 6)))
        return hits

    async def _place(self, connection: Connection, space: str, place: int, store_id: str, wish: SearchWish) -> _Place | None:
        row = await self._store.now(space, store_id)
        if row is None:
            return None
        async with self._reading:
            matrix = await self._matrix(connection, row)
        allowed = None if wish.file_ids is None else matrix.allowed(wish.file_ids)
        if not matrix.rows or (allowed is not None and not allowed.any()):
            return None
        return _Place(place, row.number, matrix, allowed)

    async def _matrix(self, connection: Connection, row: StoreRow) -> Matrix:
        """The store at this version, or with what came since."""
        known = self._remembered.get(row.number)
        signs = not self._pgvector
        if known is not None and known.version == row.version:
            return known
        if known is not None and known.removals == row.removals and known.version < row.version:
            added = await searching_store.documents(connection, row.number, known.version, signs=signs)
            made = Matrix(row.version, row.removals, row.salt, (*known.documents, *added))
        else:
            every = await searching_store.documents(connection, row.number, -1, signs=signs)
            made = Matrix(row.version, row.removals, row.salt, tuple(every))
        if known is None or known.version < row.version:
            self._remembered.keep(row.number, made)
        return made

    async def _ranked(self, connection: Connection, places: Sequence[_Place], wish: SearchWish) -> list[Ranked]:
        words: list[Ranked] = []
        vectors: list[Ranked] = []
        if wish.ranker is not Ranker.VECTORS or wish.vector is None:
            for place in places:
                words += await self._by_words(connection, place, wish)
        if wish.ranker is not Ranker.WORDS and wish.vector is not None:
            for place in places:
                vectors += await self._by_vectors(connection, place, wish)
        most = max(DEPTH, wish.limit)
        by_vectors = best(vectors, most)
        if vectors:
            words = [one for one in words if one.trust >= LEAST]
        if wish.ranker is Ranker.VECTORS and wish.vector is not None:
            return [one._replace(score=max(0.0, min(1.0, one.score))) for one in by_vectors]
        return joined([(wish.embedding_weight, by_vectors), (wish.text_weight, best(words, most))])

    async def _by_words(self, connection: Connection, place: _Place, wish: SearchWish) -> list[Ranked]:
        matrix = place.matrix
        tokens = Tokens(matrix.salt)
        asked = [alternatives for word in query_words(wish.query) for alternatives in tokens.asked(word)]
        if not asked:
            return []
        found = await searching_store.matching(connection, asked, place.within)
        return await _aside(matrix.rows, _words, place, found)

    async def _by_vectors(self, connection: Connection, place: _Place, wish: SearchWish) -> list[Ranked]:
        assert wish.vector is not None
        vector = wish.vector
        rows = place.matrix.with_vectors(len(vector) // 4)
        if not len(rows):
            return []
        allowed = rows if place.allowed is None else rows[place.allowed[rows]]
        if self._pgvector and len(allowed) > CANDIDATES:
            candidates = await self._near(connection, place, vector, wish.file_ids)
        else:
            candidates = await _aside(place.matrix.rows, _candidates, place, vector)
        # Some from all over the store, to know what is usual there.
        others = place.matrix.numbers_of(rows[np.linspace(0, len(rows) - 1, min(len(rows), _USUAL), dtype=np.int64)]).tolist()
        there = await searching_store.vectors(connection, sorted({*candidates, *others}))
        numbers = [number for number in candidates if number in there]
        if not numbers:
            return []
        cosines = [float(cosine) for cosine in compared([there[number] for number in numbers], vector)]
        usual = float(compared([there[number] for number in others if number in there], vector).mean())
        return [
            Ranked(cosine, place.place, number, trusted(cosine, usual)) for number, cosine in zip(numbers, cosines, strict=True)
        ]

    async def _near(self, connection: Connection, place: _Place, vector: bytes, file_ids: frozenset[str] | None) -> list[int]:
        """Passages that are worth an exact look, as the database tells them."""
        files = None if file_ids is None else sorted(file_ids)
        wanted = Near(place.store, len(vector) // 4, files, signs_of([vector]))
        numbers, signs = await pgvector_store.near(connection, wanted, ROUGH)
        near = numbers[await _aside(place.matrix.rows, closest, signs, vector, CANDIDATES)]
        found: list[int] = place.matrix.numbers_of(place.matrix.rows_of(near)).tolist()  # without what came since
        return found


def _words(place: _Place, found: "Sequence[NDArray[np.int64]]") -> list[Ranked]:
    matrix = place.matrix
    found = [matrix.rows_of(numbers) for numbers in found]
    words = by_words(matrix, found, MOST, place.allowed).best(DEPTH)
    numbers = matrix.numbers_of(words.rows)
    return [
        Ranked(float(score), place.place, int(number), float(trust))
        for score, number, trust in zip(words.scores, numbers, words.trust, strict=True)
    ]


def _candidates(place: _Place, vector: bytes) -> list[int]:
    """Passages that are worth an exact look, by what is remembered."""
    matrix, dimensions = place.matrix, len(vector) // 4
    rows = matrix.with_vectors(dimensions)
    allowed = None if place.allowed is None else np.flatnonzero(place.allowed[rows])
    few = rows if allowed is None else rows[allowed]
    near = few if len(few) <= CANDIDATES else rows[nearest(matrix.signs(dimensions), vector, allowed, CANDIDATES)]
    found: list[int] = matrix.numbers_of(near).tolist()
    return found


async def _aside(rows: int, work: Callable[Given, T], *given: Given.args, **named: Given.kwargs) -> T:
    """Work on a thread, where a store is so large that others would have to wait."""
    return work(*given, **named) if rows <= _SMALL else await asyncio.to_thread(work, *given, **named)
