"""From a text to its words: without accents and case, the same for whoever writes it and whoever looks for it."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

LONGEST: Final = 64
"""Characters of a word that count; keys and hashes of usual length fit."""
_KEPT: Final = 20_000  # words whose form is remembered, some two megabytes

# What is written without spaces is found by its signs: Thai to Khmer, kana, Han; and signs that stand for themselves: emoji.
_SINGLE: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\u2600-\u27bf\U0001f000-\U0001f3fa\U0001f400-\U0001faff\U00020000-\U0003ffff"
)
# Marks that belong to the letter before them, of Latin, Cyrillic, Hebrew, Arabic and the scripts of India.
_MARKS: Final = "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0957"
_MORE_MARKS: Final = (
    "\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b82\u0bbe-\u0bcd\u0c3e-\u0c4d"
)
_LETTER: Final = rf"[^\W_{_SINGLE}]"
_WORD: Final = re.compile(rf"{_LETTER}+(?:[{_MARKS}{_MORE_MARKS}]+{_LETTER}*)*|[{_SINGLE}]")
_PLAIN_WORD: Final = re.compile("[A-Za-z0-9]+")
_LATIN_WORD: Final = re.compile(r"[^\W_]+")  # the same, three times as quick, for a text without any of the above
_LATIN: Final = re.compile(r"[\x00-\u02ff\u2010-\u2027]*")
_ACCENTS: Final = re.compile("[\u0300-\u036f]+")
_NO_PART: Final = re.compile(r"[\x00-/:-@\[-`{-\x7f]+")  # what compatible forms of one sign may bring: "㏂" is "a.m."
# Letters of their own that people type as others.
_ALIKE: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def fold(word: str) -> str:
    """A word as it is compared: small letters and digits of plain form, at most LONGEST; "" where nothing is left of it."""
    if word.isascii():
        return word.lower()[:LONGEST]
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", word.casefold())).translate(_ALIKE)
    return _NO_PART.sub("", unicodedata.normalize("NFC", plain.casefold()))[:LONGEST]


class Folding:
    """Remembers the forms of words: a text repeats most of its own."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, word: str) -> str:
        """As `fold`."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            found = self._known[word] = fold(word)
        return found


_folding: Final = Folding()


def _pattern(text: str) -> re.Pattern[str]:
    if text.isascii():
        return _PLAIN_WORD
    return _LATIN_WORD if _LATIN.fullmatch(text) else _WORD


def words_of(text: str) -> list[str]:
    """The words of a text, in their order."""
    of = _folding.of
    return [folded for word in _pattern(text).findall(text) if (folded := of(word))]


def placed(text: str) -> Iterator[tuple[str, int, int]]:
    """The words of a text with where each begins and ends there, in characters."""
    of = _folding.of
    for found in _pattern(text).finditer(text):
        folded = of(found[0])
        if folded:
            yield folded, found.start(), found.end()
