"""Content as rows of the database, so that whoever has its address has the files."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import TYPE_CHECKING, Final

from prosa.drivers.blobs.errors import BlobMissing
from prosa.drivers.blobs.models import Blob, Pieces, gathered, is_name, new_name
from prosa.drivers.sql import Connection, Database
from prosa.kit.clock import Clock

if TYPE_CHECKING:
    from prosa.drivers.blobs.parts_store import PartsStore

PART: Final = 256 << 10  # bytes to a row
_AT_ONCE: Final = 4  # rows to a transaction


class RowBlobs:
    """See Blobs. No transaction waits for who sends or takes the content: each holds some parts, and the first names the blob."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._opened: PartsStore | None = None

    async def put(self, pieces: Pieces, name: str | None = None, within: Connection | None = None) -> Blob:
        """See Blobs. Its parts come one after the other; who reads a name that no row refers to gets what is there."""
        store = await self._store(within)
        name = name or new_name(self._clock.now())
        digest, size, number, whole = hashlib.sha256(), 0, 0, False
        try:
            async for data in gathered(pieces, PART * _AT_ONCE):
                await asyncio.to_thread(digest.update, data)
                size += len(data)
                parts = [data[at : at + PART] for at in range(0, len(data), PART)]
                first, number = number, number + len(parts)
                await _uncut(store.add(name, first, parts, within))
            if not number:
                await store.add(name, 0, [b""], within)
            whole = True
        finally:
            if not whole and number and within is None:
                await _uncut(store.remove([name]))
        return Blob(name, size, digest.hexdigest())

    async def read(
        self, name: str, start: int = 0, length: int | None = None, within: Connection | None = None
    ) -> AsyncIterator[bytes]:
        """See Blobs."""
        if not is_name(name):
            raise BlobMissing
        store = await self._store(within)
        left, number, skip = length, start // PART, start % PART
        while left is None or left > 0:
            data = await store.part(name, number, within)
            if data is None:
                if left is None and number > 0:
                    return
                raise BlobMissing
            shown = data[skip:] if left is None else data[skip : skip + left]
            if shown:
                yield shown
            if len(data) < PART:
                if left is not None and len(shown) < left:
                    raise BlobMissing
                return
            left = None if left is None else left - len(shown)
            number, skip = number + 1, 0

    async def delete(self, names: Sequence[str]) -> None:
        """See Blobs."""
        await (await self._store()).remove(names)

    async def names(self, within: Connection | None = None) -> list[str]:
        """See Blobs."""
        return await (await self._store(within)).names(within)

    async def tidy(self, before: float) -> None:
        """See Blobs: what was begun is a blob like any other here."""

    async def _store(self, within: Connection | None = None) -> "PartsStore":
        if self._opened is None:
            if within is None:
                await self._database.open()  # loads SQLAlchemy in a thread, so that the import below is cheap
            from prosa.drivers.blobs.parts_store import PartsStore

            self._opened = PartsStore(self._database)
        return self._opened


async def _uncut(work: Coroutine[None, None, None]) -> None:
    """Await it to its end, and let a cancellation through only then: one amid a transaction would cost its connection."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # seen; the cancellation is what is told
        raise
