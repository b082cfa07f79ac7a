"""What can be checked of any table of any part: the schema, the file, every row, every reference; loads SQLAlchemy."""

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from sqlalchemy import Table, and_, create_engine, exists, func, inspect, select, text
from sqlalchemy.engine import Connection as PlainConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from prosa.drivers.archive.checking import listed
from prosa.drivers.archive.errors import ValueUnknown
from prosa.drivers.archive.models import Finding
from prosa.drivers.archive.sealed_store import closed_to, made_with
from prosa.drivers.archive.snapshot_store import VERSIONS, Snapshot, stored_names
from prosa.drivers.sql import migrate_within, revisions
from prosa.drivers.vault import Keyring, SealedColumn

_EXAMPLES: Final = 3
_MOST_COMPLAINTS: Final = 20
Shape = dict[str, tuple[set[str], set[str]]]  # table → columns, indexes


async def schema(snapshot: Snapshot) -> list[Finding]:
    """Whether the schema is the newest, and all of it is there."""
    known, head = revisions(), revisions()[-1]
    if snapshot.revision is None:
        return [Finding("schema", "this is no database of prosa, or an empty one")]
    if snapshot.revision not in known:
        return [Finding("schema", f"its schema {snapshot.revision} is of a newer prosa than this one", warning=True)]
    findings = []
    if snapshot.revision != head:
        findings.append(Finding("schema", f"its schema is {snapshot.revision}, not {head}: the next start brings it up to date"))
    there = await snapshot.connection.run_sync(_shape, list(snapshot.tables))
    return findings + [Finding("schema", gap) for gap in _gaps(_expected(snapshot.revision), there)]


@cache  # a revision stays what it is, and to make it takes longer than all other looks together
def _expected(revision: str) -> Shape:
    """The shape of a fresh database at a revision: made in memory, and looked at."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        with engine.begin() as connection:
            migrate_within(connection, revision)
            return _shape(connection, sorted(stored_names(connection, inspect(connection).get_table_names()) - {VERSIONS}))
    finally:
        engine.dispose()


def _shape(connection: PlainConnection, names: list[str]) -> Shape:
    inspector = inspect(connection)
    return {
        name: (
            {column["name"] for column in inspector.get_columns(name)},
            {str(index["name"]) for index in inspector.get_indexes(name) if not index.get("duplicates_constraint")},
        )
        for name in names
    }


def _gaps(expected: Shape, there: Shape) -> Iterable[str]:
    for name, (columns, indexes) in expected.items():
        if name not in there:
            yield f"the table {name} is missing"
            continue
        for column in sorted(columns - there[name][0]):
            yield f"the table {name} lacks its column {column}"
        for index in sorted(indexes - there[name][1]):
            yield f"the table {name} lacks its index {index}"


async def file(snapshot: Snapshot) -> list[Finding]:
    """SQLite's own check of the whole file; PostgreSQL has checks of its own."""
    if snapshot.kind != "sqlite":
        return []
    rows = await snapshot.connection.execute(text(f"PRAGMA integrity_check({_MOST_COMPLAINTS})"))
    return [Finding("file", str(line)) for line in rows.scalars() if line != "ok"]


async def rows(snapshot: Snapshot) -> tuple[dict[str, int], list[Finding]]:
    """Every row read once: how many each table has, and what can't be read."""
    counts, findings = {}, []
    for name, table in snapshot.tables.items():
        try:
            async with snapshot.connection.begin_nested():
                counts[name] = (await snapshot.facts(table)).rows
        except ValueUnknown as error:
            findings.append(Finding("rows", error.message))
        except DBAPIError as error:
            findings.append(Finding("rows", f"table {name} can't be read: {str(error.orig).splitlines()[0]}"))
    return counts, findings


async def references(snapshot: Snapshot) -> list[Finding]:
    """Rows that refer to others that aren't there, for every foreign key."""
    findings = []
    for name, keys in (await snapshot.ties()).items():
        for key in keys:
            other = snapshot.tables.get(key["referred_table"])
            if other is None:
                findings.append(Finding("references", f"the table {name} refers to {key['referred_table']}, which is missing"))
                continue
            pairs = list(zip(key["constrained_columns"], key["referred_columns"], strict=True))
            findings += await _orphans(snapshot, snapshot.tables[name], other, pairs)
    return findings


async def _orphans(snapshot: Snapshot, table: Table, other: Table, pairs: list[tuple[str, str]]) -> list[Finding]:
    parent = other.alias()
    columns = [table.c[own] for own, _ in pairs]
    matches = and_(*(table.c[own] == parent.c[theirs] for own, theirs in pairs))
    lost: Any = and_(*(column.is_not(None) for column in columns), ~exists().where(matches).correlate(table))
    count = (await snapshot.connection.execute(select(func.count()).select_from(table).where(lost))).scalar_one()
    if not count:
        return []
    examples = (await snapshot.connection.execute(select(columns[0]).where(lost).distinct().limit(_EXAMPLES))).scalars()
    names = ", ".join(own for own, _ in pairs)
    return [
        Finding(
            "references",
            f"{count} rows of {table.name} name a {names} that {other.name} doesn't have: {', '.join(map(str, examples))}",
        )
    ]


async def secrets(snapshot: Snapshot, keyring: Keyring, fields: Iterable[SealedColumn]) -> list[Finding]:
    """Whether the database was made with these secrets, and every sealed field opens."""
    findings = []
    if "secret_checks" in snapshot.tables and not await made_with(snapshot.connection, keyring):
        findings.append(Finding("secrets", "the database was made with another secret than this server has: set PROSA_SECRET"))
    for field in fields:
        if field.table not in snapshot.tables:
            continue
        owners = await closed_to(snapshot.connection, keyring, field)
        if owners:
            text_ = (
                f"{len(owners)} values of {field.table}.{field.column} don't open with this server's secrets: {listed(owners)}"
            )
            findings.append(Finding("secrets", text_))
    return findings
