"""Invitations: good once, for whom they name, as long as their maker may invite."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from prosa.identity.accounts import AccountChanges, EmailTaken, Registration
from prosa.identity.emails import InvalidEmail
from prosa.identity.invites import InviteInvalid, InviteNotFound, InviteQuery, InviteStatus, NewInvite
from prosa.identity.models import OPERATOR, Caller, CallerKind, Reach
from prosa.identity.permissions import OF_ROLE, Role
from prosa.identity.settings import PeopleSettings, RegistrationMode
from prosa.kit.errors import BadRequest
from tests.databases import KINDS
from tests.peopling import HOME, PASSWORD, People, some_people

SETTINGS = PeopleSettings(RegistrationMode.INVITE, sign_in_per_minute=0)


def caller_of(account_id: str) -> Caller:
    """An admin who is signed in."""
    return Caller(CallerKind.SESSION, account_id, "session_x", "192.0.2.1", OF_ROLE[Role.ADMIN], account_id, role=Role.ADMIN)


async def use(people: People, text: str, email: str = "ana@example.org") -> Role:
    """The role of an account made by invitation."""
    return (await people.accounts.register(Registration(email, PASSWORD, invite=text), HOME)).role


async def is_refused(people: People, text: str, email: str = "ana@example.org") -> None:
    """A registration by this invitation makes nothing."""
    before = len(await people.rows("accounts"))
    with pytest.raises(InviteInvalid) as caught:
        await use(people, text, email)
    assert caught.value.message == InviteInvalid().message and len(await people.rows("accounts")) == before


@pytest.mark.attack("B14")
@pytest.mark.parametrize("kind", KINDS)
async def test_an_invitation_makes_one_account_with_its_role(kind: str) -> None:
    async with some_people(kind, SETTINGS) as people:
        root = await people.person("root", Role.ADMIN)
        made, text = await people.invites.create(OPERATOR, caller_of(root.id), NewInvite(role=Role.ANALYST, days=3))
        assert made.created_by == root.id and made.expires_at - made.created_at == timedelta(days=3)
        assert text not in repr(await people.rows("invites")) and len(text) == 43
        assert await use(people, text) is Role.ANALYST
        await is_refused(people, text, "eva@example.org")
        used = await people.invites.get(OPERATOR, made.id)
        assert used.status(datetime.now(UTC)) is InviteStatus.USED
        ana = await people.accounts.by_email(OPERATOR, "ana@example.org")
        assert ana is not None and used.used_by == ana.id


@pytest.mark.attack("B14")
@pytest.mark.parametrize("kind", KINDS)
async def test_of_many_who_use_one_invitation_at_once_one_gets_in(kind: str) -> None:
    async with some_people(kind, SETTINGS) as people:
        _, text = await people.invites.create(OPERATOR, None, NewInvite())
        tries = (use(people, text, f"p{number}@example.org") for number in range(20))
        done = await asyncio.gather(*tries, return_exceptions=True)
        assert [each for each in done if not isinstance(each, InviteInvalid)] == [Role.USER]
        assert len(await people.rows("accounts")) == 1


@pytest.mark.attack("B14")
@pytest.mark.parametrize("kind", KINDS)
async def test_an_invitation_for_an_address_is_good_for_that_one_alone(kind: str) -> None:
    async with some_people(kind, SETTINGS) as people:
        made, text = await people.invites.create(OPERATOR, None, NewInvite(email="Ana@Example.org"))
        assert made.email == "Ana@example.org" and made.created_by is None
        for email in ("eva@example.org", "ana@exаmple.org", "ana@example.org.evil.example"):
            await is_refused(people, text, email)
        assert await use(people, text, "ana+x@EXAMPLE.org") is Role.USER


@pytest.mark.parametrize("kind", KINDS)
async def test_a_registration_that_fails_leaves_the_invitation_good(kind: str) -> None:
    async with some_people(kind, SETTINGS) as people:
        await people.person("ana")
        _, text = await people.invites.create(OPERATOR, None, NewInvite())
        with pytest.raises(EmailTaken):
            await use(people, text)
        assert await use(people, text, "bia@example.org") is Role.USER


@pytest.mark.attack("B14")
@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_wrong_old_or_taken_back_lets_nobody_in(kind: str) -> None:
    async with some_people(kind, SETTINGS) as people:
        made, text = await people.invites.create(OPERATOR, None, NewInvite())
        for wrong in ("", "x", "x" * 43, text[:-1] + "é", text + "x", "\0" * 43, "\ud800" * 43):
            await is_refused(people, wrong)
        revoked = await people.invites.revoke(OPERATOR, made.id)
        assert revoked.status(datetime.now(UTC)) is InviteStatus.REVOKED
        assert await people.invites.revoke(OPERATOR, made.id) == revoked
        await is_refused(people, text)
        old, text = await people.invites.create(OPERATOR, None, NewInvite(days=1))
        await people.write(f"UPDATE invites SET expires_at = 1 WHERE id = '{old.id}'")
        await is_refused(people, text)
        assert (await people.invites.get(OPERATOR, old.id)).status(datetime.now(UTC)) is InviteStatus.EXPIRED


@pytest.mark.attack("B14")
@pytest.mark.parametrize("kind", KINDS)
async def test_an_invitation_ends_with_its_makers_right_to_invite(kind: str) -> None:
    async with some_people(kind, SETTINGS) as people:
        await people.person("root", Role.ADMIN)
        for number, verb in enumerate(("demote", "suspend", "delete")):
            eva = await people.person(f"eva{number}", Role.ADMIN)
            _, text = await people.invites.create(OPERATOR, caller_of(eva.id), NewInvite(role=Role.ADMIN))
            match verb:
                case "demote":
                    await people.accounts.change(OPERATOR, eva.id, AccountChanges(role=Role.USER))
                case "suspend":
                    await people.accounts.suspend(OPERATOR, eva.id)
                case _:
                    await people.accounts.delete(OPERATOR, eva.id)
            await is_refused(people, text)


@pytest.mark.parametrize("kind", KINDS)
async def test_invitations_are_listed_newest_first_by_pages(kind: str) -> None:
    async with some_people(kind, SETTINGS) as people:
        made = [(await people.invites.create(OPERATOR, None, NewInvite()))[0].id for _ in range(5)]
        await people.write("UPDATE invites SET created_at = 5")  # all at one moment
        seen, after = list[str](), None
        while True:
            page = await people.invites.list(OPERATOR, InviteQuery(2, after))
            seen += [invite.id for invite in page.items]
            if page.next is None:
                break
            after = page.next
        assert seen == sorted(made, reverse=True)


@pytest.mark.attack("A1", "A6")
@pytest.mark.parametrize("kind", KINDS)
async def test_nobody_sees_or_takes_back_anothers_invitation(kind: str) -> None:
    async with some_people(kind, SETTINGS) as people:
        eva = await people.person("eva")
        made, _ = await people.invites.create(OPERATOR, None, NewInvite())
        for invite_id in (made.id, "0" * 32):
            with pytest.raises(InviteNotFound) as caught:
                await people.invites.get(Reach(eva.id), invite_id)
            assert caught.value.message == InviteNotFound().message
            with pytest.raises(InviteNotFound):
                await people.invites.revoke(Reach(eva.id), invite_id)
        assert (await people.invites.list(Reach(eva.id))).items == ()
        assert (await people.invites.get(OPERATOR, made.id)).revoked_at is None


async def test_an_invitation_out_of_bounds_is_not_made() -> None:
    async with some_people("sqlite") as people:
        for days in (0, -1, 366, 10**12):
            with pytest.raises(BadRequest):
                await people.invites.create(OPERATOR, None, NewInvite(days=days))
        with pytest.raises(InvalidEmail):
            await people.invites.create(OPERATOR, None, NewInvite(email="x"))
        assert await people.rows("invites") == []


@pytest.mark.attack("A16")
@pytest.mark.parametrize("kind", KINDS)
async def test_when_somebody_is_deleted_their_invitation_forgets_their_address(kind: str) -> None:
    async with some_people(kind, SETTINGS) as people:
        root = await people.person("root", Role.ADMIN)
        for email in ("ana@example.org", "eva@example.org"):
            _, text = await people.invites.create(OPERATOR, caller_of(root.id), NewInvite(email))
            await use(people, text, email)
        ana = await people.accounts.by_email(OPERATOR, "ana@example.org")
        assert ana is not None
        await people.accounts.delete(OPERATOR, ana.id)
        assert "ana@example.org" not in repr(await people.rows("invites"))
        assert "eva@example.org" in repr(await people.rows("invites"))
