"""Tokens for one use in the database; importing this module loads SQLAlchemy."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection
from prosa.identity.models import Reach
from prosa.identity.one_time.models import Purpose, Redeemed

METADATA: Final = sa.MetaData()
TABLE: Final = sa.Table(
    "one_time_tokens",
    METADATA,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False, index=True),
    sa.Column("detail", sa.Text),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("used_at", sa.BigInteger),
)
_T = TABLE.c


class OneTimeStore:
    """Adds, takes once, throws away. Each method is part of the transaction that it is given; moments in microseconds."""

    async def add(self, connection: Connection, reach: Reach, row: dict[str, object]) -> None:
        """A new token of the account that `reach` names."""
        await connection.execute(TABLE.insert().values(account_id=reach.account_id, **row))

    async def take(self, connection: Connection, digests: Sequence[str], purpose: Purpose, now: int) -> Redeemed | None:
        """Use up the living token with one of these digests: of many who try at once, one gets it.

        The token itself is the permission, so that no reach comes into it.
        """
        living = _T.digest.in_(digests) & (_T.purpose == purpose) & _T.used_at.is_(None) & (_T.expires_at > now)
        taking = TABLE.update().where(living).values(used_at=now).returning(_T.account_id, _T.detail)
        row = (await connection.execute(taking)).first()
        return None if row is None else Redeemed(row.account_id, row.detail)

    async def drop(self, connection: Connection, reach: Reach, purpose: Purpose, *, before: int | None = None) -> None:
        """Throw away the account's tokens of this purpose: all of them, or those that ended before a moment."""
        these = (_T.account_id == reach.account_id) & (_T.purpose == purpose)
        if before is not None:
            these &= _T.expires_at <= before
        await connection.execute(TABLE.delete().where(these))

    async def trim(self, connection: Connection, reach: Reach, purpose: Purpose, kept: int) -> None:
        """Throw away the account's oldest tokens of this purpose, so that at most `kept` are left."""
        these = (_T.account_id == reach.account_id) & (_T.purpose == purpose)
        newest = sa.select(_T.digest).where(these).order_by(_T.created_at.desc(), _T.digest).limit(kept)
        await connection.execute(TABLE.delete().where(these & _T.digest.not_in(newest)))
