"""Making a backup: every table of one instant, into one file."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import prosa
from prosa.drivers.archive.content import ROWS, Content, save
from prosa.drivers.archive.errors import ArchiveDamaged, NoDatabase
from prosa.drivers.archive.models import FORMAT, PRODUCT, Backup, Manifest, TableFacts
from prosa.drivers.archive.reading import Archive
from prosa.drivers.archive.rows import RowHash
from prosa.drivers.archive.writing import SECRETS, TABLES, ArchiveWriter
from prosa.drivers.sql import DatabaseAddress

if TYPE_CHECKING:
    from prosa.drivers.archive.snapshot_store import Snapshot, StoredTable

_PART: Final = 4 << 20  # bytes of a table that make a member; what is in memory at once


@dataclass(frozen=True, slots=True)
class BackupOptions:
    """`secrets`: the server's own, newest first, to be put inside; `replace`: whether a file that is there may go.

    `content`: what rows refer to; without it only rows are saved.
    """

    replace: bool = False
    secrets: tuple[str, ...] = field(default=(), repr=False)
    content: Content | None = None


async def backup(address: DatabaseAddress, path: Path, now: float, options: BackupOptions | None = None) -> Backup:
    """Back up while others read and write; the file appears when it is whole and was read once. `now`: seconds since 1970.

    Raises ArchiveError.
    """
    from prosa.drivers.archive.access_store import reading
    from prosa.drivers.archive.snapshot_store import Snapshot

    async with reading(address) as connection:
        return await write(await Snapshot.of(connection), path, now, options or BackupOptions())


async def write(snapshot: "Snapshot", path: Path, now: float, options: BackupOptions) -> Backup:
    """The same for a transaction that is open already."""
    if snapshot.revision is None:
        raise NoDatabase
    writer = await asyncio.to_thread(ArchiveWriter, path, int(now), replace=options.replace)
    try:
        kept = options.content
        tables = [
            await _table(snapshot, table, writer) for table in snapshot.tables.values() if kept is None or table.name != ROWS
        ]
        lost = 0 if kept is None else await save(kept, snapshot.connection, writer)
        if options.secrets:
            writer.add(SECRETS, "".join(f"{secret}\n" for secret in options.secrets).encode())
        manifest = Manifest(
            product=PRODUCT,
            format=FORMAT,
            version=prosa.__version__,
            revision=snapshot.revision,
            origin=snapshot.kind,
            moment=datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"),
            tables=tuple(tables),
            members=tuple(writer.members),
            secrets=bool(options.secrets),
            blobs=tuple(writer.blobs),
        )
        size = await asyncio.to_thread(writer.finish, manifest)
    finally:
        await asyncio.to_thread(writer.discard)
    return Backup(path, size, await asyncio.to_thread(_read_back, path), lost)


async def _table(snapshot: "Snapshot", table: "StoredTable", writer: ArchiveWriter) -> TableFacts:
    from prosa.drivers.archive.snapshot_store import facts_of

    hashed = RowHash()
    number = 0
    async for part in _parts(snapshot, table, hashed):
        number += 1
        await asyncio.to_thread(writer.add, f"{TABLES}/{table.name}.{number:04d}.jsonl", part)
    return facts_of(table, hashed, await snapshot.counter(table))


async def _parts(snapshot: "Snapshot", table: "StoredTable", hashed: RowHash) -> AsyncIterator[bytes]:
    lines: list[bytes] = []
    size = 0
    async for line in snapshot.lines(table):
        hashed.add(line)
        lines.append(line)
        size += len(line)
        if size >= _PART:
            yield b"".join(lines)
            lines, size = [], 0
    if lines:
        yield b"".join(lines)


def _read_back(path: Path) -> Manifest:
    """A backup that nobody has read is a hope: read it. Raises ArchiveDamaged, and leaves no such file behind."""
    try:
        return Archive.checked(path).manifest
    except ArchiveDamaged:
        path.unlink(missing_ok=True)
        raise
