"""Content of files, which travels with the rows that name it, wherever it lies: beside SQLite, or as rows in PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from prosa.drivers.archive.reading import Archive
from prosa.drivers.archive.writing import ArchiveWriter
from prosa.drivers.blobs import Blob, BlobMissing, Blobs
from prosa.drivers.blobs import gathered as in_parts
from prosa.drivers.sql import Connection

ROWS: Final = "blob_parts"  # the table that holds content in PostgreSQL; it travels as files do, so that either kind takes it
_PART: Final = 4 << 20  # bytes to a member


@dataclass(frozen=True, slots=True)
class Content:
    """Where content is, and what knows about it.

    `named`: the blobs that rows refer to, as a transaction sees them; `without`: delete the rows of blobs that are lost, and say
    how many there were.
    """

    blobs: Blobs
    named: Callable[[Connection], Awaitable[Sequence[Blob]]]
    without: Callable[[Connection, Sequence[str]], Awaitable[int]]


async def save(content: Content, connection: Connection, writer: ArchiveWriter) -> int:
    """Put into a backup whatever rows name; how many of them are missing, such as a file that was deleted since the instant."""
    lost = 0
    for blob in await content.named(connection):
        try:
            number = 0
            async for data in in_parts(content.blobs.read(blob.name, within=connection), _PART):
                number += 1
                await asyncio.to_thread(writer.add_blob, blob.name, number, data)
        except BlobMissing:
            lost += 1
    return lost


async def bring_back(content: Content, connection: Connection, archive: Archive) -> int:
    """Put back what rows name, each held against the row's size and hash; the rows of what isn't so go: how many did."""
    wanted = {blob.name: blob for blob in await content.named(connection)}
    there = set()
    coming = _Coming(archive.contents())
    while (name := await coming.next()) is not None:
        if name in wanted and await content.blobs.put(coming.pieces(), name, connection) == wanted[name]:
            there.add(name)
    return await _drop(content, connection, wanted.keys() - there)


async def carry(source: Content, there: Connection, target: Content, here: Connection) -> int:
    """The same from database to database."""
    lost = set()
    for blob in await source.named(there):
        try:
            arrived = await target.blobs.put(source.blobs.read(blob.name, within=there), blob.name, here)
        except BlobMissing:
            arrived = None
        if arrived != blob:
            lost.add(blob.name)
    return await _drop(target, here, lost)


def lost_note(lost: int) -> tuple[str, ...]:
    """A sentence about files whose content isn't there any more."""
    if not lost:
        return ()
    return (f"{lost} files were left out: their content was deleted meanwhile, or is missing or damaged",)


async def _drop(content: Content, connection: Connection, lost: "set[str]") -> int:
    return await content.without(connection, sorted(lost)) if lost else 0


class _Coming:
    """The contents of a backup, one after the other; reading may block, so it happens in a thread."""

    def __init__(self, parts: Iterator[tuple[str, bytes]]) -> None:
        self._parts = parts
        self._part: tuple[str, bytes] | None = None
        self._name: str | None = None

    async def next(self) -> str | None:
        """The name of the next one; what is left of the one before is passed over."""
        if self._name is None:
            self._part = await asyncio.to_thread(next, self._parts, None)
        while self._part is not None and self._part[0] == self._name:
            self._part = await asyncio.to_thread(next, self._parts, None)
        self._name = None if self._part is None else self._part[0]
        return self._name

    async def pieces(self) -> AsyncIterator[bytes]:
        """Its content."""
        while self._part is not None and self._part[0] == self._name:
            yield self._part[1]
            self._part = await asyncio.to_thread(next, self._parts, None)
