"""Showing the password again, and changing it (attack B19)."""

import asyncio

import pytest

from prosa.identity.accounts import AccountNotFound, SignInFailed, TooManySignIns, WrongPassword
from prosa.identity.models import OPERATOR
from prosa.identity.passwords import PasswordGuessable, PasswordTooShort
from prosa.identity.settings import PeopleSettings
from tests.databases import KINDS
from tests.identity.accounts.test_standing import is_out, signed_in
from tests.peopling import PASSWORD, attempt, some_people

NO_LIMIT = PeopleSettings(sign_in_per_minute=0)
OTHER = "outra frase minha"


@pytest.mark.attack("B3", "B19")
@pytest.mark.parametrize("kind", KINDS)
async def test_another_password_needs_the_current_one_and_ends_every_other_session(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        ana = await people.person("ana")
        await signed_in(people, ana)
        with pytest.raises(WrongPassword):
            await people.accounts.change_password(ana.id, "wrong", OTHER)
        for weak, error in (("short", PasswordTooShort), ("ana@example", PasswordGuessable)):
            with pytest.raises(error):
                await people.accounts.change_password(ana.id, PASSWORD, weak)
        assert not await is_out(people)
        link = await people.accounts.issue_reset(OPERATOR, ana.id)
        people.changes.clear()
        await people.accounts.change_password(ana.id, PASSWORD, OTHER)
        assert await is_out(people) and people.changes == [(ana.id, None)]
        with pytest.raises(SignInFailed):
            await people.accounts.sign_in(attempt())
        await people.accounts.sign_in(attempt(password=OTHER))
        with pytest.raises(Exception, match="link"):
            await people.accounts.reset(link, PASSWORD)


@pytest.mark.parametrize("kind", KINDS)
async def test_the_session_in_which_it_was_changed_goes_on(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        ana = await people.person("ana")
        await signed_in(people, ana)
        await people.accounts.change_password(ana.id, PASSWORD, OTHER, keep=ana.id)
        assert len(await people.rows("sessions")) == 1 and await people.rows("token_families") == []


@pytest.mark.parametrize("kind", KINDS)
async def test_of_two_changes_at_once_one_counts(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        ana = await people.person("ana")
        changes = [people.accounts.change_password(ana.id, PASSWORD, f"frase de número {n}") for n in range(4)]
        done = await asyncio.gather(*changes, return_exceptions=True)
        assert sum(isinstance(each, WrongPassword) for each in done) == 3


@pytest.mark.slow
@pytest.mark.attack("B19", "B10")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_stolen_session_can_not_guess_the_password(kind: str) -> None:
    async with some_people(kind) as people:
        ana = await people.person("ana")
        guesses = (people.accounts.prove(ana.id, "wrong") for _ in range(9))
        done = [type(each) for each in await asyncio.gather(*guesses, return_exceptions=True)]
        assert (done.count(WrongPassword), done.count(TooManySignIns)) == (5, 4)
    async with some_people(kind, NO_LIMIT) as people:
        ana = await people.person("ana")
        await signed_in(people, ana)
        await asyncio.gather(*(people.accounts.prove(ana.id, "wrong") for _ in range(99)), return_exceptions=True)
        await people.accounts.prove(ana.id, PASSWORD)
        assert not await is_out(people)
        await asyncio.gather(*(people.accounts.prove(ana.id, "wrong") for _ in range(100)), return_exceptions=True)
        assert await is_out(people) and people.changes[-1] == (ana.id, None)


@pytest.mark.attack("B11", "B19")
async def test_failed_sign_ins_of_others_do_not_keep_the_owner_from_the_own_settings() -> None:
    async with some_people("sqlite", NO_LIMIT) as people:
        ana = await people.person("ana")
        await people.write(f"UPDATE accounts SET failures = 100 WHERE id = '{ana.id}'")
        await people.accounts.prove(ana.id, PASSWORD)
        assert await people.database.fetch("SELECT failures FROM accounts") == [(0,)]


async def test_who_has_no_password_or_is_gone_proves_nothing() -> None:
    async with some_people("sqlite", NO_LIMIT) as people:
        bia = await people.person("bia", password=None)
        with pytest.raises(WrongPassword):
            await people.accounts.prove(bia.id, "")
        with pytest.raises(AccountNotFound):
            await people.accounts.prove("0" * 32, PASSWORD)
