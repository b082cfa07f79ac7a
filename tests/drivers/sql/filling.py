"""Rows for every table there is, made up from the schema itself."""

from sqlalchemy import BigInteger, Boolean, Column, Connection, Integer, LargeBinary, MetaData, Table, select

ROWS = 3
_APART = {"alembic_version", "sqlite_sequence", "search_signs"}  # the last is filled by the database itself
_INDEX = "passage_words"  # follows passage_terms by itself, in tables of SQLite's own beside it
Rows = dict[str, list[tuple[object, ...]]]


def fill(connection: Connection) -> None:
    """Put rows into each table that is empty, in an order in which what they refer to is there."""
    metadata = _reflected(connection)
    for table in metadata.sorted_tables:
        if connection.execute(select(table).limit(1)).first() is None:
            connection.execute(table.insert(), [_row(table, number) for number in range(ROWS)])


def content(connection: Connection) -> Rows:
    """All rows of all tables, in an order that is the same each time."""
    found: Rows = {}
    for table in _reflected(connection).sorted_tables:
        columns = sorted(table.columns, key=lambda column: column.name)
        found[table.name] = sorted((tuple(row) for row in connection.execute(select(*columns))), key=repr)
    return found


def _reflected(connection: Connection) -> MetaData:
    metadata = MetaData(info={"sqlite": connection.dialect.name == "sqlite"})
    metadata.reflect(connection, only=lambda name, _: name not in _APART and not name.startswith(_INDEX))
    return metadata


def _row(table: Table, number: int) -> dict[str, object]:
    return {column.name: _value(column, number) for column in table.columns if not _comes_by_itself(column)}


def _comes_by_itself(column: "Column[object]") -> bool:
    if column.computed is not None:
        return True
    alone = len(column.table.primary_key.columns) == 1
    counts = alone and column.primary_key and isinstance(column.type, Integer) and not column.foreign_keys
    # PostgreSQL says which columns do; in SQLite every single whole number does that is a key.
    return counts and (column.server_default is not None or column.identity is not None or column.table.metadata.info["sqlite"])


def _value(column: "Column[object]", number: int) -> object:
    for key in column.foreign_keys:
        return _value(key.column, number)
    if isinstance(column.type, Boolean):
        return bool(number % 2)
    if isinstance(column.type, BigInteger):
        return 1_700_000_000_000_000 + number
    if isinstance(column.type, Integer):
        return 2**31 - 1 - number
    if isinstance(column.type, LargeBinary):
        return bytes(range(256)) * (number + 1)
    return f"{column.table.name}.{column.name} {number} é 😀"
