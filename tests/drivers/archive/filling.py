"""Databases with something in them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa

from prosa.drivers.archive import Archive, Backup, BackupOptions, Restored, RestoreOptions, backup, restore
from prosa.drivers.sql import Connection, Database, DatabaseAddress
from prosa.drivers.vault import Keyring, Place, settle_within

NOW = 1_790_000_000.0
ANA, BIA, GONE = ("a" * 32, "b" * 32, "c" * 32)
CPF = "52998224725"
KEYRING = Keyring.of(("the-secret-that-all-of-it-was-made-with",))
OTHER = Keyring.of(("another-secret-that-knows-nothing-of-it",))


async def add(connection: Connection, table: str, row: Mapping[str, object]) -> None:
    """One row."""
    await add_all(connection, table, [row])


async def add_all(connection: Connection, table: str, many: Sequence[Mapping[str, object]]) -> None:
    """Rows with the same columns."""
    target = sa.table(table, *map(sa.column, many[0]))
    await connection.execute(sa.insert(target), [dict(row) for row in many])


async def fill(database: Database, keyring: Keyring = KEYRING) -> None:
    """Two people and one who left, what they hold, and a few exchanges with odd texts."""
    async with database.writing() as connection:
        await settle_within(connection, keyring, NOW)
        await add(connection, "installation", {"name": "first_admin", "value": ANA})
        sealed = keyring.seal(CPF, Place("accounts", "cpf", ANA))
        personal = {"cpf": sealed, "cpf_key": keyring.mac("cpf-index", CPF.encode()), "age": 41, "sector": "Têxtil"}
        await add(connection, "accounts", account(ANA, "ana@exemplo.br", role="admin") | personal)
        await add(connection, "accounts", account(BIA, "bia@exemplo.br"))
        await add(connection, "accounts", deleted(GONE))
        await add(connection, "sessions", session("1" * 32, ANA))
        await add(connection, "api_keys", api_key("2" * 32, BIA, pepper=keyring.kid))
        for number, prompt in enumerate(("olá", "", 'linha\r\n\u2028\t\\"', "𝄞 ﬁ e\u0301", "x" * 70_000)):
            await add(connection, "interactions", exchange(f"i{number}", ANA, prompt))
        await connection.execute(sa.text("DELETE FROM interactions WHERE interaction_id = 'i4'"))


def account(account_id: str, email: str, **others: object) -> dict[str, object]:
    """An account's row."""
    row: dict[str, object] = {"id": account_id, "email": email, "email_key": email, "name": "Fulana", "role": "user"}
    row |= {"status": "active", "failures": 0, "created_at": 1, "updated_at": 2**52, "version": 1, "password_at": 10}
    return row | {"password_hash": "$argon2id$not-a-real-one"} | others


def deleted(account_id: str) -> dict[str, object]:
    """What is left of an account."""
    row: dict[str, object] = {"id": account_id, "name": "", "role": "user", "status": "deleted", "failures": 0}
    return row | {"created_at": 1, "updated_at": 2, "deleted_at": 2, "version": 2}


def session(session_id: str, account_id: str) -> dict[str, object]:
    """A session's row."""
    row: dict[str, object] = {"id": session_id, "account_id": account_id, "digest": session_id, "address": "", "agent": "x"}
    return row | {"created_at": 1, "last_used_at": 1, "expires_at": 2**60}


def api_key(key_id: str, account_id: str, pepper: str = KEYRING.kid, **others: object) -> dict[str, object]:
    """An API key's row."""
    row: dict[str, object] = {"id": key_id, "account_id": account_id, "lookup": key_id[:12], "name": key_id[:4], "digest": "d"}
    return row | {"pepper": pepper, "scopes": '["read"]', "created_at": 1, "version": 1} | others


def exchange(interaction_id: str, space: str, prompt: str) -> dict[str, object]:
    """An interaction's row."""
    row: dict[str, object] = {"space": space, "interaction_id": interaction_id, "user_id": "u", "prompt": prompt}
    return row | {"asked_at": 1_790_000_000_000_000, "cached": True}


async def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    """What a query answers."""
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(sa.text(query))]


async def saved(address: DatabaseAddress, path: Path, options: BackupOptions | None = None) -> Backup:
    """A backup of now."""
    return await backup(address, path, NOW, options)


async def brought_back(path: Path, address: DatabaseAddress, *, force: bool = False) -> Restored:
    """A restore without the features' care, so that what arrives is what was sent."""
    return await restore(Archive.checked(path), address, NOW, RestoreOptions(path.parent / "kept", force))
