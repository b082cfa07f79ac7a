"""A database that is being filled, all of it in one transaction; loads SQLAlchemy."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from sqlalchemy import Table, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from prosa.drivers.archive.errors import ArchiveError, ArchiveNewer, CopyDiffers, TargetForeign
from prosa.drivers.archive.models import TableFacts
from prosa.drivers.archive.rows import RowHash, Value, line_of
from prosa.drivers.archive.snapshot_store import Snapshot
from prosa.drivers.sql import migrate_within, revisions

# What a server writes at its first start, before anybody comes, and migrations put into their own tables.
OWN: Final = frozenset({"installation", "secret_checks", "usage_marks"})
_ROWS: Final = 500  # to a statement
_NUL: Final = "\x00"
_SHOWN_NUL: Final = "\ufffd"


class State(StrEnum):
    """What a database holds before it is filled."""

    BARE = "bare"  # nothing at all
    EMPTY = "empty"  # prosa's tables without data
    FILLED = "filled"


class Target:
    """The database behind a transaction. `replaced` counts values whose NUL characters PostgreSQL can't hold."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.kind = connection.dialect.name
        self.replaced = 0
        self._tables: dict[str, Table] = {}
        self._sent: dict[str, RowHash] = {}
        self._ties: list[tuple[str, str, str]] = []  # PostgreSQL's foreign keys while they are off: table, name, definition

    async def state(self) -> State:
        """What is there now. Raises TargetForeign, ArchiveNewer for what prosa must not empty."""
        snapshot = await Snapshot.of(self.connection)
        if snapshot.revision is None:
            if snapshot.tables:
                raise TargetForeign("the database holds tables of another program; give prosa one of its own")
            return State.BARE
        if snapshot.revision not in revisions():
            raise ArchiveNewer("the database that would be filled")
        for name, table in snapshot.tables.items():
            if name not in OWN and await snapshot.count(table):
                return State.FILLED
        return State.EMPTY

    async def migrate(self, revision: str = "head") -> None:
        """Bring the schema forward."""
        await self.connection.run_sync(migrate_within, revision)

    async def rebuild(self, revision: str, state: State) -> None:
        """Make the schema of `revision` with nothing in it, whatever was there before."""
        if state is not State.BARE:
            await self._clear(await Snapshot.of(self.connection))
            await self.connection.run_sync(lambda plain: migrate_within(plain, "base", forward=False))
        await self.migrate(revision)
        snapshot = await Snapshot.of(self.connection)
        await self._clear(snapshot)  # what a migration put into its own tables is in the rows that come
        self._tables = snapshot.tables
        if self.kind == "postgresql":
            await self._untie()

    async def _clear(self, snapshot: Snapshot) -> None:
        if self.kind == "postgresql" and snapshot.tables:
            names = ", ".join(map(self._quoted, snapshot.tables))
            await self.connection.exec_driver_sql(f"TRUNCATE {names}")
            return
        for table in snapshot.tables.values():
            await self.connection.execute(delete(table))

    async def _untie(self) -> None:
        """Take PostgreSQL's foreign keys off; SQLite's are off in this connection. `finish` puts them back and checks them."""
        query = text(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
        )
        self._ties = [(str(row[0]), str(row[1]), str(row[2])) for row in await self.connection.execute(query)]
        for table, name, _ in self._ties:
            await self.connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")

    def knows(self, name: str) -> bool:
        """Whether the schema has such a table."""
        return name in self._tables

    async def put(self, facts: TableFacts, rows: Sequence[Sequence[Value]]) -> None:
        """Append rows, their values in the order of `facts.columns`. Raises ArchiveError for what the table can't hold."""
        table = self._tables[facts.name]
        if set(facts.columns) != set(table.columns.keys()):
            raise ArchiveError(f"table {facts.name} has other columns here than there")
        hashed = self._sent.setdefault(facts.name, RowHash())
        for start in range(0, len(rows), _ROWS):
            batch = [self._fit(row) for row in rows[start : start + _ROWS]]
            for row in batch:
                hashed.add(line_of(row))
            values = [dict(zip(facts.columns, row, strict=True)) for row in batch]
            try:
                await self.connection.execute(insert(table), values)
            except DBAPIError as error:
                raise ArchiveError(f"table {facts.name} can't hold a row: {str(error.orig).splitlines()[0]}") from error

    def _fit(self, row: Sequence[Value]) -> Sequence[Value]:
        if self.kind != "postgresql" or not any(isinstance(value, str) and _NUL in value for value in row):
            return row
        fitted: list[Value] = []
        for value in row:
            is_odd = isinstance(value, str) and _NUL in value
            self.replaced += is_odd
            fitted.append(value.replace(_NUL, _SHOWN_NUL) if isinstance(value, str) else value)
        return fitted

    async def finish(self, tables: Sequence[TableFacts]) -> list[TableFacts]:
        """Tie what belongs together, let numbers go on, read everything back. Raises CopyDiffers, TargetForeign."""
        snapshot = await Snapshot.of(self.connection)
        arrived = []
        for facts in tables:
            await self._number(snapshot, facts)
            found = await snapshot.facts(snapshot.tables[facts.name])
            sent = self._sent.get(facts.name, RowHash())
            if (found.rows, found.hash) != (sent.rows, sent.hex()):
                raise CopyDiffers(facts.name)
            arrived.append(found)
        await self._tie()
        return arrived

    async def _number(self, snapshot: Snapshot, facts: TableFacts) -> None:
        """Let the table's numbering go on after the highest number that was ever given out, here or there."""
        table = snapshot.tables[facts.name]
        own = await snapshot.counter(table)
        if own is None:
            return
        key = next(iter(table.primary_key.columns))
        highest = (await self.connection.execute(select(func.max(key)))).scalar()
        last = max(facts.counter or 0, int(highest or 0))
        if self.kind == "postgresql":
            sequence = await snapshot.sequence(table)
            called = text("SELECT setval(CAST(:sequence AS regclass), :last, :called)")
            await self.connection.execute(called, {"sequence": sequence, "last": max(last, 1), "called": last > 0})
            return
        await self.connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        if last:
            given = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)")
            await self.connection.execute(given, {"name": table.name, "last": last})

    async def _tie(self) -> None:
        try:
            for table, name, definition in self._ties:
                await self.connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        except DBAPIError as error:
            raise TargetForeign(f"rows refer to others that are not there: {str(error.orig).splitlines()[0]}") from error
        self._ties = []
        if self.kind == "sqlite":
            loose = (await self.connection.execute(text("PRAGMA foreign_key_check"))).first()
            if loose is not None:
                raise TargetForeign(f"rows of {loose[0]} refer to rows of {loose[2]} that are not there")

    def _quoted(self, name: str) -> str:
        return str(self.connection.dialect.identifier_preparer.quote(name))
