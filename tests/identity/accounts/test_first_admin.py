"""The first admin: made by the code that the server prints, once, however many try (mission, decision 4)."""

import asyncio
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import replace

import pytest

from prosa.drivers.sql import Database, DatabaseAddress
from prosa.drivers.vault import Keyring
from prosa.identity.accounts import AccountService, EmailTaken, Registration, SetupCodeInvalid
from prosa.identity.invites import InviteInvalid, NewInvite
from prosa.identity.models import OPERATOR, Device
from prosa.identity.permissions import Role
from prosa.identity.settings import PeopleSettings, RegistrationMode
from tests.databases import KINDS, an_address
from tests.peopling import CHEAP, HOME, PASSWORD, SECRETS, People, some_people

NO_LIMIT = PeopleSettings(sign_in_per_minute=0)
RACER = """
import asyncio, sys
from pathlib import Path
from prosa.drivers.sql import Database, DatabaseAddress
from tests.identity.accounts.test_first_admin import race

async def main(url, path, code, first, count):
    database = Database(DatabaseAddress(Path(path) if path else None, url or None))
    print(*await race(database, code, range(int(first), int(first) + int(count))))
    await database.aclose()

asyncio.run(main(*sys.argv[1:]))
"""


async def race(database: Database, code: str, numbers: Sequence[int]) -> list[str]:
    """As many registrations at once as there are numbers; what each ends with."""
    people = People(database, NO_LIMIT, None, CHEAP)

    async def one(number: int) -> str:
        try:
            told = Registration(f"person{number}@example.org", PASSWORD, code=code)
            return (await people.accounts.register(told, HOME)).role
        except SetupCodeInvalid as error:
            return error.code

    try:
        return list(await asyncio.gather(*map(one, numbers)))
    finally:
        await people.accounts.aclose()


async def start(address: DatabaseAddress, code: str, first: int, count: int) -> asyncio.subprocess.Process:
    """The same in a process of its own."""
    arguments = (address.url or "", str(address.path or ""), code, str(first), str(count))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = (sys.executable, "-c", RACER, *arguments)
    return await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=environment)


async def beside(address: DatabaseAddress, code: str, first: int, count: int) -> list[str]:
    """What those end with."""
    process = await start(address, code, first, count)
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode().split()


@pytest.mark.contract("A16")
@pytest.mark.parametrize("kind", KINDS)
async def test_who_has_the_code_becomes_admin_and_inherits_what_local_stored(kind: str) -> None:
    async with some_people(kind, PeopleSettings(RegistrationMode.CLOSED)) as people:
        assert await people.accounts.setup_needed()
        code = await people.accounts.setup_code()
        assert re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", code)
        made = await people.accounts.register(Registration("ana@example.org", PASSWORD, code=f" {code.lower()} "), HOME)
        assert made.role is Role.ADMIN and people.left == [("local", made.id)]
        assert not await people.accounts.setup_needed()
        with pytest.raises(SetupCodeInvalid):
            await people.accounts.register(Registration("eva@example.org", PASSWORD, code=code), HOME)
        assert len(await people.rows("accounts")) == 1


@pytest.mark.contract("A16")
@pytest.mark.attack("B13")
@pytest.mark.parametrize("kind", KINDS)
async def test_fifty_registrations_at_once_make_one_admin(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        done = await race(people.database, await people.accounts.setup_code(), range(50))
        assert sorted(done) == ["admin"] + ["setup_code_invalid"] * 49
        assert len(await people.rows("accounts")) == 1


@pytest.mark.slow
@pytest.mark.contract("A16")
@pytest.mark.attack("B13")
@pytest.mark.parametrize("kind", KINDS)
async def test_fifty_registrations_by_two_processes_and_again_after_a_restart_make_one_admin(kind: str) -> None:
    with an_address(kind) as address:
        database = Database(address)
        people = People(database, NO_LIMIT, None, CHEAP)
        code = await people.accounts.setup_code()
        done = await asyncio.gather(beside(address, code, 0, 25), beside(address, code, 25, 25))
        assert sorted(done[0] + done[1]) == ["admin"] + ["setup_code_invalid"] * 49
        assert await beside(address, code, 50, 5) == ["setup_code_invalid"] * 5
        assert len(await people.rows("accounts")) == 1
        await people.accounts.aclose()
        await database.aclose()


@pytest.mark.slow
@pytest.mark.attack("B13")
@pytest.mark.parametrize("kind", KINDS)
async def test_processes_that_die_while_many_register_leave_one_admin_or_none(kind: str) -> None:
    with an_address(kind) as address:
        database = Database(address)
        people = People(database, NO_LIMIT, None, CHEAP)
        code = await people.accounts.setup_code()
        for number, seconds in enumerate((0.6, 0.9, 1.2)):
            process = await start(address, code, number * 50, 50)
            await asyncio.sleep(seconds)
            if process.returncode is None:
                process.kill()
            await process.communicate()
            assert len(await people.rows("accounts")) == (0 if await people.accounts.setup_needed() else 1)
        assert set(await beside(address, code, 150, 10)) <= {"admin", "setup_code_invalid"}
        assert await database.fetch("SELECT role FROM accounts") == [("admin",)]
        await people.accounts.aclose()
        await database.aclose()


@pytest.mark.attack("B13")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_registration_without_the_right_code_never_makes_an_admin(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        code = await people.accounts.setup_code()
        wrong = ["", "-", "x", code[:-1], code + "A", "A" * 16, "\ud800", "é" * 1000, code.replace("-", "") * 2]
        for number, each in enumerate(wrong):
            with pytest.raises(SetupCodeInvalid):
                await people.accounts.register(Registration(f"p{number}@example.org", PASSWORD, code=each), HOME)
        assert await people.rows("accounts") == []
        told = [Registration(f"p{number}@example.org", PASSWORD) for number in range(10)]
        made = await asyncio.gather(*(people.accounts.register(each, HOME) for each in told))
        assert {account.role for account in made} == {Role.USER} and people.left == []
        assert await people.accounts.setup_needed()
        _, text = await people.invites.create(OPERATOR, None, NewInvite(role=Role.ADMIN))
        with pytest.raises(InviteInvalid):
            await people.accounts.register(Registration("eva@example.org", PASSWORD, invite=text), HOME)
        await people.accounts.register(Registration("ana@example.org", PASSWORD, code=code), HOME)
        eva = await people.accounts.register(Registration("eva@example.org", PASSWORD, invite=text), HOME)
        assert eva.role is Role.ADMIN


@pytest.mark.attack("B13")
@pytest.mark.parametrize("kind", KINDS)
async def test_the_code_is_the_same_everywhere_and_another_one_elsewhere(kind: str) -> None:
    async with some_people(kind) as one, some_people(kind) as other:
        codes = await asyncio.gather(*(AccountService(one.parts).setup_code() for _ in range(10)))
        assert len(set(codes)) == 1 and await other.accounts.setup_code() not in codes
        rotated = one.again(keyring=Keyring.of(("a newer secret than the others", *SECRETS)))
        assert await rotated.setup_code() not in codes
        told = Registration("ana@example.org", PASSWORD, code=codes[0])
        assert (await rotated.register(told, HOME)).role is Role.ADMIN  # printed before the secret was added


@pytest.mark.parametrize("kind", KINDS)
async def test_a_code_of_the_settings_counts_alone(kind: str) -> None:
    async with some_people(kind) as people:
        derived = await people.accounts.setup_code()
        preset = people.again(settings=replace(people.parts.settings, setup_code="Correct-Horse 9"))
        assert await preset.setup_code() == "Correct-Horse 9"
        with pytest.raises(SetupCodeInvalid):
            await preset.register(Registration("ana@example.org", PASSWORD, code=derived), HOME)
        assert (await preset.register(Registration("ana@example.org", PASSWORD, code="correct-horse 9"), HOME)).role is Role.ADMIN


@pytest.mark.attack("B13")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_registration_that_fails_leaves_the_code_good(kind: str) -> None:
    async with some_people(kind) as people:
        code = await people.accounts.setup_code()
        await people.accounts.register(Registration("ana@example.org", PASSWORD), HOME)
        with pytest.raises(EmailTaken):
            await people.accounts.register(Registration("ana@example.org", PASSWORD, code=code), HOME)
        assert await people.accounts.setup_needed() and people.left == []
        made = await people.accounts.register(Registration("bia@example.org", PASSWORD, code=code), Device("127.0.0.1"))
        assert made.role is Role.ADMIN


@pytest.mark.contract("A16")
@pytest.mark.parametrize("kind", KINDS)
async def test_an_admin_by_the_command_line_ends_the_code_and_inherits_too(kind: str) -> None:
    async with some_people(kind) as people:
        code = await people.accounts.setup_code()
        ana = await people.person("ana", Role.ADMIN)
        assert people.left == [("local", ana.id)] and not await people.accounts.setup_needed()
        await people.person("bia", Role.ADMIN)
        assert people.left == [("local", ana.id)]
        await people.accounts.delete(OPERATOR, ana.id)
        with pytest.raises(SetupCodeInvalid):
            await people.accounts.register(Registration("eva@example.org", PASSWORD, code=code), HOME)
