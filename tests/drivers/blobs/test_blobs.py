"""Content by name, in a folder and in rows: whole or not there at all, whatever fails."""

import asyncio
import hashlib
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from prosa.drivers.blobs import (
    BlobMissing,
    Blobs,
    FolderBlobs,
    RowBlobs,
    StorageFull,
    StorageUnavailable,
    begun,
    blobs_of,
    is_name,
)
from prosa.drivers.sql import Database
from prosa.kit.clock import SystemClock
from tests.databases import KINDS, a_database

SIZES = (1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3 * 1024 * 1024 + 5)


@dataclass
class Place:
    """One kind of place, and the database behind it."""

    blobs: Blobs
    database: Database


@pytest.fixture(params=KINDS)
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """A folder beside SQLite, rows in PostgreSQL."""
    async with a_database(request.param) as database:
        found = blobs_of(database, tmp_path, SystemClock())
        assert isinstance(found, FolderBlobs if request.param == "sqlite" else RowBlobs)
        yield Place(found, database)


async def test_each_database_has_a_place_of_its_own(tmp_path: Path) -> None:
    places = [blobs_of(Database(path), tmp_path, SystemClock()) for path in (tmp_path / "prosa.db", tmp_path / "other.db")]
    assert [place.root for place in places if isinstance(place, FolderBlobs)] == [tmp_path / "blobs", tmp_path / "other.db.blobs"]


def some(size: int) -> bytes:
    """Content that repeats nothing at the borders of pieces."""
    return b"".join(number.to_bytes(4, "big") for number in range(size // 4 + 1))[:size]


async def pieces(data: bytes, size: int = 70_001) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def read(blobs: Blobs, name: str, start: int = 0, length: int | None = None) -> bytes:
    return b"".join([piece async for piece in blobs.read(name, start, length)])


def left_in(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_what_is_put_is_read_whole_and_in_parts(place: Place) -> None:
    for size in SIZES:
        data = some(size)
        blob = await place.blobs.put(pieces(data))
        assert (blob.bytes, blob.sha256) == (size, hashlib.sha256(data).hexdigest())
        assert is_name(blob.name) and abs(begun(blob.name) - SystemClock.now()) < 60
        assert await read(place.blobs, blob.name) == data
        for start, length in ((0, 1), (size - 1, 1), (size // 2, size - size // 2), (size // 3, size // 3)):
            assert await read(place.blobs, blob.name, start, length) == data[start : start + length]
        with pytest.raises(BlobMissing):
            await read(place.blobs, blob.name, 0, size + 1)
    assert len(await place.blobs.names()) == len(SIZES)
    await place.blobs.delete(await place.blobs.names())
    assert await place.blobs.names() == []
    await place.blobs.delete([blob.name])  # once more


@pytest.mark.attack("F1", "F2")
@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 31, "A" * 32, "..", "0" * 32 + "/", "\0" * 32, "%2e" * 8])
async def test_nothing_is_read_by_another_name_than_the_servers_own(place: Place, name: str) -> None:
    with pytest.raises(BlobMissing):
        await read(place.blobs, name)


async def test_what_breaks_off_leaves_nothing(place: Place) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield some(3_000_000)
        raise EOFError

    with pytest.raises(EOFError):
        await place.blobs.put(broken())
    task = asyncio.create_task(place.blobs.put(_endless()))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await place.blobs.names() == []
    if isinstance(place.blobs, FolderBlobs):
        assert left_in(place.blobs.root) == []


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield bytes(300_000)
        await asyncio.sleep(0.01)


@contextmanager
def small_disk(most: int) -> Iterator[None]:
    """A system that lets no file grow beyond `most` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


async def test_a_full_disk_is_told_of_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "blobs", SystemClock())
    with small_disk(1_500_000), pytest.raises(StorageFull) as failed:
        await blobs.put(pieces(some(3_000_000)))
    assert failed.value.status == 507
    assert left_in(tmp_path) == []
    blob = await blobs.put(pieces(some(3_000_000)))  # it heals by itself
    assert await read(blobs, blob.name) == some(3_000_000)


async def test_a_folder_that_cannot_be_written_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_bytes(b"a file stands where the folder should be")
    blobs = FolderBlobs(tmp_path / "blobs", SystemClock())
    with pytest.raises(StorageUnavailable) as failed:
        await blobs.put(pieces(b"a"))
    assert failed.value.status == 503 and str(tmp_path) not in failed.value.message
    with pytest.raises(StorageUnavailable):
        await blobs.names()


async def test_files_are_their_owners_alone_and_symbolic_links_are_not_followed(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "new" / "blobs", SystemClock())
    blob = await blobs.put(pieces(b"secret"))
    path = blobs.root / blob.name[:2] / blob.name[2:]
    assert path.stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o777 for folder in (blobs.root, path.parent)} == {0o700}
    other = tmp_path / "other"
    other.write_bytes(b"of somebody else")
    path.unlink()
    path.symlink_to(other)
    with pytest.raises(StorageUnavailable):
        await read(blobs, blob.name)


KILLED = """
import asyncio, os, sys
from pathlib import Path
from prosa.drivers.blobs import FolderBlobs
from prosa.kit.clock import SystemClock

async def pieces():
    yield bytes(2_000_000)
    os.kill(os.getpid(), 9)
    yield b""

asyncio.run(FolderBlobs(Path(sys.argv[1]), SystemClock()).put(pieces()))
"""


async def test_what_a_killed_process_left_is_no_blob_and_goes_later(tmp_path: Path) -> None:
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, str(tmp_path / "blobs"))
    assert await child.wait() == -signal.SIGKILL
    blobs = FolderBlobs(tmp_path / "blobs", SystemClock())
    left = left_in(tmp_path)
    assert len(left) == 1 and await blobs.names() == []
    await blobs.tidy(SystemClock.now() - 60)
    assert left[0].exists()
    await blobs.tidy(SystemClock.now() + 60)
    assert not left[0].exists()


async def test_descriptors_are_closed_also_when_nobody_reads_on(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "blobs", SystemClock())
    blob = await blobs.put(pieces(some(1_000_000)))
    before = _open_files()
    for _ in range(20):
        reading = blobs.read(blob.name)
        await anext(reading)
        await reading.aclose()  # type: ignore[attr-defined]  # it is a generator
    assert _open_files() == before


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


async def test_a_part_that_is_missing_is_no_end(tmp_path: Path) -> None:
    async with a_database("postgresql") as database:
        blobs = RowBlobs(database, SystemClock())
        blob = await blobs.put(pieces(some(1_000_000)))
        async with database.writing() as connection:
            await connection.exec_driver_sql("DELETE FROM blob_parts WHERE number = 2")
        with pytest.raises(BlobMissing):
            await read(blobs, blob.name, 0, 1_000_000)
