"""Sign-in links in the database; importing this module loads SQLAlchemy."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection
from prosa.identity.models import Reach
from prosa.identity.sessions.models import Session, SessionQuery
from prosa.kit import moments

METADATA: Final = sa.MetaData()
TABLE: Final = sa.Table(
    "sign_in_links",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, nullable=False, index=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("pepper", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("last_used_at", sa.BigInteger),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("revoked_at", sa.BigInteger),
)
_T = TABLE.c
_NEVER: Final = 253_370_764_800 * moments.SECOND  # 9999-01-01: a link doesn't end by time


def _mine(reach: Reach) -> sa.ColumnElement[bool]:
    living = _T.revoked_at.is_(None)
    return living if reach.account_id is None else living & (_T.account_id == reach.account_id)


async def present(connection: Connection, id: str, digests: Sequence[str]) -> bool:
    """Whether a link was brought before, revoked or not."""
    asked = sa.select(_T.id).where((_T.id == id) | _T.digest.in_(digests)).limit(1)
    return (await connection.execute(asked)).first() is not None


async def add(connection: Connection, row: dict[str, object]) -> None:
    """One more link."""
    await connection.execute(TABLE.insert().values(row))


async def found(connection: Connection, digests: Sequence[str]) -> tuple[str, str] | None:
    """The living link with one of these digests: its id and its account's."""
    row = (await connection.execute(sa.select(_T.id, _T.account_id).where(_mine(Reach(None)), _T.digest.in_(digests)))).first()
    return None if row is None else (str(row.id), str(row.account_id))


async def used(connection: Connection, reach: Reach, id: str, values: dict[str, object]) -> None:
    """Note a use."""
    await connection.execute(TABLE.update().where(_mine(reach), _T.id == id).values(values))


async def page(connection: Connection, reach: Reach, query: SessionQuery) -> list[Session]:
    """Links as sessions that may begin at any time, newest first."""
    select = sa.select(TABLE).where(_mine(reach))
    if query.account_id is not None:
        select = select.where(_T.account_id == query.account_id)
    if query.after is not None:
        select = select.where(sa.tuple_(_T.created_at, _T.id) < sa.tuple_(*query.after))
    select = select.order_by(_T.created_at.desc(), _T.id.desc()).limit(query.limit)
    return [_session(row) for row in (await connection.execute(select)).mappings()]


async def get(connection: Connection, reach: Reach, id: str) -> Session | None:
    """One link, likewise."""
    row = (await connection.execute(sa.select(TABLE).where(_mine(reach), _T.id == id))).mappings().first()
    return None if row is None else _session(row)


async def revoke(connection: Connection, reach: Reach, id: str, now: int) -> bool:
    """End it for good; whether it was there."""
    done = await connection.execute(TABLE.update().where(_mine(reach), _T.id == id).values(revoked_at=now))
    return done.rowcount == 1


def _session(row: sa.RowMapping) -> Session:
    return Session(
        id=row["id"],
        account_id=row["account_id"],
        created_at=moments.shown(row["created_at"]),
        last_used_at=moments.shown(row["last_used_at"] or row["created_at"]),
        expires_at=moments.shown(_NEVER),
        address=row["address"],
        agent=row["label"],
        is_link=True,
    )
