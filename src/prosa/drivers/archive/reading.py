"""Reading a backup: checked as a whole before anything of it is used, then member by member."""

import gzip
import hashlib
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from prosa.drivers.archive.errors import ArchiveDamaged, ArchiveNewer
from prosa.drivers.archive.models import FORMAT, PRODUCT, Manifest, Member, TableFacts
from prosa.drivers.archive.rows import RowHash, UnknownValue, Value, row_of
from prosa.drivers.archive.sealing import check_seal
from prosa.drivers.archive.writing import BLOBS, MANIFEST, SECRETS, TABLES

_LONGEST: Final = 2 << 30  # bytes of one member: as much as one value of a database can have
_PART: Final = re.compile(TABLES + r"/([a-z][a-z0-9_]{0,62})\.(\d{4,})\.jsonl")
_BLOB: Final = re.compile(BLOBS + r"/([0-9a-f]{32})\.(\d{4,})")
_TORN: Final = (tarfile.TarError, OSError, EOFError, zlib.error, UnicodeDecodeError)


@dataclass(slots=True)
class _Seen:
    """What the members really hold, to be held against the manifest."""

    members: list[Member] = field(default_factory=list)
    blobs: list[Member] = field(default_factory=list)
    tables: dict[str, RowHash] = field(default_factory=dict)
    manifest: Manifest | None = None


class Archive:
    """A backup that was found whole."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest

    @classmethod
    def checked(cls, path: Path) -> "Archive":
        """Read all of it twice, hold every hash against what it should be. Raises ArchiveDamaged, ArchiveNewer."""
        check_seal(path)
        seen = _Seen()
        with _torn():
            for name, data in _members(path):
                _look(seen, name, data)
        if seen.manifest is None:
            raise ArchiveDamaged("it has no manifest")
        _compare(seen, seen.manifest)
        return cls(path, seen.manifest)

    def rows(self) -> Iterator[tuple[TableFacts, list[list[Value]]]]:
        """Every table's rows, a part at a time, as many as fit into a few megabytes. Raises ArchiveDamaged."""
        expected = {member.name: member.sha256 for member in self.manifest.members}
        with _torn():
            for name, data in _members(self.path):
                part = _PART.fullmatch(name)
                if part is None:
                    continue
                table = self.manifest.table(part[1])
                if table is None or hashlib.sha256(data).hexdigest() != expected.get(name):
                    raise ArchiveDamaged("it changed while it was read")
                yield table, [row_of(line) for line in data.splitlines()]

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """Parts of files' contents with the names of their blobs, those of one blob together. Raises ArchiveDamaged."""
        expected = {member.name: member.sha256 for member in self.manifest.blobs}
        with _torn():
            for name, data in _members(self.path):
                part = _BLOB.fullmatch(name)
                if part is None:
                    continue
                if hashlib.sha256(data).hexdigest() != expected.get(name):
                    raise ArchiveDamaged("it changed while it was read")
                yield part[1], data

    def secrets(self) -> tuple[str, ...]:
        """The secrets of the server that made it, newest first; none where they were left out."""
        with _torn():
            for name, data in _members(self.path):
                if name == SECRETS:
                    return tuple(data.decode().split())
        return ()


@contextmanager
def _torn() -> Iterator[None]:
    try:
        yield
    except _TORN as error:
        raise ArchiveDamaged("it is damaged") from error


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    with gzip.open(path, "rb") as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
        for entry in tar:
            if not entry.isreg() or entry.size > _LONGEST:
                raise ArchiveDamaged("it holds something that no backup holds")
            content = tar.extractfile(entry)
            yield entry.name, content.read() if content is not None else b""


def _look(seen: _Seen, name: str, data: bytes) -> None:
    if seen.manifest is not None:
        raise ArchiveDamaged("something stands behind its manifest")
    if name == MANIFEST:
        seen.manifest = _manifest(data)
        return
    member = Member(name, len(data), hashlib.sha256(data).hexdigest())
    if _BLOB.fullmatch(name):
        seen.blobs.append(member)
        return
    seen.members.append(member)
    part = _PART.fullmatch(name)
    if part is not None:
        _count(seen.tables.setdefault(part[1], RowHash()), data)


def _count(hashed: RowHash, data: bytes) -> None:
    try:
        for line in data.splitlines(keepends=True):
            row_of(line)
            hashed.add(line)
    except UnknownValue as error:
        raise ArchiveDamaged(str(error)) from error


def _manifest(data: bytes) -> Manifest:
    """The manifest; of a format that is newer nothing but that is read."""
    try:
        head = msgspec.json.decode(data, type=_Head)
    except msgspec.MsgspecError as error:
        raise ArchiveDamaged("its manifest can't be read") from error
    if head.product != PRODUCT:
        raise ArchiveDamaged("it is no backup of prosa")
    if head.format > FORMAT:
        raise ArchiveNewer("the file")
    try:
        return msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as error:
        raise ArchiveDamaged("its manifest can't be read") from error


class _Head(msgspec.Struct):
    product: str
    format: int


def _compare(seen: _Seen, manifest: Manifest) -> None:
    if tuple(seen.members) != manifest.members or tuple(seen.blobs) != manifest.blobs:
        raise ArchiveDamaged("its content is not what its manifest says")
    names = [table.name for table in manifest.tables]
    if len(set(names)) != len(names) or not set(seen.tables) <= set(names):
        raise ArchiveDamaged("its tables are not what its manifest says")
    for table in manifest.tables:
        hashed = seen.tables.get(table.name, RowHash())
        if (hashed.rows, hashed.hex()) != (table.rows, table.hash):
            raise ArchiveDamaged(f"the rows of {table.name} are not what its manifest says")
