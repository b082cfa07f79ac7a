"""One instant of a database: which tables it has, and their rows; loads SQLAlchemy."""

from collections.abc import AsyncIterator, Sequence
from itertools import count
from typing import Any, Final, TypeAlias

from sqlalchemy import Column, MetaData, Select, Table, func, inspect, select, text
from sqlalchemy.engine import Connection, Row
from sqlalchemy.engine.interfaces import ReflectedForeignKeyConstraint
from sqlalchemy.ext.asyncio import AsyncConnection

from prosa.drivers.archive.errors import ValueUnknown
from prosa.drivers.archive.models import TableFacts
from prosa.drivers.archive.rows import RowHash, UnknownValue, line_of

StoredTable: TypeAlias = Table
VERSIONS: Final = "alembic_version"  # tells the schema's revision; no data of its own
_DERIVED: Final = "search_"  # begins the names of what is made from other tables, and made again: the search index
_cursors: Final = count()
_AT_ONCE: Final = 100  # rows that are held in memory: one may be as large as a long document


class Snapshot:
    """The tables of an open transaction, found by looking, so that those of later parts come along by themselves.

    Left out are views, and the tables of the search index: triggers note what has to be indexed again. Generated columns
    generate again.
    """

    def __init__(self, connection: AsyncConnection, revision: str | None, tables: dict[str, Table]) -> None:
        """`revision`: None for a database without a schema."""
        self.connection = connection
        self.kind = connection.dialect.name
        self.revision = revision
        self.tables = tables

    @classmethod
    async def of(cls, connection: AsyncConnection) -> "Snapshot":
        """What the transaction sees now."""
        return await connection.run_sync(lambda plain: cls(connection, *_reflected(plain)))

    async def lines(self, table: Table) -> AsyncIterator[bytes]:
        """Every row as a line, in the order of the primary key where there is one. Raises ValueUnknown."""
        query = select(*columns_of(table)).order_by(*table.primary_key.columns)
        pages = self._pages(query) if self.kind == "postgresql" else self._streamed(query)
        async for rows in pages:
            for line in _lines(table.name, rows):
                yield line

    async def _streamed(self, query: Select[Any]) -> AsyncIterator[Sequence[Row[Any]]]:
        result = await self.connection.stream(query, execution_options={"yield_per": _AT_ONCE})
        async for rows in result.partitions():
            yield rows

    async def _pages(self, query: Select[Any]) -> AsyncIterator[Sequence[Row[Any]]]:
        """By a cursor that is closed: one that the driver leaves open keeps the table from being altered or emptied afterwards.

        A name of its own for each, since the driver remembers what the columns of a statement were.
        """
        cursor = f"prosa_rows_{next(_cursors)}"
        await self.connection.exec_driver_sql(f"DECLARE {cursor} NO SCROLL CURSOR FOR {query.compile(self.connection.engine)}")
        while rows := (await self.connection.exec_driver_sql(f"FETCH {_AT_ONCE} FROM {cursor}")).all():
            yield rows
        await self.connection.exec_driver_sql(f"CLOSE {cursor}")

    async def facts(self, table: Table) -> TableFacts:
        """Count and hash the rows of a table. Raises ValueUnknown."""
        hashed = RowHash()
        async for line in self.lines(table):
            hashed.add(line)
        return facts_of(table, hashed)

    async def count(self, table: Table) -> int:
        """How many rows a table has."""
        return int((await self.connection.execute(select(func.count()).select_from(table))).scalar_one())

    async def counter(self, table: Table) -> int | None:
        """The highest number that the table's numbering has given out, None for one without numbering."""
        if self.kind == "sqlite":
            numbered = text("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name AND sql LIKE '%AUTOINCREMENT%'")
            if (await self.connection.execute(numbered, {"name": table.name})).first() is None:
                return None
            given = text("SELECT max(seq) FROM sqlite_sequence WHERE name = :name")
            return int((await self.connection.execute(given, {"name": table.name})).scalar_one() or 0)
        sequence = await self.sequence(table)
        if sequence is None:
            return None
        last = text(
            "SELECT last_value FROM pg_sequences WHERE (quote_ident(schemaname) || '.' || quote_ident(sequencename)) = :name"
        )
        return int((await self.connection.execute(last, {"name": sequence})).scalar_one_or_none() or 0)

    async def sequence(self, table: Table) -> str | None:
        """PostgreSQL's sequence behind the table's numbering."""
        for column in table.primary_key.columns:
            owned = text("SELECT pg_get_serial_sequence(quote_ident(:name), :column)")
            found = (await self.connection.execute(owned, {"name": table.name, "column": column.name})).scalar_one()
            if found is not None:
                return str(found)
        return None

    async def ties(self) -> dict[str, list[ReflectedForeignKeyConstraint]]:
        """Every table's foreign keys."""
        names = list(self.tables)
        return await self.connection.run_sync(lambda plain: {name: inspect(plain).get_foreign_keys(name) for name in names})


def columns_of(table: Table) -> list[Column[Any]]:
    """A table's columns in the order in which rows are written: by name, for each kind of database has an order of its own."""
    return sorted(table.columns, key=lambda column: column.name)


def facts_of(table: Table, hashed: RowHash, counter: int | None = None) -> TableFacts:
    """What was counted, with the table's name and columns."""
    return TableFacts(
        str(table.name), tuple(str(column.name) for column in columns_of(table)), hashed.rows, hashed.hex(), counter
    )


def _lines(name: str, rows: Sequence[Row[Any]]) -> list[bytes]:
    try:
        return [line_of(row) for row in rows]
    except UnknownValue as error:
        raise ValueUnknown(name, str(error)) from error


def _reflected(connection: Connection) -> tuple[str | None, dict[str, Table]]:
    inspector = inspect(connection)
    names = stored_names(connection, inspector.get_table_names())
    revision = _revision(connection) if VERSIONS in names else None
    metadata = MetaData()
    tables = {}
    for name in sorted(names - {VERSIONS}):
        keys = set(inspector.get_pk_constraint(name)["constrained_columns"])
        columns = [
            Column(column["name"], column["type"], primary_key=column["name"] in keys, autoincrement=False)
            for column in inspector.get_columns(name)
            if not column.get("computed")
        ]
        tables[name] = Table(name, metadata, *columns)
    return revision, tables


def stored_names(connection: Connection, found: list[str]) -> set[str]:
    """The plain tables: in SQLite a virtual table keeps its content in shadow tables that look like any other."""
    own = {name for name in found if not name.startswith(_DERIVED)}
    if connection.dialect.name != "sqlite":
        return own
    plain = connection.execute(text("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"))
    return {str(name) for name in plain.scalars()} & own


def _revision(connection: Connection) -> str | None:
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)
