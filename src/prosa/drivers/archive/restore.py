"""Restoring a backup: all of it, or nothing."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from prosa.drivers.archive.aftercare import Aftercare, Restoration
from prosa.drivers.archive.backup import BackupOptions, write
from prosa.drivers.archive.content import Content, bring_back, lost_note
from prosa.drivers.archive.errors import ArchiveDamaged, ArchiveError, ArchiveNewer, TargetNotEmpty
from prosa.drivers.archive.models import Restored, TableFacts
from prosa.drivers.archive.reading import Archive
from prosa.drivers.archive.schedule import stamp
from prosa.drivers.sql import DatabaseAddress, revisions

if TYPE_CHECKING:
    from prosa.drivers.archive.target_store import Target


@dataclass(frozen=True, slots=True)
class RestoreOptions:
    """`keep_in`: the folder where the database that was there is kept as a backup; `force` lets it be replaced at all.

    `content`: where what rows refer to is kept; without it only rows are restored.
    """

    keep_in: Path
    force: bool = False
    aftercare: Sequence[Aftercare] = ()
    content: Content | None = None


async def restore(archive: Archive, address: DatabaseAddress, now: float, options: RestoreOptions) -> Restored:
    """Fill a database from a backup, then bring it up to date. `now`: seconds since 1970. Nobody else uses the database.

    One transaction: whatever interrupts it, the database stays as it was. Raises ArchiveError.
    """
    if archive.manifest.revision not in revisions():
        raise ArchiveNewer("the file")
    aside = await asyncio.to_thread(_set_aside, address, now, options)
    restored = await _restore(archive, address, now, options)
    if aside is None:
        return restored
    note = f"the database file that was there is damaged; it lies in {aside} as it was"
    return Restored(restored.manifest, aside, (note, *restored.notes))


async def _restore(archive: Archive, address: DatabaseAddress, now: float, options: RestoreOptions) -> Restored:
    from prosa.drivers.archive.access_store import filling
    from prosa.drivers.archive.target_store import State, Target

    manifest = archive.manifest
    async with filling(address) as connection:
        target = Target(connection)
        state = await target.state()
        kept = None
        if state is State.FILLED:
            if not options.force:
                raise TargetNotEmpty("the database is not empty; --force replaces it, and keeps what is there as a backup first")
            kept = await _keep(target, now, options)
        await target.rebuild(manifest.revision, state)
        left_out = await _fill(target, archive)
        arrived = await target.finish([table for table in manifest.tables if table.name not in left_out])
        _compare(manifest.tables, arrived, target.replaced)
        await target.migrate()
        lost = 0 if options.content is None else await bring_back(options.content, connection, archive)
        restoration = Restoration(int(now * 1_000_000), manifest.moment)
        notes = [f"table {name} is no part of prosa and was left out" for name in left_out]
        for feature in options.aftercare:
            notes += await feature.after(connection, restoration)
    return Restored(manifest, kept, (*notes, *lost_note(lost), *replaced_note(target.replaced)))


async def _keep(target: "Target", now: float, options: RestoreOptions) -> Path:
    """Back up what is there, then let features look at it."""
    from prosa.drivers.archive.snapshot_store import Snapshot

    snapshot = await Snapshot.of(target.connection)
    kept = await write(snapshot, _unused(options.keep_in, stamp(now)), now, BackupOptions(content=options.content))
    await target.migrate()
    for feature in options.aftercare:
        await feature.before(target.connection)
    return kept.path


def _unused(folder: Path, moment: str) -> Path:
    """A name that no file has: two restores may come in one second."""
    names = (f"before-restore-{moment}{f'-{number}' if number > 1 else ''}.tar.gz" for number in count(1))
    return next(place for name in names if not (place := folder / name).exists())


async def _fill(target: "Target", archive: Archive) -> list[str]:
    """Put every row where it belongs; the tables for which there is no place."""
    parts: Iterator[tuple[TableFacts, list[list[object]]]] = archive.rows()
    while True:
        part = await asyncio.to_thread(next, parts, None)
        if part is None:
            return [table.name for table in archive.manifest.tables if not target.knows(table.name)]
        facts, rows = part
        if target.knows(facts.name):
            await target.put(facts, rows)


def _compare(expected: Sequence[TableFacts], arrived: Sequence[TableFacts], replaced: int) -> None:
    wanted = {table.name: (table.rows, table.hash) for table in expected}
    for table in arrived:
        rows, hashed = wanted[table.name]
        if table.rows != rows or (table.hash != hashed and not replaced):
            raise ArchiveDamaged(f"the rows of {table.name} are not what its manifest says")


def replaced_note(replaced: int) -> tuple[str, ...]:
    """A sentence about values that PostgreSQL can't hold as they were."""
    if not replaced:
        return ()
    return (f"{replaced} values held NUL characters, which PostgreSQL has no place for; each is now U+FFFD",)


def _set_aside(address: DatabaseAddress, now: float, options: RestoreOptions) -> Path | None:
    """With `force`, move a SQLite file that is no database any more out of the way, with what belongs to it."""
    from prosa.drivers.archive.file_store import is_damaged

    if address.path is None or not is_damaged(address.path):
        return None
    if not options.force:
        raise ArchiveError("the database file is damaged; --force sets it aside and restores")
    folder = options.keep_in / f"damaged-{stamp(now)}"
    folder.mkdir(parents=True, mode=0o700)
    for suffix in ("", "-wal", "-shm"):
        part = address.path.with_name(address.path.name + suffix)
        if part.exists():
            part.rename(folder / part.name)
    return folder
