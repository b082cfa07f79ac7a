"""Vectors and their signs: comparing many at little cost. numpy is loaded by who calls this first."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK: Final = 16_384  # rows compared at once: what numpy makes on the way stays small
_ROUGH: Final = 2_048  # nearest by signs alone, of which ...
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


def nearest(signs: "NDArray[np.uint64]", vector: bytes, rows: "NDArray[np.int64] | None", most: int) -> "NDArray[np.int64]":
    """Which rows are worth an exact look; `rows`: the only ones that may be found, in their order."""
    if rows is not None:
        signs = signs[rows]
    if len(signs) <= most:
        return np.arange(len(signs)) if rows is None else rows
    query = np.frombuffer(vector, dtype="<f4")
    wanted = np.frombuffer(signs_of([vector]), dtype=np.uint64)
    distances = np.empty(len(signs), dtype=np.uint16)
    for begin in range(0, len(signs), _BLOCK):
        block = np.bitwise_count(signs[begin : begin + _BLOCK] ^ wanted)
        distances[begin : begin + _BLOCK] = block.sum(axis=1, dtype=np.uint16)
    rough = _smallest(distances, max(_ROUGH, most))
    bits = np.unpackbits(signs[rough].view(np.uint8), axis=1, count=len(query))
    found = rough[_smallest(-(bits.astype(np.float32) @ query), most)]
    return found if rows is None else rows[found]


def _smallest(values: "NDArray[np.uint16] | NDArray[np.float32]", most: int) -> "NDArray[np.int64]":
    """The places of the smallest values, of equal ones the first."""
    if len(values) <= most:
        return np.arange(len(values))
    bound = np.partition(values, most - 1)[most - 1]
    below = np.flatnonzero(values < bound)
    return np.sort(np.concatenate((below, np.flatnonzero(values == bound)[: most - len(below)])))


def compared(vectors: Sequence[bytes], vector: bytes) -> "NDArray[np.float32]":
    """The cosines of vectors of length 1 with another, exactly."""
    numbers = np.frombuffer(b"".join(vectors), dtype="<f4").reshape(len(vectors), -1)
    found: NDArray[np.float32] = numbers @ np.frombuffer(vector, dtype="<f4")
    return found
