"""What is shown of a hit: a few words around those that were found, and which those are."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from prosa.conversations.searching.entries import languages_of
from prosa.conversations.searching.models import Snippet
from prosa.conversations.searching.questions import Clause, Question, stems_asked
from prosa.conversations.searching.texts import Piece
from prosa.kit.stems import Language, stem
from prosa.kit.words import placed

WIDTH: Final = 240
"""Characters that are shown, at most."""
_BEFORE: Final = 60  # of them before the first word that was found
_MOST_MARKS: Final = 50
_MOST_WORDS: Final = 20_000  # of a piece that are looked at
_LEAD: Final = 2  # letters that the forms of a word have in common
_NARROW: Final = str.maketrans("y", "i")  # "dying" and "dies"
_SIDES: Final = 24  # characters at which a snippet is cut shorter, so that it ends with a word

Mark = tuple[int, int]
Token = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class _Match:
    clause: int
    begin: int
    end: int


def snippet_of(pieces: Sequence[Piece], question: Question) -> Snippet:
    """The part of these texts in which most of what was looked for stands together, the first of several."""
    best, most = Snippet(""), -1
    for piece in pieces:
        if not piece.text.strip():
            continue
        tokens = list(islice(placed(piece.text), _MOST_WORDS))
        matches = _matches(tokens, question)
        begin, met = _densest(matches)
        if met > most:
            best, most = _cut(piece, begin, [(match.begin, match.end) for match in matches]), met
    return best


def _matches(tokens: Sequence[Token], question: Question) -> list[_Match]:
    """Where clauses are met, in the order of the text."""
    languages = languages_of([word for word, _, _ in tokens])
    found = []
    for number, clause in enumerate(question.clauses):
        found += _of_phrase(tokens, number, clause) if clause.exact else _of_word(tokens, number, clause, languages)
    return sorted(found, key=lambda match: match.begin)


def _of_word(tokens: Sequence[Token], number: int, clause: Clause, languages: Sequence[Language]) -> list[_Match]:
    """A stemmer takes its time, so words that begin otherwise aren't asked for theirs."""
    asked = stems_asked(clause)
    lead = clause.words[0][:_LEAD].translate(_NARROW)
    known: dict[str, bool] = {}
    found = []
    for word, begin, end in tokens:
        meets = known.get(word)
        if meets is None:
            likely = word[:_LEAD].translate(_NARROW) == lead
            meets = likely and any(stem(word, language) == asked[language] for language in languages)
            known[word] = meets
        if meets:
            found.append(_Match(number, begin, end))
    return found


def _of_phrase(tokens: Sequence[Token], number: int, clause: Clause) -> list[_Match]:
    words, count = clause.words, len(clause.words)
    found = []
    for place in range(len(tokens) - count + 1):
        if tokens[place][0] != words[0] and not (clause.open_end and count == 1):
            continue
        last = tokens[place + count - 1]
        ends = last[0].startswith(words[-1]) if clause.open_end else last[0] == words[-1]
        if ends and all(tokens[place + at][0] == words[at] for at in range(count - 1)):
            found.append(_Match(number, tokens[place][1], last[2]))
    return found


def _densest(matches: Sequence[_Match]) -> tuple[int, int]:
    """Where a window begins that shows most of the clauses, and how many these are."""
    best, most = 0, 0
    first = 0
    for last, match in enumerate(matches):
        while match.end - matches[first].begin > WIDTH - _BEFORE and first < last:
            first += 1
        met = len({other.clause for other in matches[first : last + 1][-_MOST_MARKS:]})
        if met > most:
            best, most = matches[first].begin, met
    return best, most


def _cut(piece: Piece, begin: int, marks: Sequence[Mark]) -> Snippet:
    text = piece.text
    start, end = _start(text, max(0, begin - _BEFORE)), 0
    end = _finish(text, min(len(text), start + WIDTH))
    shown = [(max(left, start) - start, min(right, end) - start) for left, right in marks if left < end and right > start]
    return Snippet(_sound(text[start:end]), start, piece.index, _apart(shown)[:_MOST_MARKS])


def _apart(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Marks that lie over each other as one."""
    found: list[Mark] = []
    for begin, end in marks:
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((begin, end))
    return tuple(found)


def _start(text: str, place: int) -> int:
    """The next beginning of a word."""
    if place:
        for at in range(place, min(place + _SIDES, len(text))):
            if text[at - 1].isspace() and not text[at].isspace():
                return at
    return place


def _finish(text: str, place: int) -> int:
    """The last end of a word."""
    if place < len(text):
        for at in range(place, max(place - _SIDES, 0), -1):
            if text[at].isspace() and not text[at - 1].isspace():
                return at
    return place


def _sound(text: str) -> str:
    """Halves of characters, of which no answer can be made, as the sign for them."""
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text
