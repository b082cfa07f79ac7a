"""What the index keeps of an item or a title: its words in sections, in the form that each kind of database takes.

Every token begins with a few signs that stand for the owner's space, so that the words of others are other words: what they wrote
costs a search nothing, not even when a beginning of words is looked for, and its time tells nothing about them (attacks.md A14).
After those comes the kind: a word as it stands, with its place in the text; or its stem in a language, anywhere in the text.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from prosa.conversations.searching.texts import Piece
from prosa.kit.stems import BOTH, Language, language_of, stems_in
from prosa.kit.words import words_of

WORD: Final = "0"
"""The kind of a word as it stands; those of stems are the values of Language."""
GAP: Final = "\N{PILCROW SIGN}"  # stands between two pieces of an item: no phrase goes across it, for nobody can look for it
MOST_WORDS: Final = 100_000  # of an item, some 600 kilobytes; what comes after them isn't found
_SECTION: Final = 4_000  # words
_REPEATED: Final = 250  # times that a word stands in a section: of more places PostgreSQL forgets (255, its manual 12.11)
_OVERLAP: Final = 32  # words that two sections share, so that a phrase which begins in one is whole in one of them
_KEY_BYTES: Final = 5
# PostgreSQL keeps at most a mebibyte of words together (its manual, 12.11). What a token costs beside its letters, about:
_BESIDE: Final = 14
_WORDS_BYTES: Final = 150_000  # of a section's words
_STEMS_BYTES: Final = 450_000  # of the stems of a whole text; where there are more, each section has those of its own words


_Stems = tuple[tuple[Language, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a text: its words in order, and by language the stems of the whole text, or of these words where it is huge."""

    words: tuple[str, ...]
    stems: _Stems

    @property
    def size(self) -> int:
        """How many tokens it has."""
        return len(self.words) + sum(len(stems) for _, stems in self.stems)


def sections_of(pieces: Sequence[Piece]) -> list[Section]:
    """The sections of a text, none where it has no word.

    A word alone is looked for among the stems, which every section has of the whole text; phrases and beginnings of words among
    the section's own words.
    """
    words = list(_joined(pieces))
    if not words:
        return []
    languages = languages_of(words)
    stems = _stems(words, languages)
    sections = [words[begin:end] for begin, end in _cut(words)]
    if len(sections) == 1 or _size_of(stems) <= _STEMS_BYTES:
        return [Section(tuple(own), stems) for own in sections]
    return [Section(tuple(own), _stems(own, languages)) for own in sections]


def _joined(pieces: Sequence[Piece]) -> Iterator[str]:
    left = MOST_WORDS
    for number, piece in enumerate(pieces):
        found = words_of(piece.text)[:left]
        if not found:
            continue
        if number:
            yield GAP
        yield from found
        left -= len(found)


def _stems(words: Sequence[str], languages: Sequence[Language]) -> _Stems:
    distinct = set(words) - {GAP}
    return tuple([(language, tuple(sorted(stems_in(language).of_all(distinct)))) for language in languages])


def _size_of(stems: _Stems) -> int:
    return sum(_bytes_of(stem) for _, found in stems for stem in found)


def _bytes_of(word: str) -> int:
    return len(word.encode()) + _BESIDE


def languages_of(words: Sequence[str]) -> tuple[Language, ...]:
    """The languages by which a text with these words is found."""
    return language_of(words) if words else BOTH


def _cut(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    begin = 0
    if len(words) <= _REPEATED:  # as most are
        yield 0, len(words)
        return
    while True:
        end = _end(words, begin)
        yield begin, end
        if end >= len(words):
            return
        begin = max(end - _OVERLAP, begin + 1)


def _end(words: Sequence[str], begin: int) -> int:
    most = min(begin + _SECTION, len(words))
    counts: dict[str, int] = {}
    size = 0
    for place in range(begin, most):
        word = words[place]
        counts[word] = counts.get(word, 0) + 1
        size += _bytes_of(word)
        if counts[word] > _REPEATED or (size > _WORDS_BYTES and place > begin + _OVERLAP):
            return place
    return most


@lru_cache(maxsize=1024)
def key_of(space: str) -> str:
    """The eight signs with which all tokens of a space begin."""
    return base64.b32encode(hashlib.sha256(space.encode()).digest()[:_KEY_BYTES]).decode().lower()


def stored_sqlite(section: Section) -> str:
    """The section as SQLite keeps it, for it takes words out of its index only where it is told them again."""
    return "\n".join((" ".join((WORD, *section.words)), *(" ".join((kind, *stems)) for kind, stems in section.stems)))


def indexed_sqlite(space: str, stored: str) -> str:
    """What FTS5 is told of a section that is kept so."""
    key = key_of(space)
    beginnings = ((key + line[0], line) for line in stored.split("\n"))
    return " ".join([beginning + line[2:].replace(" ", " " + beginning) for beginning, line in beginnings])


def indexed_postgresql(space: str, section: Section) -> str:
    """The section as the text of a tsvector; no word holds a quote or a backslash."""
    key = key_of(space)
    places: dict[str, list[str]] = {}
    for place, word in enumerate(section.words, 1):
        places.setdefault(word, []).append(str(place))
    words = (f"'{key}{WORD}{word}':{','.join(numbers)}" for word, numbers in places.items())
    return " ".join((*words, *_listed(key, section.stems)))


def _listed(key: str, stems: Iterable[tuple[Language, Sequence[str]]]) -> Iterator[str]:
    for kind, found in stems:
        for text in found:
            yield f"'{key}{kind}{text}'"
