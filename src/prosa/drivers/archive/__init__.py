"""Backups: one file for both kinds of database, made while the server works, checked before it is used; moves between the two."""

from prosa.drivers.archive.aftercare import Aftercare, Restoration
from prosa.drivers.archive.backup import BackupOptions, backup
from prosa.drivers.archive.checking import Check, VerifyOptions, listed
from prosa.drivers.archive.content import Content, lost_note
from prosa.drivers.archive.copying import copy
from prosa.drivers.archive.errors import (
    ArchiveDamaged,
    ArchiveError,
    ArchiveNewer,
    ArchiveUnwritable,
    CopyDiffers,
    NoDatabase,
    TargetForeign,
    TargetNotEmpty,
)
from prosa.drivers.archive.models import Backup, Copied, Finding, Manifest, Restored, TableFacts, Verdict
from prosa.drivers.archive.reading import Archive
from prosa.drivers.archive.restore import RestoreOptions, restore
from prosa.drivers.archive.schedule import last_scheduled, prune, scheduled_name, stamp, sweep
from prosa.drivers.archive.secrets_aftercare import SecretsAftercare
from prosa.drivers.archive.secrets_file import put_secrets
from prosa.drivers.archive.verifying import verify

__all__ = [
    "Aftercare",
    "Archive",
    "ArchiveDamaged",
    "ArchiveError",
    "ArchiveNewer",
    "ArchiveUnwritable",
    "Backup",
    "BackupOptions",
    "Check",
    "Content",
    "Copied",
    "CopyDiffers",
    "Finding",
    "Manifest",
    "NoDatabase",
    "Restoration",
    "RestoreOptions",
    "Restored",
    "SecretsAftercare",
    "TableFacts",
    "TargetForeign",
    "TargetNotEmpty",
    "Verdict",
    "VerifyOptions",
    "backup",
    "copy",
    "last_scheduled",
    "listed",
    "lost_note",
    "prune",
    "put_secrets",
    "restore",
    "scheduled_name",
    "stamp",
    "sweep",
    "verify",
]
