"""Sixty questions: how often the right passage is among the first five, and how near to the top it stands."""

import tomllib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Final

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database, DatabaseAddress
from prosa.kit.clock import SystemClock
from prosa.knowledge.extraction import Passage
from prosa.knowledge.offline.worker import Worker
from prosa.knowledge.retrieval import ChunkIndex, Ranker, SearchWish, searched_text

FOLDER: Final = Path(__file__).parent
LANGUAGES: Final = ("english", "portuguese")
SPACE: Final = "e" * 32
DEEP: Final = 10  # hits that are looked at for the reciprocal rank

Embed = Callable[[Sequence[str]], Awaitable[list[bytes]]]


@dataclass(frozen=True, slots=True)
class Quality:
    """`recall`: part of the questions whose answer is among the first five; `rank`: mean of 1 through its place (MRR)."""

    recall: float
    rank: float


def store_of(language: str) -> str:
    """The store of a language's documents."""
    return language.ljust(32, "0")


def documents(language: str) -> dict[str, list[Passage]]:
    """By title, the sections of each document."""
    found: dict[str, list[Passage]] = {}
    for text in (FOLDER / f"{language}.md").read_text(encoding="utf-8").split("\n# "):
        title, *sections = text.removeprefix("# ").split("\n## ")
        parts = (section.partition("\n") for section in sections)
        found[title.strip()] = [Passage(body.strip(), heading=(title.strip(), name.strip())) for name, _, body in parts]
    return found


def questions(language: str) -> dict[str, str]:
    """Each with the name of the section that answers it."""
    return dict(tomllib.loads((FOLDER / "questions.toml").read_text(encoding="utf-8"))[language])


async def evaluated(address: DatabaseAddress) -> dict[tuple[str, Ranker], Quality]:
    """Every ranking in both languages, with the offline model."""
    worker = Worker()
    database = Database(address)
    journal = Journal(database)
    index = ChunkIndex(database, journal, SystemClock())

    async def embed(texts: Sequence[str]) -> list[bytes]:
        return (await worker.embed(texts))[1]

    try:
        await fill(index, embed)
        return {(language, ranker): await quality(index, language, ranker, embed) for language in LANGUAGES for ranker in Ranker}
    finally:
        await worker.aclose()
        await journal.aclose()
        await database.aclose()


async def fill(index: ChunkIndex, embed: Embed) -> None:
    """Put the documents of both languages into a store each."""
    for language in LANGUAGES:
        for number, passages in enumerate(documents(language).values()):
            vectors = await embed([searched_text(passage) for passage in passages])
            await index.put(SPACE, store_of(language), f"{number:032x}", passages, vectors)


async def quality(index: ChunkIndex, language: str, ranker: Ranker, embed: Embed) -> Quality:
    """How well one ranking answers the questions of a language."""
    return judged(language, await answers(index, language, ranker, embed))


async def answers(index: ChunkIndex, language: str, ranker: Ranker, embed: Embed) -> dict[str, list[str]]:
    """By question, the sections that are found, the best first."""
    found = {}
    for question in questions(language):
        [vector] = await embed([question])
        hits = await index.search(SPACE, SearchWish((store_of(language),), question, vector, limit=DEEP, ranker=ranker))
        found[question] = [hit.passage.heading[-1] for hit in hits]
    return found


def judged(language: str, found: dict[str, list[str]]) -> Quality:
    """How good answers are."""
    right = questions(language)
    places = [sections.index(right[asked]) + 1 if right[asked] in sections else None for asked, sections in found.items()]
    return Quality(
        recall=mean(place is not None and place <= 5 for place in places),
        rank=mean(1 / place if place is not None else 0.0 for place in places),
    )
