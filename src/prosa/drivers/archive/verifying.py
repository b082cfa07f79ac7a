"""Verifying: everything that is stored, of one instant, held against what must be true of it."""

from prosa.drivers.archive.checking import VerifyOptions
from prosa.drivers.archive.errors import ArchiveError
from prosa.drivers.archive.models import Finding, Verdict
from prosa.drivers.sql import DatabaseAddress, revisions


async def verify(address: DatabaseAddress, options: VerifyOptions) -> Verdict:
    """Look at everything, change nothing; a database that can't be read at all is a finding too."""
    from prosa.drivers.archive import integrity_store as integrity
    from prosa.drivers.archive.access_store import reading
    from prosa.drivers.archive.snapshot_store import Snapshot

    revision: str | None = None
    findings: list[Finding] = []
    counts: dict[str, int] = {}
    try:
        async with reading(address) as connection:
            snapshot = await Snapshot.of(connection)
            revision = snapshot.revision
            findings += await integrity.schema(snapshot)
            findings += await integrity.file(snapshot)
            counts, unreadable = await integrity.rows(snapshot)
            findings += unreadable + await integrity.references(snapshot)
            if options.keyring is not None:
                findings += await integrity.secrets(snapshot, options.keyring, options.sealed)
            if revision == revisions()[-1]:
                for check in options.checks:
                    findings += await check.look(connection)
    except ArchiveError as error:
        findings.append(Finding("database", error.message))
    return Verdict(revision, counts, tuple(findings))
