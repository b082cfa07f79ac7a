"""Content in a folder: a file each, written beside, made durable, then given its name."""

import asyncio
import contextlib
import hashlib
import os
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

from prosa.drivers.blobs.errors import BlobMissing, of_system
from prosa.drivers.blobs.models import Blob, Pieces, gathered, is_name, new_name
from prosa.drivers.sql import Connection
from prosa.kit.clock import Clock

_WRITTEN: Final = 256 << 10  # bytes to one call of the system, and held of each upload
_READ: Final = 256 << 10  # and of each download
_DRAFTS: Final = "incoming"
_DRAFT: Final = ".part"


class FolderBlobs:
    """See Blobs. `ab/cdef…` under `root`, readable by the server's user alone."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self.root = root
        self._clock = clock

    async def put(self, pieces: Pieces, name: str | None = None, within: Connection | None = None) -> Blob:
        """See Blobs."""
        name = name or new_name(self._clock.now())
        draft = _Draft(self.root / _DRAFTS / (name + _DRAFT), self._path(name))
        try:
            await asyncio.to_thread(draft.open)
            async for data in gathered(pieces, _WRITTEN):
                await asyncio.to_thread(draft.write, data)
            size, digest = await asyncio.to_thread(draft.finish)
        except OSError as error:
            raise of_system(error) from error
        finally:
            await asyncio.shield(asyncio.to_thread(draft.discard))
        return Blob(name, size, digest)

    async def read(
        self, name: str, start: int = 0, length: int | None = None, within: Connection | None = None
    ) -> AsyncIterator[bytes]:
        """See Blobs."""
        try:
            place = await _opened(self._path(name))
        except FileNotFoundError as error:
            raise BlobMissing from error
        except OSError as error:
            raise of_system(error) from error
        try:
            end = os.fstat(place).st_size if length is None else start + length
            while start < end:
                data = await asyncio.to_thread(os.pread, place, min(_READ, end - start), start)
                if not data:
                    raise BlobMissing
                start += len(data)
                yield data
        except OSError as error:
            raise of_system(error) from error
        finally:
            os.close(place)

    async def delete(self, names: Sequence[str]) -> None:
        """See Blobs."""
        await asyncio.to_thread(self._delete, [self._path(name) for name in names])

    async def names(self, within: Connection | None = None) -> list[str]:
        """See Blobs."""
        return await asyncio.to_thread(self._names)

    async def tidy(self, before: float) -> None:
        """See Blobs."""
        await asyncio.to_thread(self._tidy, before)

    def _path(self, name: str) -> Path:
        if not is_name(name):
            raise BlobMissing
        return self.root / name[:2] / name[2:]

    def _delete(self, paths: Sequence[Path]) -> None:
        try:
            for path in paths:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise of_system(error) from error

    def _names(self) -> list[str]:
        try:
            shelves = [shelf for shelf in self.root.iterdir() if len(shelf.name) == 2 and shelf.is_dir()]
            found = [shelf.name + path.name for shelf in shelves for path in shelf.iterdir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise of_system(error) from error
        return [name for name in found if is_name(name)]

    def _tidy(self, before: float) -> None:
        with contextlib.suppress(OSError):  # not there yet, or another process does the same
            for draft in (self.root / _DRAFTS).iterdir():
                if draft.name.endswith(_DRAFT) and draft.stat().st_mtime < before:
                    draft.unlink(missing_ok=True)


class _Draft:
    """A blob in the making. Its calls block; the lock lets a cancelled one come to its end before the file is closed."""

    def __init__(self, draft: Path, target: Path) -> None:
        self._draft = draft
        self._target = target
        self._lock = threading.Lock()
        self._place: int | None = None
        self._digest = hashlib.sha256()
        self._size = 0

    def open(self) -> None:
        """Begin."""
        with self._lock:
            root = self._draft.parent.parent
            if not root.is_dir():
                root.mkdir(parents=True, mode=0o700, exist_ok=True)
                _sync(root.parent)
            self._draft.parent.mkdir(mode=0o700, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            self._place = os.open(self._draft, flags, 0o600)

    def write(self, data: bytes) -> None:
        """Append all of it."""
        with self._lock:
            if self._place is None:
                return
            self._digest.update(data)
            self._size += len(data)
            left = memoryview(data)
            while left:
                left = left[os.write(self._place, left) :]

    def finish(self) -> tuple[int, str]:
        """Make it durable under its name: the file first, then the folders that know it. Size, and SHA-256 in hex."""
        with self._lock:
            assert self._place is not None
            os.fsync(self._place)
            shelf = self._target.parent
            fresh = not shelf.is_dir()
            shelf.mkdir(mode=0o700, exist_ok=True)
            os.replace(self._draft, self._target)
            _sync(shelf)
            if fresh:
                _sync(shelf.parent)
            self._close()
        return self._size, self._digest.hexdigest()

    def discard(self) -> None:
        """Leave nothing of what was not finished."""
        with self._lock:
            if self._place is not None:
                self._close()
                with contextlib.suppress(OSError):
                    self._draft.unlink(missing_ok=True)

    def _close(self) -> None:
        place, self._place = self._place, None
        if place is not None:
            os.close(place)


async def _opened(path: Path) -> int:
    """A descriptor to read from. One that comes after its reader was cancelled is closed: nobody else knows it."""
    opening = asyncio.ensure_future(asyncio.to_thread(os.open, path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_close_unwanted)
        raise


def _close_unwanted(opening: "asyncio.Future[int]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        os.close(opening.result())


def _sync(folder: Path) -> None:
    place = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(place)
    finally:
        os.close(place)
