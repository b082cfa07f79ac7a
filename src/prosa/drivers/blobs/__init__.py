"""Where the content of files is kept: a folder beside SQLite, rows in PostgreSQL, so that one URL is enough for several hosts."""

from prosa.drivers.blobs.choosing import blobs_of
from prosa.drivers.blobs.errors import BlobMissing, StorageFull, StorageUnavailable, of_system
from prosa.drivers.blobs.folder import FolderBlobs
from prosa.drivers.blobs.models import Blob, Blobs, Named, Pieces, begun, gathered, is_name
from prosa.drivers.blobs.rows import RowBlobs

__all__ = [
    "Blob",
    "BlobMissing",
    "Blobs",
    "FolderBlobs",
    "Named",
    "Pieces",
    "RowBlobs",
    "StorageFull",
    "StorageUnavailable",
    "begun",
    "blobs_of",
    "gathered",
    "is_name",
    "of_system",
]
