"""Files that callers upload: kept as they came, their type decided by their content, given to models that take them."""

from prosa.files.bringing_store import files_here
from prosa.files.carrying import Carried
from prosa.files.errors import (
    FileDamaged,
    FileEmpty,
    FileNotFound,
    FileQuotaExceeded,
    FileRefused,
    FileTooLarge,
    FileTypeMismatch,
    ImageTooLarge,
    TooManyFileInputs,
)
from prosa.files.inputs import names_files
from prosa.files.keeper import FileKeeper
from prosa.files.keeping_store import removal
from prosa.files.models import BATCH_SECONDS, LONGEST_LIFE, SHORTEST_LIFE, File, FilePage, FileQuery, Purpose
from prosa.files.ownership import erase_files, inherit_files
from prosa.files.service import FileService
from prosa.files.settings import FileSettings
from prosa.files.types import is_active
from prosa.files.upkeep import FileChecks, kept_blobs, without_blobs
from prosa.files.uploading import Upload, Wish

__all__ = [
    "BATCH_SECONDS",
    "LONGEST_LIFE",
    "SHORTEST_LIFE",
    "Carried",
    "File",
    "FileChecks",
    "FileDamaged",
    "FileEmpty",
    "FileKeeper",
    "FileNotFound",
    "FilePage",
    "FileQuery",
    "FileQuotaExceeded",
    "FileRefused",
    "FileService",
    "FileSettings",
    "FileTooLarge",
    "FileTypeMismatch",
    "ImageTooLarge",
    "Purpose",
    "TooManyFileInputs",
    "Upload",
    "Wish",
    "erase_files",
    "files_here",
    "inherit_files",
    "is_active",
    "kept_blobs",
    "names_files",
    "removal",
    "without_blobs",
]
