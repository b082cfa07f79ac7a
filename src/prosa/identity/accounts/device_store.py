"""The devices and addresses from which an account signed in before; importing this module loads SQLAlchemy."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection
from prosa.identity.accounts.store import METADATA
from prosa.identity.models import Reach

TABLE: Final = sa.Table(
    "known_devices",
    METADATA,
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("last_seen_at", sa.BigInteger, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
)
KEPT: Final = 40  # devices and addresses of an account; the ones not seen for longest make room
_D = TABLE.c


class DeviceStore:
    """Knows an account's devices. Each method is part of the transaction that it is given; `reach` names the account."""

    async def known(self, connection: Connection, reach: Reach, digests: Sequence[str], most: int) -> frozenset[str]:
        """Which of these are known, and have failed fewer than `most` times in a row."""
        asked = sa.select(_D.digest).where(_D.account_id == reach.account_id, _D.digest.in_(digests), _D.failures < most)
        return frozenset((await connection.execute(asked)).scalars())

    async def claim(self, connection: Connection, reach: Reach, digest: str, most: int) -> bool:
        """Count one more failure of a known device before the password is looked at, unless there are `most` already."""
        claiming = TABLE.update().where(_D.account_id == reach.account_id, _D.digest.in_((digest,)), _D.failures < most)
        return (await connection.execute(claiming.values(failures=_D.failures + 1))).rowcount == 1

    async def remember(self, connection: Connection, reach: Reach, digests: Sequence[str], now: int) -> None:
        """Know these from now on, with no failure."""
        account_id = reach.account_id
        await connection.execute(TABLE.delete().where(_D.account_id == account_id, _D.digest.in_(digests)))
        rows = [{"account_id": account_id, "digest": digest, "last_seen_at": now, "failures": 0} for digest in digests]
        await connection.execute(TABLE.insert(), rows)
        newest = sa.select(_D.digest).where(_D.account_id == account_id).order_by(_D.last_seen_at.desc(), _D.digest).limit(KEPT)
        await connection.execute(TABLE.delete().where(_D.account_id == account_id, _D.digest.not_in(newest)))

    async def forget(self, connection: Connection, reach: Reach) -> None:
        """Know none of the account any more."""
        await connection.execute(TABLE.delete().where(_D.account_id == reach.account_id))
