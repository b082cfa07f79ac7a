"""What a backup tells about itself, and what the commands tell about their work."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

PRODUCT: Final = "prosa-backup"
FORMAT: Final = 1  # grows when an older prosa could not read the file any more


class TableFacts(msgspec.Struct, frozen=True):
    """One table: its columns in the order of the rows' values, how many rows, and their common hash (see RowHash).

    `counter` is the highest number that the table's automatic numbering ever gave out, None where there is none.
    """

    name: str
    columns: tuple[str, ...]
    rows: int
    hash: str
    counter: int | None = None


class Member(msgspec.Struct, frozen=True):
    """One file inside the backup: its size in bytes and its SHA-256 in hex."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """`manifest.json`, the last member. Unknown fields are ignored, so that a later prosa can add some.

    `blobs` are the parts of files' contents, each content's one after the other.
    """

    product: str
    format: int
    version: str  # of the prosa that made it
    revision: str  # of the schema
    origin: str  # "sqlite" or "postgresql"
    moment: str  # UTC, ISO 8601: every row is as it was at this instant
    tables: tuple[TableFacts, ...]
    members: tuple[Member, ...]
    secrets: bool = False  # whether the server's secrets are inside
    blobs: tuple[Member, ...] = ()

    def table(self, name: str) -> TableFacts | None:
        """The facts of one table."""
        return next((table for table in self.tables if table.name == name), None)

    @property
    def contents(self) -> int:
        """How many files' contents are inside."""
        return len({member.name.partition(".")[0] for member in self.blobs})

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(table.rows for table in self.tables)


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup."""

    path: Path
    size: int  # bytes
    manifest: Manifest
    lost: int = 0  # files whose content was not there


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: `notes` are sentences about what changed on the way or stays unreadable."""

    manifest: Manifest
    kept: Path | None = None  # where the database that was there before lies now
    notes: tuple[str, ...] = ()
    secrets: bool = False  # whether the backup's secrets were put in place


@dataclass(frozen=True, slots=True)
class Copied:
    """What a move to another database did; `replaced` counts values whose NUL characters PostgreSQL can't hold."""

    tables: tuple[TableFacts, ...]
    replaced: int = 0
    lost: int = 0  # files whose content was not there


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: a problem, or (`warning`) something to look at."""

    check: str
    text: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: the rows of each table, and findings, none of them when all is well."""

    revision: str | None
    counts: dict[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def good(self) -> bool:
        """Whether there is no problem; warnings don't count."""
        return all(finding.warning for finding in self.findings)
