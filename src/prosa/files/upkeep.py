"""What files need of who looks after the database: which blobs belong to it, and whether rows and blobs agree."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from prosa.drivers.blobs import Blob, BlobMissing, Blobs, StorageUnavailable
from prosa.drivers.sql import Connection

if TYPE_CHECKING:
    from prosa.drivers.archive import Finding


async def kept_blobs(connection: Connection) -> list[Blob]:
    """The blobs that files refer to, as the transaction sees them, with size and hash as they must be."""
    from prosa.files.store import FileStore

    return await FileStore.kept(connection)


async def without_blobs(connection: Connection, lost: Sequence[str]) -> int:
    """Delete the files of blobs that can't be brought back; how many."""
    from prosa.files.store import FileStore

    return await FileStore.drop(connection, lost)


class FileChecks:
    """Part of `verify`: every file's content is there and is what it was, and there is no content without a file."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    async def look(self, connection: Connection) -> "list[Finding]":
        """See Check."""
        from prosa.drivers.archive import Finding, listed

        there = set(await self._blobs.names(connection))
        kept = await kept_blobs(connection)
        missing = [blob.name for blob in kept if blob.name not in there]
        damaged = [blob.name for blob in kept if blob.name in there and not await self._whole(connection, blob)]
        unclaimed = sorted(there - {blob.name for blob in kept})
        findings = []
        if missing:
            findings.append(Finding("files", f"the content of {len(missing)} files is missing: {listed(missing)}"))
        if damaged:
            findings.append(Finding("files", f"the content of {len(damaged)} files is not what was stored: {listed(damaged)}"))
        if unclaimed:
            told = f"{len(unclaimed)} contents belong to no file: {listed(unclaimed)}"
            findings.append(Finding("files", told, warning=True))
        return findings

    async def _whole(self, connection: Connection, blob: Blob) -> bool:
        digest, size = hashlib.sha256(), 0
        try:
            async for piece in self._blobs.read(blob.name, within=connection):
                digest.update(piece)
                size += len(piece)
        except (BlobMissing, StorageUnavailable):
            return False
        return (size, digest.hexdigest()) == (blob.bytes, blob.sha256)
