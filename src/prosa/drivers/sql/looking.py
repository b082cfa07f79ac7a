"""A look at a database as it is: nothing is created, migrated, loaded for later or left open."""

import sqlite3
from contextlib import closing, suppress

from prosa.drivers.sql.address import DatabaseAddress
from prosa.drivers.sql.errors import DatabaseUnavailable, of_sqlite


async def look(address: DatabaseAddress, sql: str) -> list[tuple[object, ...]]:
    """The rows of a query without parameters. Raises DatabaseUnavailable, DatabaseNotMigrated where a table isn't there (yet)."""
    if address.path is not None:
        try:
            uri = f"{address.path.absolute().as_uri()}?mode=ro"
            with closing(sqlite3.connect(uri, uri=True, timeout=10.0)) as connection:
                return connection.execute(sql).fetchall()
        except sqlite3.Error as error:
            raise of_sqlite(error) from error
        except UnicodeDecodeError as error:
            raise DatabaseUnavailable(type(error).__name__) from error
    assert address.url is not None
    return await _of_server(address.url, sql)


async def _of_server(url: str, sql: str) -> list[tuple[object, ...]]:
    from prosa.drivers.sql.postgres import FAULTS, connect, fault_of

    connection = await connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(sql)]
    except FAULTS as error:
        raise fault_of(error) from error
    finally:
        with suppress(*FAULTS):
            await connection.close(timeout=5.0)
