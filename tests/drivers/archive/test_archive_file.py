"""The file of a backup: sealed, private, checked as a whole, and read by every tar."""

import gzip
import hashlib
import os
import random
import stat
import subprocess
import tarfile
from pathlib import Path

import msgspec
import pytest

from prosa.drivers.archive import Archive, ArchiveDamaged, ArchiveError, ArchiveNewer, ArchiveUnwritable, BackupOptions
from prosa.drivers.archive.models import FORMAT, PRODUCT, Manifest, Member, TableFacts
from prosa.drivers.archive.rows import RowHash, UnknownValue, line_of, row_of
from prosa.drivers.archive.writing import ArchiveWriter
from tests.databases import an_address
from tests.drivers.archive.filling import saved

LINES = (line_of([1, "um"]), line_of([2, None]))


def manifest_of(writer: ArchiveWriter, **changes: object) -> Manifest:
    hashed = RowHash()
    for line in LINES:
        hashed.add(line)
    facts = TableFacts("things", ("number", "word"), hashed.rows, hashed.hex())
    made = Manifest(PRODUCT, FORMAT, "0", "rev", "sqlite", "2026-01-01T00:00:00+00:00", (facts,), tuple(writer.members))
    return msgspec.structs.replace(made, **changes)


def sample(path: Path, **changes: object) -> Path:
    writer = ArchiveWriter(path, 1_790_000_000)
    writer.add("tables/things.0001.jsonl", b"".join(LINES))
    writer.finish(manifest_of(writer, **changes))
    return path


def test_what_was_written_is_read(tmp_path: Path) -> None:
    found = Archive.checked(sample(tmp_path / "b.tar.gz"))
    assert [rows for _, rows in found.rows()] == [[[1, "um"], [2, None]]]
    assert found.manifest.rows == 2
    assert found.secrets() == ()


def test_every_flipped_byte_is_refused(tmp_path: Path) -> None:
    whole = sample(tmp_path / "b.tar.gz").read_bytes()
    path = tmp_path / "flipped.tar.gz"
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes((whole[place] ^ (1 << place % 8),)) + whole[place + 1 :])
        with pytest.raises(ArchiveDamaged):
            Archive.checked(path)


def test_a_file_that_is_cut_short_or_has_grown_is_refused(tmp_path: Path) -> None:
    whole = sample(tmp_path / "b.tar.gz").read_bytes()
    path = tmp_path / "other.tar.gz"
    for text in (*(whole[:length] for length in range(0, len(whole), 7)), whole + b"\n", whole + whole, b"\0" * 500):
        path.write_bytes(text)
        with pytest.raises(ArchiveDamaged):
            Archive.checked(path)


def test_noise_and_other_files_are_refused(tmp_path: Path) -> None:
    dice = random.Random(1)
    path = tmp_path / "x"
    for data in (b"", b"SQLite format 3\0" * 50, gzip.compress(b"x" * 999), *(dice.randbytes(300) for _ in range(20))):
        path.write_bytes(data)
        with pytest.raises(ArchiveDamaged):
            Archive.checked(path)
    with pytest.raises(ArchiveDamaged):
        Archive.checked(tmp_path / "nowhere")
    with pytest.raises(ArchiveDamaged):
        Archive.checked(tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        {"product": "something-else"},
        {"members": ()},
        {"blobs": (Member("blobs/" + "0" * 32 + ".0001", 1, "0" * 64),)},
        {"tables": ()},
        {"tables": (TableFacts("things", ("number", "word"), 3, "0" * 64),)},
        {"tables": (TableFacts("things", ("number", "word"), 2, "0" * 64),)},
    ],
)
def test_a_well_sealed_file_whose_manifest_says_something_else_is_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(ArchiveDamaged):
        Archive.checked(sample(tmp_path / "b.tar.gz", **changes))


@pytest.mark.parametrize("changes", [{"format": FORMAT + 1}])
def test_a_file_of_a_newer_prosa_is_refused_as_such(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(ArchiveNewer, match="newer"):
        Archive.checked(sample(tmp_path / "b.tar.gz", **changes))


@pytest.mark.parametrize("entry", ["../../etc/passwd", "/etc/passwd", "tables/../x.0001.jsonl"])
def test_a_member_with_a_path_of_its_own_goes_nowhere(tmp_path: Path, entry: str) -> None:
    writer = ArchiveWriter(tmp_path / "b.tar.gz", 0)
    writer.add(entry, b"root")
    writer.finish(manifest_of(writer, tables=()))
    found = Archive.checked(tmp_path / "b.tar.gz")
    assert list(found.rows()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar.gz"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_links_and_devices_are_refused_though_the_manifest_names_them(tmp_path: Path, kind: bytes) -> None:
    writer = ArchiveWriter(tmp_path / "b.tar.gz", 0)
    writer.add("tables/things.0001.jsonl", b"".join(LINES))
    odd = tarfile.TarInfo("tables/others.0001.jsonl")
    odd.type, odd.linkname = kind, "/etc/passwd" if kind == tarfile.SYMTYPE else ""
    writer._tar.addfile(odd)
    writer.members.append(Member(odd.name, 0, hashlib.sha256(b"").hexdigest()))
    writer.finish(manifest_of(writer, tables=(*manifest_of(writer).tables, TableFacts("others", (), 0, RowHash().hex()))))
    with pytest.raises(ArchiveDamaged):
        Archive.checked(tmp_path / "b.tar.gz")


def test_every_tar_unpacks_it(tmp_path: Path) -> None:
    path = sample(tmp_path / "b.tar.gz")
    listed = subprocess.run(["tar", "-tzf", path], capture_output=True, text=True, check=True)
    assert listed.stdout.split() == ["tables/things.0001.jsonl", "manifest.json"]
    assert listed.stderr == ""
    with tarfile.open(path) as tar:
        content = tar.extractfile("manifest.json")
        assert content is not None
        assert msgspec.json.decode(content.read())["product"] == PRODUCT


def test_only_its_owner_can_read_it_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = sample(tmp_path / "folder" / "b.tar.gz")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [found.name for found in path.parent.iterdir()] == ["b.tar.gz"]


def test_a_file_that_is_there_is_not_replaced_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "b.tar.gz"
    path.write_bytes(b"precious")
    with pytest.raises(ArchiveUnwritable, match="there already"):
        sample(path)
    writer = ArchiveWriter(tmp_path / "late.tar.gz", 0)
    (tmp_path / "late.tar.gz").write_bytes(b"precious")  # somebody was quicker
    with pytest.raises(ArchiveUnwritable):
        writer.finish(manifest_of(writer, tables=()))
    writer.discard()
    assert {found.read_bytes() for found in tmp_path.iterdir()} == {b"precious"}


def test_what_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path / "b.tar.gz", 0)
    writer.add("tables/things.0001.jsonl", b"x" * 100_000)
    writer.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnwritable):
        ArchiveWriter(Path("/proc/nowhere/b.tar.gz"), 0)
    writer = ArchiveWriter(tmp_path / "b.tar.gz", 0)
    writer._file.close()
    writer._file = writer._sealed._stream = os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb")
    with pytest.raises(ArchiveUnwritable, match="No space left"):
        for number in range(1000):
            writer.add(f"noise{number}", random.Random(number).randbytes(10_000))
    writer.discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "row",
    [[1, "a", None, True], [b"\x00\xff", 1.5, float("inf")], [-(2**63), 2**63 - 1, "\u2028\ud7ff😀", ""], [0.1, 1e300, -0.0]],
)
def test_a_row_comes_back_as_it_was(row: list[object]) -> None:
    assert row_of(line_of(row)) == row
    assert line_of(row).count(b"\n") == 1


@pytest.mark.parametrize("line", [b"{}", b"[", b"[{}]", b'[{"bytes": 1}]', b"[[1]]", b'[{"float": "1.5"}]', b'"x"'])
def test_a_line_that_no_backup_writes_is_refused(line: bytes) -> None:
    with pytest.raises(UnknownValue):
        row_of(line)
    with pytest.raises(UnknownValue):
        line_of([object()])


def test_the_hash_of_rows_knows_no_order_but_every_row() -> None:
    def of(*lines: bytes) -> str:
        hashed = RowHash()
        for line in lines:
            hashed.add(line)
        return hashed.hex()

    assert of(*LINES) == of(*reversed(LINES))
    assert len({of(), of(LINES[0]), of(LINES[0], LINES[0]), of(*LINES)}) == 4


@pytest.mark.attack("M14")
async def test_the_secret_is_inside_only_when_asked(tmp_path: Path) -> None:
    with an_address("sqlite") as address:
        await saved(address, tmp_path / "plain.tar.gz")
        await saved(address, tmp_path / "with.tar.gz", BackupOptions(secrets=("canary-secret", "older")))
    assert Archive.checked(tmp_path / "with.tar.gz").secrets() == ("canary-secret", "older")
    plain = Archive.checked(tmp_path / "plain.tar.gz")
    assert plain.secrets() == ()
    assert not plain.manifest.secrets
    assert b"canary" not in gzip.decompress((tmp_path / "plain.tar.gz").read_bytes())


async def test_what_is_no_database_gives_no_backup(tmp_path: Path) -> None:
    from prosa.drivers.sql import DatabaseAddress

    (tmp_path / "torn.db").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    for name in ("torn.db", "nowhere.db"):
        with pytest.raises(ArchiveError):
            await saved(DatabaseAddress(path=tmp_path / name), tmp_path / "b.tar.gz")
    assert not (tmp_path / "b.tar.gz").exists()
    assert not (tmp_path / "nowhere.db").exists()
