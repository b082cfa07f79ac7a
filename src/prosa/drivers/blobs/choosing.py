"""Which kind of place belongs to a database."""

from pathlib import Path
from typing import Final

from prosa.drivers.blobs.folder import FolderBlobs
from prosa.drivers.blobs.models import Blobs
from prosa.drivers.blobs.rows import RowBlobs
from prosa.drivers.sql import Database
from prosa.kit.clock import Clock

FOLDER: Final = "blobs"


def blobs_of(database: Database, data_dir: Path, clock: Clock) -> Blobs:
    """The data folder beside a SQLite file; PostgreSQL's own rows else."""
    return FolderBlobs(data_dir / FOLDER, clock) if database.kind == "sqlite" else RowBlobs(database, clock)
