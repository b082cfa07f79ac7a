"""A database knows with which secrets it was made."""

import asyncio
import time
from pathlib import Path

import pytest

from prosa.drivers.sql import Database, DatabaseAddress, DatabaseUnavailable
from prosa.drivers.vault import (
    Keyring,
    OtherSecrets,
    fits,
    forget_checks,
    known_checks,
    replace_checks,
    settle,
)
from tests.databases import KINDS, a_database, an_address

FIRST, SECOND, THIRD = (Keyring.of([f"secret number {number} of this test"]) for number in range(3))
BOTH = Keyring.of(["secret number 1 of this test", "secret number 0 of this test"])


@pytest.mark.attack("C10")
@pytest.mark.parametrize("kind", KINDS)
async def test_the_first_secret_stays_and_another_is_refused(kind: str) -> None:
    async with a_database(kind) as database:
        assert await known_checks(database.address) == {}
        await settle(database, FIRST, time.time())
        known = await known_checks(database.address)
        assert set(known) == {FIRST.kid}
        assert fits(FIRST, known) and not fits(SECOND, known)
        with pytest.raises(OtherSecrets):
            await settle(database, SECOND, time.time())
        await settle(database, FIRST, time.time())
        assert await known_checks(database.address) == known


@pytest.mark.parametrize("kind", KINDS)
async def test_a_newer_secret_in_front_of_a_known_one_is_taken_in(kind: str) -> None:
    async with a_database(kind) as database:
        await settle(database, FIRST, time.time())
        await settle(database, BOTH, time.time())
        known = await known_checks(database.address)
        assert set(known) == {FIRST.kid, SECOND.kid}
        assert fits(FIRST, known) and fits(SECOND, known) and not fits(THIRD, known)
        async with database.writing(lock="secrets") as connection:
            await forget_checks(connection, frozenset({FIRST.kid}))
        known = await known_checks(database.address)
        assert fits(SECOND, known) and not fits(FIRST, known)
        async with database.writing(lock="secrets") as connection:
            await replace_checks(connection, THIRD, time.time())
        assert set(await known_checks(database.address)) == {THIRD.kid}


@pytest.mark.attack("C10")
@pytest.mark.parametrize("kind", KINDS)
async def test_of_two_with_different_secrets_that_come_at_once_to_a_new_database_one_is_refused(kind: str) -> None:
    with an_address(kind) as address:
        databases = [Database(address) for _ in range(4)]
        try:
            work = [
                settle(database, keyring, time.time()) for database, keyring in zip(databases, [FIRST, SECOND] * 2, strict=True)
            ]
            found = await asyncio.gather(*work, return_exceptions=True)
        finally:
            for database in databases:
                await database.aclose()
        assert [type(error) for error in found if error is not None] == [OtherSecrets, OtherSecrets]
        assert len(await known_checks(address)) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_a_look_at_a_database_without_tables_changes_nothing(kind: str) -> None:
    with an_address(kind, migrated=False) as address:
        assert await known_checks(address) == {}
        assert address.path is None or not address.path.exists()


async def test_a_forged_value_fits_nobody_and_what_can_not_be_asked_is_told(tmp_path: Path) -> None:
    assert not fits(FIRST, {FIRST.kid: "00" * 32})
    assert not fits(FIRST, {FIRST.kid: ""})
    (tmp_path / "prosa.db").write_bytes(b"no database at all, by no means, not even a little" * 100)
    with pytest.raises(DatabaseUnavailable):
        await known_checks(DatabaseAddress(path=tmp_path / "prosa.db"))
    with pytest.raises(DatabaseUnavailable):
        await known_checks(DatabaseAddress(url=f"postgresql://nobody@/none?host={tmp_path}"))
