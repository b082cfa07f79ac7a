"""A large store of invented passages: `python -m bench.knowledge.filling ADDRESS COUNT` puts them and tells what that took.

`… ADDRESS COUNT SPACE STORE` puts them into a store that is there.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import numpy as np

from bench.finding import Language
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database, DatabaseAddress
from prosa.kit.clock import SystemClock
from prosa.knowledge.extraction import Passage
from prosa.knowledge.retrieval import ChunkIndex

SPACE: Final = "l" * 32
STORE: Final = "5" * 32
DIMENSIONS: Final = 384
OF_FILE: Final = 100  # passages
_SMALL: Final = ("de", "que", "e", "o", "a", "do", "da", "em", "um", "para", "com", "não")
_CENTRES: Final = 2_000


class Numbers:
    """Vectors around so many centres, of length 1."""

    def __init__(self, seed: int) -> None:
        self._chance = np.random.default_rng(seed)
        self._centres = np.random.default_rng(1).standard_normal((_CENTRES, DIMENSIONS)).astype("<f4")

    def some(self, count: int) -> list[bytes]:
        """Vectors by chance."""
        near = self._centres[self._chance.integers(0, _CENTRES, count)]
        found = near + 0.8 * self._chance.standard_normal((count, DIMENSIONS)).astype("<f4")
        found /= np.linalg.norm(found, axis=1, keepdims=True)
        return [row.astype("<f4").tobytes() for row in found]


def address_of(text: str) -> DatabaseAddress:
    """A file's path, or a URL."""
    return DatabaseAddress(url=text) if "://" in text else DatabaseAddress(path=Path(text))


@asynccontextmanager
async def an_index(address: DatabaseAddress, *, pgvector: bool = True) -> AsyncIterator[ChunkIndex]:
    """Over a database that is there."""
    database = Database(address)
    journal = Journal(database)
    try:
        yield ChunkIndex(database, journal, SystemClock(), pgvector=pgvector)
    finally:
        await journal.aclose()
        await database.aclose()


async def fill(address: DatabaseAddress, count: int, space: str = SPACE, store: str = STORE) -> float:
    """Put so many passages of 120 words; seconds of the processor that this took, without inventing them."""
    taken = 0.0
    async with an_index(address) as index:
        for file_id, passages, vectors in invented(count):
            began = time.process_time()
            await index.put(space, store, file_id, passages, vectors)
            taken += time.process_time() - began
    return taken


def invented(count: int) -> Iterator[tuple[str, list[Passage], list[bytes]]]:
    """So many passages by file, with their vectors: the same each time."""
    language, numbers = Language(random.Random(6)), Numbers(2)
    for number in range(count // OF_FILE):
        yield f"{number:032x}", [_passage(language, number) for _ in range(OF_FILE)], numbers.some(OF_FILE)


def _passage(language: Language, number: int) -> Passage:
    words = language.words(60) + language.chance.choices(_SMALL, k=60)
    language.chance.shuffle(words)
    return Passage(" ".join(words), page=1, heading=(f"Documento {number}",))


if __name__ == "__main__":
    print(json.dumps(asyncio.run(fill(address_of(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:5]))))
