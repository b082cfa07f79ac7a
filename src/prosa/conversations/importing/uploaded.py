"""An uploaded file as its drafts come out of it: plain JSON, or a zip with JSON in it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from typing import Final

import msgspec

from prosa.conversations.importing.archive import MANIFEST, SIGNS, Archive
from prosa.conversations.importing.errors import ImportTooLarge, ImportUnreadable
from prosa.conversations.importing.models import (
    MOST_CONVERSATIONS,
    MOST_FILES,
    MOST_ITEMS,
    Draft,
    Fault,
    Frame,
    Refusal,
)
from prosa.drivers.children import Bounds, ChildFailed, talking
from prosa.files import File, FileService

MODULE: Final = "prosa.conversations.importing.child"
BOUNDS: Final = Bounds(processor_seconds=900, memory=2 << 30)
_LARGE: Final = 1 << 20  # bytes that are decoded on a thread
_MANIFEST_BYTES: Final = 8 << 20
_frame: Final = msgspec.msgpack.Decoder(Frame).decode


class Attached(msgspec.Struct, frozen=True):
    """A file of prosa's own zip, as its list tells: under which id messages name it, and where it lies."""

    id: str
    path: str
    name: str = "file"


_attached: Final = msgspec.json.Decoder(list[Attached]).decode


class Uploaded:
    """One upload; `opened` looks at what it is."""

    def __init__(self, files: FileService, file: File, archive: Archive | None) -> None:
        self.file = file
        self._files = files
        self._archive = archive

    @classmethod
    async def opened(cls, files: FileService, file: File) -> "Uploaded":
        """Raises ImportUnreadable, ImportTooLarge."""

        async def read(start: int, length: int) -> bytes:
            return b"".join([piece async for piece in files.content(file, start, length)])

        head = await read(0, min(4, file.bytes))
        archive = await Archive.opened(read, file.bytes) if head in SIGNS else None
        if archive is not None and not archive.conversations():
            raise ImportUnreadable("there is no JSON file with conversations in the zip")
        return cls(files, file, archive)

    async def drafts(self) -> AsyncGenerator[Draft | Fault, None]:
        """Every conversation. Raises ImportUnreadable, ImportTooLarge, and what reading the file raises."""
        conversations = items = 0
        for name, pieces in self._documents():
            async with talking(MODULE, pieces, BOUNDS) as frames:
                async for draft in _drafts(frames, name):
                    conversations += 1
                    items += len(draft.items) if isinstance(draft, Draft) else 0
                    if conversations > MOST_CONVERSATIONS or items > MOST_ITEMS:
                        raise ImportTooLarge(f"it has more than {MOST_CONVERSATIONS} conversations or {MOST_ITEMS} messages")
                    yield draft

    def _documents(self) -> list[tuple[str, AsyncIterable[bytes]]]:
        if self._archive is None:
            return [("", self._files.content(self.file))]
        return [(name, self._archive.pieces(name)) for name in self._archive.conversations()]

    async def attached(self) -> list[Attached]:
        """The files that travel along. Raises ImportUnreadable, ImportTooLarge."""
        if self._archive is None or not self._archive.has(MANIFEST):
            return []
        try:
            found = _attached(await self._archive.whole(MANIFEST, _MANIFEST_BYTES))
        except msgspec.MsgspecError:
            return []  # another product's file of this name
        if len(found) > MOST_FILES:
            raise ImportTooLarge(f"it has more than {MOST_FILES} files")
        return [each for each in found if self._archive.has(each.path)]

    def content(self, attached: Attached) -> AsyncIterator[bytes]:
        """What is in one of them. Raises ImportUnreadable."""
        assert self._archive is not None
        return self._archive.pieces(attached.path)


async def _drafts(frames: AsyncIterator[bytes], name: str) -> AsyncIterator[Draft | Fault]:
    try:
        async for data in frames:
            found = await asyncio.to_thread(_frame, data) if len(data) > _LARGE else _frame(data)
            if isinstance(found, Refusal):
                raise ImportTooLarge(found.reason) if found.too_large else ImportUnreadable(found.reason)
            found.place = name + found.place
            yield found
    except ChildFailed as error:
        raise ImportUnreadable("it can't be read within the bounds of time and memory") from error
