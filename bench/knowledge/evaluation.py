"""Sixty questions: how often the right passage is among the first five, and how near to the top it stands."""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Final

from prosa.knowledge.extraction import Passage
from prosa.knowledge.retrieval import ChunkIndex, Ranker, SearchWish, searched_text

FOLDER: Final = Path(__file__).parent
LANGUAGES: Final = ("english", "portuguese")
SPACE: Final = "e" * 32
DEEP: Final = 10  # hits that are looked at for the reciprocal rank

Embed = Callable[[Sequence[str]], Sequence[bytes]]


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


async def fill(index: ChunkIndex, embed: Embed | None) -> None:
    """Put the documents of both languages into a store each."""
    for language in LANGUAGES:
        for number, passages in enumerate(documents(language).values()):
            vectors = embed([searched_text(passage) for passage in passages]) if embed is not None else None
            await index.put(SPACE, store_of(language), f"{number:032x}", passages, vectors)


async def quality(index: ChunkIndex, language: str, ranker: Ranker, embed: Embed | None) -> Quality:
    """How well one ranking answers the questions of a language."""
    places = []
    for question, answer in questions(language).items():
        vector = embed([question])[0] if embed is not None and ranker is not Ranker.WORDS else None
        hits = await index.search(SPACE, SearchWish((store_of(language),), question, vector, limit=DEEP, ranker=ranker))
        sections = [hit.passage.heading[-1] for hit in hits]
        places.append(sections.index(answer) + 1 if answer in sections else None)
    return Quality(
        recall=mean(place is not None and place <= 5 for place in places),
        rank=mean(1 / place if place is not None else 0.0 for place in places),
    )
