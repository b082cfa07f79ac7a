"""API keys in the database; importing this module loads SQLAlchemy."""

from collections.abc import Sequence
from typing import Final

import msgspec
import sqlalchemy as sa

from prosa.drivers.sql import Connection
from prosa.identity.api_keys.models import ApiKey, Digest, KeyQuery
from prosa.identity.models import Reach
from prosa.identity.permissions import Scope
from prosa.kit import moments

METADATA: Final = sa.MetaData()
TABLE: Final = sa.Table(
    "api_keys",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("lookup", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("pepper", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("models", sa.Text),
    sa.Column("addresses", sa.Text),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger),
    sa.Column("last_used_at", sa.BigInteger),
    sa.Column("last_used_address", sa.Text),
    sa.Column("revoked_at", sa.BigInteger),
    sa.Column("replaced_by", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("api_keys_account", "account_id", "created_at", "id"),
    sa.Index("api_keys_created", "created_at", "id"),
    sa.Index(
        "api_keys_name",
        *("account_id", "name"),
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL AND replaced_by IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL AND replaced_by IS NULL"),
    ),
)
_T = TABLE.c


class KeyStore:
    """Reads and writes within a reach, each as part of the transaction that it is given."""

    def _of(self, reach: Reach) -> sa.ColumnElement[bool]:
        return sa.true() if reach.account_id is None else _T.account_id == reach.account_id

    async def add(self, connection: Connection, reach: Reach, key: ApiKey, digest: Digest) -> None:
        """A new key of the account that `reach` names."""
        row = _row(key) | {"account_id": reach.account_id, "digest": digest.digest, "pepper": digest.pepper}
        await connection.execute(TABLE.insert().values(row))

    async def remove(self, connection: Connection, reach: Reach, key_id: str) -> None:
        """As if a key had never been made."""
        await connection.execute(TABLE.delete().where(self._of(reach), _T.id == key_id))

    async def page(self, connection: Connection, reach: Reach, now: int, query: KeyQuery) -> list[ApiKey]:
        """The query's keys, newest first."""
        select = sa.select(TABLE).where(self._of(reach))
        if query.account_id is not None:
            select = select.where(_T.account_id == query.account_id)
        if not query.ended:
            select = select.where(_T.revoked_at.is_(None), _T.expires_at.is_(None) | (_T.expires_at > now))
        if query.after is not None:
            select = select.where(sa.tuple_(_T.created_at, _T.id) < sa.tuple_(*query.after))
        select = select.order_by(_T.created_at.desc(), _T.id.desc()).limit(query.limit)
        return [_key(row) for row in (await connection.execute(select)).mappings()]

    async def get(self, connection: Connection, reach: Reach, key_id: str) -> ApiKey | None:
        """One key, ended or not."""
        row = (await connection.execute(sa.select(TABLE).where(self._of(reach), _T.id == key_id))).mappings().first()
        return None if row is None else _key(row)

    async def by_name(self, connection: Connection, reach: Reach, account_id: str, name: str) -> ApiKey | None:
        """The account's key of this name that is neither revoked nor replaced."""
        mine = (_T.account_id == account_id) & (_T.name == name) & _T.revoked_at.is_(None) & _T.replaced_by.is_(None)
        row = (await connection.execute(sa.select(TABLE).where(self._of(reach), mine))).mappings().first()
        return None if row is None else _key(row)

    async def count(self, connection: Connection, reach: Reach) -> int:
        """How many keys the account has that weren't revoked."""
        query = sa.select(sa.func.count()).select_from(TABLE).where(self._of(reach), _T.revoked_at.is_(None))
        return (await connection.execute(query)).scalar_one()

    async def change(self, connection: Connection, reach: Reach, key: ApiKey, if_version: int) -> bool:
        """Write what may change of a key; False where somebody else did meanwhile."""
        these = (_T.id == key.id) & (_T.version == if_version) & _T.revoked_at.is_(None)
        changing = TABLE.update().where(self._of(reach), these).values(_changeable(key))
        return (await connection.execute(changing)).rowcount == 1

    async def replace(self, connection: Connection, reach: Reach, old_id: str, new_id: str, until: int) -> None:
        """Note the successor of a key, and of those that this one replaced; none of them is good for longer than `until`."""
        line = (_T.id == old_id) | (_T.replaced_by == old_id)
        sooner = sa.case((_T.expires_at < until, _T.expires_at), else_=until)
        changing = TABLE.update().where(self._of(reach), line, _T.revoked_at.is_(None))
        await connection.execute(changing.values(replaced_by=new_id, expires_at=sooner, version=_T.version + 1))

    async def line(self, connection: Connection, reach: Reach, key_id: str) -> Sequence[str]:
        """The ids of the keys that aren't revoked: this one, and those that it replaced."""
        line = ((_T.id == key_id) | (_T.replaced_by == key_id)) & _T.revoked_at.is_(None)
        return (await connection.execute(sa.select(_T.id).where(self._of(reach), line))).scalars().all()

    async def revoke(self, connection: Connection, reach: Reach, key_id: str, now: int) -> None:
        """End a key for good."""
        living = (_T.id == key_id) & _T.revoked_at.is_(None)
        revoking = TABLE.update().where(self._of(reach), living).values(revoked_at=now, version=_T.version + 1)
        await connection.execute(revoking)

    async def trim(self, connection: Connection, reach: Reach, kept: int) -> None:
        """Throw away the account's revoked keys but for the `kept` that were made last."""
        revoked = (_T.account_id == reach.account_id) & _T.revoked_at.is_not(None)
        newest = sa.select(_T.id).where(revoked).order_by(_T.created_at.desc(), _T.id.desc()).limit(kept)
        await connection.execute(TABLE.delete().where(revoked & _T.id.not_in(newest)))


def _row(key: ApiKey) -> dict[str, object]:
    return _changeable(key) | {"id": key.id, "lookup": key.lookup, "created_at": moments.of(key.created_at)}


def _changeable(key: ApiKey) -> dict[str, object]:
    return {
        "name": key.name,
        "scopes": _texts(sorted(key.scopes)),
        "models": None if key.models is None else _texts(key.models),
        "addresses": None if key.addresses is None else _texts(key.addresses),
        "expires_at": None if key.expires_at is None else moments.of(key.expires_at),
        "version": key.version,
    }


def _key(row: sa.RowMapping) -> ApiKey:
    return ApiKey(
        id=row["id"],
        account_id=row["account_id"],
        lookup=row["lookup"],
        name=row["name"],
        scopes=frozenset(map(Scope, _list(row["scopes"]))),
        models=None if row["models"] is None else tuple(_list(row["models"])),
        addresses=None if row["addresses"] is None else tuple(_list(row["addresses"])),
        created_at=moments.shown(row["created_at"]),
        expires_at=moments.shown_if(row["expires_at"]),
        last_used_at=moments.shown_if(row["last_used_at"]),
        last_used_address=row["last_used_address"],
        revoked_at=moments.shown_if(row["revoked_at"]),
        replaced_by=row["replaced_by"],
        version=row["version"],
    )


def _texts(texts: Sequence[str]) -> str:
    return msgspec.json.encode(texts).decode()


def _list(text: str) -> list[str]:
    return msgspec.json.decode(text, type=list[str])
