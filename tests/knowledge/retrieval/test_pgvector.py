"""Where PostgreSQL orders vectors itself, the same is found as where a process does."""

import struct
from collections.abc import AsyncIterator
from dataclasses import replace

import numpy as np
import pytest
import sqlalchemy as sa

from prosa.cli.vectors_examined import vectors as told
from prosa.drivers.archive import copy
from prosa.drivers.sql import Database, DatabaseAddress, downgrade, upgrade
from prosa.knowledge.retrieval import ChunkIndex, Ranker, SearchWish
from prosa.knowledge.retrieval.vectors import signs_of
from tests import postgres
from tests.databases import a_database, an_address
from tests.knowledge.retrieval.shelves import OWNER, STORE, an_index, found, numbers_of, put

FILES, OF_FILE, DIMENSIONS = 5, 700, 96  # more than signs alone may leave over
BEFORE = "2026_11_22_tokens"
_SIGNS = "SELECT number, signs FROM search_signs ORDER BY number"


@pytest.fixture
async def postgresql() -> AsyncIterator[Database]:
    async with a_database("postgresql") as database:
        yield database


async def _fill(database: Database) -> list[bytes]:
    """A store with more passages than are looked at one by one; the vectors. Past the index: words don't matter here."""
    chance = np.random.default_rng(3)
    numbers = chance.standard_normal((FILES * OF_FILE, DIMENSIONS)).astype("<f4")
    numbers[::7] = numbers[0]  # some that differ in nothing
    numbers /= np.linalg.norm(numbers, axis=1, keepdims=True)
    every = [row.astype("<f4").tobytes() for row in numbers]
    async with an_index(database) as index:
        for file in range(FILES):
            await put(index, f"f{file}", "x")
    lengths = struct.pack(f"={OF_FILE}I", *[3] * OF_FILE)
    async with database.writing() as connection:
        documents = (await connection.execute(sa.text("SELECT number FROM passage_documents ORDER BY number"))).scalars().all()
        for place, document in enumerate(documents):
            mine = every[place * OF_FILE : (place + 1) * OF_FILE]
            rows = [{"n": (document << 20) + row, "v": vector, "t": f"t{place}.{row}"} for row, vector in enumerate(mine)]
            for table in ("passages", "passage_vectors", "search_signs"):
                await connection.execute(sa.text(f"DELETE FROM {table} WHERE number >> 20 = :d"), {"d": document})
            put_text = "INSERT INTO passages (number, text, heading, begins, ends) VALUES (:n, :t, '[]', 0, 1)"
            await connection.execute(sa.text(put_text), rows)
            await connection.execute(sa.text("INSERT INTO passage_vectors (number, vector) VALUES (:n, :v)"), rows)
            change = "UPDATE passage_documents SET state = 1, dimensions = :c, lengths = :l, bits = :b WHERE number = :d"
            await connection.execute(sa.text(change), {"c": DIMENSIONS, "l": lengths, "b": signs_of(mine), "d": document})
    return every


async def _hits(index: ChunkIndex, wish: SearchWish) -> list[tuple[str, float]]:
    return [(hit.passage.text, hit.score) for hit in await index.search(OWNER, wish)]


async def test_in_a_large_store_the_same_is_found_with_it_and_without(postgresql: Database) -> None:
    every = await _fill(postgresql)
    assert await numbers_of(postgresql, ("search_signs",)) == [FILES * OF_FILE]
    async with an_index(postgresql) as with_it, an_index(postgresql, pgvector=False) as without:
        for place in (5, 14, 1801, 3499):
            vector = (np.frombuffer(every[place], "<f4") + np.frombuffer(every[place - 1], "<f4") / 2).astype("<f4").tobytes()
            wish = SearchWish((STORE,), "nada", vector, ranker=Ranker.VECTORS, limit=50)
            for files in (None, frozenset({"f1", "f3", "f4", "f0"}), frozenset({"f2"}), frozenset({"f9"})):
                asked = replace(wish, file_ids=files)
                assert await _hits(with_it, asked) == await _hits(without, asked)
        hits = await _hits(with_it, SearchWish((STORE,), "nada", every[5], ranker=Ranker.VECTORS, limit=1))
        assert hits == [("t0.5", 1.0)]
        for index in (with_it, without):
            await index.remove(OWNER, STORE, "f0")
            assert "t0.5" not in [text for text, _ in await _hits(index, replace(wish, vector=every[5]))]
        assert await numbers_of(postgresql, ("search_signs",)) == [(FILES - 1) * OF_FILE]
        # Nothing of the vectors is remembered where the database has them.
        remembered = [index._searcher._remembered for index in (with_it, without) if index._searcher is not None]
        sizes = [sum(len(each.signs) for each in matrix.documents) for kept in remembered for matrix in kept._kept.values()]
        assert sizes == [0, (FILES - 1) * OF_FILE * 16]


async def test_without_the_extension_all_is_found_as_before(postgresql: Database) -> None:
    name = _name(postgresql)
    server = postgres.server()
    server.sql("DROP EXTENSION vector", name)
    plain = "prosa_plain"
    server.sql(f"DROP ROLE IF EXISTS {plain}; CREATE ROLE {plain} LOGIN")
    server.sql(
        f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {plain}; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {plain}", name
    )
    database = Database(DatabaseAddress(url=server.url(name, plain)))
    try:
        every = await _fill(database)
        wish = SearchWish((STORE,), "nada", every[5], ranker=Ranker.VECTORS, limit=3)
        async with an_index(database) as index:
            before = await _hits(index, wish)
            assert before[0] == ("t0.5", 1.0)
        assert await _extensions(postgresql) == 0  # this one may not make it
        assert "if this user may" in (await told(database.address, wanted=True))[0][2]
        async with an_index(postgresql) as index:
            assert await _hits(index, wish) == before
        assert await _extensions(postgresql) == 1
        assert "the database finds the nearest" in (await told(database.address, wanted=True))[0][2]
        assert "off" in (await told(database.address, wanted=False))[0][2]
    finally:
        await database.aclose()
        server.sql(f"DROP OWNED BY {plain}", name)
        server.sql(f"DROP ROLE {plain}")


def _name(database: Database) -> str:
    return (database.address.url or "").rpartition("/")[2].partition("?")[0]


async def _extensions(database: Database) -> int:
    return len(await database.fetch("SELECT 1 FROM pg_extension WHERE extname = 'vector'"))


async def test_what_was_there_before_gets_its_rows_and_loses_them_on_the_way_back(postgresql: Database) -> None:
    async with an_index(postgresql) as index:
        await put(index, "f1", "Férias de trinta dias", "Reembolso de viagem")
        before = await postgresql.fetch(_SIGNS)
        assert len(before) == 2
    await postgresql.aclose()
    downgrade(postgresql.address, BEFORE)
    assert postgres.server().sql("SELECT proname FROM pg_proc WHERE proname LIKE 'search_signs%'", _name(postgresql)) == ""
    upgrade(postgresql.address)
    assert await postgresql.fetch(_SIGNS) == before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_signs_come_along_from_another_database_though_no_copy_holds_them(kind: str) -> None:
    async with a_database(kind) as here:
        async with an_index(here) as index:
            await put(index, "f1", "Férias de trinta dias", "Reembolso de viagem")
        with an_address("postgresql", migrated=False) as there:
            made = await copy(here.address, there)
            assert "search_signs" not in [table.name for table in made.tables]
            moved = Database(there)
            async with an_index(moved) as index:
                assert await numbers_of(moved, ("search_signs",)) == [2]
                assert await found(index, "viagem", limit=1, ranker=Ranker.VECTORS) == ["f1"]
                await index.remove(OWNER, STORE)
                assert await numbers_of(moved, ("search_signs",)) == [0]
            await moved.aclose()
