"""The account behind a credential, as it stands in the transaction that gives or ends one; loads SQLAlchemy."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from msgspec import UNSET, UnsetType

from prosa.drivers.sql import Connection
from prosa.identity.permissions import Role

_ACCOUNTS: Final = sa.table(
    "accounts",
    *map(sa.column, ("id", "number", "email", "name", "role", "status", "password_at")),
)
_ACTIVE: Final = "active"


@dataclass(frozen=True, slots=True)
class Owner:
    """What credentials need to know of their account."""

    id: str
    number: int
    email: str
    name: str
    role: Role
    password_at: int | None  # microseconds since 1970

    def has_another_password(self, proved_at: int | UnsetType | None) -> bool:
        """Whether the password isn't the one, told by its moment, that was shown at sign-in; UNSET: none was."""
        return proved_at is not UNSET and proved_at != self.password_at


async def active_owner(connection: Connection, account_id: str) -> Owner | None:
    """The account, None unless it is active; it doesn't change until the transaction ends.

    Without that lock (PostgreSQL's; SQLite's writers stand in a row) a sign-in that was checked against the old password
    could slip in behind the change that ends all of them.
    """
    query = sa.select(_ACCOUNTS).where(_ACCOUNTS.c.id == account_id, _ACCOUNTS.c.status == _ACTIVE)
    row = (await connection.execute(query.with_for_update(read=True))).first()
    if row is None:
        return None
    return Owner(row.id, row.number, row.email or "", row.name, Role(row.role), row.password_at)


async def hold_account(connection: Connection, account_id: str) -> None:
    """Let nobody give this account a credential until the transaction ends."""
    await connection.execute(sa.select(_ACCOUNTS.c.id).where(_ACCOUNTS.c.id == account_id).with_for_update())
