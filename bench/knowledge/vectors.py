"""The vectors of the documents and questions beside this file, so that tests need no model.

`python -m bench.knowledge.vectors` makes them anew, with the model of the extra `offline`: bytes from -127 to 127, in the order
of `texts`, behind the SHA-256 of these.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from bench.knowledge.evaluation import FOLDER, LANGUAGES, Embed, documents, questions
from prosa.knowledge.offline.worker import DIMENSIONS, Worker
from prosa.knowledge.retrieval import searched_text

FILE: Final = FOLDER / "vectors.bin"
_DIGEST: Final = 32


def texts() -> list[str]:
    """All that has a vector."""
    found: list[str] = []
    for language in LANGUAGES:
        found += [searched_text(passage) for passages in documents(language).values() for passage in passages]
        found += questions(language)
    return list(dict.fromkeys(found))


def kept(path: Path = FILE) -> Embed:
    """The vectors as they are kept. Raises ValueError where the texts have changed since."""
    data, known = path.read_bytes(), texts()
    if data[:_DIGEST] != _digest(known):
        raise ValueError("the texts have changed: python -m bench.knowledge.vectors")
    numbers = np.frombuffer(data[_DIGEST:], dtype=np.int8).reshape(len(known), DIMENSIONS).astype(np.float32)
    numbers /= np.linalg.norm(numbers, axis=1, keepdims=True)
    vectors = {text: row.astype("<f4").tobytes() for text, row in zip(known, numbers, strict=True)}

    async def embed(asked: Sequence[str]) -> list[bytes]:
        return [vectors[text] for text in asked]

    return embed


async def made() -> bytes:
    """What the model says, as it is kept."""
    worker = Worker()
    try:
        known = texts()
        _, vectors = await worker.embed(known)
    finally:
        await worker.aclose()
    numbers = np.frombuffer(b"".join(vectors), dtype="<f4").reshape(len(known), DIMENSIONS)
    scaled = np.rint(numbers / np.abs(numbers).max(axis=1, keepdims=True) * 127).astype(np.int8)
    return _digest(known) + bytes(scaled.tobytes())


def _digest(known: Sequence[str]) -> bytes:
    return hashlib.sha256("\0".join(known).encode()).digest()


if __name__ == "__main__":
    FILE.write_bytes(asyncio.run(made()))
