"""Parts of blobs in the database; importing this module loads SQLAlchemy."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text, delete, insert, select

from prosa.drivers.sql import Connection, Database

TABLE: Final = Table(
    "blob_parts",
    MetaData(),
    Column("blob", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)
_AT_ONCE: Final = 100  # names to a statement


class PartsStore:
    """Reads and writes of parts, each in a transaction of its own or `within` the caller's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, blob: str, first: int, parts: Sequence[bytes], within: Connection | None) -> None:
        """More parts of a blob, numbered from `first` on."""
        rows = [{"blob": blob, "number": number, "data": data} for number, data in enumerate(parts, first)]
        if within is not None:
            await within.execute(insert(TABLE), rows)
            return
        async with self._database.writing() as connection:
            await connection.execute(insert(TABLE), rows)

    async def part(self, blob: str, number: int, within: Connection | None) -> bytes | None:
        """One part; None behind the last one."""
        wanted = select(TABLE.c.data).where(TABLE.c.blob == blob, TABLE.c.number == number)
        if within is not None:
            found = (await within.execute(wanted)).scalar()
        else:
            # Not by `fetch`, though it is faster: parts are large, and who calls is looked up on that one connection.
            async with self._database.reading() as connection:
                found = (await connection.execute(wanted)).scalar()
        return None if found is None else bytes(found)

    async def remove(self, blobs: Sequence[str]) -> None:
        """Every part of these."""
        for start in range(0, len(blobs), _AT_ONCE):
            async with self._database.writing() as connection:
                await connection.execute(delete(TABLE).where(TABLE.c.blob.in_(blobs[start : start + _AT_ONCE])))

    async def names(self, within: Connection | None) -> list[str]:
        """Every blob that has a first part."""
        wanted = select(TABLE.c.blob).where(TABLE.c.number == 0)
        if within is not None:
            return list((await within.execute(wanted)).scalars())
        async with self._database.reading() as connection:
            return list((await connection.execute(wanted)).scalars())
