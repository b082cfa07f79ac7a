"""What is left of a word without its endings, in Portuguese and in English; and which of the two a text is in.

The stemmers are Snowball's. Portuguese endings carry accents by which its stemmer knows them, and people leave accents out: a
word gets those of its ending back before it is stemmed, so that "informacoes", "informações" and "informação" meet. Plurals for
which that stemmer has no rule ("hospitais", "homens", "commits") are made singular first.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from functools import cache
from typing import Final


class Language(StrEnum):
    """The languages whose endings are known. The value begins a stem's token in the index."""

    PORTUGUESE = "1"
    ENGLISH = "2"


BOTH: Final = (Language.PORTUGUESE, Language.ENGLISH)
_KEPT: Final = 20_000  # stems of a language that are remembered
_FEWEST: Final = 2  # function words by which a language is told
_MUCH_MORE: Final = 4  # times as many of one as of the other
_SHORT: Final = 4  # letters of a word whose end is no ending

# Words that carry no meaning and are of one of the two languages only.
_COMMON_PORTUGUESE: Final = """
    de que e o os um uma para com nao por mais mas ao aos ele dos das da na nas seu sua ou quando muito ja eu tambem so pelo
    pela ate isso ela entre sem mesmo quem esse essa eles voce voces num nem suas meu minha numa elas qual foi sao esta estao
    ser ter ha este porque sobre como onde faz fazer tem meus seus em
"""
_COMMON_ENGLISH: Final = """
    the of and to that is for you with this are was it on be have not what can will how your from we they my an at by or if but
    which there their has would been when were so about into them then its does did should could i
"""
_PORTUGUESE: Final = frozenset(_COMMON_PORTUGUESE.split())
_ENGLISH: Final = frozenset(_COMMON_ENGLISH.split())
_ENDINGS: Final = (
    *(("coes", "ção"), ("soes", "são"), ("oes", "ão"), ("aes", "ão"), ("cao", "ção"), ("ao", "ão")),
    *(("aveis", "ável"), ("iveis", "ível"), ("avel", "ável"), ("ivel", "ível")),
    *(("ancias", "ância"), ("encias", "ência"), ("ancia", "ância"), ("encia", "ência")),
    *(("avamos", "ávamos"), ("aramos", "áramos"), ("eramos", "éramos"), ("iramos", "íramos"), ("iamos", "íamos")),
    *(("assemos", "ássemos"), ("essemos", "êssemos"), ("issemos", "íssemos")),
    *(("ais", "al"), ("eis", "el"), ("ois", "ol"), ("ns", "m"), ("n", "m")),
    *((f"{letter}s", letter) for letter in "bcdfgkpqtvxyz"),  # words from elsewhere
)


def language_of(words: Sequence[str]) -> tuple[Language, ...]:
    """The language of a text by its folded words; both where that isn't clear, as in a title or in a mixture."""
    portuguese = sum(map(_PORTUGUESE.__contains__, words))
    english = sum(map(_ENGLISH.__contains__, words))
    if portuguese >= _FEWEST and portuguese > english * _MUCH_MORE:
        return (Language.PORTUGUESE,)
    if english >= _FEWEST and english > portuguese * _MUCH_MORE:
        return (Language.ENGLISH,)
    return BOTH


class Stems:
    """The stems of one language, remembered: a stemmer takes 25 µs for a word, and most words of a text were there before."""

    def __init__(self, stem: Callable[[str], str]) -> None:
        self._stem = stem
        self._known: dict[str, str] = {}

    def of(self, word: str) -> str:
        """The stem of a folded word, folded."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            found = self._known[word] = self._stem(word)
        return found

    def of_all(self, words: Iterable[str]) -> set[str]:
        """The stems of folded words."""
        known, of = self._known.get, self.of
        return {known(word) or of(word) for word in words}


@cache
def stems_in(language: Language) -> Stems:
    """The stems of a language; the first call loads its stemmer."""
    if language is Language.ENGLISH:
        from snowballstemmer.english_stemmer import EnglishStemmer  # type: ignore[import-untyped]  # it comes without types

        return Stems(_english(EnglishStemmer().stemWord))
    from snowballstemmer.portuguese_stemmer import PortugueseStemmer  # type: ignore[import-untyped]  # as above

    return Stems(_portuguese(PortugueseStemmer().stemWord))


def stem(word: str, language: Language) -> str:
    """What of a folded word stands for all its forms."""
    return stems_in(language).of(word)


def _english(snowball: Callable[[str], str]) -> Callable[[str], str]:
    return lambda word: snowball(word) if _has_endings(word) else word


def _portuguese(snowball: Callable[[str], str]) -> Callable[[str], str]:
    return lambda word: _without_accents(snowball(_accented(word))) if _has_endings(word) else word


def _has_endings(word: str) -> bool:
    """Other scripts and numbers stay as they are."""
    return word.isascii() and word.isalpha()


def _accented(word: str) -> str:
    if len(word) > _SHORT:
        for ending, meant in _ENDINGS:
            if word.endswith(ending):
                return word[: -len(ending)] + meant
    return word


_PLAIN: Final = str.maketrans("áàâãéêíóôõúüç", "aaaaeeiooouuc")


def _without_accents(word: str) -> str:
    return word.translate(_PLAIN)
