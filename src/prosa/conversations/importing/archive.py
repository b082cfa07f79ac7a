"""A zip that somebody uploaded, read where it lies: its list is weighed before anything is unpacked, and names are only names."""

import asyncio
import io
import re
import struct
import zlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Final, TypeVar
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from prosa.conversations.importing.errors import ImportTooLarge, ImportUnreadable
from prosa.conversations.importing.models import MOST_FILES
from prosa.kit.errors import ProsaError

SIGNS: Final = (b"PK\x03\x04", b"PK\x05\x06")
MOST_MEMBERS: Final = MOST_FILES + 5_000
MOST_LIST: Final = 8 << 20  # bytes of the list of members
MOST_RATIO: Final = 250  # of what a member becomes to what it is
MOST_UNPACKED: Final = 4 << 30  # bytes of all members
_SMALL: Final = 1 << 20  # a member that may be of any ratio
_PIECE: Final = 256 << 10
_AHEAD: Final = 1 << 20
_PATIENCE: Final = 60.0
_END: Final = struct.Struct("<4s4H2IH")
_LARGE_PLACE: Final = struct.Struct("<4sIQI")
_LARGE_END: Final = struct.Struct("<4sQ2H2I4Q")
_TAIL: Final = _END.size + 65_535
_WANTED: Final = re.compile(r"(?:.*/)?conversations(?:-\d+)?\.json")
_OTHERS: Final = re.compile(
    r"(?:.*/)?(?:__MACOSX/.*|users?|user_settings|message_feedback|model_comparisons|shared_conversations|projects|memories|files"
    r"|export_manifest|manifest|group_chats|sora|shopping|basispoints)\.json"
)
_FAULTS: Final = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error, OverflowError)
MANIFEST: Final = "files.json"

Read = Callable[[int, int], Coroutine[Any, Any, bytes]]
"""So many bytes from a place on."""
Found = TypeVar("Found")


class _Far(io.RawIOBase):
    """The file as the library reads it, in a thread, while the loop fetches."""

    def __init__(self, read: Read, size: int, loop: asyncio.AbstractEventLoop) -> None:
        self._read = read
        self._size = size
        self._loop = loop
        self._at = 0
        self._held = b""
        self._from = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:  # as its base class
        left = min(len(buffer), self._size - self._at)
        if left <= 0:
            return 0
        if not self._from <= self._at < self._from + len(self._held):
            length = min(max(_AHEAD, left), self._size - self._at)
            fetching = asyncio.run_coroutine_threadsafe(self._read(self._at, length), self._loop)
            self._held, self._from = fetching.result(_PATIENCE), self._at
        piece = self._held[self._at - self._from :][:left]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


class Archive:
    """One zip, opened by `opened`."""

    def __init__(self, archive: ZipFile) -> None:
        self._zip = archive

    @classmethod
    async def opened(cls, read: Read, size: int) -> "Archive":
        """Raises ImportUnreadable, ImportTooLarge for one that would become far more than it is."""
        _weigh_list(await read(max(0, size - _TAIL), min(size, _TAIL)), size)
        await _weigh_large_list(read, size)
        far = _Far(read, size, asyncio.get_running_loop())
        found = cls(await _guarded(lambda: ZipFile(io.BufferedReader(far, _AHEAD))))
        _weigh(found._zip.infolist(), size)
        return found

    def conversations(self) -> list[str]:
        """The members that hold conversations, in order; without the usual names, every other JSON file."""
        names = [info.filename for info in self._zip.infolist() if not info.is_dir()]
        named = sorted(name for name in names if _WANTED.fullmatch(name) and not name.startswith("__MACOSX/"))
        return named or sorted(name for name in names if name.endswith(".json") and not _OTHERS.fullmatch(name))

    def has(self, name: str) -> bool:
        """Whether there is a member of this name."""
        return name in self._zip.NameToInfo

    async def pieces(self, name: str) -> AsyncIterator[bytes]:
        """What a member holds. Raises ImportUnreadable."""
        place = await _guarded(lambda: self._zip.open(name))
        try:
            while piece := await _guarded(lambda: place.read(_PIECE)):
                yield piece
        finally:
            place.close()

    async def whole(self, name: str, most: int) -> bytes:
        """All of a member. Raises ImportUnreadable, ImportTooLarge."""
        if self._zip.getinfo(name).file_size > most:
            raise ImportTooLarge(f"{name} has more than {most >> 20} MB")
        return b"".join([piece async for piece in self.pieces(name)])


async def _guarded(work: Callable[[], Found]) -> Found:
    """Do it in a thread. Raises ImportUnreadable for what the library makes nothing of."""
    try:
        return await asyncio.to_thread(work)
    except ProsaError:
        raise
    except _FAULTS as error:
        raise ImportUnreadable("the zip is damaged, encrypted, or of a kind that isn't known") from error


def _weigh_list(tail: bytes, size: int) -> None:
    """How many members there are, and how long their list is, before it is read."""
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END.size:
        raise ImportUnreadable("the zip has no end")
    _, _, _, _, members, length, _, _ = _END.unpack_from(tail, place)
    if members != 0xFFFF and members > MOST_MEMBERS:
        raise ImportTooLarge(f"the zip has more than {MOST_MEMBERS} members")
    if length not in (0xFFFFFFFF,) and length > min(MOST_LIST, size):
        raise ImportTooLarge("the zip's list of members is too long")


async def _weigh_large_list(read: Read, size: int) -> None:
    """The same where the larger form of a zip tells it."""
    tail = await read(max(0, size - _TAIL), min(size, _TAIL))
    place = tail.rfind(b"PK\x06\x07")
    if place < 0 or len(tail) - place < _LARGE_PLACE.size:
        return
    _, _, offset, _ = _LARGE_PLACE.unpack_from(tail, place)
    if offset > size - _LARGE_END.size:
        raise ImportUnreadable("the zip is damaged")
    found = _LARGE_END.unpack(await read(offset, _LARGE_END.size))
    if found[0] == b"PK\x06\x06" and (found[7] > MOST_MEMBERS or found[8] > min(MOST_LIST, size)):
        raise ImportTooLarge(f"the zip has more than {MOST_MEMBERS} members")


def _weigh(members: list[ZipInfo], size: int) -> None:
    """What it would become, by what it says; more than that the library never unpacks."""
    if len(members) > MOST_MEMBERS:
        raise ImportTooLarge(f"the zip has more than {MOST_MEMBERS} members")
    for info in members:
        if info.flag_bits & 0x1 or info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise ImportUnreadable("the zip is encrypted, or packed in a way that isn't known")
        if info.file_size > max(_SMALL, MOST_RATIO * max(1, info.compress_size)):
            raise ImportTooLarge("a member of the zip becomes far larger than it is")
    # Members that lie over each other are more than the whole.
    if sum(info.compress_size for info in members) > size:
        raise ImportUnreadable("the zip's members lie over each other")
    if sum(info.file_size for info in members) > MOST_UNPACKED:
        raise ImportTooLarge(f"the zip becomes more than {MOST_UNPACKED >> 30} GB")
