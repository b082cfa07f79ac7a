"""From what a person typed to what is looked for. Nothing in it is an operator but quotes around a phrase and a last asterisk.

`relatório de vendas` finds what holds all of these words, in any form; `"relatório de vendas"` these very words in this order;
`relat*` words that begin so. What hangs together without a blank (maria@example.org, guarda-chuva, 2026-11-22) is a phrase.
"""

import re
from dataclasses import dataclass
from typing import Final

from prosa.conversations.searching.entries import WORD, key_of
from prosa.conversations.searching.errors import SearchTooLong
from prosa.kit.stems import BOTH, Language, stem
from prosa.kit.words import words_of

MOST_LETTERS: Final = 500
MOST_CLAUSES: Final = 32
_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_CLAUSE: Final = re.compile(r'"([^"]*)"|([^\s"]+)')


@dataclass(frozen=True, slots=True)
class Clause:
    """Words in this order; a single one that isn't `exact` in any of its forms; with `open_end` the last is a beginning."""

    words: tuple[str, ...]
    exact: bool = True
    open_end: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """All clauses have to be met; without any nothing is found."""

    clauses: tuple[Clause, ...]

    def strict(self) -> "Question":
        """The same, each word as it was typed."""
        return Question(tuple(Clause(clause.words, exact=True, open_end=clause.open_end) for clause in self.clauses))

    def phrase(self) -> "Question":
        """All of it in the order in which it was typed."""
        words = tuple(word for clause in self.clauses for word in clause.words)
        return Question((Clause(words, exact=True, open_end=self.clauses[-1].open_end),)) if words else self


def question_of(text: str) -> Question:
    """What a person looks for. Raises SearchTooLong."""
    if len(text) > MOST_LETTERS:
        raise SearchTooLong(f"more than {MOST_LETTERS} characters")
    clauses = []
    for quoted, bare in _CLAUSE.findall(text.translate(_QUOTES)):
        typed = quoted or bare
        words = tuple(words_of(typed))
        if words:
            open_end = typed.rstrip().endswith("*")
            clauses.append(Clause(words, exact=bool(quoted) or len(words) > 1 or open_end, open_end=open_end))
    if len(clauses) > MOST_CLAUSES:
        raise SearchTooLong(f"more than {MOST_CLAUSES} words")
    return Question(tuple(dict.fromkeys(clauses)))


def asked_sqlite(space: str, question: Question) -> str:
    """The question in FTS5's words."""
    key = key_of(space)
    return " AND ".join(f"({_clause_sqlite(key, clause)})" for clause in question.clauses)


def _clause_sqlite(key: str, clause: Clause) -> str:
    if not clause.exact:
        return " OR ".join(f'"{token}"' for token in _stems(key, clause.words[0]))
    phrase = " ".join(f"{key}{WORD}{word}" for word in clause.words)
    return f'"{phrase}" *' if clause.open_end else f'"{phrase}"'


def asked_postgresql(space: str, question: Question) -> str:
    """The question as the text of a tsquery; no word holds a quote or a backslash."""
    key = key_of(space)
    return " & ".join(f"({_clause_postgresql(key, clause)})" for clause in question.clauses)


def _clause_postgresql(key: str, clause: Clause) -> str:
    if not clause.exact:
        return " | ".join(f"'{token}'" for token in _stems(key, clause.words[0]))
    tokens = [f"'{key}{WORD}{word}'" for word in clause.words]
    if clause.open_end:
        tokens[-1] += ":*"
    return " <-> ".join(tokens)


def _stems(key: str, word: str) -> list[str]:
    return [f"{key}{language}{stem(word, language)}" for language in BOTH]


def stems_asked(clause: Clause) -> dict[Language, str]:
    """By language, what a word of a text has to come to, to meet a clause of one word in any form."""
    return {language: stem(clause.words[0], language) for language in BOTH}
