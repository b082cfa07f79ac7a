"""Vectors of texts that were asked for before, for a while, for their owner alone."""

from collections.abc import Sequence
from typing import Final

from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database
from prosa.kit import moments

_KEEP: Final = Statement(
    "INSERT INTO embedding_cache (space, digest, model, vector, made_at) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (space, digest, model) DO NOTHING"
)
_FORGET: Final = Statement("DELETE FROM embedding_cache WHERE made_at < $1")
_FIND: Final = "SELECT digest, vector FROM embedding_cache WHERE space = $1 AND model = $2 AND digest IN ({})"
_AT_ONCE: Final = 32


async def find(database: Database, space: str, model: str, digests: Sequence[bytes]) -> dict[bytes, bytes]:
    """By digest, the vectors that are known."""
    found: dict[bytes, bytes] = {}
    for begin in range(0, len(digests), _AT_ONCE):
        some = digests[begin : begin + _AT_ONCE]
        signs = ", ".join(f"${place}" for place in range(3, len(some) + 3))
        for digest, vector in await database.fetch(_FIND.format(signs), space, model, *some):
            assert isinstance(digest, bytes) and isinstance(vector, bytes)
            found[digest] = vector
    return found


def keeping(space: str, model: str, vectors: dict[bytes, bytes], now: float) -> list[Part]:
    """What is remembered from now on."""
    moment = moments.stored(now)
    return [(_KEEP, (space, digest, model, vector, moment)) for digest, vector in vectors.items()]


def forgetting(before: float) -> Part:
    """What is older goes."""
    return (_FORGET, (moments.stored(before),))
