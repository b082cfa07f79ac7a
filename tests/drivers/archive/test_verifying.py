"""`verify`: well when all is well, and a sentence for each thing that isn't."""

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from prosa.drivers.archive import Finding, Verdict, VerifyOptions, verify
from prosa.drivers.sql import Connection, Database, DatabaseAddress, downgrade, revisions
from prosa.drivers.vault import Keyring, Place
from prosa.identity import PeopleChecks, secret_columns
from tests.databases import a_database, an_address, database
from tests.drivers.archive.filling import ANA, BIA, GONE, KEYRING, OTHER, add, api_key, fill, session

__all__ = ["database"]


async def looked(address: DatabaseAddress, keyring: Keyring = KEYRING) -> Verdict:
    return await verify(address, VerifyOptions(keyring, secret_columns().sealed, (PeopleChecks(keyring),)))


async def test_all_is_well(database: Database) -> None:
    await fill(database)
    verdict = await looked(database.address)
    assert verdict.findings == ()
    assert verdict.good
    assert verdict.revision == revisions()[-1]
    assert (verdict.counts["accounts"], verdict.counts["interactions"]) == (3, 4)


async def test_an_empty_database_is_well_too(database: Database) -> None:
    assert (await looked(database.address)).findings == ()


DAMAGES: list[tuple[str, str, str]] = [
    ("UPDATE accounts SET role = 'king' WHERE id = :bia", "accounts", "have a role that there isn't"),
    ("UPDATE accounts SET status = 'sleeping' WHERE id = :bia", "accounts", "have a status that there isn't"),
    ("UPDATE accounts SET sector = 'x' WHERE id = :gone", "accounts", "are deleted and still hold personal data"),
    ("UPDATE accounts SET name = 'x' WHERE id = :gone", "accounts", "are deleted and still hold personal data"),
    ("UPDATE accounts SET deleted_at = NULL WHERE id = :gone", "accounts", "are deleted without a moment"),
    ("UPDATE accounts SET deleted_at = 1 WHERE id = :bia", "accounts", "are deleted without a moment"),
    ("UPDATE accounts SET email = NULL WHERE id = :bia", "accounts", "have no e-mail address"),
    ("UPDATE accounts SET username = 'bia' WHERE id = :bia", "accounts", "have half a user name"),
    ("UPDATE accounts SET cpf_key = NULL WHERE id = :ana", "accounts", "have half a CPF"),
    ("UPDATE accounts SET email_key = 'Bia@exemplo.br' WHERE id = :bia", "accounts", "isn't canonical"),
    ("UPDATE accounts SET email = 'no address' WHERE id = :bia", "accounts", "isn't canonical"),
    ("UPDATE accounts SET cpf = 'v1:00000000:AAAA' WHERE id = :ana", "secrets", "don't open with this server's secrets"),
    ("UPDATE secret_checks SET value = 'x'", "secrets", "another secret"),
    ("UPDATE api_keys SET scopes = '[' WHERE account_id = :bia", "api_keys", "can't be read"),
    ("UPDATE api_keys SET scopes = '[\"fly\"]' WHERE account_id = :bia", "api_keys", "can't be read"),
    ("UPDATE api_keys SET models = '1' WHERE account_id = :bia", "api_keys", "can't be read"),
    ("UPDATE api_keys SET account_id = :gone", "api_keys", "of deleted accounts aren't revoked"),
    ("UPDATE sessions SET account_id = :gone", "sessions", "sessions are of accounts that are suspended or deleted"),
    ("DROP INDEX interactions_history", "schema", "the table interactions lacks its index interactions_history"),
    ("ALTER TABLE accounts DROP COLUMN sector", "schema", "the table accounts lacks its column sector"),
    ("DROP TABLE invites", "schema", "the table invites is missing"),
]


@pytest.mark.parametrize(("damage", "check", "told"), DAMAGES)
async def test_what_is_wrong_is_said(database: Database, damage: str, check: str, told: str) -> None:
    await fill(database)
    async with database.writing() as connection:
        query = sa.text(damage)
        names = {name: value for name, value in (("ana", ANA), ("bia", BIA), ("gone", GONE)) if f":{name}" in damage}
        await connection.execute(query, names)
    verdict = await looked(database.address)
    assert not verdict.good
    assert any(finding.check == check and told in finding.text for finding in verdict.findings), verdict.findings


WARNINGS: list[tuple[Callable[[Connection], Awaitable[object]], str]] = [
    (lambda c: c.execute(sa.text("UPDATE accounts SET role = 'user'")), "no active admin"),
    (lambda c: add(c, "api_keys", api_key("9" * 32, BIA, pepper="00000000")), "a secret that this server doesn't have"),
]


@pytest.mark.parametrize(("change", "told"), WARNINGS)
async def test_some_things_are_only_remarked(
    database: Database, change: Callable[[Connection], Awaitable[object]], told: str
) -> None:
    await fill(database)
    async with database.writing() as connection:
        await change(connection)
    verdict = await looked(database.address)
    assert verdict.good
    assert [told in finding.text for finding in verdict.findings] == [True]


async def test_a_sealed_value_that_was_moved_to_somebody_else_is_found(database: Database) -> None:
    await fill(database)
    async with database.writing() as connection:
        sealed = KEYRING.seal("11144477735", Place("accounts", "cpf", ANA))
        await connection.execute(
            sa.text("UPDATE accounts SET cpf = :cpf, cpf_key = 'k' WHERE id = :bia"), {"cpf": sealed, "bia": BIA}
        )
    findings = (await looked(database.address)).findings
    assert [finding.text for finding in findings] == [
        "1 values of accounts.cpf don't open with this server's secrets: bia@exemplo.br"
    ]


async def test_another_secret_is_said_once_for_all(database: Database) -> None:
    await fill(database)
    texts = [finding.text for finding in (await looked(database.address, OTHER)).findings]
    assert any("another secret than this server has" in text for text in texts)
    assert any("accounts.cpf" in text for text in texts)


async def test_rows_that_refer_to_nothing_are_counted_on_both_kinds(database: Database) -> None:
    await fill(database)
    async with database.writing() as connection:
        await add(connection, "sessions", session("8" * 32, BIA))
    await database.aclose()
    if database.address.path is not None:
        with sqlite3.connect(database.address.path) as file:
            file.execute("UPDATE sessions SET account_id = 'nobody'")
        file.close()
    else:
        async with database.writing() as connection:
            await connection.execute(sa.text("ALTER TABLE sessions DROP CONSTRAINT sessions_account_id_fkey"))
            await connection.execute(sa.text("UPDATE sessions SET account_id = 'nobody'"))
            restored = "ALTER TABLE sessions ADD FOREIGN KEY (account_id) REFERENCES accounts (id) NOT VALID"
            await connection.execute(sa.text(restored))
    verdict = await looked(database.address)
    assert [finding.text for finding in verdict.findings] == [
        "2 rows of sessions name a account_id that accounts doesn't have: nobody"
    ]


async def test_an_older_schema_is_told_and_nothing_is_migrated(tmp_path: Path) -> None:
    with an_address("sqlite") as address:
        downgrade(address, revisions()[0])
        verdict = await looked(address)
    assert [finding.check for finding in verdict.findings] == ["schema"]
    assert verdict.revision == revisions()[0]


async def test_a_newer_schema_is_a_warning() -> None:
    async with a_database("sqlite") as database:
        async with database.writing() as connection:
            await connection.execute(sa.text("UPDATE alembic_version SET version_num = '2999_01_01_flying'"))
        verdict = await looked(database.address)
    assert verdict.good
    assert "newer" in verdict.findings[0].text


async def test_torn_pages_and_unreadable_text_are_found(tmp_path: Path) -> None:
    async with a_database("sqlite") as database:
        await fill(database)
        await database.aclose()
        path = database.address.path
        assert path is not None
        with sqlite3.connect(path) as file:
            file.execute("UPDATE interactions SET prompt = CAST(x'ff41' AS TEXT) WHERE interaction_id = 'i1'")
        file.close()
        told = {finding.check for finding in (await looked(database.address)).findings}
        assert told == {"rows"}
        data = bytearray(path.read_bytes())
        for page in range(2, len(data) // 4096):
            data[page * 4096 : page * 4096 + 16] = b"\xff" * 16
        path.write_bytes(data)
        assert not (await looked(database.address)).good
    (tmp_path / "noise.db").write_bytes(b"noise" * 1000)
    for name in ("noise.db", "nowhere.db"):
        verdict = await looked(DatabaseAddress(path=tmp_path / name))
        assert [finding.check for finding in verdict.findings] == ["database"]


async def test_features_add_checks_of_their_own(database: Database) -> None:
    class Pessimist:
        async def look(self, connection: Connection) -> list[Finding]:
            count = (await connection.execute(sa.text("SELECT count(*) FROM interactions"))).scalar_one()
            return [Finding("pessimism", f"{count} exchanges, and not one of them good")]

    await fill(database)
    verdict = await verify(database.address, VerifyOptions(checks=(Pessimist(),)))
    assert verdict.findings == (Finding("pessimism", "4 exchanges, and not one of them good"),)


async def test_looking_changes_nothing() -> None:
    async with a_database("sqlite") as database:
        await fill(database)
        await database.aclose()
        assert database.address.path is not None
        before = database.address.path.read_bytes()
        await looked(database.address)
        assert database.address.path.read_bytes() == before
