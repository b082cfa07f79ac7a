"""Passages are kept, found and removed, the same on both kinds of database."""

import asyncio
import random
import shutil
from pathlib import Path

import pytest

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database, scrub
from prosa.kit.clock import SystemClock
from prosa.knowledge.extraction import Passage
from prosa.knowledge.retrieval import ChunkIndex, Ranker, SearchWish, erase_passages, inherit_passages
from tests.databases import migrated_file
from tests.knowledge.retrieval.shelves import OWNER, STORE, an_index, begun, found, numbers_of, passages_of, put, vector_of, wish

TABLES = ("passages", "passage_vectors", "passage_terms", "passage_documents")
TEXTS = {
    "f1": "A política de férias: trinta dias por ano, combinados com a chefia.",
    "f2": "Reembolso de despesas de viagem: guarde as notas fiscais e envie o relatório.",
    "f3": "The backup runs every night at two; restoring it takes an hour.",
    "f4": "Informações sobre a segurança: senhas são trocadas, e os acessos revistos.",
}


async def _fill(index: ChunkIndex) -> None:
    for file_id, text in TEXTS.items():
        assert await put(index, file_id, text, f"{text} E mais: o anexo de {file_id}.")


async def test_what_was_put_is_found_by_words_without_accents_and_with_its_place(database: Database) -> None:
    async with an_index(database) as index:
        await _fill(index)
        hits = await index.search(OWNER, wish("politica de ferias", limit=2))
        assert {hit.file_id for hit in hits} == {"f1"}
        assert all(hit.score > 0.98 for hit in hits)
        assert Passage(TEXTS["f1"], page=1, start=10, end=10 + len(TEXTS["f1"])) in [hit.passage for hit in hits]
        assert (await found(index, "informacao de seguranca", ranker=Ranker.WORDS))[0] == "f4"
        assert (await found(index, "restored backups", ranker=Ranker.WORDS))[0] == "f3"
        assert (await found(index, "senhas trocadas", ranker=Ranker.VECTORS))[0] == "f4"
        kept = [passage async for passage in index.passages(OWNER, STORE, "f2")]
        assert kept == passages_of(TEXTS["f2"], f"{TEXTS['f2']} E mais: o anexo de f2.")


async def test_only_what_is_asked_for_is_looked_into(database: Database) -> None:
    async with an_index(database) as index:
        await _fill(index)
        await put(index, "f9", "Férias em outra coleção", store_id="6" * 32)
        await put(index, "f8", "Férias de outra pessoa", store_id="7" * 32, space="b" * 32)
        assert await found(index, "férias", "6" * 32) == ["f9"]
        assert set(await found(index, "férias", STORE, "6" * 32, limit=3, ranker=Ranker.WORDS)) == {"f1", "f9"}
        assert await found(index, "férias", "7" * 32) == []
        assert set(await found(index, "férias", file_ids=frozenset({"f2", "f3"}))) == {"f2", "f3"}
        assert await found(index, "férias", file_ids=frozenset({"f2", "f3"}), ranker=Ranker.WORDS) == []
        assert await found(index, "férias", file_ids=frozenset()) == []
        assert await found(index, "notas fiscais da viagem", score_threshold=0.9) == ["f2", "f2"]
        assert await index.search(OWNER, SearchWish((STORE,), "férias", vector_of("férias", 64), ranker=Ranker.VECTORS)) == []
        assert [hit.file_id for hit in await index.search(OWNER, SearchWish((STORE,), "viagens"))] == ["f2", "f2"]


@pytest.mark.attack("F13")
async def test_what_is_removed_leaves_no_row_and_is_found_in_no_process(database: Database) -> None:
    async with an_index(database) as index, an_index(database) as elsewhere:
        await _fill(index)
        assert "f1" in await found(elsewhere, "férias")
        await index.remove(OWNER, STORE, "f1")
        assert "f1" not in await found(elsewhere, "férias", limit=50)
        assert "f1" not in await found(index, "férias", limit=50)
        assert [passage async for passage in index.passages(OWNER, STORE, "f1")] == []
        assert await numbers_of(database, TABLES) == [6, 6, 6, 3]
        await index.remove("b" * 32, STORE)  # somebody else's doesn't touch it
        assert "f2" in await found(elsewhere, "viagem")
        await index.remove(OWNER, STORE)
        assert await found(elsewhere, "viagem", limit=50) == []
        assert await numbers_of(database, (*TABLES, "passage_stores")) == [0] * 5
        if database.kind == "sqlite":
            assert await _words_left(database) == 0
        else:
            assert await numbers_of(database, ("search_signs",)) == [0]


async def test_what_is_put_again_takes_the_place_of_what_was_there(database: Database) -> None:
    async with an_index(database) as index, an_index(database) as elsewhere:
        await put(index, "f1", "O prazo é de dez dias", "Segunda parte")
        assert await found(elsewhere, "prazo", ranker=Ranker.WORDS) == ["f1"]
        assert await put(index, "f1", "O limite é de doze horas")
        assert await found(elsewhere, "prazo", ranker=Ranker.WORDS) == []
        assert await found(elsewhere, "limite", ranker=Ranker.WORDS) == ["f1"]
        assert await numbers_of(database, TABLES) == [1, 1, 1, 1]


async def test_whoever_is_removed_while_being_put_leaves_nothing(database: Database) -> None:
    async with an_index(database) as index:
        texts = [f"Parte {number} de um documento longo" for number in range(300)]
        putting = asyncio.create_task(put(index, "f1", *texts))
        await begun(database)
        assert await found(index, "documento") == []  # nothing is found before all is kept
        await index.remove(OWNER, STORE, "f1")
        assert await putting is False
        assert await numbers_of(database, TABLES) == [0, 0, 0, 0]
        assert await found(index, "documento") == []


async def test_of_two_who_put_the_same_file_one_remains(database: Database) -> None:
    async with an_index(database) as one, an_index(database) as other:
        results = await asyncio.gather(
            *(put(index, "f1", *(f"{name} {n}" for n in range(40))) for index, name in ((one, "alfa"), (other, "beta")))
        )
        assert results.count(True) in (1, 2)
        first = [hit.passage.text.split()[0] for hit in await one.search(OWNER, wish("alfa beta 7", limit=50))]
        assert len(set(first)) == 1
        assert await numbers_of(database, TABLES) == [40, 40, 40, 1]


async def test_what_a_killed_process_leaves_is_swept(database: Database) -> None:
    class Later(SystemClock):
        now = staticmethod(lambda: SystemClock.now() + 7 * 3600)

    async with an_index(database) as index:
        await put(index, "f0", "Fica")
        putting = asyncio.create_task(put(index, "f1", *(f"Parte {number}" for number in range(300))))
        await begun(database, 1)
        putting.cancel()
        await asyncio.wait([putting])
        assert not await index.leftovers()
    journal = Journal(database)
    later = ChunkIndex(database, journal, Later())
    assert await later.leftovers()
    await later.sweep()
    assert not await later.leftovers()
    assert await numbers_of(database, TABLES) == [1, 1, 1, 1]
    await journal.aclose()


async def test_a_large_store_finds_what_a_look_at_every_passage_finds(database: Database) -> None:
    chance = random.Random(8)
    words = [f"palavra{number}" for number in range(400)]
    texts = [" ".join(chance.choices(words, k=24)) for _ in range(700)]
    async with an_index(database) as index:
        for number in range(7):
            await put(index, f"f{number}", *texts[number * 100 : number * 100 + 100])
        for query in (texts[5], " ".join(texts[412].split()[:9]), " ".join(texts[650].split()[::3])):
            hits = await index.search(OWNER, wish(query, ranker=Ranker.VECTORS, limit=5))
            exact = sorted(texts, key=lambda text: -_cosine(query, text))[:5]
            assert hits[0].passage.text == exact[0]
            assert len({hit.passage.text for hit in hits} & set(exact)) >= 4


def _cosine(one: str, other: str) -> float:
    import numpy as np

    return float(np.frombuffer(vector_of(one), "<f4") @ np.frombuffer(vector_of(other), "<f4"))


async def _words_left(database: Database) -> int:
    """Documents in which FTS5 still finds a word."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(str(database.address.path))) as connection:
        connection.execute("CREATE VIRTUAL TABLE temp.left USING fts5vocab(main, passage_words, row)")
        return int(connection.execute("SELECT count(*) FROM temp.left").fetchone()[0])


async def test_passages_go_with_their_owner_and_change_hands_with_it(database: Database) -> None:
    async with an_index(database) as index:
        await _fill(index)
        await put(index, "f8", "Férias de outra pessoa", store_id="7" * 32, space="b" * 32)
        async with database.writing() as connection:
            await inherit_passages(connection, "b" * 32, "c" * 32)
        assert await found(index, "férias", "7" * 32, space="b" * 32) == []
        assert await found(index, "férias", "7" * 32, space="c" * 32) == ["f8"]
        async with database.writing() as connection:
            await erase_passages(connection, OWNER)
        assert await found(index, "férias", limit=50) == []
        tables = ("passages", "passage_vectors", "passage_stores" if database.kind == "sqlite" else "search_signs")
        assert await numbers_of(database, tables) == [1, 1, 1]
        assert not await database.fetch("SELECT 1 FROM passage_documents WHERE space = $1", OWNER)
        assert await index.leftovers()
        await index.sweep()
        assert await numbers_of(database, TABLES) == [1, 1, 1, 1]
        assert await found(index, "férias", "7" * 32, space="c" * 32) == ["f8"]


@pytest.mark.attack("F13")
async def test_no_word_of_a_document_stands_in_the_index_and_none_is_left_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "prosa.db"
    shutil.copy(migrated_file(), path)
    database = Database(path)
    async with an_index(database) as index:
        await put(index, "f1", "O canarinho quaxiloporâmico canta", "e o quaxiloporâmico dorme")
        await put(index, "f2", "Outro texto")
        assert (await index.search(OWNER, wish("quaxiloporamico", limit=1)))[0].file_id == "f1"
        await index.remove(OWNER, STORE, "f1")
    assert await scrub(database)
    await database.aclose()
    content = await asyncio.to_thread(_all_of, tmp_path)
    assert "quaxiloporâmico".encode() not in content
    assert b"quaxiloporamico" not in content


def _all_of(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.iterdir())
