"""Putting in order: by words (BM25), and joining two orders by reciprocal ranks."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from prosa.knowledge.retrieval.tokens import TIMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prosa.knowledge.retrieval.matrix import Matrix

K: Final = 60
"""Of reciprocal rank fusion: Cormack, Clarke and Büttcher, SIGIR 2009."""
LEAST: Final = 0.25**2
"""The trust that words need, to count beside what was found by vectors: a quarter of the question, by its words' weights."""
_SURE: Final = 0.58  # of the way from any passage to the question itself, a vector that is surely about the same
_DOUBT: Final = 3.0  # how fast trust falls below that; both fitted on bench/knowledge's questions, with an English model
_K1: Final = 1.2
_B: Final = 0.6
_TIMES: Final = (1.0, 2.4, 5.5)  # what a word counts that stands at least once, twice, four times in a passage


class Ranked(NamedTuple):
    """A passage and what one ranking gives it: `store` is the place of its store in the wish.

    `trust`, from 0 to 1: how much it says, in itself and not beside the others, that the passage is what was looked for.
    """

    score: float
    store: int
    number: int
    trust: float = 1.0

    @property
    def key(self) -> tuple[int, int]:
        """Which passage it is."""
        return self.store, self.number


class ByWords(NamedTuple):
    """Rows that have words of a question, with their scores and which part of the question they cover, by its words' weights."""

    rows: "NDArray[np.int64]"
    scores: "NDArray[np.float64]"
    covered: "NDArray[np.float64]"

    @property
    def trust(self) -> "NDArray[np.float64]":
        """Of each: half of a question is much less than half of an answer."""
        return self.covered**2

    def best(self, most: int) -> "ByWords":
        """Those with the highest scores, and others with the last one's."""
        if len(self.rows) <= most:
            return self
        kept = self.scores >= np.partition(self.scores, len(self.scores) - most)[len(self.scores) - most]
        return ByWords(self.rows[kept], self.scores[kept], self.covered[kept])


def by_words(matrix: "Matrix", found: Sequence["NDArray[np.int64]"], most: int, allowed: "NDArray[np.bool_] | None") -> ByWords:
    """What has any of the words: `found` has for each word asked a list of rows for each of TIMES.

    BM25 (Robertson and Zaragoza 2009), with the number of times that a word stands in a passage known in steps alone. A list with
    more than `most` rows isn't whole: what stands nearly everywhere tells nothing but where it stands often. Only where all that
    is asked for is so, the rows that are known of it count.
    """
    scores, covered, asked = np.zeros(matrix.rows), np.zeros(matrix.rows), 0.0
    words = [found[place : place + len(TIMES)] for place in range(0, len(found), len(TIMES))]
    whole = any(0 < len(rows) <= most for rows in found)
    mean = float(matrix.lengths.mean()) if matrix.rows else 1.0
    times = np.zeros(matrix.rows)
    discount = (_K1 * (1 - _B + _B * matrix.lengths / max(mean, 1.0))).astype(np.float64)
    for lists in words:
        frequency = len(lists[0])
        weight = math.log(1 + (max(matrix.rows - frequency, 0) + 0.5) / (frequency + 0.5))
        rows = _rows(lists, most, times, whole=whole)
        often = times[rows]
        scores[rows] += weight * often * (_K1 + 1) / (often + discount[rows])
        covered[rows] += weight
        times[rows] = 0.0
        asked += weight
    if allowed is not None:
        scores[~allowed] = 0.0
    rows = np.flatnonzero(scores)
    return ByWords(rows, scores[rows], covered[rows] / asked)


def _rows(lists: Sequence["NDArray[np.int64]"], most: int, times: "NDArray[np.float64]", *, whole: bool) -> "NDArray[np.int64]":
    """The rows that count for one word; into `times` goes what they count."""
    told = [(rows, count) for rows, count in zip(lists, _TIMES, strict=True) if len(rows) <= most or not whole]
    for rows, count in told:
        times[rows] = count
    if told and len(told[0][0]) <= most:
        return told[0][0]  # in which are those of the later lists
    return np.unique(np.concatenate([lists[0][:0], *(rows for rows, _ in told)]))


def trusted(cosine: float, usual: float) -> float:
    """How much a vector says: `usual` is what any passage of the store has in common with the question.

    In that way a language that the model doesn't know, in which all texts are alike to it, is told from an answer.
    """
    sure = max(0.0, min(1.0, (cosine - usual) / (1.0 - usual + 1e-9) / _SURE))
    return float(sure**_DOUBT)


def best(ranked: Sequence[Ranked], most: int) -> list[Ranked]:
    """The best of one ranking, over several stores; of equal ones those that came first."""
    return sorted(ranked, key=lambda one: (-one.score, one.store, one.number))[:most]


def joined(orders: Sequence[tuple[float, Sequence[Ranked]]]) -> list[Ranked]:
    """One ranking, or several with their weights as one, by reciprocal ranks, each weighed by how much it can be trusted.

    What is first in the ranking that weighs most, and fully trusted, has a score of 1; above that it says nothing more.
    """
    orders = [(weight, order) for weight, order in orders if weight > 0 and order]
    if len(orders) == 1:
        return _alone(orders[0][1])
    full = max((weight for weight, _ in orders), default=0.0) / (K + 1)
    scores: dict[tuple[int, int], float] = {}
    for weight, order in orders:
        for rank, one in enumerate(order, 1):
            scores[one.key] = scores.get(one.key, 0.0) + weight * one.trust / (K + rank) / full
    ordered = best([Ranked(score, *key) for key, score in scores.items()], len(scores))
    return [one._replace(score=min(1.0, one.score)) for one in ordered]


def _alone(order: Sequence[Ranked]) -> list[Ranked]:
    """One ranking in its own order: of each the trust, or what is less before it."""
    least, found = 1.0, []
    for one in order:
        least = min(least, one.trust)
        found.append(one._replace(score=least))
    return found
