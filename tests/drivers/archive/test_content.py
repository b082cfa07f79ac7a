"""Files in backups, restores and moves: between both kinds of database, whole or not at all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from prosa.drivers.archive import Archive, ArchiveDamaged, BackupOptions, Content, RestoreOptions, VerifyOptions
from prosa.drivers.archive import backup as back_up
from prosa.drivers.archive import copy as move
from prosa.drivers.archive import restore as bring_back
from prosa.drivers.archive import verify as look
from prosa.drivers.blobs import FolderBlobs, blobs_of
from prosa.drivers.sql import Database
from prosa.files import File, FileChecks, FileNotFound, FileService, FileSettings, kept_blobs, without_blobs
from prosa.kit.clock import SystemClock
from tests.databases import KINDS, an_address
from tests.drivers.archive.filling import NOW
from tests.samples import PDF

LARGE = bytes(range(256)) * 20_000  # 5 MB: more than a member, and more than many rows


@dataclass
class Place:
    """A database with its files."""

    database: Database
    root: Path
    files: FileService
    content: Content

    async def add(self, name: str, data: bytes) -> File:
        """One more file of Ana's."""
        async with self.files.upload("ana") as upload:
            await upload.receive(name, None, pieces(data))
            return await upload.keep("user_data")

    async def read(self, file: File) -> bytes:
        """Its content."""
        return (await self.files.load(self.files.carry("ana"), file.id, most=1 << 30))[1]


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 50_000):
        yield data[start : start + 50_000]


@asynccontextmanager
async def a_place(kind: str, folder: Path) -> AsyncIterator[Place]:
    with an_address(kind) as address:
        database, clock = Database(address), SystemClock()
        blobs = blobs_of(database, folder, clock)
        try:
            content = Content(blobs, kept_blobs, without_blobs)
            root = blobs.root if isinstance(blobs, FolderBlobs) else folder
            yield Place(database, root, FileService(database, blobs, FileSettings(), clock), content)
        finally:
            await database.aclose()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
async def test_files_travel_with_a_backup_and_with_a_move(kind: str, other: str, tmp_path: Path) -> None:
    async with a_place(kind, tmp_path / "one") as one, a_place(other, tmp_path / "two") as two:
        small, large = await one.add("a.pdf", PDF), await one.add("b.bin", LARGE)
        made = await back_up(one.database.address, tmp_path / "backup.tar.gz", NOW, BackupOptions(content=one.content))
        assert (made.manifest.contents, made.lost) == (2, 0)
        assert made.manifest.table("blob_parts") is None
        options = RestoreOptions(tmp_path, content=two.content)
        done = await bring_back(Archive.checked(made.path), two.database.address, NOW, options)
        assert not any("left out" in note for note in done.notes)
        assert [await two.read(small), await two.read(large)] == [PDF, LARGE]
        verdict = await look(two.database.address, VerifyOptions(checks=[FileChecks(two.content.blobs)]))
        assert verdict.findings == ()
    async with a_place(kind, tmp_path / "three") as one, a_place(other, tmp_path / "four") as two:
        large = await one.add("b.bin", LARGE)
        moved = await move(one.database.address, two.database.address, (one.content, two.content))
        assert moved.lost == 0 and await two.read(large) == LARGE == await one.read(large)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_restore_brings_back_what_was_deleted_and_keeps_what_it_replaces(kind: str, tmp_path: Path) -> None:
    async with a_place(kind, tmp_path / "data") as place:
        first = await place.add("a.pdf", PDF)
        made = await back_up(place.database.address, tmp_path / "backup.tar.gz", NOW, BackupOptions(content=place.content))
        await place.files.delete("ana", first.id)
        second = await place.add("b.bin", LARGE)
        await place.database.aclose()
        options = RestoreOptions(tmp_path, force=True, content=place.content)
        done = await bring_back(Archive.checked(made.path), place.database.address, NOW, options)
        assert await place.read(first) == PDF
        with pytest.raises(FileNotFound):
            await place.files.get("ana", second.id)
        assert done.kept is not None
        await place.database.aclose()
        await bring_back(Archive.checked(done.kept), place.database.address, NOW + 1, options)
        assert await place.read(second) == LARGE


async def test_a_file_without_content_is_told_of_and_left_out(tmp_path: Path) -> None:
    async with a_place("sqlite", tmp_path / "one") as one, a_place("sqlite", tmp_path / "two") as two:
        kept, lost, damaged = [await one.add(f"{name}.pdf", PDF + name.encode()) for name in ("kept", "lost", "damaged")]
        folder = one.root
        (folder / lost.blob[:2] / lost.blob[2:]).unlink()
        (folder / damaged.blob[:2] / damaged.blob[2:]).write_bytes(b"%PDF-other")
        (folder / "00").mkdir(exist_ok=True)
        (folder / "00" / ("0" * 30)).write_bytes(b"nobody's")
        verdict = await look(one.database.address, VerifyOptions(checks=[FileChecks(one.content.blobs)]))
        assert [(finding.warning, finding.check) for finding in verdict.findings] == [
            (False, "files"),
            (False, "files"),
            (True, "files"),
        ]
        assert lost.blob in verdict.findings[0].text and damaged.blob in verdict.findings[1].text
        made = await back_up(one.database.address, tmp_path / "backup.tar.gz", NOW, BackupOptions(content=one.content))
        assert made.lost == 1
        done = await bring_back(
            Archive.checked(made.path), two.database.address, NOW, RestoreOptions(tmp_path, content=two.content)
        )
        assert any(note.startswith("2 files were left out") for note in done.notes)
        assert await two.read(kept) == PDF + b"kept"
        for gone in (lost, damaged):
            with pytest.raises(FileNotFound):
                await two.files.get("ana", gone.id)


async def test_a_backup_whose_content_was_changed_is_refused(tmp_path: Path) -> None:
    async with a_place("sqlite", tmp_path / "one") as one:
        await one.add("a.bin", LARGE)
        made = await back_up(one.database.address, tmp_path / "backup.tar.gz", NOW, BackupOptions(content=one.content))
    data = bytearray(made.path.read_bytes())
    data[len(data) // 2] ^= 1
    made.path.write_bytes(data)
    with pytest.raises(ArchiveDamaged):
        Archive.checked(made.path)
