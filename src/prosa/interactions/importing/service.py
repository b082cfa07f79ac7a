"""Taking over an original file: everything keeps its id, its moment and its order, and a second run changes nothing."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from prosa.drivers.foreign import ForeignFile
from prosa.drivers.sql import Database, needs_migration, storable
from prosa.interactions.importing.models import ImportReport
from prosa.interactions.importing.store import OriginalRow, opened
from prosa.interactions.importing.table_export import exported
from prosa.interactions.models import Interaction, InteractionStatus

BATCH: Final = 500  # rows in one transaction; an import that was cut off goes on after the last of them
REASONS: Final = 20
LONGEST_ID: Final = 200


class Unreadable(ValueError):
    """A row that can't be read as an exchange; the text says why."""


async def import_sqlite(file: Path, space: str, database: Database, *, dry_run: bool = False) -> ImportReport:
    """Take over the exchanges of an original SQLite file into a caller's space.

    Nothing of the file is changed. Raises ForeignFile for a file that is not the original's or damaged (what was taken over
    before the damage stays), DatabaseUnavailable for prosa's own.
    """
    report = ImportReport(dry_run)
    with opened(file) as original:
        await _take(original.rows(), space, database, report)
    return report


async def import_table(file: Path, space: str, database: Database, *, dry_run: bool = False) -> ImportReport:
    """The same of an export of the original's DynamoDB table, as lines `{"Item": …}` or as a scan's `{"Items": […]}`.

    Raises ForeignFile, DatabaseUnavailable.
    """
    report = ImportReport(dry_run)
    await _take(exported(file), space, database, report)
    if not report.found:
        raise ForeignFile("there is no interaction in it")
    return report


async def _take(rows: Iterable[OriginalRow], space: str, database: Database, report: ImportReport) -> None:
    users: set[str] = set()
    for batch in batches(readable(rows, space, report)):
        users.update(interaction.user_id for interaction in batch)
        added = await _missing(batch, database) if report.dry_run else await _add(batch, database)
        report.imported += added
        report.present += len(batch) - added
        report.failed += sum(item.status is InteractionStatus.FAILED for item in batch)
        report.unfinished += sum(item.status is InteractionStatus.UNFINISHED for item in batch)
    report.users = len(users)


def readable(rows: Iterable[OriginalRow], space: str, report: ImportReport) -> Iterator[Interaction]:
    """The rows that are exchanges; the others are counted, with the first reasons."""
    for number, row in enumerate(rows, 1):
        report.found += 1
        try:
            yield interaction(row, space)
        except Unreadable as error:
            report.refused += 1
            if len(report.reasons) < REASONS:
                report.reasons.append(f"row {number}: {error}")


def batches(interactions: Iterator[Interaction]) -> Iterator[list[Interaction]]:
    """Lists of at most BATCH, in order."""
    while batch := list(islice(interactions, BATCH)):
        yield batch


async def _add(batch: list[Interaction], database: Database) -> int:
    await database.open()
    from prosa.interactions.store import InteractionStore

    return await InteractionStore(database).add_missing(batch)


async def _missing(batch: list[Interaction], database: Database) -> int:
    ids = {item.id for item in batch}
    if await asyncio.to_thread(needs_migration, database.address):
        return len(ids)  # a dry run writes nothing, so it doesn't create or migrate the database either
    await database.open()
    from prosa.interactions.store import InteractionStore

    return len(ids - await InteractionStore(database).known(batch[0].space, sorted(ids)))


def interaction(row: OriginalRow, space: str) -> Interaction:
    """A row as an exchange of this space. Raises Unreadable."""
    id = storable(_text(row, "interaction_id"))
    if not id or len(id) > LONGEST_ID:
        raise Unreadable("its id is empty or too long")
    error = _optional(row, "error")
    return Interaction(
        id=id,
        space=space,
        user_id=_text(row, "user_id"),
        prompt=_text(row, "prompt"),
        asked_at=_moment(_text(row, "timestamp")),
        response=_optional(row, "response"),
        model=_optional(row, "model"),
        cached=row["model"] == "cache",
        trace_id=_optional(row, "trace_id"),
        tokens=_number(row, "tokens"),
        latency_ms=_number(row, "latency_ms"),
        error=error,
        metadata=_optional(row, "metadata"),
    )


def _text(row: OriginalRow, name: str) -> str:
    value = row[name]
    if not isinstance(value, str):
        raise Unreadable(f"its {name} is no text")
    return value


def _optional(row: OriginalRow, name: str) -> str | None:
    return None if row[name] is None else _text(row, name)


def _number(row: OriginalRow, name: str) -> int | None:
    value = row[name]
    if value is None:
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    if not isinstance(value, int):
        raise Unreadable(f"its {name} is no number")
    return value


def _moment(text: str) -> datetime:
    """An ISO-8601 moment; one without a zone is UTC, as the original's clock was."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable("its timestamp is none") from error
