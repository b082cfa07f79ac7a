"""Documents that a process of their own sets, in volumes: however long a conversation is, none is more than can be set."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

import msgspec

from prosa.conversations.exporting.document import assistant_of
from prosa.conversations.exporting.errors import DocumentFailed, TooManyDocuments
from prosa.conversations.exporting.markdown import shown
from prosa.conversations.exporting.models import Format, Language, Shelf, Told
from prosa.conversations.exporting.speech import LABELS, Entry, entry
from prosa.conversations.exporting.typesetting.order import MODULE, Order, Said
from prosa.drivers.children import Bounds, ChildFailed, answer

CHARACTERS: Final = 400_000  # of a volume, some hundred pages; one message alone may be more, up to …
LONGEST: Final = 2_000_000
LINE: Final = 40  # characters that the end of a line counts for: a page has no more than fifty lines
ENTRIES: Final = 2_000
AT_ONCE: Final = 2  # documents that a process has set
MOST_WAITING: Final = 20  # callers who stay for theirs
BOUNDS: Final = Bounds(seconds=90.0, processor_seconds=60, memory=2 << 30)


@dataclass(frozen=True, slots=True)
class Volume:
    """A document, or a part of one: `number` counts from 1 where there are several, else it is 0."""

    number: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a document is made."""

    language: Language
    zone: tzinfo
    now: float


async def volumes(items: AsyncIterator[list[Told]], language: Language) -> AsyncIterator[Volume]:
    """What is said, in parts that can be set."""
    held: list[Entry] = []
    size, number = 0, 0
    async for some in items:
        for told in some:
            found = entry(told, language)
            if found is None:
                continue
            weight = len(found.text) + LINE * found.text.count("\n")
            if held and (size + weight > CHARACTERS or len(held) >= ENTRIES):
                number += 1
                yield Volume(number, tuple(held))
                held, size = [], 0
            held.append(found)
            size += weight
    if held or not number:
        yield Volume(number + 1 if number else 0, tuple(held))


class Setter:
    """Sets documents, a few at a time. One for each process of the server."""

    def __init__(self, bounds: Bounds = BOUNDS) -> None:
        self._bounds = bounds
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def document(self, shelf: Shelf, volume: Volume, format: Format, reader: Reader) -> bytes:
        """One volume. Raises DocumentFailed."""
        title = shelf.title or LABELS[reader.language]["untitled"]
        if any(len(each.text) > LONGEST for each in volume.entries):
            raise DocumentFailed(title)
        order = msgspec.msgpack.encode(_order(shelf, volume, format, reader))
        async with self._turn:
            try:
                return await answer(MODULE, order, self._bounds)
            except ChildFailed as error:
                raise DocumentFailed(title) from error

    async def soon(self, shelf: Shelf, volume: Volume, format: Format, reader: Reader) -> bytes:
        """The same for a caller who stays for it. Raises TooManyDocuments too."""
        if self._waiting >= MOST_WAITING:
            raise TooManyDocuments
        self._waiting += 1
        try:
            return await self.document(shelf, volume, format, reader)
        finally:
            self._waiting -= 1


def _order(shelf: Shelf, volume: Volume, format: Format, reader: Reader) -> Order:
    labels = LABELS[reader.language]
    title = shelf.title or labels["untitled"]
    if volume.number:
        title += f" ({labels['part']} {volume.number})"
    told = [shown(shelf.created_at, reader.zone), *([shelf.model] if shelf.model else [])]
    if (assistant := assistant_of(shelf.settings)) is not None:
        told.append(f"{labels['assistant']} {assistant}")
    told.append(f"{labels['exported']} {shown(int(reader.now * 1_000_000), reader.zone)}")
    said = tuple(
        Said(each.role, labels[each.role], shown(each.at, reader.zone), each.text, each.files, each.plain)
        for each in volume.entries
    )
    return Order(
        format="pdf" if format is Format.PDF else "docx",
        language=reader.language,
        title=title,
        subtitle=" · ".join(told),
        files=labels["files"],
        empty=labels["empty"],
        entries=said,
    )
