"""What is mailed to people, and what a stranger learns from asking for it."""

import asyncio
import logging
import re
import time

import pytest

from prosa.identity.accounts import (
    AccountChanges,
    EmailTaken,
    MailLinksImpossible,
    Registration,
    SignInFailed,
    WrongPassword,
)
from prosa.identity.models import OPERATOR, Device
from prosa.identity.one_time import OneTimeRefused
from prosa.identity.settings import PeopleSettings
from tests.databases import KINDS
from tests.identity.accounts.conftest import Mailbox
from tests.peopling import ELSEWHERE, HOME, PASSWORD, attempt, some_people

NO_LIMIT = PeopleSettings(sign_in_per_minute=0)
OTHER = "outra frase minha"


def link_of(mailbox: Mailbox, page: str) -> str:
    """The token behind the one link of the last mail."""
    [token] = set(re.findall(rf"https://prosa\.example{page}#token=([0-9A-Za-z]+)", mailbox.taken[-1].get_content()))
    return str(token)


@pytest.mark.attack("B12")
@pytest.mark.parametrize("kind", KINDS)
async def test_who_lost_a_password_gets_a_link_to_the_configured_address(kind: str, mailbox: Mailbox) -> None:
    async with some_people(kind, NO_LIMIT, mailbox.mailer) as people:
        await people.person("ana")
        await people.accounts.request_reset("ANA@example.org", ELSEWHERE)
        await people.accounts.settled()
        [letter] = mailbox.taken
        assert letter["To"] == "ana@example.org" and letter["Subject"] == "Nova senha / New password"
        await people.accounts.reset(link_of(mailbox, "/reset"), OTHER)
        await people.accounts.settled()
        assert [each["Subject"] for each in mailbox.taken[1:]] == ["Sua senha mudou / Your password was changed"]
        await people.accounts.sign_in(attempt(password=OTHER))


@pytest.mark.attack("B8", "B12")
async def test_asking_for_a_link_takes_no_time_and_tells_nothing(mailbox: Mailbox) -> None:
    async with some_people("sqlite", NO_LIMIT, mailbox.mailer) as people:
        await people.person("ana")
        bia = await people.person("bia")
        await people.accounts.suspend(OPERATOR, bia.id)
        for email in ("nobody@example.org", "bia@example.org", "x", "ana@example.org"):
            begun = time.monotonic()
            await people.accounts.request_reset(email, Device("192.0.2.1"))
            assert time.monotonic() - begun < 0.25
        await people.accounts.settled()
        assert [letter["To"] for letter in mailbox.taken] == ["ana@example.org"]


@pytest.mark.attack("B12")
async def test_an_address_is_not_flooded(mailbox: Mailbox) -> None:
    async with some_people("sqlite", NO_LIMIT, mailbox.mailer) as people:
        await people.person("ana")
        for number in range(20):
            await people.accounts.request_reset("ana@example.org", Device(f"192.0.2.{number}"))
        await people.accounts.settled()
        assert len(mailbox.taken) == 1


@pytest.mark.attack("B12")
async def test_without_a_configured_address_no_link_is_mailed(mailbox: Mailbox, caplog: pytest.LogCaptureFixture) -> None:
    async with some_people("sqlite", NO_LIMIT, mailbox.mailer) as people:
        ana = await people.person("ana")
        blind = people.again(public_url=None)
        with caplog.at_level(logging.WARNING, "prosa"):
            await blind.request_reset("ana@example.org", ELSEWHERE)
            await blind.settled()
        assert "PROSA_PUBLIC_URL" in caplog.text and "ana@" not in caplog.text
        with pytest.raises(MailLinksImpossible):
            await blind.request_email_change(ana.id, PASSWORD, "ana@elsewhere.example")
        assert mailbox.taken == [] and await people.rows("one_time_tokens") == []


@pytest.mark.attack("A8", "B19")
@pytest.mark.parametrize("kind", KINDS)
async def test_another_address_counts_once_it_has_answered(kind: str, mailbox: Mailbox) -> None:
    async with some_people(kind, NO_LIMIT, mailbox.mailer) as people:
        ana = await people.person("ana")
        await people.accounts.change(OPERATOR, ana.id, AccountChanges(language="en"))
        with pytest.raises(WrongPassword):
            await people.accounts.request_email_change(ana.id, "wrong", "ana@elsewhere.example")
        wish = await people.accounts.request_email_change(ana.id, PASSWORD, "Ana@elsewhere.example")
        assert (wish.email, wish.confirmed) == ("Ana@elsewhere.example", False)
        await people.accounts.settled()
        assert mailbox.taken[0]["To"] == "Ana@elsewhere.example"
        assert (await people.accounts.get(OPERATOR, ana.id)).email == "ana@example.org"
        token = link_of(mailbox, "/confirm-email")
        bia = await people.person("bia")
        cut = token[:-1]
        for wrong in ("", "0" * 32 + token[32:], bia.id + token[32:], cut, cut + "-", token + "x", ana.id + "x" * 43):
            with pytest.raises(OneTimeRefused):
                await people.accounts.confirm_email(wrong)
        assert (await people.accounts.get(OPERATOR, bia.id)).email == "bia@example.org"
        assert (await people.accounts.confirm_email(token)).email == "Ana@elsewhere.example"
        with pytest.raises(OneTimeRefused):
            await people.accounts.confirm_email(token)
        await people.accounts.settled()
        assert [(letter["To"], letter["Subject"]) for letter in mailbox.taken[1:]] == [
            ("ana@example.org", "Your account's e-mail address was changed")
        ]


@pytest.mark.attack("B12")
@pytest.mark.parametrize("kind", KINDS)
async def test_when_an_address_changes_every_link_of_before_is_worth_nothing(kind: str, mailbox: Mailbox) -> None:
    async with some_people(kind, NO_LIMIT, mailbox.mailer) as people:
        ana = await people.person("ana")
        await people.accounts.request_reset("ana@example.org", ELSEWHERE)  # whoever reads the old mailbox asks for a link
        await people.accounts.settled()
        reset, tokens = link_of(mailbox, "/reset"), []
        for address in ("ana@one.example", "ana@two.example"):
            await people.accounts.request_email_change(ana.id, PASSWORD, address)
            await people.accounts.settled()
            tokens.append(link_of(mailbox, "/confirm-email"))
        assert (await people.accounts.confirm_email(tokens[1])).email == "ana@two.example"
        with pytest.raises(OneTimeRefused):
            await people.accounts.confirm_email(tokens[0])
        with pytest.raises(OneTimeRefused):
            await people.accounts.reset(reset, OTHER)


@pytest.mark.attack("B8")
@pytest.mark.parametrize("kind", KINDS)
async def test_whether_another_address_is_taken_only_its_owner_learns(kind: str, mailbox: Mailbox) -> None:
    async with some_people(kind, NO_LIMIT, mailbox.mailer) as people:
        ana, _ = await people.person("ana"), await people.person("bia")
        wish = await people.accounts.request_email_change(ana.id, PASSWORD, "bia@example.org")
        assert not wish.confirmed
        await people.accounts.settled()
        assert mailbox.taken == []
        await people.accounts.request_email_change(ana.id, PASSWORD, "c@example.org")
        await people.accounts.settled()
        await people.person("c")
        with pytest.raises(EmailTaken):
            await people.accounts.confirm_email(link_of(mailbox, "/confirm-email"))


@pytest.mark.attack("B8")
async def test_who_registers_twice_is_told_by_mail_and_nobody_else_is(mailbox: Mailbox) -> None:
    async with some_people("sqlite", NO_LIMIT, mailbox.mailer) as people:
        ana = await people.person("ana")
        await people.accounts.change(OPERATOR, ana.id, AccountChanges(language="pt-BR"))
        for _ in range(3):
            await people.accounts.register_unseen(Registration("Ana+x@example.org", OTHER), HOME)
        await people.accounts.settled()
        assert [(letter["To"], letter["Subject"]) for letter in mailbox.taken] == [("ana@example.org", "Você já tem uma conta")]
        with pytest.raises(SignInFailed):
            await people.accounts.sign_in(attempt(password=OTHER))


async def test_a_name_can_not_write_a_mail_of_its_own(mailbox: Mailbox) -> None:
    async with some_people("sqlite", NO_LIMIT, mailbox.mailer) as people:
        ana = await people.person("ana")
        await people.write(f"UPDATE accounts SET name = '{{link}} x\n\nBcc' WHERE id = '{ana.id}'")
        await people.accounts.request_reset("ana@example.org", ELSEWHERE)
        await people.accounts.settled()
        text = mailbox.taken[0].get_content()
        assert "{link} x Bcc" in text and text.count("https://") == 2 and mailbox.taken[0]["Bcc"] is None


@pytest.mark.attack("L7")
@pytest.mark.parametrize(
    "name", ["Win at evil.example", "http://evil.example", "evil.example/win", "a@evil.example", r"\\evil\share", "Ana " * 20]
)
async def test_a_mail_greets_nobody_by_a_message_of_their_own(mailbox: Mailbox, name: str) -> None:
    async with some_people("sqlite", NO_LIMIT, mailbox.mailer) as people:
        await people.accounts.register_unseen(Registration("victim@example.org", OTHER, name), HOME)
        await people.accounts.request_reset("victim@example.org", ELSEWHERE)
        await people.accounts.settled()
        text = mailbox.taken[0].get_content()
        assert name.strip() not in text and "evil" not in text and text.count("victim@example.org") == 2


@pytest.mark.attack("B12")
async def test_a_mail_that_fails_is_logged_without_its_address_and_hurts_nobody(
    mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox.refusal = "550 no such person ana@example.org"
    async with some_people("sqlite", NO_LIMIT, mailbox.mailer) as people:
        ana = await people.person("ana")
        with caplog.at_level(logging.DEBUG, "prosa"):
            await people.accounts.request_reset("ana@example.org", ELSEWHERE)
            await people.accounts.change_password(ana.id, PASSWORD, OTHER)
            await people.accounts.settled()
        assert "mail" in caplog.text and "ana@example.org" not in caplog.text and OTHER not in caplog.text


async def test_what_is_under_way_ends_with_the_service(mailbox: Mailbox) -> None:
    async with some_people("sqlite", NO_LIMIT, mailbox.mailer) as people:
        await people.person("ana")
        await people.accounts.request_reset("ana@example.org", ELSEWHERE)
        await people.accounts.aclose()
        await people.accounts.settled()
        assert len(asyncio.all_tasks()) == 1
