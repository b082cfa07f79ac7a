"""From a provider's answer to vectors of length 1. numpy is loaded by who calls this first."""

from base64 import b64decode
from binascii import Error as NoBase64
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from prosa.knowledge.embedding.errors import EmbeddingUnusable

MOST_NUMBERS: Final = 16_384  # of a vector


class _Row(msgspec.Struct):
    embedding: str | list[float]
    index: int = -1


class _Answer(msgspec.Struct):
    data: list[_Row]


_decode: Final = msgspec.json.Decoder(_Answer).decode


def vectors_in(body: bytes, count: int) -> list[bytes]:
    """The vectors of an answer in OpenAI's form, float32 and little-endian, in the order of what was asked.

    Raises EmbeddingUnusable.
    """
    try:
        rows = _decode(body).data
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise EmbeddingUnusable("it holds no vectors") from error
    if len(rows) != count:
        raise EmbeddingUnusable(f"{len(rows)} vectors for {count} texts")
    if all(row.index >= 0 for row in rows):
        rows = sorted(rows, key=lambda row: row.index)
    numbers = [_numbers(row.embedding) for row in rows]
    if len({len(each) for each in numbers}) > 1:
        raise EmbeddingUnusable("its vectors differ in length")
    if numbers and not 0 < len(numbers[0]) <= MOST_NUMBERS:
        raise EmbeddingUnusable(f"vectors of {len(numbers[0])} numbers")
    return [_normal(each) for each in numbers]


def _normal(numbers: NDArray[np.float64]) -> bytes:
    length = float(np.sqrt(numbers @ numbers))
    if not np.isfinite(length):
        raise EmbeddingUnusable("a vector that is none")
    return (numbers / (length or 1.0)).astype("<f4").tobytes()


def _numbers(embedding: str | list[float]) -> NDArray[np.float64]:
    if isinstance(embedding, list):
        return np.array(embedding, dtype=np.float64)
    try:
        return np.frombuffer(b64decode(embedding, validate=True), dtype="<f4").astype(np.float64)
    except (NoBase64, ValueError) as error:
        raise EmbeddingUnusable("it holds no vectors") from error
