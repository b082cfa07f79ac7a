"""Sums of calls by day; importing this module loads SQLAlchemy.

Each row of `usage_calls` is in the sums, or behind the mark: sums and mark change in one transaction, whose rows are all
committed. So what is asked adds the rows behind the mark, and neither misses nor doubles one.
"""

from typing import Any, Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection, insert
from prosa.usage.models import Figures, Group, UsageQuery

DAY: Final = 86_400_000_000  # microseconds
SPAN: Final = 32  # days
SOON: Final = "500ms"  # for which writers may be kept waiting
FAILED: Final = "failed"
CALL: Final = ("dialect", "kind", "model", "provider")
OWNER: Final = ("space", "key_id")
FIGURES: Final = Figures.__struct_fields__
METADATA: Final = sa.MetaData()


def _sums(name: str, *dimensions: str) -> sa.Table:
    columns = [sa.Column(column, sa.Integer if column in ("day", "span") else sa.Text, primary_key=True) for column in dimensions]
    return sa.Table(name, METADATA, *columns, *(sa.Column(figure, sa.BigInteger) for figure in FIGURES))


OWNERS: Final = _sums("usage_of_owners", "space", "day", "key_id", *CALL)
DAYS: Final = _sums("usage_of_days", "day", *CALL)
PEOPLE: Final = _sums("usage_people", "day", *OWNER)
SPANS: Final = _sums("usage_people_spans", "span", *OWNER)
SUMS: Final = (OWNERS, DAYS, PEOPLE, SPANS)
MARKS: Final = sa.Table("usage_marks", METADATA, sa.Column("name", sa.Text), sa.Column("number", sa.BigInteger))
BATCHES: Final = sa.Table("usage_batches", METADATA, sa.Column("id", sa.Text), sa.Column("written_at", sa.BigInteger))
ACCOUNTS: Final = sa.Table("accounts", METADATA, sa.Column("id", sa.Text), sa.Column("deleted_at", sa.BigInteger))
CALLS: Final = sa.Table(
    "usage_calls",
    METADATA,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite")),
    *(sa.Column(name, sa.BigInteger) for name in ("cost", "started_at")),
    *(sa.Column(f"{name}_tokens", sa.Integer) for name in ("prompt", "completion", "cached", "reasoning")),
    *(sa.Column(name, sa.Text) for name in (*OWNER, *CALL, "status", "asked", "run_id", "conversation_id")),
    sa.Column("estimated", sa.Boolean),
)
COLUMN_OF: Final = {Group.KEY: "key_id", Group.PERSON: "space"}


def _dimension(name: str) -> sa.ColumnElement[Any]:  # texts and numbers
    """A dimension of a sum as a call's row has it. A call that failed has no model: its name may be made up."""
    if name == "day":
        return _whole_days(1)
    if name == "span":
        return _whole_days(SPAN)
    if name == "model":
        return sa.case((CALLS.c.status == FAILED, ""), else_=CALLS.c.model)
    if name in OWNER:
        return sa.func.coalesce(CALLS.c[name], "")
    return CALLS.c[name]


def _whole_days(days: int) -> sa.ColumnElement[int]:
    """Integer division, which both databases do to integers as they stand."""
    return sa.cast(sa.literal_column(f"started_at / {DAY * days}"), sa.Integer)


def _figures() -> list[sa.ColumnElement[Any]]:  # of sums of many kinds
    columns = CALLS.c
    tokens = columns.prompt_tokens + columns.completion_tokens
    found: dict[str, sa.ColumnElement[Any]] = {
        "calls": sa.func.count(),
        **{status: _count(columns.status == status) for status in (FAILED, "cancelled", "broken")},
        "estimated": _count(columns.estimated),
        "unpriced": _count(sa.and_(columns.cost.is_(None), tokens > 0)),
        **{name: sa.func.sum(columns[name]) for name in FIGURES if name.endswith("_tokens")},
        "cost": sa.func.sum(sa.func.coalesce(columns.cost, 0)),
    }
    return [sa.cast(found[name], sa.BigInteger).label(name) for name in FIGURES]


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


async def mark(connection: Connection, name: str = "calls") -> int:
    """Up to which number rows are summed up."""
    return int((await connection.execute(sa.select(MARKS.c.number).where(MARKS.c.name == name))).scalar() or 0)


async def hold_mark(connection: Connection, name: str = "calls") -> int:
    """The same, with nobody else to change it, or the owner of sums, before this transaction's end."""
    await connection.execute(MARKS.update().where(MARKS.c.name == name).values(number=MARKS.c.number))
    return await mark(connection, name)


async def settled(connection: Connection, table: str = "usage_calls") -> int:
    """The number up to which no row can come any more: what is below is committed, or never will be.

    PostgreSQL gives out numbers before it commits rows. Who holds the table for a moment sees it without half-written ones.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.text(f"SET LOCAL lock_timeout = '{SOON}'"))
        await connection.execute(sa.text(f"LOCK TABLE {table} IN SHARE MODE"))
    newest = sa.select(sa.func.max(sa.column("number", sa.BigInteger))).select_from(sa.table(table))
    return int((await connection.execute(newest)).scalar() or 0)


async def sum_up(connection: Connection, after: int, last: int) -> None:
    """Add the calls behind the mark `after`, up to the number `last`, to the sums, and move the mark."""
    those = sa.and_(CALLS.c.number > after, CALLS.c.number <= last)
    gone = sa.exists().where(ACCOUNTS.c.id == CALLS.c.space, ACCOUNTS.c.deleted_at.is_not(None))
    # A call that ended after its caller's account did.
    await connection.execute(CALLS.update().where(those, gone).values(**NAMELESS))
    for table in SUMS:
        names = [column.name for column in table.primary_key]
        dimensions = [_dimension(name).label(name) for name in names]
        rows = sa.select(*dimensions, *_figures()).where(those).group_by(*dimensions)
        await connection.execute(_added(connection, table, rows))
    await connection.execute(MARKS.update().where(MARKS.c.name == "calls").values(number=last))


NAMELESS: Final = {"space": None, "key_id": None, "asked": None, "run_id": None, "conversation_id": None}


def _added(connection: Connection, table: sa.Table, rows: sa.Select[Any]) -> sa.Insert:
    """Insert sums, or add them to those that are there."""
    keys = [column.name for column in table.primary_key]
    adding = insert(connection, table).from_select([*keys, *FIGURES], rows)
    both = {name: table.c[name] + adding.excluded[name] for name in FIGURES}
    return adding.on_conflict_do_update(index_elements=keys, set_=both)


async def give(connection: Connection, old: str, new: str) -> None:
    """What one space has used becomes another's; with "" nobody's."""
    await hold_mark(connection)
    values = {"space": new} if new else NAMELESS
    await connection.execute(CALLS.update().where(CALLS.c.space == old).values(**values))
    for table in (OWNERS, PEOPLE, SPANS):
        given = {"space": sa.literal(new)} if new else {"space": sa.literal(""), "key_id": sa.literal("")}
        keys = [given.get(column.name, column).label(column.name) for column in table.primary_key]
        figures = [sa.cast(sa.func.sum(table.c[name]), sa.BigInteger).label(name) for name in FIGURES]
        grouped = [table.c[column.name] for column in table.primary_key if column.name not in given]
        rows = sa.select(*keys, *figures).where(table.c.space == old).group_by(*grouped)
        await connection.execute(_added(connection, table, rows))
        await connection.execute(table.delete().where(table.c.space == old))


async def trim(connection: Connection, before: int, most: int) -> int:
    """Delete the oldest calls that began before a moment and are in the sums, at most so many; how many there were."""
    done = await mark(connection)
    young = sa.select(CALLS.c.number).where(CALLS.c.started_at >= before).order_by(CALLS.c.number).limit(1)
    first = (await connection.execute(young)).scalar()
    bound = done if first is None else min(done, first - 1)
    oldest = sa.select(CALLS.c.number).where(CALLS.c.number <= bound).order_by(CALLS.c.number).limit(most)
    gone = await connection.execute(CALLS.delete().where(CALLS.c.number.in_(oldest)))
    return gone.rowcount


async def forget_batches(connection: Connection, before: int) -> None:
    """Delete the marks of batches that were written before a moment: nobody tries those again."""
    await connection.execute(BATCHES.delete().where(BATCHES.c.written_at < before))


async def report(connection: Connection, query: UsageQuery) -> list[tuple[str | int, tuple[int, ...]]]:
    """The figures of each group, in the order of Figures: from sums, and from what is behind the mark.

    One group may come several times, also with what is to be taken away.
    """
    name = COLUMN_OF.get(query.group, query.group.value)
    found: list[tuple[str | int, tuple[int, ...]]] = []
    for table, column, begin, end, sign in _parts(query):
        if begin > end:
            continue
        conditions: list[sa.ColumnElement[bool]] = [table.c[column].between(begin, end)]
        if query.space is not None:
            conditions.append(table.c.space == query.space)
        sums = [sa.cast(sign * sa.func.sum(table.c[figure]), sa.BigInteger) for figure in FIGURES]
        rows = await connection.execute(sa.select(table.c[name], *sums).where(*conditions).group_by(table.c[name]))
        found += [(row[0], tuple(row[1:])) for row in rows]
    those: list[sa.ColumnElement[bool]] = [
        CALLS.c.number > await mark(connection),
        CALLS.c.started_at.between(query.first_day * DAY, (query.last_day + 1) * DAY - 1),
    ]
    if query.space is not None:
        those.append(CALLS.c.space == query.space)
    dimension = _dimension(name).label(name)
    rows = await connection.execute(sa.select(dimension, *_figures()).where(*those).group_by(dimension))
    return [*found, *((row[0], tuple(row[1:])) for row in rows)]


Part = tuple[sa.Table, str, int, int, int]
"""Rows of a table whose column is between two numbers, which are added (1) or taken away (-1)."""


def _parts(query: UsageQuery) -> list[Part]:
    """Which sums together tell what is asked. Of everybody, by owner: whole spans, and what they have too little or too much."""
    first, last = query.first_day, query.last_day
    if query.space is not None:
        return [(OWNERS, "day", first, last, 1)]
    if query.group not in COLUMN_OF:
        return [(DAYS, "day", first, last, 1)]
    begin, end = round(first / SPAN), round((last + 1) / SPAN)  # the first span, and the one behind the last
    if begin >= end:
        return [(PEOPLE, "day", first, last, 1)]
    return [(SPANS, "span", begin, end - 1, 1), _between(first, begin * SPAN), _between(end * SPAN, last + 1)]


def _between(begin: int, end: int) -> Part:
    """The days from one on, up to before another; where the other one comes first, those between them are taken away."""
    return (PEOPLE, "day", begin, end - 1, 1) if begin <= end else (PEOPLE, "day", end, begin - 1, -1)
