"""Which kind of place belongs to a database."""

from pathlib import Path
from typing import Final

from prosa.drivers.blobs.folder import FolderBlobs
from prosa.drivers.blobs.models import Blobs
from prosa.drivers.blobs.rows import RowBlobs
from prosa.drivers.sql import Database, parse_database
from prosa.kit.clock import Clock

FOLDER: Final = "blobs"


def blobs_of(database: Database, data_dir: Path, clock: Clock) -> Blobs:
    """`blobs` in the data folder for the SQLite file there, for another file a folder beside it; PostgreSQL's own rows else.

    Never one folder for two databases: what the one doesn't know the other may need.
    """
    path = database.address.path
    if path is None:
        return RowBlobs(database, clock)
    usual = parse_database(None, data_dir).path
    here = usual is not None and path.resolve() == usual.resolve()
    return FolderBlobs(data_dir / FOLDER if here else path.with_name(f"{path.name}.{FOLDER}"), clock)
