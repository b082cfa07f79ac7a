"""Rows of one person, wherever they are, as the registry says; loads SQLAlchemy."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection
from prosa.privacy.registry import Derived, Personal, Through

_AT_ONCE: Final = 100  # rows in memory
_ACCOUNTS: Final = sa.table("accounts", *map(sa.column, ("id", "status", "deleted_at", "cpf")))
_KEYS: Final = sa.table("api_keys", *map(sa.column, ("id", "account_id", "name", "addresses", "last_used_address")))
_LINKS: Final = sa.table("sign_in_links", sa.column("account_id"))
_DEVICES: Final = sa.table("known_devices", sa.column("account_id"))
_INVITES: Final = sa.table("invites", *map(sa.column, ("created_by", "used_by", "email")))
_FILES: Final = sa.table("files", *map(sa.column, ("space", "id", "filename", "blob")))
_DELETED: Final = "deleted"


async def columns_of(connection: Connection, table: str) -> list[str]:
    """A table's columns, by name."""
    found = await connection.run_sync(lambda plain: sa.inspect(plain).get_columns(table))
    return sorted(str(column["name"]) for column in found)


async def rows_of(
    connection: Connection, personal: Personal, columns: Sequence[str], owners: Sequence[str]
) -> AsyncIterator[Sequence[Sequence[Any]]]:
    """The rows of some owners, a few at a time. `owners`: the account's id, and the spaces that hang on it."""
    table = sa.table(personal.table, *map(sa.column, _needed(personal, columns)))
    wanted = sa.select(*(table.c[name] for name in columns)).where(_owned(table, personal, owners))
    result = await connection.stream(wanted, execution_options={"yield_per": _AT_ONCE})
    async for rows in result.partitions():
        yield rows


async def count_of(connection: Connection, entry: Personal | Derived, owners: Sequence[str]) -> int:
    """How many rows there are."""
    table = sa.table(entry.table, *map(sa.column, _needed(entry, ())))
    counting = sa.select(sa.func.count()).select_from(table).where(_owned(table, entry, owners))
    return int((await connection.execute(counting)).scalar_one())


async def files_of(connection: Connection, owners: Sequence[str]) -> list[tuple[str, str, str]]:
    """Id, name and blob of every file."""
    wanted = sa.select(_FILES.c.id, _FILES.c.filename, _FILES.c.blob).where(_FILES.c.space.in_(owners))
    return [(str(id), str(name), str(blob)) for id, name, blob in await connection.execute(wanted)]


async def deleted_accounts(connection: Connection) -> list[tuple[str, int]]:
    """Every account that was deleted, and when, in microseconds since 1970."""
    wanted = sa.select(_ACCOUNTS.c.id, _ACCOUNTS.c.deleted_at).where(_ACCOUNTS.c.status == _DELETED)
    return [(str(id), int(moment or 0)) for id, moment in await connection.execute(wanted)]


async def erase_traces(connection: Connection, account_id: str) -> None:
    """Empty what an account's credentials and invitations tell of the person."""
    mine = _KEYS.c.account_id == account_id
    await connection.execute(sa.delete(_LINKS).where(_LINKS.c.account_id == account_id))
    # Names of one account's living keys differ: each has its id for one, which says nothing.
    await connection.execute(sa.update(_KEYS).where(mine).values(name=_KEYS.c.id, addresses=None, last_used_address=None))
    await connection.execute(sa.delete(_DEVICES).where(_DEVICES.c.account_id == account_id))
    theirs = sa.or_(_INVITES.c.created_by == account_id, _INVITES.c.used_by == account_id)
    await connection.execute(sa.update(_INVITES).where(theirs).values(email=None))


def _needed(entry: Personal | Derived, columns: Sequence[str]) -> list[str]:
    through = [entry.through.column] if isinstance(entry, Personal) and entry.through is not None else []
    return sorted({*columns, *entry.owners, *through})


def _owned(table: sa.TableClause, entry: Personal | Derived, owners: Sequence[str]) -> sa.ColumnElement[bool]:
    through = entry.through if isinstance(entry, Personal) else None
    if through is not None:
        return table.c[through.column].in_(_parents(through, owners))
    return sa.or_(*(table.c[name].in_(owners) for name in entry.owners))


def _parents(through: Through, owners: Sequence[str]) -> sa.Select[Any]:
    parent = sa.table(through.table, sa.column(through.key), sa.column(through.owner))
    return sa.select(parent.c[through.key]).where(parent.c[through.owner].in_(owners))
