"""Invitations in the database; importing this module loads SQLAlchemy. Each method is part of a given transaction."""

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection
from prosa.identity.invites.models import Invite, InviteQuery
from prosa.identity.models import Reach
from prosa.identity.permissions import Role
from prosa.kit import moments

TABLE: Final = sa.Table(
    "invites",
    sa.MetaData(),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("id", "digest", "role")),
    *(sa.Column(name, sa.Text) for name in ("email", "created_by", "used_by")),
    *(sa.Column(name, sa.BigInteger) for name in ("created_at", "expires_at", "used_at", "revoked_at")),
)
_ACCOUNTS: Final = sa.table("accounts", sa.column("id"), sa.column("role"), sa.column("status"))
_I = TABLE.c


class InviteStore:
    """Reads and writes invitations; who isn't an operator sees those that are their own."""

    async def add(self, connection: Connection, values: Mapping[str, object]) -> None:
        """A new invitation."""
        await connection.execute(TABLE.insert().values(**values))

    async def remove(self, connection: Connection, reach: Reach, invite_id: str) -> None:
        """As if an invitation that nobody used had never been made."""
        await connection.execute(TABLE.delete().where(_mine(reach), _I.id == invite_id, _I.used_at.is_(None)))

    async def page(self, connection: Connection, reach: Reach, query: InviteQuery) -> list[Invite]:
        """The newest `limit` invitations after the position."""
        wanted = _readable(reach).order_by(_I.created_at.desc(), _I.id.desc()).limit(query.limit)
        if query.after is not None:
            wanted = wanted.where(sa.tuple_(_I.created_at, _I.id) < sa.tuple_(*map(sa.literal, query.after)))
        return [_invite(row) for row in (await connection.execute(wanted)).mappings()]

    async def get(self, connection: Connection, reach: Reach, invite_id: str) -> Invite | None:
        """One invitation."""
        row = (await connection.execute(_readable(reach).where(_I.id == invite_id))).mappings().first()
        return None if row is None else _invite(row)

    async def revoke(self, connection: Connection, reach: Reach, invite_id: str, now: int) -> None:
        """Take back an invitation that nobody used."""
        open_one = (_I.id == invite_id) & _I.used_at.is_(None) & _I.revoked_at.is_(None)
        await connection.execute(TABLE.update().where(_mine(reach), open_one).values(revoked_at=now))

    async def take(self, connection: Connection, digest: str, now: int) -> Invite | None:
        """Use up the open invitation with this digest: of many who try at once, one gets it.

        The invitation's text is the permission, so that no reach comes into it. One whose maker is no admin now is none.
        """
        maker = sa.exists().where(
            _ACCOUNTS.c.id == _I.created_by, _ACCOUNTS.c.role == Role.ADMIN.value, _ACCOUNTS.c.status == "active"
        )
        usable = _I.digest.in_((digest,)) & _I.used_at.is_(None) & _I.revoked_at.is_(None) & (_I.expires_at > now)
        usable &= _I.created_by.is_(None) | maker
        row = (await connection.execute(TABLE.update().where(usable).values(used_at=now).returning(TABLE))).mappings().first()
        return None if row is None else _invite(row)

    async def name_user(self, connection: Connection, reach: Reach, invite_id: str) -> None:
        """Note whose account came of it: that which `reach` names."""
        await connection.execute(TABLE.update().where(_I.id == invite_id).values(used_by=reach.account_id))

    async def forget(self, connection: Connection, reach: Reach) -> None:
        """Forget the address by which a person was invited."""
        await connection.execute(TABLE.update().where(_I.used_by == reach.account_id).values(email=None))


def _mine(reach: Reach) -> sa.ColumnElement[bool]:
    return sa.true() if reach.account_id is None else _I.created_by == reach.account_id


def _readable(reach: Reach) -> sa.Select[Any]:
    return sa.select(TABLE).where(_mine(reach))


def _invite(row: sa.RowMapping) -> Invite:
    return Invite(
        id=row["id"],
        email=row["email"],
        role=Role(row["role"]),
        created_by=row["created_by"],
        created_at=moments.shown(row["created_at"]),
        expires_at=moments.shown(row["expires_at"]),
        used_at=moments.shown_if(row["used_at"]),
        used_by=row["used_by"],
        revoked_at=moments.shown_if(row["revoked_at"]),
    )
