"""Sealed fields go over to a newer secret while others write."""

import asyncio
import time
from collections.abc import Callable

import pytest
from sqlalchemy import text

from prosa.drivers.sql import Database
from prosa.drivers.vault import (
    BlindIndex,
    Keyring,
    PepperedColumn,
    Place,
    Register,
    SealedColumn,
    known_checks,
    rotate,
    settle,
)
from tests.databases import KINDS, a_database

OLD = Keyring.of(["the first secret of this server"])
NEW = Keyring.of(["the second secret of this server", "the first secret of this server"])
NEW_ALONE = Keyring.of(["the second secret of this server"])
CPF = SealedColumn("accounts", "cpf", "id", BlindIndex("cpf_key", "cpf-index"))
KEYS = PepperedColumn("api_keys", "pepper", "revoked_at", "expires_at")
REGISTER = Register((CPF,), (KEYS,))


def place(number: int) -> Place:
    return Place("accounts", "cpf", f"{number:032x}")


async def person(database: Database, number: int, keyring: Keyring | None, value: str | None = None) -> None:
    """An account, its field sealed with the keyring, or without one."""
    value = value or f"{number:011}"
    sealed = keyring.seal(value, place(number)) if keyring is not None else None
    code = keyring.mac("cpf-index", value.encode()) if keyring is not None else None
    async with database.writing() as connection:
        await connection.execute(
            text(
                "INSERT INTO accounts (id, name, role, status, failures, cpf, cpf_key, created_at, updated_at, version)"
                " VALUES (:id, 'n', 'user', 'active', 0, :cpf, :code, 0, 0, 1)"
            ),
            {"id": place(number).row, "cpf": sealed, "code": code},
        )


async def key(database: Database, number: int, pepper: str, **fields: int) -> None:
    async with database.writing() as connection:
        await connection.execute(
            text(
                "INSERT INTO api_keys (id, account_id, lookup, name, digest, pepper, scopes, created_at, expires_at, revoked_at,"
                " version) VALUES (:id, :owner, :id, :id, 'd', :pepper, '[]', 0, :expires_at, :revoked_at, 1)"
            ),
            {"id": str(number), "owner": place(1).row, "pepper": pepper, "expires_at": None, "revoked_at": None} | fields,
        )


async def fields(database: Database) -> dict[str, tuple[str, str]]:
    async with database.reading() as connection:
        rows = await connection.execute(text("SELECT id, cpf, cpf_key FROM accounts WHERE cpf IS NOT NULL"))
        return {str(row.id): (str(row.cpf), str(row.cpf_key)) for row in rows}


async def set_field(database: Database, number: int, sealed: str | None) -> None:
    async with database.writing() as connection:
        await connection.execute(text("UPDATE accounts SET cpf = :cpf WHERE id = :id"), {"cpf": sealed, "id": place(number).row})


@pytest.mark.attack("C10")
@pytest.mark.parametrize("kind", KINDS)
async def test_every_field_is_sealed_anew_and_found_by_its_new_code(kind: str) -> None:
    async with a_database(kind) as database:
        for number in range(1, 231):
            await person(database, number, OLD if number % 10 else None)
        await settle(database, OLD, time.time())
        await settle(database, NEW, time.time())
        rotation = await rotate(database, NEW, REGISTER, time.time())
        assert rotation.finished
        assert rotation.sealed[0][1].done == 207
        found = await fields(database)
        assert len(found) == 207
        for row, (sealed, code) in found.items():
            value = NEW_ALONE.open(sealed, Place("accounts", "cpf", row))
            assert (int(value), code) == (int(row, 16), NEW_ALONE.mac("cpf-index", value.encode()))
        assert set(await known_checks(database.address)) == {NEW.kid}
        assert (await rotate(database, NEW, REGISTER, time.time())).sealed[0][1].done == 0
        assert await fields(database) == found


@pytest.mark.parametrize("kind", KINDS)
async def test_what_can_not_be_opened_stays_as_it_is_and_keeps_the_older_secret_known(kind: str) -> None:
    async with a_database(kind) as database:
        await person(database, 1, OLD)
        await person(database, 2, Keyring.of(["a secret that nobody has any more"]))
        await person(database, 3, OLD)
        await set_field(database, 3, OLD.seal("moved from another row", place(1)))
        await settle(database, OLD, time.time())
        await settle(database, NEW, time.time())
        before = await fields(database)
        rotation = await rotate(database, NEW, REGISTER, time.time())
        assert not rotation.finished
        assert rotation.sealed[0][1].unreadable == (place(2), place(3))
        after = await fields(database)
        assert {row for row in before if before[row] != after[row]} == {place(1).row}
        assert set(await known_checks(database.address)) == {OLD.kid, NEW.kid}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_value_that_two_secrets_let_in_twice_is_told_and_the_others_go_on(kind: str) -> None:
    async with a_database(kind) as database:
        for number in range(1, 6):
            await person(database, number, OLD)
        await person(database, 9, NEW, f"{3:011}")
        await settle(database, NEW, time.time())
        rotation = await rotate(database, NEW, REGISTER, time.time())
        assert not rotation.finished
        assert (rotation.sealed[0][1].done, rotation.sealed[0][1].clashing) == (4, (place(3),))
        assert NEW.open((await fields(database))[place(3).row][0], place(3)) == f"{3:011}"


@pytest.mark.parametrize("kind", KINDS)
async def test_keys_with_an_older_pepper_are_counted_while_they_live(kind: str) -> None:
    async with a_database(kind) as database:
        await person(database, 1, None)
        now = 1_000_000.0
        await key(database, 1, NEW.kid)
        await key(database, 2, OLD.kid)
        await key(database, 3, OLD.kid, expires_at=round((now + 60) * 1_000_000))
        await key(database, 4, OLD.kid, expires_at=round((now - 60) * 1_000_000))
        await key(database, 5, OLD.kid, revoked_at=1)
        await settle(database, OLD, now)
        await settle(database, NEW, now)
        rotation = await rotate(database, NEW, REGISTER, now)
        assert (rotation.peppered, rotation.finished) == (2, False)
        assert OLD.kid in await known_checks(database.address)


@pytest.mark.parametrize("kind", KINDS)
async def test_values_that_change_meanwhile_keep_their_change(kind: str) -> None:
    async with a_database(kind) as database:
        for number in range(1, 121):
            await person(database, number, OLD)
        await settle(database, NEW, time.time())
        expected: dict[int, str | None] = {}
        begun, stop = asyncio.Event(), asyncio.Event()

        async def write(choose: Callable[[int], Keyring]) -> None:
            number = 0
            while not stop.is_set():
                number = number % 120 + 7
                if number > 120:
                    continue
                value = None if number % 5 == 0 else f"changed {number} {time.monotonic()}"
                await set_field(database, number, choose(number).seal(value, place(number)) if value else None)
                expected[number] = value
                begun.set()

        # A server that knows the newest secret, and one that was not restarted yet.
        writer = asyncio.create_task(write(lambda number: NEW if number % 2 else OLD))
        await begun.wait()
        await rotate(database, NEW, REGISTER, time.time())
        stop.set()
        await writer
        rotation = await rotate(database, NEW, REGISTER, time.time())
        assert rotation.finished
        found = await fields(database)
        for number in range(1, 121):
            value = expected.get(number, f"{number:011}")
            if value is None:
                assert place(number).row not in found
            else:
                assert NEW_ALONE.open(found[place(number).row][0], place(number)) == value
