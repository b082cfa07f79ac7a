"""What becomes of an account: changes, roles, suspension, its end; and that one admin is always left."""

import asyncio

import pytest
from msgspec import UNSET

from prosa.identity.accounts import (
    Account,
    AccountChanges,
    AccountNotFound,
    AccountQuery,
    AccountService,
    AccountStatus,
    CpfTaken,
    EditConflict,
    InvalidField,
    LastAdmin,
    NotForYourself,
    Profile,
    ProfileChanges,
    SignInFailed,
    UsernameTaken,
)
from prosa.identity.models import OPERATOR, Reach
from prosa.identity.permissions import Role
from prosa.identity.settings import PeopleSettings
from tests.databases import KINDS
from tests.peopling import People, attempt, some_people

NO_LIMIT = PeopleSettings(sign_in_per_minute=0)


async def signed_in(people: People, account: Account) -> None:
    """A session and a token family of the account."""
    for table, columns in {
        "sessions": "digest, last_used_at, expires_at, address, agent, created_at",
        "token_families": "dialect, rotated_at, expires_at, address, agent, created_at, generation",
    }.items():
        texts = ("digest", "dialect", "address", "agent")
        values = ", ".join(f"'{account.id}'" if name in texts else "1" for name in columns.split(", "))
        await people.write(f"INSERT INTO {table} (id, account_id, {columns}) VALUES ('{account.id}', '{account.id}', {values})")


async def is_out(people: People) -> bool:
    """Whether nobody is signed in any more."""
    return await people.rows("sessions") == [] and await people.rows("token_families") == []


@pytest.mark.contract("C06", "C60")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_person_changes_their_own_fields_and_empties_them(kind: str) -> None:
    async with some_people(kind) as people:
        ana = await people.person("ana")
        own = Reach(ana.id)
        profile = ProfileChanges(35, "Análise", "Analista", "529.982.247-25")
        changed = await people.accounts.change(own, ana.id, AccountChanges("Ana B", "ana.b", "en", "UTC", profile), ana.version)
        assert (changed.name, changed.username, changed.language, changed.time_zone) == ("Ana B", "ana.b", "en", "UTC")
        assert changed.version == 2 and changed.updated_at > ana.updated_at
        assert (await people.accounts.get(own, ana.id)).profile == Profile(35, "Análise", "Analista", "52998224725")
        nothing = ProfileChanges(None, None, "", None)
        emptied = await people.accounts.change(own, ana.id, AccountChanges(UNSET, None, None, None, nothing))
        assert (emptied.name, emptied.username, emptied.language, emptied.time_zone) == ("Ana B", None, None, None)
        assert (await people.accounts.get(own, ana.id)).profile == Profile()
        same = await people.accounts.change(own, ana.id, AccountChanges())
        assert same.version == emptied.version
        assert people.changes == [(ana.id, None)]  # none of this is a right


@pytest.mark.parametrize("kind", KINDS)
async def test_of_two_who_edit_at_once_one_is_told(kind: str) -> None:
    async with some_people(kind) as people:
        ana = await people.person("ana")
        edits = [people.accounts.change(OPERATOR, ana.id, AccountChanges(f"Ana {n}"), ana.version) for n in range(8)]
        done = await asyncio.gather(*edits, return_exceptions=True)
        assert sum(isinstance(each, EditConflict) for each in done) == 7
        assert (await people.accounts.get(OPERATOR, ana.id)).version == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_anothers_or_breaks_a_bound_changes_nothing(kind: str) -> None:
    async with some_people(kind) as people:
        ana, bia = await people.person("ana"), await people.person("bia")
        await people.accounts.change(OPERATOR, bia.id, AccountChanges(profile=ProfileChanges(cpf="52998224725")))
        before = await people.rows("accounts")
        wrong = {
            UsernameTaken: AccountChanges(username="BIA"),
            CpfTaken: AccountChanges(profile=ProfileChanges(cpf="529.982.247-25")),
            InvalidField: AccountChanges(name="good", time_zone="Nowhere"),
        }
        for error, changes in wrong.items():
            with pytest.raises(error):
                await people.accounts.change(OPERATOR, ana.id, changes)
        assert await people.rows("accounts") == before
        await people.accounts.change(OPERATOR, ana.id, AccountChanges(username="ANA"))  # one's own name is free


@pytest.mark.attack("B8")
async def test_asking_for_one_name_after_the_other_is_slowed() -> None:
    async with some_people("sqlite") as people:
        ana, eva = await people.person("ana"), await people.person("eva")
        for number in range(30):
            await people.person(f"p{number}")

        async def asked(reach: Reach, account_id: str) -> list[str]:
            done = [people.accounts.change(reach, account_id, AccountChanges(username=f"p{number}")) for number in range(30)]
            return [getattr(each, "code", "changed") for each in await asyncio.gather(*done, return_exceptions=True)]

        told = await asked(Reach(eva.id), eva.id)
        assert 0 < told.count("username_taken") < 10 and set(told) == {"username_taken", "too_many_sign_ins"}
        assert await asked(OPERATOR, ana.id) == ["username_taken"] * 30  # who manages people sees them all


@pytest.mark.attack("A1", "A6", "A8")
@pytest.mark.parametrize("kind", KINDS)
async def test_nobody_reaches_another_or_more_than_their_own_fields(kind: str) -> None:
    async with some_people(kind) as people:
        ana, eva = await people.person("ana"), await people.person("eva")
        before, own, accounts = await people.rows("accounts"), Reach(eva.id), people.accounts
        for account_id in (ana.id, "0" * 32, "", "\x00" if kind == "sqlite" else "x"):
            with pytest.raises(AccountNotFound) as caught:
                await accounts.get(own, account_id)
            assert caught.value.message == AccountNotFound().message
            with pytest.raises(AccountNotFound):
                await accounts.change(own, account_id, AccountChanges(name="x"))
            with pytest.raises(AccountNotFound):
                await accounts.delete(own, account_id)
        assert await accounts.by_email(own, ana.email) is None
        assert [account.id for account in (await accounts.list(own)).items] == [eva.id]
        refused = [
            *(accounts.change(own, eva.id, AccountChanges(role=Role.ADMIN)), accounts.issue_reset(own, eva.id)),
            *(accounts.suspend(own, eva.id), accounts.restore(own, eva.id), accounts.suspend(own, ana.id)),
        ]
        done = await asyncio.gather(*refused, return_exceptions=True)
        assert {type(each) for each in done} == {NotForYourself}
        assert await people.rows("accounts") == before


@pytest.mark.attack("B3")
@pytest.mark.parametrize("kind", KINDS)
async def test_another_role_suspension_and_deletion_end_what_was_signed_in(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        await people.person("root", Role.ADMIN)
        ana = await people.person("ana")
        await signed_in(people, ana)
        same = await people.accounts.change(OPERATOR, ana.id, AccountChanges(role=Role.USER))
        assert same.role is Role.USER and not await is_out(people)
        changed = await people.accounts.change(OPERATOR, ana.id, AccountChanges(role=Role.ANALYST))
        assert changed.role is Role.ANALYST and await is_out(people)
        await signed_in(people, ana)
        suspended = await people.accounts.suspend(OPERATOR, ana.id)
        assert suspended.status is AccountStatus.SUSPENDED and await is_out(people)
        assert await people.accounts.suspend(OPERATOR, ana.id) == suspended
        with pytest.raises(SignInFailed):
            await people.accounts.sign_in(attempt())
        restored = await people.accounts.restore(OPERATOR, ana.id)
        assert restored.status is AccountStatus.ACTIVE
        assert (await people.accounts.sign_in(attempt())).account == restored
        await signed_in(people, ana)
        await people.write(
            "INSERT INTO api_keys (id, account_id, lookup, name, digest, pepper, scopes, created_at, version) "
            f"VALUES ('{ana.id}', '{ana.id}', 'x', 'x', 'x', 'x', '[]', 1, 1)"
        )
        await people.accounts.delete(OPERATOR, ana.id)
        assert await is_out(people) and people.changes[-1] == (ana.id, None)
        assert await people.database.fetch("SELECT id FROM api_keys WHERE revoked_at IS NULL") == []


@pytest.mark.parametrize("kind", KINDS)
async def test_a_deletion_that_fails_half_way_leaves_everything(kind: str) -> None:
    async with some_people(kind) as people:
        ana = await people.person("ana")
        await signed_in(people, ana)

        async def fails(_connection: object, _space: str) -> None:
            raise RuntimeError("the eraser failed")

        before = await people.rows("accounts")
        with pytest.raises(RuntimeError):
            await people.again(erasers=(fails,)).delete(OPERATOR, ana.id)
        assert await people.rows("accounts") == before and not await is_out(people)


@pytest.mark.contract("A17")
@pytest.mark.parametrize("kind", KINDS)
async def test_the_last_active_admin_stays(kind: str) -> None:
    async with some_people(kind) as people:
        ana, bia = await people.person("ana", Role.ADMIN), await people.person("bia", Role.ADMIN)
        await people.accounts.suspend(OPERATOR, bia.id)

        async def each_is_refused() -> None:
            tries = [
                people.accounts.change(OPERATOR, ana.id, AccountChanges(role=Role.USER)),
                *(people.accounts.suspend(OPERATOR, ana.id), people.accounts.delete(OPERATOR, ana.id)),
                people.accounts.delete(Reach(ana.id), ana.id),
            ]
            assert {type(each) for each in await asyncio.gather(*tries, return_exceptions=True)} == {LastAdmin}

        await each_is_refused()
        await people.accounts.delete(OPERATOR, bia.id)  # who couldn't sign in was no help
        await each_is_refused()
        assert (await people.accounts.get(OPERATOR, ana.id)).role is Role.ADMIN


@pytest.mark.parametrize("kind", KINDS)
async def test_admins_who_remove_each_other_at_once_leave_one(kind: str) -> None:
    async with some_people(kind) as people:
        admins = [await people.person(f"p{number}", Role.ADMIN) for number in range(9)]
        verbs = (
            lambda accounts, admin: accounts.suspend(OPERATOR, admin.id),
            lambda accounts, admin: accounts.delete(OPERATOR, admin.id),
            lambda accounts, admin: accounts.change(OPERATOR, admin.id, AccountChanges(role=Role.USER)),
        )
        tries = [verbs[number % 3](AccountService(people.parts), admin) for number, admin in enumerate(admins)]
        done = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(each, LastAdmin) for each in done) == 1
        left = await people.accounts.list(OPERATOR, AccountQuery(role=Role.ADMIN, status=AccountStatus.ACTIVE))
        assert len(left.items) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_accounts_are_listed_by_pages_and_found_by_words(kind: str) -> None:
    async with some_people(kind) as people:
        names = ("ana", "bia", "joão", "caio", "100%", "a_b")
        for number, name in enumerate(names):
            role = Role.ADMIN if number == 0 else Role.USER
            account = await people.person(f"p{number}", role)
            await people.accounts.change(OPERATOR, account.id, AccountChanges(name=name, username=f"U{number}"))
        await people.accounts.delete(OPERATOR, account.id)
        seen, after = list[str](), None
        while True:
            page = await people.accounts.list(OPERATOR, AccountQuery(limit=2, after=after))
            seen += [account.name for account in page.items]
            if page.next is None:
                break
            after = page.next
        assert tuple(seen) == names[:-1]

        async def found(**wanted: object) -> list[str]:
            query = AccountQuery(**wanted)  # type: ignore[arg-type]  # the test names fields of AccountQuery
            return [each.name for each in (await people.accounts.list(OPERATOR, query)).items]

        assert await found(search="P1@EXAMPLE") == ["bia"]
        assert await found(search="joã") == ["joão"] and await found(search="u3") == ["caio"]
        assert await found(search="%") == ["100%"] and await found(search="_") == []
        assert await found(role=Role.ADMIN) == ["ana"] and await found(status=AccountStatus.SUSPENDED) == []
        assert await found(status=AccountStatus.DELETED) == []
