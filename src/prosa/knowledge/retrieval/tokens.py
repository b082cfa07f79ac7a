"""What the index of words keeps of a passage: tokens, which only who knows the store's salt can make of a word.

A token is the beginning of a keyed hash of a word's stem. So no word of a document stands in the index's files, also not where
the database leaves traces of what was removed; what others wrote costs a search nothing; and a store's tokens mean nothing any
more once its salt is gone. A passage that has a word several times holds further tokens that say so: from them alone every
database comes to the same ranking (see ranking.py).
"""

import asyncio
from base64 import b32encode
from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

from prosa.kit.stems import BOTH, Language, language_of, stems_in
from prosa.kit.words import words_of
from prosa.knowledge.extraction import Passage

SALT_BYTES: Final = 16
TIMES: Final = (1, 2, 4)
"""How often a word stands in a passage, at least, for the token that says so."""
MOST_WORDS: Final = 32  # of a query
_MOST_LETTERS: Final = 8_192  # of a query; what comes after them isn't looked for
_BYTES: Final = 5
_LETTERS: Final = 8  # of five bytes in base 32
# Words without meaning that both languages have, or that Portuguese has and another word looks like.
_EMPTY: Final = frozenset(("a", "e", "i", "o", "as", "os", "no", "na", "do", "da", "se", "me", "es"))


def searched_text(passage: Passage) -> str:
    """A passage as it is found, by its words and by its vector: the titles above it, then its text."""
    return "\n".join((" > ".join(passage.heading), passage.text)) if passage.heading else passage.text


class Tokens:
    """The tokens of one store."""

    def __init__(self, salt: bytes) -> None:
        self._salt = salt
        self._known: dict[tuple[str, str], tuple[bytes, ...]] = {}

    def of(self, words: Sequence[str], languages: Sequence[Language]) -> bytes:
        """Of a passage's words, in order; five bytes each."""
        found: set[bytes] = set()
        for language in languages:
            stem = stems_in(language).of
            for text, times in Counter(map(stem, words)).items():
                made = self._made(language, text)
                found.update(token for token, least in zip(made, TIMES, strict=True) if times >= least)
        return b"".join(sorted(found))

    def asked(self, word: str) -> tuple[tuple[bytes, ...], ...]:
        """For each of TIMES, the tokens one of which a passage has that holds this word so often."""
        by_language = [self._made(language, stems_in(language).of(word)) for language in BOTH]
        return tuple(zip(*by_language, strict=True))

    def _made(self, language: Language, text: str) -> tuple[bytes, ...]:
        known = self._known.get((language, text))
        if known is None:
            made = (f"{least}{language}{text}".encode() for least in TIMES)
            known = tuple(blake2b(each, key=self._salt, digest_size=_BYTES).digest() for each in made)
            self._known[language, text] = known
        return known


async def languages_in(passages: Sequence[Passage]) -> tuple[Language, ...]:
    """The languages by whose endings a document is found: of the whole, for a table's part alone doesn't tell."""
    words: list[str] = []
    for passage in passages[:: max(1, len(passages) // 32)]:
        words += words_of(passage.text)
        await asyncio.sleep(0)  # others wait for this thread
    return language_of(words) if words else BOTH


def query_words(query: str) -> tuple[str, ...]:
    """The words that are looked for, each once, without those that mean nothing unless there are no others."""
    words = tuple(dict.fromkeys(words_of(query[:_MOST_LETTERS])))
    telling = tuple(word for word in words if not _is_empty(word))
    return (telling or words)[:MOST_WORDS]


def _is_empty(word: str) -> bool:
    return word in _EMPTY or len(language_of((word, word))) == 1


def spelled(tokens: bytes) -> str:
    """Tokens as the words of an index: of small letters and digits, with blanks between them."""
    letters = b32encode(tokens).decode("ascii").lower()
    return " ".join(letters[place : place + _LETTERS] for place in range(0, len(letters), _LETTERS))
