"""Exchanges in the database; importing this module loads SQLAlchemy."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    RowMapping,
    Select,
    Table,
    Text,
    UniqueConstraint,
    select,
    tuple_,
)

from prosa.drivers.sql import Connection, Database, insert, storable
from prosa.interactions.models import Interaction

METADATA: Final = MetaData()
TABLE: Final = Table(
    "interactions",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("space", Text, nullable=False),
    Column("interaction_id", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("response", Text),
    Column("model", Text),
    Column("asked_at", BigInteger, nullable=False),
    Column("cached", Boolean(create_constraint=False), nullable=False),
    Column("trace_id", Text),
    Column("tokens", Integer),
    Column("latency_ms", Integer),
    Column("error", Text),
    Column("metadata", Text, key="metadata_"),
    UniqueConstraint("space", "interaction_id", name="interactions_id"),
    Index("interactions_history", "space", "user_id", "asked_at", "number"),
    sqlite_autoincrement=True,
)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LARGEST: Final = 2**31 - 1  # of an INTEGER column
Position = tuple[int, int]  # asked_at in microseconds, number: where a page ends


class InteractionStore:
    """Reads and writes of one caller's space at a time; each write is a transaction of its own, none spans a model call."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _of(self, space: str) -> Select[Any]:
        return select(TABLE).where(TABLE.c.space == space)

    async def add(self, interaction: Interaction) -> None:
        """A new exchange, as it stands."""
        async with self._database.writing() as connection:
            await connection.execute(TABLE.insert().values(_row(interaction)))

    async def complete(self, interaction: Interaction) -> None:
        """What became of an exchange that was added before."""
        mine = (TABLE.c.space == interaction.space) & (TABLE.c.interaction_id == storable(interaction.id))
        async with self._database.writing() as connection:
            await connection.execute(TABLE.update().where(mine).values(_row(interaction)))

    async def one(self, space: str, interaction_id: str) -> Interaction | None:
        """One exchange of the space."""
        query = self._of(space).where(TABLE.c.interaction_id == storable(interaction_id))
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().first()
        return None if row is None else _interaction(row)

    async def newest(self, space: str, user_id: str, limit: int, before: Position | None) -> list[tuple[Interaction, Position]]:
        """A user's exchanges, newest first, each with its position; `before` leaves out what is not older than it."""
        query = self._of(space).where(TABLE.c.user_id == storable(user_id))
        if before is not None:
            query = query.where(tuple_(TABLE.c.asked_at, TABLE.c.number) < before)
        query = query.order_by(TABLE.c.asked_at.desc(), TABLE.c.number.desc()).limit(limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [(_interaction(row), (int(row["asked_at"]), int(row["number"]))) for row in rows]

    async def add_missing(self, interactions: Sequence[Interaction]) -> int:
        """Add, in their order, those whose id the space doesn't hold yet; how many were added."""
        added = 0
        async with self._database.writing() as connection:
            statement = insert(connection, TABLE).on_conflict_do_nothing(index_elements=["space", "interaction_id"])
            for interaction in interactions:
                added += (await connection.execute(statement.values(_row(interaction)))).rowcount
        return added

    async def known(self, space: str, ids: Sequence[str]) -> set[str]:
        """Which of these ids the space holds already."""
        stored = [storable(id) for id in ids]
        query = self._of(space).where(TABLE.c.interaction_id.in_(stored)).with_only_columns(TABLE.c.interaction_id)
        async with self._database.reading() as connection:
            return set((await connection.execute(query)).scalars())

    @staticmethod
    async def move(connection: Connection, old: str, new: str) -> None:
        """Give what one space holds to another."""
        await connection.execute(TABLE.update().where(TABLE.c.space == old).values(space=new))

    @staticmethod
    async def erase(connection: Connection, space: str) -> None:
        """Delete all that a space holds."""
        await connection.execute(TABLE.delete().where(TABLE.c.space == space))


def _row(interaction: Interaction) -> dict[str, object]:
    return {
        "space": interaction.space,
        "interaction_id": storable(interaction.id),
        "user_id": storable(interaction.user_id),
        "prompt": storable(interaction.prompt),
        "response": storable(interaction.response),
        "model": storable(interaction.model),
        "asked_at": (interaction.asked_at - EPOCH) // timedelta(microseconds=1),
        "cached": interaction.cached,
        "trace_id": storable(interaction.trace_id),
        "tokens": _bounded(interaction.tokens),
        "latency_ms": _bounded(interaction.latency_ms),
        "error": storable(interaction.error),
        "metadata_": storable(interaction.metadata),
    }


def _bounded(count: int | None) -> int | None:
    """A count that the column holds in both kinds of database: a provider, or an original file, may name any number."""
    return None if count is None else max(-LARGEST, min(LARGEST, count))


def _interaction(row: RowMapping) -> Interaction:
    return Interaction(
        id=row["interaction_id"],
        space=row["space"],
        user_id=row["user_id"],
        prompt=row["prompt"],
        asked_at=EPOCH + timedelta(microseconds=row["asked_at"]),
        response=row["response"],
        model=row["model"],
        cached=row["cached"],
        trace_id=row["trace_id"],
        tokens=row["tokens"],
        latency_ms=row["latency_ms"],
        error=row["error"],
        metadata=row["metadata"],
    )
