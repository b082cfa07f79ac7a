"""What the commands of `backup_commands` do."""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from prosa.administration import sealed_columns
from prosa.cli.port import Storage
from prosa.cli.terminal import complain, say, table
from prosa.conversations import SearchChecks
from prosa.drivers import archive
from prosa.drivers.blobs import blobs_of
from prosa.drivers.sql import Database, DatabaseAddress, compact, needs_migration, parse_database, scrub
from prosa.drivers.vault import SECRET_FILE, Keyring, SecretsUnusable, load_secrets
from prosa.files import FileChecks, FileService, FileSettings, kept_blobs, without_blobs
from prosa.identity import PeopleAftercare, PeopleChecks, secret_columns
from prosa.kit.clock import SystemClock
from prosa.kit.errors import ProsaError
from prosa.privacy import Erasures, complete, list_of
from prosa.runs import RunChecks

if TYPE_CHECKING:
    from prosa.cli.backup_commands import Backup, Restore

_NICE = 10


async def save(storage: Storage, file: Path | None, options: "Backup") -> int:
    """`prosa backup`."""
    now = time.time()
    if options.scheduled:
        os.nice(_NICE)  # callers come first
        archive.sweep(storage.backups)
    name = archive.scheduled_name(now) if options.scheduled else f"prosa-{archive.stamp(now)}.tar.gz"
    path = file or storage.backups / name
    try:
        await _complete(storage)
        secrets = _secrets(storage) if options.with_secret else ()
        if options.with_secret and not secrets:
            complain("there is no secret yet: neither PROSA_SECRET nor a file in the data folder")
            return 1
        wanted = archive.BackupOptions(options.force, secrets, _content(storage, storage.database))
        made = await archive.backup(storage.database, path, now, wanted)
    except (ProsaError, SecretsUnusable) as error:
        return _refused(str(error))
    if options.scheduled:
        archive.prune(storage.backups, storage.keep)
    facts = made.manifest
    say(f"{made.path}: {facts.rows} rows of {len(facts.tables)} tables, {facts.contents} files, {made.size} bytes")
    _note(archive.lost_note(made.lost))
    say("the server's secret is inside: keep this file as you keep a key" if secrets else _without_secret(storage))
    return 0


async def _complete(storage: Storage) -> None:
    """Have the list of erasures hold what this backup knows: it is needed when an older one is restored."""
    if await asyncio.to_thread(_has_no_list_of_its_own, storage.database):
        return
    database = Database(storage.database)
    try:
        await complete(list_of(storage.data_dir, storage.erasure_copy), database)
    except ProsaError as error:
        complain(f"the list of erasures could not be completed: {error.message}")
    finally:
        await database.aclose()


def _has_no_list_of_its_own(database: DatabaseAddress) -> bool:
    """Whether the database is older than this prosa, or isn't there: then it is read as it is, and not brought up to date."""
    try:
        return needs_migration(database)
    except ProsaError:
        return True


def _without_secret(storage: Storage) -> str:
    place = "PROSA_SECRET" if storage.secrets else str(storage.data_dir / SECRET_FILE)
    return f"the server's secret is not inside: keep {place} as well, in another place"


async def bring_back(storage: Storage, file: Path, options: "Restore") -> int:
    """`prosa restore`; nobody else uses the data folder meanwhile."""
    try:
        found = archive.Archive.checked(file)
        erasures = list_of(storage.data_dir, storage.erasure_copy).read(*options.erasures)
        placed = _place(storage, found)
        keyring = Keyring.of(load_secrets(storage.secrets, storage.data_dir))
        aftercare = (
            archive.SecretsAftercare(keyring, (*secret_columns().sealed, *sealed_columns())),
            PeopleAftercare(
                keyring,
                storage.erasers,
                bring_back=options.bring_back,
                erased=erasures.asked if options.bring_back else erasures.ids,
            ),
        )
        wanted = archive.RestoreOptions(storage.backups, options.force, aftercare, _content(storage, storage.database))
        done = await archive.restore(found, storage.database, time.time(), wanted)
    except (ProsaError, SecretsUnusable) as error:
        return _refused(str(error))
    say(f"{file}: restored {done.manifest.rows} rows of {len(done.manifest.tables)} tables, as of {done.manifest.moment}")
    if done.kept is not None:
        say(f"what was there before: {done.kept}")
    if placed:
        say(f"the backup's secret is in {storage.data_dir / SECRET_FILE} now")
    _note(done.notes)
    await _finish_erasures(storage, erasures)
    say("nobody is signed in now: sessions and one-time links ended")
    return 0


async def _finish_erasures(storage: Storage, erasures: Erasures) -> None:
    """Remove the content of files that were erased again, before anybody serves it; say loudly where nobody knows."""
    if not erasures.found:
        complain("!!! THERE IS NO LIST OF ERASURES HERE. Whoever was erased after this backup was made is back in this database.")
        complain("    Look for erasures.jsonl of the data folder that this came from, or for its copy (PROSA_ERASURE_COPY), and")
        complain(f"    restore once more with --erasures FILE. An empty list begins in {storage.data_dir} now.")
    database = Database(storage.database)
    try:
        clock = SystemClock()
        await FileService(database, blobs_of(database, storage.data_dir, clock), FileSettings(), clock).clear()
        await complete(list_of(storage.data_dir, storage.erasure_copy), database)
        if erasures.ids and await compact(database):  # what SQLite moved between pages while it deleted left copies
            await scrub(database)
    except ProsaError as error:
        complain(f"what was erased again could not be removed to the end: {error.message}; the server does it when it starts")
    finally:
        await database.aclose()


def _place(storage: Storage, found: archive.Archive) -> bool:
    """Have the secrets that a backup brings in force before anything is restored; whether a file was changed."""
    brought = found.secrets()
    if not brought or set(brought) <= set(storage.secrets):
        return False
    if storage.secrets:
        reason = "PROSA_SECRET is set, and the secret in the backup is another: unset it, or add that one behind it"
        raise archive.ArchiveUnwritable(f"{reason} (tar -xzOf FILE {SECRET_FILE} shows it)")
    return archive.put_secrets(storage.data_dir, brought)


async def move(storage: Storage, url: str) -> int:
    """`prosa migrate-to`."""
    try:
        target = parse_database(sys.stdin.readline().strip() if url == "-" else url, storage.data_dir)
    except ValueError as error:
        return _refused(f"the database to move to: {error}")
    if target.url is not None and url != "-" and urlsplit(url).password:
        complain("every user of this machine can read a password on the command line; - reads the address from standard input")
    if target == storage.database:
        return _refused("this is the database that the settings name already")
    try:
        contents = (_content(storage, storage.database), _content(storage, target))
        done = await archive.copy(storage.database, target, contents)
    except ProsaError as error:
        return _refused(error.message)
    say(table([(facts.name, str(facts.rows), facts.hash[:16]) for facts in done.tables]))
    say(f"{sum(facts.rows for facts in done.tables)} rows copied; counts and hashes are the same on both sides")
    if done.replaced:
        say(f"note: {done.replaced} values held NUL characters, which PostgreSQL has no place for; each is now U+FFFD")
    _note(archive.lost_note(done.lost))
    if target == parse_database(None, storage.data_dir):
        say("next: remove PROSA_DATABASE_URL from the settings, and start the server")
    else:
        say("next: set PROSA_DATABASE_URL to that address, and start the server")
    say("what was stored after this began is only in the old database; prosa left that one as it was")
    return 0


async def check(storage: Storage, *, json: bool) -> int:
    """`prosa verify`."""
    try:
        secrets = _secrets(storage)
    except SecretsUnusable as error:
        return _refused(str(error))
    keyring = Keyring.of(secrets) if secrets else None
    checks = (PeopleChecks(keyring), RunChecks(), FileChecks(_content(storage, storage.database).blobs), SearchChecks())
    options = archive.VerifyOptions(keyring, (*secret_columns().sealed, *sealed_columns()), checks)
    verdict = await archive.verify(storage.database, options)
    if json:
        document = {"good": verdict.good, "revision": verdict.revision, "tables": verdict.counts, "findings": verdict.findings}
        say(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
        return 0 if verdict.good else 1
    say(table([(name, str(count)) for name, count in verdict.counts.items()]))
    for finding in verdict.findings:
        say(f"{'warning' if finding.warning else 'wrong'}: {finding.check}: {finding.text}")
    if keyring is None:
        say("note: there is no secret here, so sealed fields were not looked at")
    say("all is well" if verdict.good else "something is wrong")
    return 0 if verdict.good else 1


def check_file(file: Path, *, json: bool) -> int:
    """`prosa verify FILE`."""
    try:
        manifest = archive.Archive.checked(file).manifest
    except ProsaError as error:
        return _refused(str(error))
    if json:
        say(msgspec.json.format(msgspec.json.encode(manifest), indent=2).decode())
        return 0
    say(table([(facts.name, str(facts.rows)) for facts in manifest.tables]))
    say(f"made {manifest.moment} by prosa {manifest.version} from {manifest.origin}, schema {manifest.revision}")
    say("the server's secret is inside" if manifest.secrets else "the server's secret is not inside")
    say("the file is whole")
    return 0


def _content(storage: Storage, database: DatabaseAddress) -> archive.Content:
    """The contents of files that belong to a database of this installation."""
    return archive.Content(blobs_of(Database(database), storage.data_dir, SystemClock()), kept_blobs, without_blobs)


def _note(notes: Sequence[str]) -> None:
    for note in notes:
        say(f"note: {note}")


def _secrets(storage: Storage) -> tuple[str, ...]:
    """The secrets that there are; looking makes none."""
    if storage.secrets or (storage.data_dir / SECRET_FILE).exists():
        return load_secrets(storage.secrets, storage.data_dir, production=storage.production)
    return ()


def _refused(line: str) -> int:
    complain(line)
    return 1
