"""The index of passages: the verbs that other houses of knowledge use."""

import asyncio
import hashlib
import secrets
import struct
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Final

from prosa.drivers.journal import Journal, Part
from prosa.drivers.sql import Database
from prosa.kit import moments
from prosa.kit.clock import Clock
from prosa.kit.ids import new_object_id
from prosa.kit.words import words_of
from prosa.knowledge.extraction import Passage
from prosa.knowledge.retrieval import store
from prosa.knowledge.retrieval.models import Hit, SearchWish
from prosa.knowledge.retrieval.store import Gone, Indexed, Making, PassageStore, Signs
from prosa.knowledge.retrieval.tokens import SALT_BYTES, Tokens, languages_in, searched_text

if TYPE_CHECKING:
    from prosa.knowledge.retrieval.searching import Searcher

PIECE: Final = 4  # passages of one transaction: some two milliseconds, for which others wait
REST: Final = 0.002  # seconds between two of them, which are others'
_REMOVED: Final = 16  # passages that one transaction removes
_TOGETHER: Final = 16  # documents that are removed at once
ABANDONED: Final = 6 * 3600.0  # seconds after which what was begun and never ended is removed


class ChunkIndex:
    """The passages of all vector stores of one database. The space is that of the store's owner."""

    def __init__(self, database: Database, journal: Journal, clock: Clock, *, pgvector: bool = True) -> None:
        """`pgvector`: whether PostgreSQL orders vectors itself where it can."""
        self._database = database
        self._journal = journal
        self._clock = clock
        self._pgvector = pgvector
        self._store = PassageStore(database)
        self._searcher: Searcher | None = None

    async def put(
        self, space: str, store_id: str, file_id: str, passages: Sequence[Passage], vectors: Sequence[bytes] | None
    ) -> bool:
        """Keep the passages of a file in a store, in the place of those that were there; nobody finds any before all are kept.

        False where the file was removed from the store, or put again, while this went on: nothing of it is kept then. `vectors`,
        one for each passage and all of one length, are those of an Embedder. Raises DatabaseUnavailable.
        """
        making = await self._begin(space, store_id, file_id, len(passages))
        if making is None:
            return False
        lengths = await self._keep(making, passages, vectors)
        signs = Signs(0, struct.pack(f"={len(lengths)}I", *lengths), b"")
        if vectors:
            from prosa.knowledge.retrieval.vectors import signs_of

            bits = await asyncio.to_thread(signs_of, vectors)
            signs = Signs(len(vectors[0]) // 4, signs.lengths, bits)
        *_, published = await self._journal.append_all(store.publication(making, store_id, file_id, signs))
        await self._clear(space, store_id, file_id)
        return bool(published)

    async def remove(self, space: str, store_id: str, file_id: str | None = None) -> None:
        """Remove the passages of a file, or of a whole store, from all processes' sight at once, and from the database.

        Who is killed in between calls it again. Raises DatabaseUnavailable.
        """
        if file_id is not None:
            hidden: list[Part] = [(store.HIDE_FROM, (space, store_id)), (store.HIDE_FILE, (space, store_id, file_id))]
        else:
            hidden = [(store.HIDE_FROM, (space, store_id)), (store.HIDE_ALL, (space, store_id))]
            hidden.append((store.DROP_STORE, (space, store_id)))
        await self._journal.append_all(hidden)
        await self._clear(space, store_id, file_id)

    async def passages(self, space: str, store_id: str, file_id: str) -> AsyncIterator[Passage]:
        """What is kept of a file, in the document's order; nothing where nothing is."""
        after = 0
        while found := await self._store.some(space, store_id, file_id, after):
            for number, passage in found:
                yield passage
                after = number

    async def around(self, space: str, store_id: str, file_id: str, between: tuple[int, int]) -> tuple[list[Passage], int]:
        """The passages of a file that reach into a part of its text, and how long that is: 0 where nothing is kept of it."""
        length = await self._store.length(space, store_id, file_id)
        return (await self._store.around(space, store_id, file_id, between), length) if length else ([], 0)

    async def search(self, space: str, wish: SearchWish) -> list[Hit]:
        """What is found, the best first. Raises DatabaseUnavailable."""
        if self._searcher is None:
            await self._database.open()
            searching = await asyncio.to_thread(_searching)
            self._searcher = self._searcher or searching(self._database, pgvector=self._pgvector)
        return await self._searcher.search(space, wish)

    async def leftovers(self) -> bool:
        """Whether `sweep` has anything to do: after an erasure, or where a process was killed. Raises DatabaseUnavailable."""
        return await self._store.any_left(self._abandoned())

    async def sweep(self) -> None:
        """Remove what nobody finds any more, of everybody; several that do it at once do no harm. Raises DatabaseUnavailable."""
        await self._journal.append(store.ABANDON, (self._abandoned(),))
        while found := await self._store.gone():
            for document in found:
                await self._drop(document)

    def _abandoned(self) -> int:
        return moments.stored(self._clock.now() - ABANDONED)

    async def _begin(self, space: str, store_id: str, file_id: str, count: int) -> Making | None:
        key = new_object_id()
        now = moments.stored(self._clock.now())
        assert count < store.MOST_PASSAGES
        await self._journal.append_all(
            (
                (store.NEW_STORE, (store_id, space, secrets.token_bytes(SALT_BYTES))),
                (store.NEW_DOCUMENT, (key, space, store_id, file_id, now, count, b"")),
            )
        )
        return await self._store.begun(key)

    async def _keep(self, making: Making, passages: Sequence[Passage], vectors: Sequence[bytes] | None) -> list[int]:
        """Write the passages; how many words each has."""
        tokens = Tokens(making.salt)
        languages = await languages_in(passages)
        lengths: list[int] = []
        parts: list[Part] = []
        for place, passage in enumerate(passages):
            words = words_of(searched_text(passage))
            lengths.append(len(words))
            vector = vectors[place] if vectors is not None else None
            parts += self._store.addition(making, Indexed(place, passage, tokens.of(words, languages), vector))
            if place % PIECE == PIECE - 1:
                await self._journal.append_all(_together(parts))
                parts = []
                await asyncio.sleep(REST)
            else:
                await asyncio.sleep(0)  # others wait for this thread
        await self._journal.append_all(_together(parts))
        return lengths

    async def _clear(self, space: str, store_id: str, file_id: str | None) -> None:
        while found := await self._store.gone(space, store_id, file_id):
            for begin in range(0, len(found), _TOGETHER):  # whose commits are one: a store may hold ten thousand
                await asyncio.gather(*(self._drop(document) for document in found[begin : begin + _TOGETHER]))

    async def _drop(self, document: Gone) -> None:
        for begin in range(0, document.passages, _REMOVED):
            end = begin + _REMOVED
            texts = await self._store.texts(document.number, begin, end)
            digests = [digest_of(searched_text(passage)) for passage in texts]
            parts = self._store.removal(document, begin, end, digests)
            await self._journal.append_all(parts)
        await self._journal.append(store.DROP_DOCUMENT, (document.number,))


def _together(parts: Sequence[Part]) -> list[Part]:
    """What is of one statement together: PostgreSQL takes that in one round trip."""
    places = {statement: place for place, statement in enumerate(dict.fromkeys(statement for statement, _ in parts))}
    return sorted(parts, key=lambda part: places[part[0]])


def digest_of(text: str) -> bytes:
    """By which the vector of a text is kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _searching() -> "type[Searcher]":
    """Load numpy and SQLAlchemy, on a thread."""
    from prosa.knowledge.retrieval.searching import Searcher

    return Searcher
