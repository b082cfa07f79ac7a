"""INSERT in the database's own words, which knows what to do about a row that is there already."""

from typing import TYPE_CHECKING

from prosa.drivers.sql.connection import Connection

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
    from sqlalchemy.dialects.sqlite import Insert as SqliteInsert


def insert(place: Connection | str, table: "Table") -> "SqliteInsert | PostgresInsert":
    """An insert with `on_conflict_do_nothing` and `on_conflict_do_update`, for a connection or a kind of database."""
    kind = place if isinstance(place, str) else place.dialect.name
    if kind == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)
