"""What people did, by day: conversations begun, messages written; importing this module loads SQLAlchemy.

Summed up from the items of conversations, as calls are (see sums_store): what is deleted later was still done.
"""

from typing import Any, Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection, insert
from prosa.usage.sums_store import CALLS, DAY, MARKS, METADATA, PEOPLE, hold_mark, mark

ITEMS: Final = sa.Table(
    "items",
    METADATA,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite")),
    sa.Column("created_at", sa.BigInteger),
    *(sa.Column(name, sa.Text) for name in ("space", "type", "conversation_id", "parent_id")),
)
ACTIVITY: Final = sa.Table(
    "activity_of_owners",
    METADATA,
    sa.Column("space", sa.Text, primary_key=True),
    sa.Column("day", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.BigInteger) for name in ("conversations", "messages")),
)
MARK: Final = "items"
ACCOUNT: Final = 32  # letters of an account's id; what programs own is named otherwise
FIGURES: Final = ("conversations", "messages")
Row = tuple[int, int, int]
"""A day, and its conversations and messages."""


def _counted(*conditions: sa.ColumnElement[bool], by_owner: bool) -> sa.Select[Any]:
    """Conversations and messages among these items. A conversation begins with the first of the items that follow none."""
    earlier = ITEMS.alias()
    first = sa.and_(
        ITEMS.c.parent_id.is_(None),
        ~sa.exists().where(
            earlier.c.conversation_id == ITEMS.c.conversation_id, earlier.c.parent_id.is_(None), earlier.c.number < ITEMS.c.number
        ),
    )
    day = sa.cast(sa.literal_column(f"items.created_at / {DAY}"), sa.Integer).label("day")
    dimensions = [ITEMS.c.space, day] if by_owner else [day]
    counts = [sa.func.sum(sa.case((one, 1), else_=0)) for one in (first, ITEMS.c.type == "message")]
    figures = [sa.cast(count, sa.BigInteger).label(name) for count, name in zip(counts, FIGURES, strict=True)]
    those = (ITEMS.c.conversation_id.is_not(None), *conditions)
    return sa.select(*dimensions, *figures).where(*those).group_by(*dimensions)


async def sum_up(connection: Connection, after: int, last: int) -> None:
    """Add the items behind the mark `after`, up to the number `last`, and move the mark."""
    rows = _counted(ITEMS.c.number > after, ITEMS.c.number <= last, by_owner=True)
    await connection.execute(_added(connection, rows))
    await connection.execute(MARKS.update().where(MARKS.c.name == MARK).values(number=last))


def _added(connection: Connection, rows: sa.Select[Any]) -> sa.Insert:
    adding = insert(connection, ACTIVITY).from_select(["space", "day", *FIGURES], rows)
    both = {name: ACTIVITY.c[name] + adding.excluded[name] for name in FIGURES}
    return adding.on_conflict_do_update(index_elements=["space", "day"], set_=both)


async def give(connection: Connection, old: str, new: str) -> None:
    """What one space did becomes another's; with "" nobody's."""
    await hold_mark(connection, MARK)
    figures = [sa.cast(sa.func.sum(ACTIVITY.c[name]), sa.BigInteger).label(name) for name in FIGURES]
    rows = sa.select(sa.literal(new).label("space"), ACTIVITY.c.day, *figures).where(ACTIVITY.c.space == old)
    await connection.execute(_added(connection, rows.group_by(ACTIVITY.c.day)))
    await connection.execute(ACTIVITY.delete().where(ACTIVITY.c.space == old))


async def by_day(connection: Connection, space: str | None, first: int, last: int) -> list[Row]:
    """A space's days, or everybody's; one day may come twice."""
    conditions: list[sa.ColumnElement[bool]] = [ACTIVITY.c.day.between(first, last)]
    behind: list[sa.ColumnElement[bool]] = [
        ITEMS.c.number > await mark(connection, MARK),
        ITEMS.c.created_at.between(first * DAY, (last + 1) * DAY - 1),
    ]
    if space is not None:
        conditions.append(ACTIVITY.c.space == space)
        behind.append(ITEMS.c.space == space)
    sums = [sa.cast(sa.func.sum(ACTIVITY.c[name]), sa.BigInteger) for name in FIGURES]
    summed = await connection.execute(sa.select(ACTIVITY.c.day, *sums).where(*conditions).group_by(ACTIVITY.c.day))
    return [tuple(row) for row in (*summed, *await connection.execute(_counted(*behind, by_owner=False)))]


async def people_by_day(connection: Connection, space: str | None, first: int, last: int) -> list[tuple[int, int]]:
    """How many people called a model on each day; one day may come twice, but nobody is in both."""
    summed: list[sa.ColumnElement[bool]] = [PEOPLE.c.day.between(first, last), sa.func.length(PEOPLE.c.space) == ACCOUNT]
    called = sa.cast(sa.literal_column(f"usage_calls.started_at / {DAY}"), sa.Integer)
    behind: list[sa.ColumnElement[bool]] = [
        CALLS.c.number > await mark(connection),
        CALLS.c.started_at.between(first * DAY, (last + 1) * DAY - 1),
        sa.func.length(CALLS.c.space) == ACCOUNT,
        ~sa.exists().where(PEOPLE.c.day == called, PEOPLE.c.space == CALLS.c.space),
    ]
    if space is not None:
        summed.append(PEOPLE.c.space == space)
        behind.append(CALLS.c.space == space)
    before = sa.select(PEOPLE.c.day, sa.func.count(sa.distinct(PEOPLE.c.space))).where(*summed).group_by(PEOPLE.c.day)
    since = sa.select(called, sa.func.count(sa.distinct(CALLS.c.space))).where(*behind).group_by(called)
    return [tuple(row) for query in (before, since) for row in await connection.execute(query)]
