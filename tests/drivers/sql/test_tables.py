"""The tables that the stores know are the ones that the migrations make, in both kinds of database."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Dialect, MetaData, Table

import prosa
from prosa.drivers.sql import Database
from tests.databases import KINDS, a_database

ROOT = Path(prosa.__file__).parent


def tables() -> Iterator[tuple[str, Table]]:
    """Every table that a store writes down, with the store's name."""
    for file in sorted(ROOT.rglob("*store.py")):
        name = ".".join(("prosa", *file.relative_to(ROOT).with_suffix("").parts))
        for found in vars(importlib.import_module(name)).values():
            if isinstance(found, Table):
                yield name, found


@pytest.mark.parametrize("kind", KINDS)
async def test_every_column_that_a_store_names_is_there_with_its_type(kind: str) -> None:
    known = list(tables())
    assert known
    async with a_database(kind) as database:
        made, dialect = await reflected(database)
    for store, table in known:
        for column in table.columns:
            assert column.name in made.tables[table.name].columns, f"{store}: {table.name}.{column.name} isn't migrated"
            there = made.tables[table.name].columns[column.name]
            assert there.type.compile(dialect) == column.type.compile(dialect), f"{store}: {table.name}.{column.name}"


async def reflected(database: Database) -> tuple[MetaData, Dialect]:
    def look(connection: Connection) -> tuple[MetaData, Dialect]:
        metadata = MetaData()
        metadata.reflect(connection)
        return metadata, connection.dialect

    async with database.reading() as connection:
        return await connection.run_sync(look)
