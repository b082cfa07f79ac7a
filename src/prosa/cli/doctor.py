"""`prosa doctor`: what is configured, what answers, which versions, which known bugs."""

import asyncio
import platform
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import prosa
from prosa.administration import ProviderState
from prosa.cli.jobs_examined import jobs
from prosa.cli.port import Configuration
from prosa.cli.terminal import complain, say, table
from prosa.cli.vectors_examined import vectors
from prosa.drivers.documents import jail_holes
from prosa.drivers.outbound import Client
from prosa.drivers.sql import DatabaseAddress, DatabaseUnavailable, DatabaseUnusable, current_revision, needs_migration
from prosa.gateway import Catalogue, Provider
from prosa.interpreter import MB, InstallationFailed, Interpreter, InterpreterSettings, install
from prosa.kit.clock import SystemClock
from prosa.kit.errors import ProsaError

_PACKAGES = ("uvicorn", "uvloop", "httptools", "fastapi", "msgspec", "sqlalchemy", "alembic", "structlog")
# Versions from which a bug of SQLite is gone, and what it does (sqlite.org/releaselog).
_SQLITE_BUGS = (((3, 51, 3), "two connections that write or checkpoint at the same instant can corrupt a database in WAL mode"),)
_LEAST_FREE = 200 * 1024 * 1024

_IDLE = {
    ProviderState.DISABLED: (True, "it is switched off"),
    ProviderState.SHADOWED: (True, "the settings have one of this name"),
    ProviderState.UNFIT: (False, "this version knows no such kind"),
    ProviderState.ADDRESS_REFUSED: (False, "its address is private, and PROSA_PRIVATE_HOSTS doesn't list it"),
    ProviderState.KEY_UNREADABLE: (False, "its key was sealed with another secret; enter it again"),
}
_ADVICE = "check its key, its address and the network"

Row = tuple[str, str, str]


async def examine(configuration: Configuration) -> int:
    """Print what was found; 1 when something needs a hand."""
    sections = (
        ("versions", list(_versions())),
        ("settings", list(_settings(configuration))),
        ("data", [*_data(configuration), *await vectors(configuration.database, wanted=configuration.pgvector)]),
        ("documents", [await _documents()]),
        ("interpreter", [_interpreter(configuration.interpreter)]),
        ("jobs", await jobs(configuration.database)),
        ("providers", await _providers(configuration)),
    )
    for title, rows in sections:
        say(f"{title}:")
        say(table(rows))
    for warning in configuration.warnings:
        say(f"warning: {warning}")
    return int(any(row[0] == "fail" for _, rows in sections for row in rows))


async def install_interpreter(settings: InterpreterSettings) -> int:
    """Bring what models' code runs in; 1 when that can't be."""
    say(f"Installing the code interpreter's packages into {settings.folder} (some 300 MB, a minute) …")
    try:
        await install(settings.folder)
    except (InstallationFailed, OSError) as error:
        complain(str(error))
        return 1
    reason = Interpreter(settings, SystemClock()).why_not()
    say("Done: models can run code now." if reason is None else f"Done, but still off: {reason}")
    return 0


def _versions() -> Iterator[Row]:
    yield "ok", "prosa", prosa.__version__
    yield "ok", "python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    for name in _PACKAGES:
        try:
            yield "ok", name, metadata.version(name)
        except metadata.PackageNotFoundError:
            yield "fail", name, "not installed: make setup"
    yield sqlite_row(sqlite3.sqlite_version_info)


def sqlite_row(version: tuple[int, ...]) -> Row:
    """SQLite's version and the bugs that it is known to have."""
    text = ".".join(map(str, version[:3]))
    bugs = [f"{bug} (repaired in {'.'.join(map(str, repaired))})" for repaired, bug in _SQLITE_BUGS if version < repaired]
    return ("warn", "sqlite", f"{text}: {'; '.join(bugs)}") if bugs else ("ok", "sqlite", text)


def _settings(configuration: Configuration) -> Iterator[Row]:
    """What a look at `prosa config` would tell at length: where it listens, and how many settings come from where."""
    yield "ok", "address", configuration.address
    places = Counter(line.source.split(" line ")[0].split(",")[0] for line in configuration.lines)
    told = ", ".join(f"{count} from {place}" for place, count in places.items() if place != "default")
    yield "ok", "set", f"{told or 'nothing: all defaults'} (prosa config shows each)"


def _data(configuration: Configuration) -> Iterator[Row]:
    folder = configuration.data_dir
    if folder.is_dir():
        free = shutil.disk_usage(folder).free
        yield "ok" if free > _LEAST_FREE else "warn", "disk", f"{free // (1024 * 1024)} MB free"
        yield _mode(folder)
    else:
        yield "ok", "folder", f"{folder}: made at the first start"
    yield _database(configuration.database)


async def _documents() -> Row:
    """Whether the process that reads documents can do nothing else. Where it can, its bounds hold all the same."""
    try:
        shut, found = await jail_holes()
    except ProsaError as error:
        return "warn", "reading", error.message
    if shut and not found:
        return "ok", "reading", "in a process that can open nothing, start nothing and reach nobody"
    able = ", ".join(found) or "more than read"
    return "warn", "reading", f"in a process with bounds, without a filter of its calls, which this system lacks: it can {able}"


def _interpreter(settings: InterpreterSettings) -> Row:
    """Whether models can run code here. Off is no fault: it's an offer."""
    reason = Interpreter(settings, SystemClock()).why_not()
    bounds = f"{settings.memory // MB} MB of memory, {settings.disk // MB} MB of files, {settings.seconds:g} s"
    return ("ok", "code", f"runs in a jail: {bounds}") if reason is None else ("ok", "code", f"off: {reason}")


def _mode(folder: Path) -> Row:
    if sys.platform != "win32" and folder.stat().st_mode & 0o007:
        return "warn", "folder", f"{folder}: everybody on this machine can look in; chmod 700 {folder}"
    return "ok", "folder", str(folder)


def _database(address: DatabaseAddress) -> Row:
    try:
        if address.path is not None and not address.path.exists():
            return "ok", "database", "SQLite, made at the first use"
        kind = "SQLite" if address.path is not None else "PostgreSQL"
        revision = current_revision(address) or "empty"
        later = ", brought up to date at the next start" if needs_migration(address) else ""
        return "ok", "database", f"{kind}, {revision}{later}"
    except (DatabaseUnavailable, DatabaseUnusable) as error:
        return "fail", "database", error.message


async def _providers(configuration: Configuration) -> list[Row]:
    client = Client()
    try:
        catalogue = Catalogue(configuration.gateway, client, SystemClock())
        asked = [provider for provider in catalogue.providers.values() if provider.wire != "mock"]
        rows = list(await asyncio.gather(*(_provider(catalogue, provider) for provider in asked)))
    finally:
        await client.aclose()
    rows.extend(_idle(name, state) for name, state in configuration.idle)
    mock = "mock" in catalogue.providers
    rows.append(("ok", "mock", "answers without a provider") if mock else ("ok", "mock", "off"))
    if not asked and not mock:
        rows.append(("fail", "none", "model calls answer 503: set a provider's key"))
    return rows


def _idle(name: str, state: ProviderState) -> Row:
    good, reason = _IDLE[state]
    return "ok" if good else "fail", name, f"stored, but doesn't take part: {reason}"


async def _provider(catalogue: Catalogue, provider: Provider) -> Row:
    try:
        count = await catalogue.probe(provider)
    except ProsaError as error:
        return "fail", provider.name, f"{error.message.rstrip('.')}: {_ADVICE}"
    return "ok", provider.name, f"answers, {count} models"
