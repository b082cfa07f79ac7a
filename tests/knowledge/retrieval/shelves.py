"""Passages for tests of retrieval, and vectors that need no model: texts that share words lie close together."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache

import numpy as np
from numpy.typing import NDArray

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.kit.clock import SystemClock
from prosa.kit.words import words_of
from prosa.knowledge.extraction import Passage
from prosa.knowledge.retrieval import ChunkIndex, SearchWish, searched_text

OWNER = "a" * 32
STORE = "5" * 32
DIMENSIONS = 96


@asynccontextmanager
async def an_index(database: Database, *, pgvector: bool = True) -> AsyncIterator[ChunkIndex]:
    """An index over a database; what waits is written at the end."""
    journal = Journal(database)
    try:
        yield ChunkIndex(database, journal, SystemClock(), pgvector=pgvector)
    finally:
        await journal.aclose()


def vector_of(text: str, dimensions: int = DIMENSIONS) -> bytes:
    """The sum of a fixed direction for each word, of length 1."""
    total = np.zeros(dimensions, dtype=np.float32)
    for word in words_of(text):
        total += _direction(word, dimensions)
    norm = float(np.linalg.norm(total))
    return (total / norm if norm else total).astype("<f4").tobytes()


@cache
def _direction(word: str, dimensions: int) -> NDArray[np.float32]:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
    return np.random.default_rng(seed).standard_normal(dimensions).astype(np.float32)


def passages_of(*texts: str) -> list[Passage]:
    """One passage each."""
    return [Passage(text, page=number, start=number * 10, end=number * 10 + len(text)) for number, text in enumerate(texts, 1)]


async def put(index: ChunkIndex, file_id: str, *texts: str, store_id: str = STORE, space: str = OWNER) -> bool:
    """A file with these passages and their vectors."""
    passages = passages_of(*texts)
    return await index.put(space, store_id, file_id, passages, [vector_of(searched_text(each)) for each in passages])


def wish(query: str, *stores: str, **more: object) -> SearchWish:
    """A search by words and vectors."""
    return SearchWish(stores or (STORE,), query, vector_of(query), **more)  # type: ignore[arg-type]  # fields by their names


async def found(index: ChunkIndex, query: str, *stores: str, space: str = OWNER, **more: object) -> list[str]:
    """The files that are found, the best first."""
    return [hit.file_id for hit in await index.search(space, wish(query, *stores, **more))]


async def numbers_of(database: Database, tables: Sequence[str]) -> list[int]:
    """How many rows these tables have."""
    rows = [await database.fetch(f"SELECT count(*) FROM {table}") for table in tables]
    return [int(str(row[0][0])) for row in rows]


async def begun(database: Database, before: int = 0) -> None:
    """Wait until more passages are kept than these."""
    for _ in range(100_000):
        if (await numbers_of(database, ("passages",)))[0] > before:
            return
        await asyncio.sleep(0)
    raise TimeoutError
