"""The seal of a backup: an empty gzip member at its end whose comment is the SHA-256 of every byte before it.

A checksum inside gzip leaves out headers and unused bits; this one leaves out nothing. Every tool that unpacks .tar.gz still
reads the file, for a gzip file may have several members (RFC 1952, section 2.2).
"""

import gzip
import hashlib
from pathlib import Path
from typing import BinaryIO, Final

from prosa.drivers.archive.errors import ArchiveDamaged

_COMMENTED: Final = b"\x1f\x8b\x08\x10\x00\x00\x00\x00\x00\xff"  # header: deflate, a comment follows, no time, unknown system
_EMPTY: Final = b"\x03\x00" + bytes(8)  # nothing, compressed; its checksum and its length
_LABEL: Final = b"prosa sha256="
_MAGIC: Final = b"\x1f\x8b\x08"
_CHUNK: Final = 1 << 20


def seal_of(digest: bytes) -> bytes:
    """The seal for the SHA-256 of what stands before it."""
    return _COMMENTED + _LABEL + digest.hex().encode() + b"\x00" + _EMPTY


LENGTH: Final = len(seal_of(bytes(32)))


def check_seal(path: Path) -> None:
    """Read the whole file and compare. Raises ArchiveDamaged."""
    try:
        with path.open("rb") as stream:
            left = path.stat().st_size - LENGTH
            if stream.read(len(_MAGIC)) != _MAGIC or left < 0:
                raise ArchiveDamaged("it is no backup of prosa")
            stream.seek(0)
            digest = hashlib.sha256()
            while left and (data := stream.read(min(_CHUNK, left))):
                digest.update(data)
                left -= len(data)
            seal = stream.read()
    except OSError as error:
        raise ArchiveDamaged(error.strerror or "it can't be read") from error
    if seal != seal_of(digest.digest()):
        raise ArchiveDamaged("it is damaged or cut short, or no backup of prosa")


class Sealed:
    """A file being written that is hashed as it grows; `close` puts the seal on."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Append."""
        self._digest.update(data)
        return self._stream.write(data)

    def flush(self) -> None:
        """As a stream does."""
        self._stream.flush()

    def seal(self) -> None:
        """Append the seal; nothing may be written after it."""
        self._stream.write(seal_of(self._digest.digest()))


def compressed(stream: Sealed) -> gzip.GzipFile:
    """gzip onto it, without a name and a time, so that the same content gives the same bytes."""
    return gzip.GzipFile(filename="", mode="wb", compresslevel=4, fileobj=stream, mtime=0)
