"""Accounts in the database; importing this module loads SQLAlchemy. Each method is part of the transaction that it is given."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection
from prosa.identity.accounts.models import Account, AccountQuery, AccountStatus, LoginKind, Profile
from prosa.identity.accounts.rows import LoginRow
from prosa.identity.models import Reach
from prosa.identity.permissions import Role
from prosa.kit import moments

METADATA: Final = sa.MetaData()
TABLE: Final = sa.Table(
    "accounts",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    *(sa.Column(name, sa.Text, unique=True) for name in ("email", "email_key", "username", "cpf_key")),
    sa.Column("username_key", sa.Text, index=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "role", "status")),
    *(sa.Column(name, sa.Text) for name in ("password_hash", "language", "time_zone", "sector", "position", "cpf")),
    sa.Column("age", sa.Integer),
    sa.Column("failures", sa.Integer, nullable=False),
    *(sa.Column(name, sa.BigInteger) for name in ("password_at", "created_at", "updated_at", "deleted_at")),
    sa.Column("version", sa.Integer, nullable=False),
)
INSTALLATION: Final = sa.Table(
    "installation", METADATA, sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False)
)
_A = TABLE.c
_EMPTY: Final = (
    *("email", "email_key", "username", "username_key", "password_hash", "password_at"),
    *("language", "time_zone", "age", "sector", "position", "cpf", "cpf_key"),
)
_FIRST_ADMIN: Final = "first_admin"


class AccountStore:
    """Reads and writes accounts that aren't deleted; those, nobody reaches."""

    async def add(self, connection: Connection, values: Mapping[str, object]) -> int:
        """A new account; its number."""
        adding = TABLE.insert().values(**values).returning(_A.number)
        return int((await connection.execute(adding)).scalar_one())

    async def get(self, connection: Connection, reach: Reach, account_id: str) -> Account | None:
        """One account, without its CPF."""
        row = (await connection.execute(_readable(reach).where(_A.id == account_id))).mappings().first()
        return None if row is None else _account(row)

    async def by_email(self, connection: Connection, reach: Reach, email_key: str) -> Account | None:
        """The account that has this address."""
        row = (await connection.execute(_readable(reach).where(_A.email_key == email_key))).mappings().first()
        return None if row is None else _account(row)

    async def sealed_cpf(self, connection: Connection, reach: Reach, account_id: str) -> str | None:
        """The CPF as it is stored."""
        found: str | None = await connection.scalar(_readable(reach).with_only_columns(_A.cpf).where(_A.id == account_id))
        return found

    async def page(self, connection: Connection, reach: Reach, query: AccountQuery) -> list[Account]:
        """The first `limit` accounts that fit, by number."""
        wanted = _readable(reach).order_by(_A.number).limit(query.limit)
        if query.after is not None:
            wanted = wanted.where(_A.number > query.after)
        if query.role is not None:
            wanted = wanted.where(_A.role == query.role)
        if query.status is not None:
            wanted = wanted.where(_A.status == query.status)
        if query.search:
            wanted = wanted.where(_contains(query.search))
        return [_account(row) for row in (await connection.execute(wanted)).mappings()]

    async def login(self, connection: Connection, reach: Reach, by: LoginKind, text: str, key: str) -> LoginRow | None:
        """Who signs in so: `text` as it was written, `key` as names are compared where the dialect compares them so."""
        if by is LoginKind.EMAIL:
            return await self._login(connection, reach, _A.email_key == key)
        found = await self._login(connection, reach, _A.username == text)
        if found is None and by is LoginKind.ANY:
            found = await self._login(connection, reach, _A.username_key == key)
        return found

    async def login_of(self, connection: Connection, reach: Reach, account_id: str) -> LoginRow | None:
        """The same for somebody who is signed in."""
        return await self._login(connection, reach, _A.id == account_id)

    async def _login(self, connection: Connection, reach: Reach, which: sa.ColumnElement[bool]) -> LoginRow | None:
        rows = (await connection.execute(_readable(reach).where(which).limit(2))).mappings().all()
        if len(rows) != 1:  # two imported names that differ in case alone are told apart by their exact case
            return None
        row = rows[0]
        return LoginRow(_account(row), row["password_hash"], row["password_at"])

    async def taken(self, connection: Connection, keys: Mapping[str, Sequence[str]], but: str | None = None) -> frozenset[str]:
        """Which of the columns hold one of the keys given for them already, in an account other than `but`.

        No reach: uniqueness spans all accounts.
        """
        found = set()
        for column, values in keys.items():
            asked = sa.select(_A.id).where(_A[column].in_(values), _A.id != (but or "")).limit(1)
            if (await connection.execute(asked)).first() is not None:
                found.add(column)
        return frozenset(found)

    async def update(self, connection: Connection, reach: Reach, known: Account, values: Mapping[str, object]) -> bool:
        """Change the account if it still is as it was read; its version counts on."""
        changing = TABLE.update().where(_mine(reach), _A.id == known.id, _A.version == known.version)
        done = await connection.execute(changing.values(**values, version=known.version + 1))
        return done.rowcount == 1

    async def set_password(self, connection: Connection, reach: Reach, login: LoginRow, values: Mapping[str, object]) -> bool:
        """Put another hash in the place of the one that was read; nothing where it was replaced meanwhile."""
        same = _A.password_hash == login.password_hash if login.password_hash is not None else _A.password_hash.is_(None)
        done = await connection.execute(TABLE.update().where(_mine(reach), _A.id == login.account.id, same).values(**values))
        return done.rowcount == 1

    async def claim(self, connection: Connection, reach: Reach, account_id: str, most: int) -> bool:
        """Count one more failure before the password is looked at, unless there are `most` in a row already."""
        claiming = TABLE.update().where(_mine(reach), _A.id == account_id, _A.failures < most)
        return (await connection.execute(claiming.values(failures=_A.failures + 1))).rowcount == 1

    async def count_failure(self, connection: Connection, reach: Reach, account_id: str) -> int:
        """Count one more failure; how many in a row there are now."""
        counting = TABLE.update().where(_mine(reach), _A.id == account_id).values(failures=_A.failures + 1)
        return await connection.scalar(counting.returning(_A.failures)) or 0

    async def active_admins(self, connection: Connection, but: str) -> int:
        """How many other admins could sign in."""
        counting = sa.select(sa.func.count()).where(_A.role == Role.ADMIN, _A.status == AccountStatus.ACTIVE, _A.id != but)
        return int((await connection.execute(counting)).scalar_one())

    async def erase(self, connection: Connection, reach: Reach, account_id: str, now: int) -> None:
        """Leave nothing of the account but its number."""
        empty: dict[str, object] = dict.fromkeys(_EMPTY)
        empty |= {"name": "", "failures": 0, "status": AccountStatus.DELETED, "deleted_at": now, "updated_at": now}
        await connection.execute(TABLE.update().where(_mine(reach), _A.id == account_id).values(**empty, version=_A.version + 1))

    async def has_first_admin(self, connection: Connection) -> bool:
        """Whether an admin was ever made here."""
        return await self._noted(connection, _FIRST_ADMIN) is not None

    async def note_first_admin(self, connection: Connection, account_id: str) -> bool:
        """Note that there is one now; whether it is the first."""
        if await self.has_first_admin(connection):
            return False
        await connection.execute(INSTALLATION.insert().values(name=_FIRST_ADMIN, value=account_id))
        return True

    async def noted(self, connection: Connection, name: str, fresh: str) -> str:
        """What is noted of this installation under a name; `fresh` from now on where nothing was."""
        found = await self._noted(connection, name)
        if found is None:
            await connection.execute(INSTALLATION.insert().values(name=name, value=fresh))
        return found or fresh

    async def _noted(self, connection: Connection, name: str) -> str | None:
        found: str | None = await connection.scalar(sa.select(INSTALLATION.c.value).where(INSTALLATION.c.name == name))
        return found


def _mine(reach: Reach) -> sa.ColumnElement[bool]:
    there = _A.status != AccountStatus.DELETED
    return there if reach.account_id is None else there & (_A.id == reach.account_id)


def _readable(reach: Reach) -> sa.Select[Any]:
    return sa.select(TABLE).where(_mine(reach))


def _contains(text: str) -> sa.ColumnElement[bool]:
    return sa.or_(
        _A.email_key.contains(text.lower(), autoescape=True),
        _A.username_key.contains(text.casefold(), autoescape=True),
        sa.func.lower(_A.name).contains(text.lower(), autoescape=True),
        _A.name.contains(text, autoescape=True),
    )


def _account(row: sa.RowMapping) -> Account:
    return Account(
        id=row["id"],
        number=row["number"],
        email=row["email"],
        username=row["username"],
        name=row["name"],
        role=Role(row["role"]),
        status=AccountStatus(row["status"]),
        language=row["language"],
        time_zone=row["time_zone"],
        profile=Profile(row["age"], row["sector"], row["position"]),
        created_at=moments.shown(row["created_at"]),
        updated_at=moments.shown(row["updated_at"]),
        version=row["version"],
        has_password=row["password_hash"] is not None,
    )
