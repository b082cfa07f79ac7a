"""What a blob is, and what can be done with blobs wherever they are."""

import re
import secrets
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from prosa.drivers.sql import Connection

Pieces = AsyncIterable[bytes]
_NAME: Final = re.compile(r"[0-9a-f]{32}")
_RANDOM: Final = 10  # bytes of a name
_MILLISECONDS: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Blob:
    """Content as it is kept: the name that the server made for it, its size, its SHA-256 in hex."""

    name: str
    bytes: int
    sha256: str


Named = Sequence[Blob]


class Blobs(Protocol):
    """Content by names that the server makes. `within`: the caller's transaction, where blobs are rows; else it is ignored."""

    async def put(self, pieces: Pieces, name: str | None = None, within: Connection | None = None) -> Blob:
        """Keep content, whole and durable when this returns, or nothing of it.

        `name` only to bring back one that was made before. Raises StorageFull, StorageUnavailable, DatabaseUnavailable, and what
        `pieces` raise.
        """
        ...

    def read(
        self, name: str, start: int = 0, length: int | None = None, within: Connection | None = None
    ) -> AsyncIterator[bytes]:
        """The content from byte `start` on, in pieces of at most 256 KiB. Raises BlobMissing, StorageUnavailable."""
        ...

    async def delete(self, names: Sequence[str]) -> None:
        """Remove; what isn't there is as removed. Raises StorageUnavailable."""
        ...

    async def names(self, within: Connection | None = None) -> list[str]:
        """Everything that is kept, in any order."""
        ...

    async def tidy(self, before: float) -> None:
        """Remove what was begun before this moment (seconds since 1970) and never became a blob."""
        ...


def new_name(now: float) -> str:
    """A name that nobody can guess and that says nothing of the content, only when it was made. `now`: seconds since 1970."""
    return secrets.token_hex(_RANDOM) + f"{int(now * _MILLISECONDS):012x}"[-12:]


def begun(name: str) -> float:
    """When a name was made, in seconds since 1970."""
    return int(name[2 * _RANDOM :], 16) / _MILLISECONDS


def is_name(text: str) -> bool:
    """Whether a blob can have this name."""
    return _NAME.fullmatch(text) is not None


async def gathered(pieces: Pieces, most: int) -> AsyncIterator[bytes]:
    """The same content in pieces of exactly `most` bytes, the last one of what is left."""
    held = bytearray()
    async for piece in pieces:
        held += piece
        while len(held) >= most:
            yield bytes(held[:most])
            del held[:most]
    if held:
        yield bytes(held)
