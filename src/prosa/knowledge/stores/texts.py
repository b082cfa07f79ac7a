"""The text of files around a place: put together of what a store keeps of it, or read once more out of the file."""

from collections import OrderedDict
from dataclasses import replace
from typing import Final

from prosa.files import File
from prosa.knowledge.excerpts import BACK, Excerpt, Stretch, Wanted, cut, of_document, of_passages
from prosa.knowledge.extraction import Extracted, NotReadNow, extract, language_of, reader_of
from prosa.knowledge.stores.parts import StoreParts
from prosa.knowledge.stores.turns import Turns

KEPT_CHARACTERS: Final = 8_000_000
"""Of all texts that a process remembers; a longer one is read anew each time."""
KEPT_SECONDS: Final = 300.0
MOST_WAITING: Final = 4  # readings of one space that are under way or wait
_CODE: Final = frozenset({"code", "json"})  # readers that make one piece of code of a whole document


class Texts:
    """Shows; who may see what is for others to say."""

    def __init__(self, parts: StoreParts) -> None:
        self._parts = parts
        self._turns = Turns(1)
        self._waiting: dict[str, int] = {}  # by space
        self._read: OrderedDict[str, tuple[float, Extracted]] = OrderedDict()  # by file, the one that was used last last
        parts.files.leaving.append(self._gone)

    async def holders(self, file_id: str) -> list[tuple[str, str]]:
        """The stores in which a file can be found now, whoever owns them: (space, store)."""
        return await self._parts.stored.holders(file_id, self._parts.clock.now())

    async def kept(self, file: File, store_id: str, wanted: Wanted) -> Excerpt | None:
        """What a store keeps of a file; None where it keeps nothing."""
        low, high = wanted.bounds
        place = (file.space, store_id, file.id)
        passages, length = await self._parts.index.around(*place, (max(low - BACK, 0), max(high, low + 1)))
        if not length:
            return None
        stretch = of_passages(passages, length) if passages else Stretch(length, "", length)
        return cut(replace(stretch, code=_language(file)), wanted)

    async def whole(self, file: File, wanted: Wanted) -> Excerpt:
        """What stands in the file itself. Raises UnknownType, Unreadable, NotReadNow, FileDamaged, StorageUnavailable."""
        document = await self._document(file)
        return cut(replace(of_document(document, wanted), code=_language(file)), wanted)

    async def _document(self, file: File) -> Extracted:
        if (known := self._remembered(file.id)) is not None:
            return known
        space = file.space
        if self._waiting.get(space, 0) >= MOST_WAITING:
            raise NotReadNow
        self._waiting[space] = self._waiting.get(space, 0) + 1
        try:
            async with self._turns.turn(space):
                if (known := self._remembered(file.id)) is not None:  # read for another who waited for the same
                    return known
                found = await extract(file.filename, file.media_type, self._parts.files.content(file))
        finally:
            self._waiting[space] -= 1
            if not self._waiting[space]:
                del self._waiting[space]
        self._remember(file.id, found)
        return found

    def _remembered(self, file_id: str) -> Extracted | None:
        found = self._read.get(file_id)
        if found is None:
            return None
        if found[0] + KEPT_SECONDS < self._parts.clock.monotonic():
            del self._read[file_id]
            return None
        self._read.move_to_end(file_id)
        return found[1]

    def _remember(self, file_id: str, document: Extracted) -> None:
        self._read[file_id] = (self._parts.clock.monotonic(), document)
        while sum(len(each.text) for _, each in self._read.values()) > KEPT_CHARACTERS:
            self._read.popitem(last=False)

    async def _gone(self, space: str, file_id: str) -> None:
        self._read.pop(file_id, None)


def _language(file: File) -> str | None:
    """In which language a file is code; None where it is none."""
    return language_of(file.filename) if reader_of(file.filename, file.media_type) in _CODE else None
