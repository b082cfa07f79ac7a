"""What a process remembers of a store, to search in it: which passages there are, their lengths, and the signs of their vectors.

Some sixty bytes a passage; twelve where PostgreSQL finds near vectors itself (pgvector_store.py). It is brought up to date before
each search, by the store's version: of what came since, only that is read; where something went, the list of documents is read
again.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from prosa.knowledge.retrieval.store import SHIFT
from prosa.knowledge.retrieval.vectors import columns_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_BYTES: Final = 96 * 1024 * 1024  # of all stores that a process remembers
_PLACE: Final = (1 << SHIFT) - 1


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is found: `lengths` of its passages in words (32 bits each), `signs` of its vectors or, where the database
    keeps them, nothing.
    """

    number: int
    file_id: str
    dimensions: int
    lengths: bytes
    signs: bytes

    @property
    def passages(self) -> int:
        """How many it has."""
        return len(self.lengths) // 4

    @property
    def size(self) -> int:
        """Bytes that it takes here, about."""
        return len(self.lengths) * 3 + len(self.signs) * 2 + 200


@dataclass(slots=True)
class Matrix:
    """A store as it was at one version: its documents by number, and as arrays with a row for each passage."""

    version: int
    removals: int
    salt: bytes
    documents: tuple[Document, ...]
    numbers: "NDArray[np.int64]" = field(init=False)  # of documents
    offsets: "NDArray[np.int64]" = field(init=False)  # the row with which each begins, and at the end how many rows there are
    lengths: "NDArray[np.uint32]" = field(init=False)
    _rows: "dict[int, NDArray[np.int64]]" = field(init=False, default_factory=dict)
    _signs: "dict[int, NDArray[np.uint64]]" = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        by_number = {document.number: document for document in self.documents}  # what came meanwhile may stand there twice
        self.documents = tuple(by_number[number] for number in sorted(by_number))
        self.numbers = np.array([document.number for document in self.documents], dtype=np.int64)
        counts = [0, *(document.passages for document in self.documents)]
        self.offsets = np.cumsum(np.array(counts, dtype=np.int64))
        self.lengths = np.frombuffer(b"".join(document.lengths for document in self.documents), dtype=np.uint32)

    @property
    def rows(self) -> int:
        """How many passages there are."""
        return len(self.lengths)

    @property
    def size(self) -> int:
        """Bytes that it takes, about."""
        return sum(document.size for document in self.documents)

    def with_vectors(self, dimensions: int) -> "NDArray[np.int64]":
        """The rows with vectors of this length."""
        found = self._rows.get(dimensions)
        if found is None:
            rows = [np.arange(self.offsets[place], self.offsets[place + 1]) for place in self._having(dimensions)]
            found = np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)
            self._rows = {dimensions: found}
        return found

    def signs(self, dimensions: int) -> "NDArray[np.uint64]":
        """The signs of these vectors, in a column each; not where the database keeps them."""
        found = self._signs.get(dimensions)
        if found is None:
            found = columns_of(b"".join(self.documents[place].signs for place in self._having(dimensions)), dimensions)
            self._signs = {dimensions: found}
        return found

    def _having(self, dimensions: int) -> list[int]:
        return [place for place, document in enumerate(self.documents) if document.dimensions == dimensions]

    def allowed(self, file_ids: frozenset[str]) -> "NDArray[np.bool_]":
        """For each row, whether it is of one of these files."""
        documents = np.array([document.file_id in file_ids for document in self.documents], dtype=bool)
        return np.repeat(documents, np.diff(self.offsets))

    def rows_of(self, numbers: "NDArray[np.int64]") -> "NDArray[np.int64]":
        """The rows of passages' numbers, without those that aren't of this version."""
        if not len(self.numbers):
            return np.empty(0, dtype=np.int64)
        documents = numbers >> SHIFT
        places = np.minimum(np.searchsorted(self.numbers, documents), len(self.numbers) - 1)
        rows = self.offsets[places] + (numbers & _PLACE)
        found: NDArray[np.int64] = rows[(self.numbers[places] == documents) & (rows < self.offsets[places + 1])]
        return found

    def numbers_of(self, rows: "NDArray[np.int64]") -> "NDArray[np.int64]":
        """The numbers of the passages in these rows."""
        places = np.searchsorted(self.offsets, rows, side="right") - 1
        return (self.numbers[places] << SHIFT) + (rows - self.offsets[places])

    def file_of(self, number: int) -> str:
        """The file of a passage."""
        return self.documents[int(np.searchsorted(self.numbers, number >> SHIFT))].file_id


class Remembered:
    """The stores that were searched last, as many as memory is meant for."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._kept: OrderedDict[int, Matrix] = OrderedDict()
        self._sizes: dict[int, int] = {}

    def get(self, store: int) -> Matrix | None:
        """What is known of a store, perhaps of an older version."""
        found = self._kept.get(store)
        if found is not None:
            self._kept.move_to_end(store)
        return found

    def keep(self, store: int, matrix: Matrix) -> None:
        """Remember it, and forget those that weren't asked for longest."""
        self._kept[store] = matrix
        self._kept.move_to_end(store)
        self._sizes[store] = matrix.size
        while len(self._kept) > 1 and sum(self._sizes.values()) > self._most:
            forgotten, _ = self._kept.popitem(last=False)
            del self._sizes[forgotten]

    def forget(self, store: int) -> None:
        """It is gone."""
        if self._kept.pop(store, None) is not None:
            del self._sizes[store]
