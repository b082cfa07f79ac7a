"""Reset links: good once, for their account, handed over by an admin (attack B12)."""

import asyncio

import pytest

from prosa.identity.accounts import AccountNotFound, EmailTaken, SignInFailed, TooManySignIns
from prosa.identity.models import OPERATOR, Reach
from prosa.identity.one_time import OneTimeRefused, Purpose
from prosa.identity.passwords import PasswordTooShort
from prosa.identity.settings import PeopleSettings
from tests.databases import KINDS
from tests.identity.accounts.test_standing import is_out, signed_in
from tests.peopling import ELSEWHERE, PASSWORD, attempt, some_people

NO_LIMIT = PeopleSettings(sign_in_per_minute=0)
OTHER = "outra frase minha"


@pytest.mark.attack("B12", "B3")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_link_sets_a_password_once_and_ends_every_session(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        ana = await people.person("ana")
        await signed_in(people, ana)
        token = await people.accounts.issue_reset(OPERATOR, ana.id)
        assert token[32:] not in repr(await people.rows("one_time_tokens"))
        with pytest.raises(PasswordTooShort):
            await people.accounts.reset(token, "short")  # it isn't used up by that
        people.changes.clear()
        assert (await people.accounts.reset(token, OTHER)).id == ana.id
        assert await is_out(people) and people.changes == [(ana.id, None)]
        await people.accounts.sign_in(attempt(password=OTHER))
        with pytest.raises(SignInFailed):
            await people.accounts.sign_in(attempt())
        with pytest.raises(OneTimeRefused):
            await people.accounts.reset(token, PASSWORD)


@pytest.mark.attack("B12")
@pytest.mark.parametrize("kind", KINDS)
async def test_of_many_uses_at_once_one_counts(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        ana = await people.person("ana")
        token = await people.accounts.issue_reset(OPERATOR, ana.id)
        uses = (people.accounts.reset(token, f"frase de número {number}") for number in range(8))
        done = await asyncio.gather(*uses, return_exceptions=True)
        assert sum(isinstance(each, OneTimeRefused) for each in done) == 7


@pytest.mark.attack("B12")
@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_no_link_of_this_account_sets_no_password(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        ana, eva = await people.person("ana"), await people.person("eva")
        before = await people.database.fetch("SELECT password_hash FROM accounts")
        evas = await people.accounts.issue_reset(OPERATOR, eva.id)
        old = await people.accounts.issue_reset(OPERATOR, ana.id)
        await people.write(f"UPDATE one_time_tokens SET expires_at = 1 WHERE account_id = '{ana.id}'")
        async with people.database.writing() as connection:
            email = await people.parts.one_time.issue(connection, Purpose.EMAIL, ana.id, 60, "x@example.org")
        wrong = [
            "",
            "null",
            ana.id,
            ana.id + evas[32:],
            ana.id + "x" * 43,
            "0" * 75,
            old,
            ana.id + email,
            evas + "x",
            "\0" * 75,
            "é" * 75,
        ]
        for text in wrong:
            with pytest.raises(OneTimeRefused) as caught:
                await people.accounts.reset(text, OTHER)
            assert (caught.value.message, caught.value.status) == (OneTimeRefused().message, 400)
        assert await people.database.fetch("SELECT password_hash FROM accounts") == before
        assert (await people.accounts.reset(evas, OTHER)).id == eva.id


@pytest.mark.attack("B12")
async def test_trying_links_is_slowed() -> None:
    async with some_people("sqlite") as people:
        ana = await people.person("ana")
        tries = (people.accounts.reset(ana.id + "x" * 43, OTHER, ELSEWHERE) for _ in range(30))
        done = [type(each) for each in await asyncio.gather(*tries, return_exceptions=True)]
        assert set(done) <= {OneTimeRefused, TooManySignIns}
        with pytest.raises(TooManySignIns):
            await people.accounts.reset(ana.id + "x" * 43, OTHER, ELSEWHERE)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_link_gives_who_never_had_a_password_a_first_one(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        ana = await people.person("ana", password=None)
        await people.accounts.reset(await people.accounts.issue_reset(OPERATOR, ana.id), OTHER)
        assert (await people.accounts.sign_in(attempt(password=OTHER))).account.has_password


@pytest.mark.parametrize("kind", KINDS)
async def test_a_link_does_not_end_a_suspension(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        ana = await people.person("ana")
        await people.accounts.suspend(OPERATOR, ana.id)
        await people.accounts.reset(await people.accounts.issue_reset(OPERATOR, ana.id), OTHER)
        with pytest.raises(SignInFailed):
            await people.accounts.sign_in(attempt(password=OTHER))


@pytest.mark.attack("A1", "B12")
async def test_an_admin_hands_out_links_for_who_is_there() -> None:
    async with some_people("sqlite") as people:
        for account_id in ("0" * 32, ""):
            with pytest.raises(AccountNotFound):
                await people.accounts.issue_reset(OPERATOR, account_id)


@pytest.mark.attack("B8", "B12")
async def test_without_mail_asking_for_a_link_does_nothing_and_tells_nothing() -> None:
    async with some_people("sqlite") as people:
        await people.person("ana")
        for email in ("ana@example.org", "nobody@example.org", "", "null", "x" * 10_000):
            await people.accounts.request_reset(email, ELSEWHERE)
        await people.accounts.settled()
        assert await people.rows("one_time_tokens") == []
        with pytest.raises(TooManySignIns):
            for _ in range(30):
                await people.accounts.request_reset("ana@example.org", ELSEWHERE)


@pytest.mark.attack("A8", "B19")
@pytest.mark.parametrize("kind", KINDS)
async def test_without_mail_an_address_changes_at_once_with_the_password(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        ana, _ = await people.person("ana"), await people.person("bia")
        link = await people.accounts.issue_reset(OPERATOR, ana.id)
        with pytest.raises(EmailTaken):
            await people.accounts.request_email_change(ana.id, PASSWORD, "BIA@example.org")
        with pytest.raises(Exception, match="password"):
            await people.accounts.request_email_change(ana.id, "wrong", "ana@elsewhere.example")
        done = await people.accounts.request_email_change(ana.id, PASSWORD, "Ana@Elsewhere.example")
        assert (done.email, done.confirmed) == ("Ana@elsewhere.example", True)
        found = await people.accounts.get(Reach(ana.id), ana.id)
        assert found.email == "Ana@elsewhere.example" and found.version == 2
        assert await people.accounts.by_email(OPERATOR, "ana@example.org") is None
        with pytest.raises(OneTimeRefused):
            await people.accounts.reset(link, OTHER)
