"""The import of an original file: complete, ordered, repeatable; and files that are none."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from prosa.drivers.sql import Database, current_revision
from prosa.interactions import ForeignFile, ImportReport, InteractionStatus, import_sqlite
from prosa.interactions.importing import service
from prosa.interactions.importing.store import NEEDED, OPTIONAL
from prosa.interactions.store import InteractionStore
from tests.databases import KINDS, an_address

ORIGINAL = """CREATE TABLE interactions (interaction_id TEXT PRIMARY KEY, user_id TEXT, prompt TEXT, response TEXT, model TEXT,
timestamp TEXT, trace_id TEXT, tokens INTEGER, latency_ms INTEGER, error TEXT, metadata TEXT)"""
ROWS: list[tuple[object, ...]] = [
    ("id-1", "ana", "Olá", "Oi", "google/gemini-2.5-flash", "2026-01-15T10:30:00.123456+00:00", "t1", 12, 340, None, None),
    ("id-2", "ana", "Falhou", None, "error", "2026-01-15T10:31:00+00:00", "", None, 6001, "boom https://x/?key=s3cret", None),
    ("id-3", "bia", "Morreu", None, None, "2026-01-15T10:32:00.5+00:00", "", None, None, None, None),
    ("id-4", "ana", "De novo", "Oi", "cache", "2026-01-15T10:30:00.123456+00:00", "", None, 1, None, "{}"),
]


def original(folder: Path, rows: list[tuple[object, ...]] = ROWS, schema: str = ORIGINAL) -> Path:
    file = folder / "chat_history.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(schema)
        if rows:
            connection.executemany(f"INSERT INTO interactions VALUES ({','.join('?' * len(rows[0]))})", rows)
        connection.commit()
    return file


@pytest.fixture
async def blank(tmp_path: Path) -> AsyncIterator[Database]:
    """A database that nobody has made yet."""
    made = Database(tmp_path / "data" / "prosa.db")
    yield made
    await made.aclose()


@pytest.mark.contract("S32")
async def test_ids_moments_order_and_fields_are_kept(tmp_path: Path, database: Database) -> None:
    report = await import_sqlite(original(tmp_path), "settings-1", database)
    assert report == ImportReport(False, found=4, imported=4, unfinished=1, failed=1, users=2)
    found = [item for item, _ in await InteractionStore(database).newest("settings-1", "ana", 10, None)]
    assert [item.id for item in found] == ["id-2", "id-4", "id-1"]
    first = found[-1]
    assert first.asked_at.isoformat() == "2026-01-15T10:30:00.123456+00:00"
    assert (first.prompt, first.response, first.tokens, first.latency_ms, first.trace_id) == ("Olá", "Oi", 12, 340, "t1")
    assert [item.status for item in found] == [
        InteractionStatus.FAILED,
        InteractionStatus.COMPLETED,
        InteractionStatus.COMPLETED,
    ]
    assert found[1].cached and found[1].model == "cache"


@pytest.mark.contract("S32")
async def test_a_second_run_changes_nothing_and_one_that_was_cut_off_goes_on(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BATCH", 2)
    file = original(tmp_path)
    await InteractionStore(database).add_missing([service.interaction(row_of(ROWS[0]), "s")])
    assert (await import_sqlite(file, "s", database)).imported == 3
    again = await import_sqlite(file, "s", database)
    assert (again.imported, again.present) == (0, 4)
    elsewhere = await import_sqlite(file, "another", database)
    assert elsewhere.imported == 4


def row_of(values: tuple[object, ...]) -> dict[str, object]:
    return dict(zip((*NEEDED[:3], "response", "model", "timestamp", *OPTIONAL[2:]), values, strict=True))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_dry_run_says_what_would_come_and_writes_nothing(tmp_path: Path, kind: str) -> None:
    file = original(tmp_path)
    before = file.read_bytes()
    with an_address(kind, migrated=False) as address:
        database = Database(address)
        report = await import_sqlite(file, "s", database, dry_run=True)
        assert (report.dry_run, report.imported, report.found) == (True, 4, 4)
        assert current_revision(address) is None if address.path is None else not address.path.exists()
        assert file.read_bytes() == before
        await import_sqlite(file, "s", database)
        report = await import_sqlite(file, "s", database, dry_run=True)
        assert (report.imported, report.present) == (0, 4)
        await database.aclose()


async def test_rows_that_are_no_exchange_are_counted_with_the_reason(tmp_path: Path, database: Database) -> None:
    bad: list[tuple[object, ...]] = [
        ("", *ROWS[0][1:]),
        ("b", 7, *ROWS[0][2:]),
        ("c", "u", b"\xff", *ROWS[0][3:]),
        ("d", "u", "p", "r", "m", "yesterday", *ROWS[0][6:]),
        ("e", "u", "p", "r", "m", "0001-01-01T00:00:00+14:00", *ROWS[0][6:]),
        ("f", *ROWS[0][1:7], "many", *ROWS[0][8:]),
        ("g" * 300, *ROWS[0][1:]),
    ]
    schema = ORIGINAL.replace("TEXT", "BLOB").replace("INTEGER", "BLOB")
    report = await import_sqlite(original(tmp_path, [*bad, *ROWS], schema), "s", database)
    assert (report.refused, report.imported, report.found) == (7, 4, 11)
    assert report.reasons[0] == "row 1: its id is empty or too long"
    assert len(report.reasons) == 7


async def test_an_older_table_without_the_optional_columns_is_taken_too(tmp_path: Path, database: Database) -> None:
    schema = "CREATE TABLE interactions (interaction_id TEXT, user_id TEXT, prompt TEXT, timestamp TEXT)"
    report = await import_sqlite(original(tmp_path, [("a", "u", "p", "2026-01-01T00:00:00Z")], schema), "s", database)
    assert (report.imported, report.unfinished) == (1, 1)


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ("CREATE TABLE other (a)", "no table named interactions"),
        ("CREATE TABLE interactions (interaction_id TEXT, user_id TEXT)", "no column prompt, timestamp"),
        (
            "CREATE TABLE t (a); CREATE VIEW interactions AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
            " SELECT i AS interaction_id, i AS user_id, i AS prompt, i AS timestamp FROM n",
            "no plain table",
        ),
        ("CREATE VIRTUAL TABLE interactions USING fts5(interaction_id, user_id, prompt, timestamp)", "no plain table"),
        (
            "CREATE TABLE interactions (interaction_id TEXT, user_id TEXT, prompt TEXT,"
            " timestamp TEXT AS (hex(zeroblob(1000000))) VIRTUAL)",
            "no column timestamp",
        ),
    ],
)
async def test_a_foreign_or_hostile_schema_is_refused(tmp_path: Path, blank: Database, schema: str, reason: str) -> None:
    with pytest.raises(ForeignFile, match=reason):
        await import_sqlite(original(tmp_path, [], schema), "s", blank)
    assert not (tmp_path / "data").exists()


async def test_what_is_no_database_or_damaged_is_refused(tmp_path: Path, blank: Database) -> None:
    text = tmp_path / "text.db"
    text.write_text("hello")
    torn = original(tmp_path, [(f"id-{number}", *ROWS[0][1:]) for number in range(2000)])
    whole = torn.read_bytes()
    torn.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))
    for file in (text, torn, tmp_path / "missing.db", tmp_path):
        with pytest.raises(ForeignFile) as caught:
            await import_sqlite(file, "s", blank)
        assert str(tmp_path) not in caught.value.message
