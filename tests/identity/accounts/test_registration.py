"""Registering: who may, what comes of it, and what a stranger learns of it."""

import asyncio
import time

import pytest

from prosa.identity.accounts import (
    AccountNotFound,
    CpfTaken,
    EmailTaken,
    InvalidField,
    NewAccount,
    NotForYourself,
    Profile,
    Registration,
    RegistrationClosed,
    SignInFailed,
    TooManySignIns,
    UsernameTaken,
)
from prosa.identity.emails import InvalidEmail
from prosa.identity.invites import InviteInvalid, NewInvite
from prosa.identity.models import OPERATOR, Device, Reach
from prosa.identity.passwords import PasswordGuessable, PasswordTooShort, UnusableHash
from prosa.identity.permissions import Role
from prosa.identity.settings import PeopleSettings, RegistrationMode
from prosa.kit.errors import ProsaError
from tests.databases import KINDS
from tests.peopling import ELSEWHERE, HOME, PASSWORD, People, attempt, some_people

CPF = "529.982.247-25"


async def refused(people: People, told: Registration, error: type[ProsaError]) -> ProsaError:
    """A registration that fails and leaves nothing."""
    before = len(await people.rows("accounts"))
    with pytest.raises(error) as caught:
        await people.accounts.register(told, HOME)
    assert len(await people.rows("accounts")) == before
    return caught.value


@pytest.mark.contract("A15", "M01", "M26", "C06", "C60")
@pytest.mark.parametrize("kind", KINDS)
async def test_who_registers_has_an_account_with_all_that_was_told(kind: str) -> None:
    async with some_people(kind) as people:
        profile = Profile(35, "Análise de Dados", "Analista Sênior", CPF)
        told = Registration("Ana@Example.ORG", PASSWORD, "Ana Maria", "ana", language="pt-br", time_zone="UTC", profile=profile)
        made = await people.accounts.register(told, HOME)
        assert (made.email, made.username, made.name, made.role) == ("Ana@example.org", "ana", "Ana Maria", Role.USER)
        found = await people.accounts.get(Reach(made.id), made.id)
        assert (found.language, found.time_zone, found.number, found.version) == ("pt-BR", "UTC", 1, 1)
        assert found.profile == Profile(35, "Análise de Dados", "Analista Sênior", "52998224725")
        assert (await people.accounts.sign_in(attempt())).account.id == made.id
        assert people.changes == [(made.id, None)]


@pytest.mark.contract("A27", "C60")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_cpf_is_sealed_and_its_owners_alone(kind: str) -> None:
    async with some_people(kind) as people:
        one = Registration("ana@example.org", PASSWORD, profile=Profile(cpf=CPF))
        await people.accounts.register(one, HOME)
        assert "52998224725" not in repr(await people.rows("accounts"))
        await refused(people, Registration("bia@example.org", PASSWORD, profile=Profile(cpf="52998224725")), CpfTaken)


async def test_a_name_is_made_of_the_login_where_none_is_told() -> None:
    async with some_people("sqlite") as people:
        one = await people.accounts.register(Registration("ana.b@example.org", PASSWORD), HOME)
        two = await people.accounts.register(Registration("b@example.org", PASSWORD, " ", "Bia"), HOME)
        assert (one.name, one.username, two.name) == ("ana.b", None, "Bia")


@pytest.mark.contract("M26", "C05")
@pytest.mark.attack("B14")
@pytest.mark.parametrize("kind", KINDS)
async def test_an_address_and_a_name_belong_to_one_account_however_they_are_written(kind: str) -> None:
    async with some_people(kind) as people:
        await people.accounts.register(Registration("ana@example.org", PASSWORD, username="José"), HOME)
        for email in ("ana@example.org", "ANA@EXAMPLE.ORG", "ana+2@example.org", "ana＠example.org", "Ana+@Example.Org"):
            assert (await refused(people, Registration(email, PASSWORD), EmailTaken)).status == 409
        for number, username in enumerate(("josé", "JOSÉ", "Jose\u0301", " José ")):
            await refused(people, Registration(f"b{number}@example.org", PASSWORD, username=username), UsernameTaken)


@pytest.mark.parametrize(
    ("told", "error"),
    [
        (Registration("ana", PASSWORD), InvalidEmail),
        (Registration("ana@example.org", "short"), PasswordTooShort),
        (Registration("ana@example.org", "ana@example"), PasswordGuessable),
        (Registration("ana@example.org", "anamaria1", "Ana Maria"), PasswordGuessable),
        (Registration("ana@example.org", PASSWORD, username="a@b"), InvalidField),
        (Registration("ana@example.org", PASSWORD, "a\nb"), InvalidField),
        (Registration("ana@example.org", PASSWORD, language="xx"), InvalidField),
        (Registration("ana@example.org", PASSWORD, time_zone="Nowhere"), InvalidField),
        (Registration("ana@example.org", PASSWORD, profile=Profile(cpf="123")), InvalidField),
        (Registration("ana@example.org", PASSWORD, profile=Profile(age=-1)), InvalidField),
    ],
    ids=range(10),
)
async def test_what_breaks_a_bound_makes_no_account(told: Registration, error: type[ProsaError]) -> None:
    async with some_people("sqlite") as people:
        found = await refused(people, told, error)
        assert found.status == 400 and told.password not in found.message


@pytest.mark.attack("B14")
@pytest.mark.parametrize("kind", KINDS)
async def test_registration_by_domain_takes_that_domain_alone(kind: str) -> None:
    settings = PeopleSettings(RegistrationMode.DOMAIN, frozenset({"example.org", "xn--ao-siap.com.br"}))
    async with some_people(kind, settings) as people:
        for email in ("ana@EXAMPLE.org", "ana@ação.com.br", "b+x@example.org"):
            await people.accounts.register(Registration(email, PASSWORD), HOME)
        wrong = [
            "ana@evil.example",
            "ana@example.org.evil.example",
            "ana@sub.example.org",
            "ana@exаmple.org",
            "ana@example.org@evil.example",
        ]
        for email in wrong:
            await refused(people, Registration(email, PASSWORD), InvalidEmail if email.count("@") > 1 else RegistrationClosed)


@pytest.mark.attack("B14")
@pytest.mark.parametrize("mode", [RegistrationMode.CLOSED, RegistrationMode.INVITE])
async def test_where_registration_is_not_open_nobody_makes_an_account_alone(mode: RegistrationMode) -> None:
    async with some_people("sqlite", PeopleSettings(mode)) as people:
        await refused(people, Registration("ana@example.org", PASSWORD), RegistrationClosed)
        invite = "x" * 43
        error = InviteInvalid if mode is RegistrationMode.INVITE else RegistrationClosed
        await refused(people, Registration("ana@example.org", PASSWORD, invite=invite), error)
        _, text = await people.invites.create(OPERATOR, None, NewInvite())
        told = Registration("ana@example.org", PASSWORD, invite=text)
        if mode is RegistrationMode.CLOSED:
            await refused(people, told, RegistrationClosed)
        else:
            assert (await people.accounts.register(told, HOME)).role is Role.USER
        assert (await people.person("bia")).role is Role.USER


@pytest.mark.attack("B8", "B9")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("whole_steps")
async def test_an_unseen_registration_tells_and_shows_nothing_of_who_is_there(kind: str) -> None:
    async with some_people(kind) as people:
        await people.person("ana")
        new = Registration("bia@example.org", PASSWORD, username="bia")
        wishes = [new, Registration("ana@example.org", PASSWORD), Registration("c@example.org", PASSWORD, username="ana")]
        for wish in wishes:
            begun = time.monotonic()
            await people.accounts.register_unseen(wish, HOME)
            assert 0.5 <= time.monotonic() - begun < 2
        assert await people.accounts.by_email(OPERATOR, "bia@example.org") is not None
        assert await people.accounts.by_email(OPERATOR, "c@example.org") is None
        assert (await people.accounts.sign_in(attempt())).account.username == "ana"
        with pytest.raises(PasswordTooShort):
            await people.accounts.register_unseen(Registration("d@example.org", "short"), HOME)


@pytest.mark.attack("B8")
async def test_probing_by_registering_is_slowed_by_address() -> None:
    async with some_people("sqlite") as people:
        for number in range(20):
            await people.accounts.register(Registration(f"p{number}@example.org", PASSWORD), ELSEWHERE)
        with pytest.raises(TooManySignIns) as caught:
            await people.accounts.register(Registration("q@example.org", PASSWORD), ELSEWHERE)
        assert caught.value.retry_after
        await people.accounts.register(Registration("q@example.org", PASSWORD), HOME)


@pytest.mark.parametrize("kind", KINDS)
async def test_of_many_who_want_one_address_one_gets_it(kind: str) -> None:
    async with some_people(kind, PeopleSettings(sign_in_per_minute=0)) as people:
        told = [Registration(f"ana+{number}@example.org", PASSWORD, username=f"Ana{number % 2}") for number in range(20)]
        done = await asyncio.gather(*(people.accounts.register(each, HOME) for each in told), return_exceptions=True)
        assert sum(not isinstance(each, BaseException) for each in done) == 1
        assert {type(each) for each in done if isinstance(each, BaseException)} <= {EmailTaken, UsernameTaken}
        assert len(await people.rows("accounts")) == 1


@pytest.mark.contract("C07")
@pytest.mark.parametrize("kind", KINDS)
async def test_an_operator_makes_accounts_of_every_kind(kind: str) -> None:
    async with some_people(kind) as people:
        kept = "64a1b2c3d4e5f6789a0b1c2d" + "0" * 8
        demo = NewAccount("joao@empresa.com.br", "user123", "João Santos", id=kept)
        with pytest.raises(PasswordTooShort):
            await people.accounts.create(OPERATOR, demo)
        made = await people.accounts.create(OPERATOR, demo, demo=True)
        assert made.id == kept and made.space == kept
        assert (await people.accounts.sign_in(attempt("joao@empresa.com.br", "user123"))).account.id == kept
        later = await people.accounts.create(OPERATOR, NewAccount("bia@example.org", role=Role.ANALYST))
        assert (later.has_password, later.role) == (False, Role.ANALYST)
        with pytest.raises(UnusableHash):
            await people.accounts.create(OPERATOR, NewAccount("c@example.org", password_hash="plain"))
        with pytest.raises(EmailTaken):
            await people.accounts.create(OPERATOR, NewAccount("bia@example.org", PASSWORD))


@pytest.mark.attack("A6", "A8")
async def test_nobody_makes_accounts_by_the_reach_of_their_own() -> None:
    async with some_people("sqlite") as people:
        ana = await people.person("ana")
        with pytest.raises(NotForYourself):
            await people.accounts.create(Reach(ana.id), NewAccount("eva@example.org", PASSWORD, role=Role.ADMIN))


@pytest.mark.attack("A16")
@pytest.mark.parametrize("kind", KINDS)
async def test_who_comes_back_with_the_same_address_finds_nothing_of_before(kind: str) -> None:
    async with some_people(kind, PeopleSettings(sign_in_per_minute=0)) as people:
        told = Registration("ana@example.org", PASSWORD, "Ana", "ana", profile=Profile(35, "A", "B", CPF))
        old = await people.accounts.register(told, HOME)
        cookie = (await people.accounts.sign_in(attempt())).device_cookie
        reset = await people.accounts.issue_reset(OPERATOR, old.id)
        await people.accounts.delete(Reach(old.id), old.id)
        assert people.left == [(old.space,)]
        with pytest.raises(AccountNotFound):
            await people.accounts.get(Reach(old.id), old.id)
        with pytest.raises(SignInFailed):
            await people.accounts.sign_in(attempt())
        [row] = await people.rows("accounts")
        assert {"ana", "Ana", "ana@example.org", "A", "B", 35} & set(row) == set()
        new = await people.accounts.register(told, HOME)
        assert new.id != old.id and new.number > old.number and new.space != old.space
        assert await people.rows("known_devices") == []
        with pytest.raises(ProsaError):
            await people.accounts.reset(reset, "outra frase minha")
        signed = await people.accounts.sign_in(attempt(device=Device("192.0.2.1", cookie=cookie)))
        assert signed.account.id == new.id
        with pytest.raises(AccountNotFound):
            await people.accounts.get(Reach(new.id), old.id)
