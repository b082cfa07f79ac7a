"""Every table is told of: what holds something of a person is shown and erased, and what doesn't says why."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from prosa.privacy import REGISTRY, Personal
from tests.databases import migrated_file

OF_POSTGRESQL = {"search_signs": {"document", "number", "signs"}}
OWNERS = {"space", "account_id", "user_id", "created_by"}


@pytest.fixture(scope="module")
def schema() -> Iterator[dict[str, set[str]]]:
    """Every table of a database that is up to date, with its columns: of SQLite, and those that PostgreSQL alone has."""
    with closing(sqlite3.connect(migrated_file())) as connection:
        listed = connection.execute("SELECT name, type FROM pragma_table_list WHERE schema = 'main'").fetchall()
        names = [str(name) for name, kind in listed if kind != "shadow" and not str(name).startswith("sqlite_")]
        columns = "SELECT name FROM pragma_table_info(?)"
        yield {name: {str(row[0]) for row in connection.execute(columns, (name,))} for name in names} | OF_POSTGRESQL


@pytest.mark.attack("N2")
def test_every_table_stands_in_the_registry_once(schema: dict[str, set[str]]) -> None:
    told = REGISTRY.tables
    assert sorted(told) == sorted(set(told))
    assert set(schema) - set(told) == set(), "say in src/prosa/privacy/registry.py whose the rows of these tables are"
    assert set(told) - set(schema) == set(), "these tables are no more"


@pytest.mark.attack("N2")
def test_what_is_told_of_columns_is_so(schema: dict[str, set[str]]) -> None:
    for personal in REGISTRY.personal:
        columns = schema[personal.table]
        through = {personal.through.column} if personal.through is not None else set()
        assert {*personal.owners, *personal.hidden, *personal.json, *through} <= columns, personal.table
        assert personal.owners or personal.through, personal.table
    for derived in REGISTRY.derived:
        assert set(derived.owners) <= schema[derived.table] and derived.of
    for table, reason in REGISTRY.impersonal.items():
        assert reason
        assert not schema[table] & OWNERS, f"{table} says whose its rows are: it is about people"


def test_what_hangs_on_another_table_names_one_that_says_whose_it_is() -> None:
    known = {personal.table: personal for personal in REGISTRY.personal}
    for personal in known.values():
        if personal.through is not None:
            parent: Personal = known[personal.through.table]
            assert personal.through.owner in parent.owners
