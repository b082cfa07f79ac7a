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
_K1: Final = 1.2
_B: Final = 0.6
_TIMES: Final = (1.0, 2.4, 5.5)  # what a word counts that stands at least once, twice, four times in a passage


class Ranked(NamedTuple):
    """A passage and what one ranking gives it: `store` is the place of its store in the wish."""

    score: float
    store: int
    number: int

    @property
    def key(self) -> tuple[int, int]:
        """Which passage it is."""
        return self.store, self.number


def by_words(
    matrix: "Matrix", found: Sequence["NDArray[np.int64]"], most: int, allowed: "NDArray[np.bool_] | None"
) -> "tuple[NDArray[np.int64], NDArray[np.float64]]":
    """Rows and scores of the best: `found` has for each word asked a list of rows for each of TIMES.

    BM25 (Robertson and Zaragoza 2009), with the number of times that a word stands in a passage known in steps alone. A list with
    more than `most` rows isn't whole: what stands nearly everywhere tells nothing but where it stands often. Only where all that
    is asked for is so, the rows that are known of it count.
    """
    scores = np.zeros(matrix.rows)
    words = [found[place : place + len(TIMES)] for place in range(0, len(found), len(TIMES))]
    whole = any(0 < len(rows) <= most for rows in found)
    mean = float(matrix.lengths.mean()) if matrix.rows else 1.0
    discount = (_K1 * (1 - _B + _B * matrix.lengths / max(mean, 1.0))).astype(np.float64)
    for lists in words:
        frequency = len(lists[0])
        weight = math.log(1 + (max(matrix.rows - frequency, 0) + 0.5) / (frequency + 0.5))
        times = np.zeros(matrix.rows)
        for rows, count in zip(lists, _TIMES, strict=True):
            if len(rows) <= most or not whole:
                times[rows] = count
        scores += weight * times * (_K1 + 1) / (times + discount)
    if allowed is not None:
        scores[~allowed] = 0.0
    rows = np.flatnonzero(scores)
    return rows, scores[rows]


def best(ranked: Sequence[Ranked], most: int) -> list[Ranked]:
    """The best of one ranking, over several stores; of equal ones those that came first."""
    return sorted(ranked, key=lambda one: (-one.score, one.store, one.number))[:most]


def joined(orders: Sequence[tuple[float, Sequence[Ranked]]]) -> list[Ranked]:
    """Rankings with their weights as one: the score is 1 for what is first in all that found anything."""
    orders = [(weight, order) for weight, order in orders if order and weight > 0]
    full = sum(weight for weight, _ in orders) / (K + 1)
    scores: dict[tuple[int, int], float] = {}
    for weight, order in orders:
        for rank, one in enumerate(order, 1):
            scores[one.key] = scores.get(one.key, 0.0) + weight / (K + rank) / full
    return best([Ranked(score, *key) for key, score in scores.items()], len(scores))
