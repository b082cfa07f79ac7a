"""Families of signed tokens in the database; importing this module loads SQLAlchemy."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection
from prosa.identity.models import Reach
from prosa.identity.tokens.models import Dialect, Family
from prosa.kit import moments

METADATA: Final = sa.MetaData()
TABLE: Final = sa.Table(
    "token_families",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, nullable=False, index=True),
    sa.Column("dialect", sa.Text, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("rotated_at", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("revoked_at", sa.BigInteger),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("agent", sa.Text, nullable=False),
)
_T = TABLE.c


class FamilyStore:
    """Reads and writes within a reach, each as part of the transaction that it is given. `now` in microseconds since 1970."""

    def _of(self, reach: Reach) -> sa.ColumnElement[bool]:
        return sa.true() if reach.account_id is None else _T.account_id == reach.account_id

    async def add(self, connection: Connection, reach: Reach, family: Family) -> None:
        """A new family of the account that `reach` names."""
        await connection.execute(TABLE.insert().values(_row(family) | {"account_id": reach.account_id}))

    async def clear(self, connection: Connection, reach: Reach, now: int) -> None:
        """Throw away the account's families that have ended by themselves."""
        await connection.execute(TABLE.delete().where(self._of(reach), _T.expires_at <= now))

    async def surplus(self, connection: Connection, reach: Reach, kept: int) -> Sequence[str]:
        """The ids of the account's living families beyond the `kept` ones that were made last."""
        query = sa.select(_T.id).where(self._of(reach), _T.revoked_at.is_(None)).order_by(_T.created_at.desc(), _T.id)
        return (await connection.execute(query.limit(2 * kept).offset(kept))).scalars().all()

    async def get(self, connection: Connection, reach: Reach, family_id: str, now: int) -> Family | None:
        """A family that is neither revoked nor at its end."""
        living = _T.revoked_at.is_(None) & (_T.expires_at > now)
        row = (await connection.execute(sa.select(TABLE).where(self._of(reach), _T.id == family_id, living))).mappings().first()
        return None if row is None else _family(row)

    async def rotate(self, connection: Connection, reach: Reach, family_id: str, generation: int, now: int) -> bool:
        """Pass from this generation to the next; False when another call did so first, or the family has ended."""
        current = (_T.id == family_id) & (_T.generation == generation) & _T.revoked_at.is_(None)
        rotating = TABLE.update().where(self._of(reach), current).values(generation=generation + 1, rotated_at=now)
        return (await connection.execute(rotating)).rowcount == 1

    async def revoke(self, connection: Connection, reach: Reach, family_id: str, now: int) -> bool:
        """End the family; whether it lived."""
        living = (_T.id == family_id) & _T.revoked_at.is_(None)
        return (await connection.execute(TABLE.update().where(self._of(reach), living).values(revoked_at=now))).rowcount == 1


def _row(family: Family) -> dict[str, object]:
    return {
        "id": family.id,
        "dialect": family.dialect,
        "generation": family.generation,
        "rotated_at": moments.of(family.rotated_at),
        "created_at": moments.of(family.created_at),
        "expires_at": moments.of(family.expires_at),
        "address": family.address,
        "agent": family.agent,
    }


def _family(row: sa.RowMapping) -> Family:
    return Family(
        id=row["id"],
        account_id=row["account_id"],
        dialect=Dialect(row["dialect"]),
        generation=row["generation"],
        rotated_at=moments.shown(row["rotated_at"]),
        created_at=moments.shown(row["created_at"]),
        expires_at=moments.shown(row["expires_at"]),
        address=row["address"],
        agent=row["agent"],
    )
