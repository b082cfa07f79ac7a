"""Vectors and their signs: comparing many at little cost. numpy is loaded by who calls this first."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROUGH: Final = 2_048  # nearest by signs alone, of which ...
CANDIDATES: Final = 320  # ... so many nearest, by the query's own numbers against the others' signs, are compared exactly


def signs_of(vectors: Sequence[bytes]) -> bytes:
    """The signs of vectors of one length (float32, little-endian), a bit each, in words of 64 bits."""
    numbers = np.frombuffer(b"".join(vectors), dtype="<f4").reshape(len(vectors), -1)
    packed = np.packbits(numbers > 0, axis=1)
    width = words_of_signs(numbers.shape[1]) * 8
    return np.pad(packed, ((0, 0), (0, width - packed.shape[1]))).tobytes()


def words_of_signs(dimensions: int) -> int:
    """Words of 64 bits that the signs of a vector take."""
    return -(-dimensions // 64)


def columns_of(signs: bytes, dimensions: int) -> "NDArray[np.uint64]":
    """Signs of vectors one after the other as an array with a column for each vector, which is four times as quick to compare."""
    return np.ascontiguousarray(np.frombuffer(signs, dtype=np.uint64).reshape(-1, words_of_signs(dimensions)).T)


def nearest(signs: "NDArray[np.uint64]", vector: bytes, rows: "NDArray[np.int64] | None", most: int) -> "NDArray[np.int64]":
    """Which columns are worth an exact look; `rows`: the only ones that may be found, in their order."""
    if rows is not None:
        signs = signs[:, rows]
    count = signs.shape[1]
    if count <= most:
        return np.arange(count) if rows is None else rows
    wanted = np.frombuffer(signs_of([vector]), dtype=np.uint64)
    distances = np.zeros(count, dtype=np.uint16)
    for word, column in zip(wanted, signs, strict=True):
        distances += np.bitwise_count(column ^ word)
    rough = _smallest(distances, max(ROUGH, most))
    near = np.ascontiguousarray(signs[:, rough].T).view(np.uint8)
    found = rough[closest(near, vector, most)]
    return found if rows is None else rows[found]


def closest(signs: "NDArray[np.uint8]", vector: bytes, most: int) -> "NDArray[np.int64]":
    """Of rows of signs in bytes, the places of those that go best with the query's own numbers."""
    query = np.frombuffer(vector, dtype="<f4")
    bits = np.unpackbits(signs, axis=1, count=len(query)).astype(np.float32)
    return _smallest(-np.einsum("ij,j->i", bits, query), most)


def _smallest(values: "NDArray[np.uint16] | NDArray[np.float32]", most: int) -> "NDArray[np.int64]":
    """The places of the smallest values, of equal ones the first."""
    if len(values) <= most:
        return np.arange(len(values))
    bound = np.partition(values, most - 1)[most - 1]
    below = np.flatnonzero(values < bound)
    return np.sort(np.concatenate((below, np.flatnonzero(values == bound)[: most - len(below)])))


def compared(vectors: Sequence[bytes], vector: bytes) -> "NDArray[np.float32]":
    """The cosines of vectors of length 1 with another, exactly.

    Not by BLAS here and above: for so little, its threads wait for each other longer than they work.
    """
    numbers = np.frombuffer(b"".join(vectors), dtype="<f4").reshape(len(vectors), -1)
    found: NDArray[np.float32] = np.einsum("ij,j->i", numbers, np.frombuffer(vector, dtype="<f4"))
    return found
