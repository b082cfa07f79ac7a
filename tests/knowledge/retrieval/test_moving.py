"""Passages after a move to another database: found by their words as before, and removed as before."""

from itertools import product

import pytest

from prosa.drivers.archive import copy
from prosa.drivers.sql import Database
from prosa.knowledge.retrieval import Ranker
from tests.databases import KINDS, a_database, an_address
from tests.knowledge.retrieval.shelves import OWNER, STORE, an_index, found, put


@pytest.mark.parametrize(("here", "there"), list(product(KINDS, KINDS)))
async def test_passages_that_moved_are_found_by_their_words_and_removed(here: str, there: str) -> None:
    async with a_database(here) as source:
        async with an_index(source) as index:
            await put(index, "f1", "Férias de trinta dias")
            await put(index, "f2", "A multa por atraso")
        with an_address(there, migrated=False) as address:
            await copy(source.address, address)
            moved = Database(address)
            try:
                async with an_index(moved) as index:
                    assert await found(index, "férias", ranker=Ranker.WORDS) == ["f1"]
                    await index.remove(OWNER, STORE, "f1")
                    assert await found(index, "férias", ranker=Ranker.WORDS) == []
                    assert await found(index, "multa", ranker=Ranker.WORDS) == ["f2"]
            finally:
                await moved.aclose()
