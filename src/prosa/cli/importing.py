"""`prosa import`: taking over what an older installation has kept."""

from dataclasses import dataclass, replace
from pathlib import Path

from prosa.cli.frame import run, with_identity
from prosa.cli.people_work import named
from prosa.cli.port import BootPort, Configuration
from prosa.cli.terminal import complain, say, table
from prosa.drivers.foreign import is_sqlite
from prosa.drivers.sql import Database, DatabaseAddress, needs_migration
from prosa.identity import IdentityParts
from prosa.interactions import ImportReport, import_sqlite, import_table
from prosa.kit.errors import ProsaError

LOCAL = "local"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What `prosa import serverless` was told; None leaves it to the settings."""

    file: Path | None = None
    owner: str | None = None
    dry_run: bool = False
    key: str | None = None  # the name of a key of the settings
    person: str | None = None  # how the owner is told, where it is a person


def begin(port: BootPort, options: ImportOptions) -> int:
    """Import for a key, for a person named by e-mail address, or for the callers of this machine; 1 when it can't be."""
    configuration = port.configuration()
    if options.key is not None:
        if options.key not in configuration.owners:
            complain(f"--key {options.key!r}: the settings have no key of this name; `prosa config` shows them")
            return 1
        return run(serverless(configuration, replace(options, owner=options.key)))
    if options.owner is not None and "@" in options.owner:
        return with_identity(port, lambda identity: _for_person(identity, configuration, options))
    if options.owner is None and not configuration.owners and _is_up_to_date(configuration.database):
        return with_identity(port, lambda identity: _for_nobody_yet(identity, configuration, options))
    return run(serverless(configuration, options))


def _is_up_to_date(address: DatabaseAddress) -> bool:
    try:
        return not needs_migration(address)
    except ProsaError:
        return False  # the import itself tells why


async def _for_person(identity: IdentityParts, configuration: Configuration, options: ImportOptions) -> int:
    account = await named(identity, str(options.owner))
    return await serverless(configuration, replace(options, owner=account.space, person=account.email))


async def _for_nobody_yet(identity: IdentityParts, configuration: Configuration, options: ImportOptions) -> int:
    """What this machine's callers stored belongs to the first admin from the moment there is one, and later on to nobody."""
    if await identity.rights.accounts_exist():
        complain("there are people here now; say whose the history becomes: --owner E-MAIL")
        return 1
    return await serverless(configuration, options)


async def serverless(configuration: Configuration, options: ImportOptions) -> int:
    """Take over the interactions of a serverless installation's SQLite file; 1 when it can't be."""
    file = options.file or configuration.import_path
    owner = options.owner or _owner(configuration)
    if owner is None:
        complain(f"several keys are set; say whose the history becomes: --owner {'|'.join(configuration.owners)}")
        return 1
    if not file.is_file():
        complain(f"{file}: there is no such file")
        return 1
    database = Database(configuration.database)
    try:
        taking = import_sqlite if is_sqlite(file) else import_table
        report = await taking(file, owner, database, dry_run=options.dry_run)
    except ProsaError as error:
        complain(error.message)
        return 1
    finally:
        await database.aclose()
    say(_told(report, file, options.person or owner))
    return 0


def _owner(configuration: Configuration) -> str | None:
    """Who owns it when nobody said: the one key there is, or the callers of this machine while there is none."""
    if len(configuration.owners) > 1:
        return None
    return next(iter(configuration.owners), LOCAL)


def _told(report: ImportReport, file: Path, owner: str) -> str:
    rows = [
        (str(report.found), "interactions in the file"),
        (str(report.imported), "would be imported" if report.dry_run else "imported"),
        (str(report.present), "were here already"),
        (str(report.failed), "of them failed, kept as failures"),
        (str(report.unfinished), "of them without an answer"),
        (str(report.refused), "can't be read and were left out"),
        (str(report.users), "users"),
    ]
    title = f"{file} → {owner}" + (" (dry run: nothing was written)" if report.dry_run else "")
    reasons = [f"  {reason}" for reason in report.reasons]
    return "\n".join([title, table(rows), *reasons])
