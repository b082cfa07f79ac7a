"""Writing a backup: members as they come, to a draft beside the target that gets its name when it is whole."""

import hashlib
import os
import secrets
import tarfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Final

import msgspec

from prosa.drivers.archive.errors import ArchiveUnwritable
from prosa.drivers.archive.models import Manifest, Member
from prosa.drivers.archive.sealing import Sealed, compressed

MANIFEST: Final = "manifest.json"
SECRETS: Final = "secret.key"
TABLES: Final = "tables"
BLOBS: Final = "blobs"


class ArchiveWriter:
    """One backup in the making, readable by its owner alone. Every call may block; an error leaves the target as it was."""

    def __init__(self, path: Path, moment: int, *, replace: bool = False) -> None:
        """`moment`: seconds since 1970, the members' time. Raises ArchiveUnwritable, also for a target that is there already."""
        self.path = path
        self.members: list[Member] = []
        self.blobs: list[Member] = []
        self._moment = moment
        self._replace = replace
        self._draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        if path.exists() and not replace:
            raise ArchiveUnwritable(f"{path} is there already")
        try:
            path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
            self._file = os.fdopen(os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        except OSError as error:
            raise _unwritable(path, error) from error
        self._sealed = Sealed(self._file)
        self._gzip = compressed(self._sealed)
        self._tar = tarfile.TarFile(fileobj=self._gzip, mode="w", format=tarfile.PAX_FORMAT)

    def add(self, name: str, data: bytes) -> None:
        """One more member. Raises ArchiveUnwritable."""
        self.members.append(Member(name, len(data), hashlib.sha256(data).hexdigest()))
        self._append(name, data)

    def add_blob(self, name: str, number: int, data: bytes) -> None:
        """One more part of a file's content, counted from 1. Raises ArchiveUnwritable."""
        member = f"{BLOBS}/{name}.{number:04d}"
        self.blobs.append(Member(member, len(data), hashlib.sha256(data).hexdigest()))
        self._append(member, data)

    def finish(self, manifest: Manifest) -> int:
        """Write the manifest and the seal, make it all durable, give it its name; the size in bytes. Raises ArchiveUnwritable."""
        self._append(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
        try:
            self._tar.close()
            self._gzip.close()
            self._sealed.seal()
            self._file.flush()
            os.fsync(self._file.fileno())
            size = os.fstat(self._file.fileno()).st_size
            self._file.close()
            self._name()
            _sync(self.path.parent)
        except OSError as error:
            raise _unwritable(self.path, error) from error
        return size

    def discard(self) -> None:
        """Let go of what was not finished; after `finish` there is nothing to let go of."""
        with suppress(OSError, ValueError):  # what is still to be flushed may not fit, or came after the file's end
            self._gzip.close()
        with suppress(OSError):
            self._file.close()
        self._draft.unlink(missing_ok=True)

    def _append(self, name: str, data: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = len(data), 0o600, self._moment
        try:
            self._tar.addfile(entry, BytesIO(data))
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def _name(self) -> None:
        if self._replace:
            os.replace(self._draft, self.path)
            return
        try:
            os.link(self._draft, self.path)  # unlike a rename it never takes the place of what somebody made meanwhile
        except FileExistsError:
            raise
        except OSError:
            os.replace(self._draft, self.path)  # a file system without links
            return
        self._draft.unlink()


def _unwritable(path: Path, error: OSError) -> ArchiveUnwritable:
    return ArchiveUnwritable(f"{path} can't be written: {error.strerror or error}")


def _sync(folder: Path) -> None:
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
