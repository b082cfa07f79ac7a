"""A blocking engine, for a library that brings tables of its own and waits in threads of its own."""

from typing import TYPE_CHECKING

from prosa.drivers.sql.address import DatabaseAddress

if TYPE_CHECKING:
    from sqlalchemy import Engine


def plain_engine(address: DatabaseAddress, *, expendable: bool = False) -> "Engine":
    """An engine over a SQLite file, which is made where it isn't there, or over PostgreSQL by its other driver (psycopg).

    `expendable`: a file that is damaged is removed, since what it holds can be made anew.
    """
    from prosa.drivers.sql.plain_engine import make_plain_engine

    return make_plain_engine(address, expendable=expendable)
