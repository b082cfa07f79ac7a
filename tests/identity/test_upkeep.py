"""A restore gives people back, and nothing that was taken from them since."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from prosa.drivers.archive import Archive, Restored, RestoreOptions, restore
from prosa.drivers.sql import Connection, Database
from prosa.drivers.vault import Keyring
from prosa.identity import PeopleAftercare
from tests.databases import database
from tests.drivers.archive.filling import ANA, BIA, KEYRING, NOW, OTHER, account, add, add_all, api_key, fill, rows, saved

__all__ = ["database"]


async def _erase(connection: Connection, space: str) -> None:
    await connection.execute(sa.text("DELETE FROM interactions WHERE space = :space"), {"space": space})


async def back(database: Database, path: Path, keyring: Keyring = KEYRING, *, bring_back: bool = False) -> Restored:
    await database.aclose()
    care = PeopleAftercare(keyring, (_erase,), bring_back=bring_back)
    return await restore(Archive.checked(path), database.address, NOW, RestoreOptions(path.parent, True, (care,)))


async def changed(database: Database, *statements: str) -> None:
    async with database.writing() as connection:
        for statement in statements:
            await connection.execute(sa.text(statement.format(ana=ANA, bia=BIA)))


@pytest.mark.attack("N4")
async def test_who_was_erased_since_stays_erased(database: Database, tmp_path: Path) -> None:
    await fill(database)
    path = (await saved(database.address, tmp_path / "b.tar.gz")).path
    await changed(
        database,
        "DELETE FROM interactions WHERE space = '{ana}'",
        "UPDATE accounts SET status = 'deleted', name = '', email = NULL, email_key = NULL, cpf = NULL WHERE id = '{ana}'",
    )
    done = await back(database, path)
    assert await rows(database, f"SELECT status, name, email, cpf, password_hash FROM accounts WHERE id = '{ANA}'") == [
        ("deleted", "", None, None, None)
    ]
    assert await rows(database, "SELECT count(*) FROM interactions") == [(0,)]
    assert await rows(database, f"SELECT email FROM accounts WHERE id = '{BIA}'") == [("bia@exemplo.br",)]
    assert any("deleted since the backup are deleted again" in note for note in done.notes)


async def test_what_was_taken_since_stays_taken(database: Database, tmp_path: Path) -> None:
    await fill(database)
    async with database.writing() as connection:
        await add(connection, "invites", {"id": "i", "digest": "d", "role": "admin", "created_at": 1, "expires_at": 2**60})
        for id in ("kept", "gone"):
            link = {"id": id, "account_id": ANA, "digest": id, "pepper": "k", "label": "", "created_at": 1, "address": ""}
            await add(connection, "sign_in_links", link)
    path = (await saved(database.address, tmp_path / "b.tar.gz")).path
    await changed(
        database,
        "UPDATE accounts SET status = 'suspended' WHERE id = '{bia}'",
        "UPDATE accounts SET password_hash = 'newer', password_at = 20 WHERE id = '{ana}'",
        "UPDATE api_keys SET revoked_at = 5",
        "UPDATE invites SET used_at = 5",
        "UPDATE sign_in_links SET revoked_at = 5 WHERE id = 'gone'",
    )
    done = await back(database, path)
    assert await rows(database, f"SELECT status FROM accounts WHERE id = '{BIA}'") == [("suspended",)]
    assert await rows(database, f"SELECT password_hash, password_at FROM accounts WHERE id = '{ANA}'") == [("newer", 20)]
    assert await rows(database, "SELECT count(*) FROM api_keys WHERE revoked_at IS NULL") == [(0,)]
    assert await rows(database, "SELECT count(*) FROM invites WHERE revoked_at IS NULL AND used_at IS NULL") == [(0,)]
    assert await rows(database, "SELECT id FROM sign_in_links WHERE revoked_at IS NULL") == [("kept",)]
    assert [note.partition(" ")[0] for note in done.notes] == ["1", "1", "1"]


async def test_who_restores_to_undo_gets_it_all_back(database: Database, tmp_path: Path) -> None:
    await fill(database)
    path = (await saved(database.address, tmp_path / "b.tar.gz")).path
    await changed(database, "UPDATE accounts SET status = 'deleted'", "UPDATE api_keys SET revoked_at = 5")
    done = await back(database, path, bring_back=True)
    assert await rows(database, "SELECT count(*) FROM accounts WHERE status = 'active'") == [(2,)]
    assert await rows(database, "SELECT count(*) FROM api_keys WHERE revoked_at IS NULL") == [(1,)]
    assert done.notes == ()


async def test_nobody_is_signed_in_after_a_restore(database: Database, tmp_path: Path) -> None:
    await fill(database)
    async with database.writing() as connection:
        token = {"digest": "t", "purpose": "reset", "account_id": ANA, "created_at": 1, "expires_at": 2**60}
        await add(connection, "one_time_tokens", token)
        family = {"id": "f", "account_id": ANA, "dialect": "chatai", "generation": 1, "rotated_at": 1, "created_at": 1}
        await add(connection, "token_families", family | {"expires_at": 2**60, "address": "", "agent": ""})
    path = (await saved(database.address, tmp_path / "b.tar.gz")).path
    await back(database, path)
    for table in ("sessions", "one_time_tokens", "token_families"):
        assert await rows(database, f"SELECT count(*) FROM {table}") == [(0,)]


async def test_keys_of_an_unknown_secret_are_listed_and_revoked(database: Database, tmp_path: Path) -> None:
    await fill(database)
    path = (await saved(database.address, tmp_path / "b.tar.gz")).path
    done = await back(database, path, OTHER)
    assert done.notes == ("1 API keys can't be used without the old secret and were revoked: 2222 (bia@exemplo.br)",)
    assert await rows(database, "SELECT count(*) FROM api_keys WHERE revoked_at IS NULL") == [(0,)]


async def test_a_thousand_of_them_are_taken_again_too(database: Database, tmp_path: Path) -> None:
    async with database.writing() as connection:
        ids = [f"{number:032x}" for number in range(1100)]
        await add_all(connection, "accounts", [account(id, f"p{id}@exemplo.br") for id in ids])
        await add_all(connection, "api_keys", [api_key(id, id, lookup=id) for id in ids])
    path = (await saved(database.address, tmp_path / "b.tar.gz")).path
    await changed(database, "UPDATE accounts SET status = 'suspended'", "UPDATE api_keys SET revoked_at = 5")
    done = await back(database, path)
    assert {note.partition(" ")[0] for note in done.notes} == {"1100"}
    assert await rows(database, "SELECT count(*) FROM accounts WHERE status = 'active'") == [(0,)]
