"""Sixty questions over documents made for them, with the vectors of a small English model."""

import pytest

from bench.knowledge.evaluation import LANGUAGES, SPACE, answers, fill, judged, questions, store_of
from bench.knowledge.vectors import kept
from prosa.drivers.sql import Database
from prosa.knowledge.retrieval import Ranker, SearchWish
from tests.databases import a_database
from tests.knowledge.retrieval.shelves import an_index


async def test_both_databases_find_the_same_and_words_and_vectors_together_find_best() -> None:
    embed = kept()
    found: dict[tuple[str, str, Ranker], dict[str, list[str]]] = {}
    ways = (("sqlite", True, tuple(Ranker)), ("postgresql", True, (Ranker.HYBRID,)), ("postgresql", False, (Ranker.HYBRID,)))
    for kind, pgvector, rankers in ways:
        async with a_database(kind) as database, an_index(database, pgvector=pgvector) as index:
            await fill(index, embed)
            for language in LANGUAGES:
                for ranker in rankers:
                    name = kind if pgvector else "without"
                    found[name, language, ranker] = await answers(index, language, ranker, embed)
    for language in LANGUAGES:
        assert len(questions(language)) == 30
        here, there, without = (found[kind, language, Ranker.HYBRID] for kind in ("sqlite", "postgresql", "without"))
        assert there == without
        assert {asked: set(sections[:5]) for asked, sections in here.items()} == {
            asked: set(sections[:5]) for asked, sections in there.items()
        }
    english = {ranker: judged("english", found["sqlite", "english", ranker]) for ranker in Ranker}
    assert english[Ranker.HYBRID].rank > max(english[Ranker.WORDS].rank, english[Ranker.VECTORS].rank)
    assert english[Ranker.HYBRID].recall >= max(english[Ranker.WORDS].recall, english[Ranker.VECTORS].recall)
    portuguese = {ranker: judged("portuguese", found["sqlite", "portuguese", ranker]) for ranker in Ranker}
    assert portuguese[Ranker.HYBRID].rank >= portuguese[Ranker.WORDS].rank
    assert portuguese[Ranker.HYBRID].recall >= portuguese[Ranker.WORDS].recall


@pytest.mark.parametrize("question", ["Política de FÉRIAS", "politica de ferias", "políticas de férias?"])
async def test_accents_case_and_number_make_no_difference(database: Database, question: str) -> None:
    async with an_index(database) as index:
        await fill(index, kept())
        hits = await index.search(SPACE, SearchWish((store_of("portuguese"),), question))
        assert hits[0].passage.heading[-1] == "Férias"
