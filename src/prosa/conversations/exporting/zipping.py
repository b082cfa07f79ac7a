"""A zip as it is written: pieces go in, pieces come out, and nothing of it is held but the list of its members."""

import asyncio
import time
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import suppress
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

LARGE: Final = 1 << 31  # bytes from which on a member needs the larger form
_STORED: Final = ("image/png", "image/jpeg", "image/webp", "image/gif", "application/zip", "application/pdf", "audio/", "video/")


class _Sink:
    """Takes what the library writes; it can't seek."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Keep it until it is taken."""
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        """All of it so far."""
        held, self._held = self._held, []
        return b"".join(held)


class Zip:
    """`moment`: when its members say that they were made, in seconds since 1970."""

    def __init__(self, moment: float) -> None:
        self._sink = _Sink()
        self._zip = ZipFile(self._sink, "w", ZIP_DEFLATED, compresslevel=6)  # type: ignore[call-overload]  # it needs no more
        self._moment = time.gmtime(max(moment, 315_532_800.0))[:6]  # a zip knows no time before 1980

    async def member(self, name: str, pieces: AsyncIterable[bytes], media_type: str = "", size: int = 0) -> AsyncIterator[bytes]:
        """Add one; what of the zip is ready. `size`: in bytes where it may be large."""
        info = ZipInfo(name, self._moment)
        info.compress_type = ZIP_STORED if media_type.startswith(_STORED) else ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        place = self._zip.open(info, "w", force_zip64=size >= LARGE or not size)
        try:
            async for piece in pieces:
                await asyncio.to_thread(place.write, piece)
                yield self._sink.take()
        finally:
            _closed(place)
        yield self._sink.take()

    def end(self) -> bytes:
        """The list of its members, with which it ends."""
        self._zip.close()
        return self._sink.take()


def _closed(place: IO[bytes]) -> None:
    """Close a member; where its content broke off the zip is nothing any more."""
    with suppress(RuntimeError):
        place.close()
