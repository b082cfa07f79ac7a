"""The archive of all that is kept of one person: a ZIP of JSON lines, a file for each table, and their files as they are."""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import IO, Any, Final

import msgspec

from prosa.conversations import nobody_of
from prosa.drivers.blobs import BlobMissing, Blobs, StorageUnavailable
from prosa.drivers.sql import Connection, Database
from prosa.kit.moments import shown
from prosa.privacy.models import FORMAT, ArchiveReport
from prosa.privacy.registry import REGISTRY, Personal

_SAFE: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._- ")
_LONGEST_NAME: Final = 100
_README: Final = """What prosa keeps of you, one file for each kind of thing, each line one JSON object.

manifest.json   what is here, and when it was made
data/           one file for each table; moments are in UTC
files/          your files as you brought them

Passwords, keys and proofs are left out: nobody can read them, neither you nor prosa. So is what belongs to other people.
"""


async def write_archive(
    database: Database, blobs: Blobs, extra: Mapping[str, object], target: IO[bytes], now: int
) -> ArchiveReport:
    """Write it. `extra`: fields of the account that its row doesn't show, its `id` among them; `now` in microseconds since 1970.

    All of it is of one instant. Raises DatabaseUnavailable; OSError where the target can't take it.
    """
    account_id = str(extra["id"])
    owners = owners_of(account_id)
    report = ArchiveReport()
    archive = await asyncio.to_thread(zipfile.ZipFile, target, "w", zipfile.ZIP_DEFLATED, True, 6)
    try:
        async with database.reading() as connection:
            for personal in REGISTRY.personal:
                given = extra if personal.table == "accounts" else {}
                report.rows[personal.table] = await _table(connection, personal, owners, given, archive)
            await _files(connection, blobs, owners, archive, report)
        await asyncio.to_thread(archive.writestr, "README.txt", _README)
        await asyncio.to_thread(archive.writestr, "manifest.json", _manifest(report, shown(now)))
    finally:
        await asyncio.to_thread(archive.close)
    return report


def owners_of(account_id: str) -> tuple[str, ...]:
    """The account, and the space of what its person wrote where it didn't belong."""
    return account_id, nobody_of(account_id)


async def _table(
    connection: Connection, personal: Personal, owners: Sequence[str], extra: Mapping[str, object], archive: zipfile.ZipFile
) -> int:
    from prosa.privacy import store

    columns = [name for name in await store.columns_of(connection, personal.table) if name not in personal.hidden]
    count = 0
    member = await asyncio.to_thread(archive.open, f"data/{personal.table}.jsonl", "w", force_zip64=True)
    try:
        async for rows in store.rows_of(connection, personal, columns, owners):
            count += len(rows)
            lines = b"".join(_line(personal, columns, row, extra) for row in rows)
            await asyncio.to_thread(member.write, lines)
    finally:
        await asyncio.to_thread(member.close)
    return count


def _line(personal: Personal, columns: Sequence[str], row: Sequence[Any], extra: Mapping[str, object]) -> bytes:
    fields = {name: _shown(name, value, name in personal.json) for name, value in zip(columns, row, strict=True)}
    return msgspec.json.encode(fields | dict(extra)) + b"\n"


def _shown(name: str, value: object, is_json: bool) -> object:
    if name.endswith("_at") and isinstance(value, int):
        return shown(value)
    if not is_json or not isinstance(value, str):
        return value
    try:
        msgspec.json.decode(value)
    except (msgspec.MsgspecError, RecursionError):
        return value
    return msgspec.Raw(value.encode())


async def _files(
    connection: Connection, blobs: Blobs, owners: Sequence[str], archive: zipfile.ZipFile, report: ArchiveReport
) -> None:
    from prosa.privacy import store

    for id, name, blob in await store.files_of(connection, owners):
        member = await asyncio.to_thread(archive.open, f"files/file-{id}/{_safe(name)}", "w", force_zip64=True)
        try:
            async for piece in _content(blobs, blob, connection):
                await asyncio.to_thread(member.write, piece)
            report.files += 1
        except (BlobMissing, StorageUnavailable):
            report.lost += 1
        finally:
            await asyncio.to_thread(member.close)


def _content(blobs: Blobs, blob: str, connection: Connection) -> AsyncIterator[bytes]:
    return blobs.read(blob, within=connection)


def _safe(name: str) -> str:
    """A name that leads nowhere else when the archive is unpacked, on whatever system."""
    bare = PurePath(name.replace("\\", "/")).name
    shown_as = "".join(sign if sign in _SAFE else "_" for sign in bare).strip(". ")
    return shown_as[-_LONGEST_NAME:] or "file"


def _manifest(report: ArchiveReport, moment: datetime) -> bytes:
    document = {
        "product": "prosa-person",
        "format": FORMAT,
        "made_at": moment,
        "tables": report.rows,
        "files": report.files,
        "files_lost": report.lost,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2)
