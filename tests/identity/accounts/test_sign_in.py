"""Signing in: by which names, from which devices, how often, and what a failure shows."""

import asyncio
import time

import bcrypt
import pytest

from prosa.identity.accounts import AccountChanges, LoginKind, NewAccount, SignedIn, SignInFailed, TooManySignIns
from prosa.identity.accounts.models import SignIn
from prosa.identity.models import OPERATOR, Device
from prosa.identity.passwords import Cost
from prosa.identity.settings import PeopleSettings
from tests.databases import KINDS
from tests.peopling import CHEAP, ELSEWHERE, HOME, PASSWORD, People, attempt, some_people

NO_LIMIT = PeopleSettings(sign_in_per_minute=0)


async def fails(people: People, login: str, password: str, device: Device = HOME, by: LoginKind = LoginKind.ANY) -> SignInFailed:
    """A sign-in that fails, and how."""
    with pytest.raises(SignInFailed) as caught:
        await people.accounts.sign_in(SignIn(login, password, device, by))
    return caught.value


async def outcome(people: People, login: str, password: str, device: Device) -> str:
    """What one attempt ends with."""
    try:
        await people.accounts.sign_in(attempt(login, password, device))
    except (SignInFailed, TooManySignIns) as error:
        return error.code
    return "in"


async def many(people: People, count: int, device: Device, password: str = "wrong", login: str = "ana@example.org") -> list[str]:
    """What as many attempts at once end with."""
    return list(await asyncio.gather(*(outcome(people, login, password, device) for _ in range(count))))


async def under_way(people: People) -> None:
    """Wait until a password is being checked."""
    for _ in range(100_000):
        if people.passwords.waiting:
            break
        await asyncio.sleep(0)


async def timed(people: People, login: str, password: str) -> SignInFailed:
    """A sign-in that fails in the time that all of them take."""
    begun = time.monotonic()
    error = await fails(people, login, password)
    assert 0.5 <= time.monotonic() - begun < 2  # a step; on a busy machine perhaps one more
    return error


@pytest.mark.contract("A15", "C01", "M02")
@pytest.mark.parametrize("kind", KINDS)
async def test_each_dialect_takes_its_own_name_for_a_person(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        ana = await people.accounts.create(OPERATOR, NewAccount("Ana@Example.org", PASSWORD, username="Ana"))
        good = [
            *(("ANA+x@example.org", LoginKind.EMAIL), ("ana@example.org", LoginKind.ANY), (" Ana@EXAMPLE.org", LoginKind.EMAIL)),
            *(("Ana", LoginKind.USERNAME), ("Ana", LoginKind.ANY), ("aNA", LoginKind.ANY)),
        ]
        for login, by in good:
            assert (await people.accounts.sign_in(SignIn(login, PASSWORD, HOME, by))).account.id == ana.id
        wrong = [
            ("Ana", LoginKind.EMAIL),
            ("ana", LoginKind.USERNAME),
            ("ana@example.org", LoginKind.USERNAME),
            ("An.", LoginKind.ANY),
        ]
        await asyncio.gather(*(fails(people, login, PASSWORD, HOME, by) for login, by in wrong))


@pytest.mark.parametrize("kind", KINDS)
async def test_imported_names_that_differ_in_case_alone_are_told_apart(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        one, two = await people.person("ana"), await people.person("bia")
        await people.write(f"UPDATE accounts SET username = 'Ana', username_key = 'ana' WHERE id = '{two.id}'")
        for login, account in (("ana", one), ("Ana", two)):
            assert (await people.accounts.sign_in(attempt(login))).account.id == account.id
        await fails(people, "aNA", PASSWORD)


@pytest.mark.attack("B8", "B9")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("whole_steps")
async def test_every_failed_sign_in_says_the_same_and_takes_half_a_second(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        await people.person("ana")
        await people.person("none", password=None)
        bia = await people.person("bia")
        await people.accounts.suspend(OPERATOR, bia.id)
        gone = await people.person("gone")
        await people.accounts.delete(OPERATOR, gone.id)
        tries = [
            *(
                ("ana@example.org", "wrong"),
                ("nobody@example.org", PASSWORD),
                ("none@example.org", ""),
                ("bia@example.org", PASSWORD),
            ),
            *(("gone@example.org", PASSWORD), ("", PASSWORD), ("x" * 100_000, PASSWORD), ("ana@example.org", "x" * 5000)),
            *(("a\0b", PASSWORD), ("\ud800", PASSWORD), ("ana@example.org", "\ud800" * 10), ("^a.*", PASSWORD), ("%", PASSWORD)),
        ]
        for error in await asyncio.gather(*(timed(people, login, password) for login, password in tries)):
            assert (error.status, error.code, error.message) == (401, "sign_in_failed", SignInFailed().message)
            assert (error.param, error.retry_after) == (None, None)


@pytest.mark.contract("C04", "M09")
@pytest.mark.parametrize("kind", KINDS)
async def test_hashes_brought_along_are_upgraded_by_the_first_sign_in(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        password = "x" * 72 + "A"
        scrypt = "$scrypt$ln=16,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$DfcicXo6aSw9Dx1KrorYssHcbJc2oSGONUIFRys7ycc"
        hashed = {"ana": scrypt, "bia": bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4)).decode()}
        for name, stored in hashed.items():
            new = NewAccount(f"{name}@example.org", username=name, password_hash=stored)
            account = await people.accounts.create(OPERATOR, new)
            await people.accounts.sign_in(attempt(name, password))
            [[now]] = await people.database.fetch("SELECT password_hash FROM accounts WHERE id = $1", account.id)
            assert str(now).startswith("$argon2id$")
            await people.accounts.sign_in(attempt(name, password))
            await fails(people, name, password[:-1] + "B")


@pytest.mark.attack("B17")
@pytest.mark.contract("M09")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_password_of_a_thousand_bytes_counts_whole(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        password = "um burro " + "x" * 990 + "a"
        await people.person("ana", password=password)
        await people.accounts.sign_in(attempt("ana", password))
        await fails(people, "ana", password[:-1] + "b")


@pytest.mark.contract("C39")
@pytest.mark.attack("B10")
async def test_one_place_has_five_failures_a_minute_for_an_account() -> None:
    async with some_people("sqlite") as people:
        await people.person("ana")
        await people.person("bia")
        assert sorted(await many(people, 12, ELSEWHERE)) == ["sign_in_failed"] * 5 + ["too_many_sign_ins"] * 7
        with pytest.raises(TooManySignIns) as caught:
            await people.accounts.sign_in(attempt(device=ELSEWHERE))
        assert caught.value.status == 429 and caught.value.retry_after and 5 < caught.value.retry_after <= 12
        assert await outcome(people, "bia@example.org", PASSWORD, ELSEWHERE) == "in"


@pytest.mark.attack("B8", "B10")
async def test_an_account_that_does_not_exist_meets_the_same_bars() -> None:
    async with some_people("sqlite") as people:
        await people.person("ana")
        for login in ("ana@example.org", "nobody@example.org"):
            told = await many(people, 9, ELSEWHERE, login=login)
            assert sorted(told) == ["sign_in_failed"] * 5 + ["too_many_sign_ins"] * 4


@pytest.mark.attack("B18", "B10")
async def test_right_passwords_at_once_are_no_failures() -> None:
    async with some_people("sqlite") as people:
        await people.person("ana")
        assert await many(people, 40, ELSEWHERE, PASSWORD) == ["in"] * 40


@pytest.mark.attack("B10")
async def test_stuffing_many_accounts_from_one_address_is_slowed() -> None:
    async with some_people("sqlite") as people:
        tries = (outcome(people, f"person{number}@example.org", "wrong", ELSEWHERE) for number in range(40))
        assert sorted(await asyncio.gather(*tries)) == ["sign_in_failed"] * 20 + ["too_many_sign_ins"] * 20


@pytest.mark.attack("B10", "B11")
async def test_many_addresses_together_are_slowed_and_known_devices_are_not() -> None:
    async with some_people("sqlite") as people:
        await people.person("ana")
        known = await people.accounts.sign_in(attempt(device=HOME))
        places = [Device(f"203.0.113.{number}") for number in range(1, 60)]
        told = await asyncio.gather(*(outcome(people, "ana@example.org", "wrong", place) for place in places))
        assert sorted(told) == ["sign_in_failed"] * 20 + ["too_many_sign_ins"] * 39
        assert await outcome(people, "ana@example.org", PASSWORD, Device("192.0.2.200")) == "too_many_sign_ins"
        assert await outcome(people, "ana@example.org", PASSWORD, HOME) == "in"  # its address is known
        roaming = Device("192.0.2.201", cookie=known.device_cookie)
        assert await outcome(people, "ana@example.org", PASSWORD, roaming) == "in"


@pytest.mark.attack("B11")
async def test_who_fails_at_the_same_address_does_not_shut_out_a_known_browser() -> None:
    async with some_people("sqlite") as people:
        await people.person("ana")
        known = await people.accounts.sign_in(attempt(device=ELSEWHERE))
        await many(people, 30, ELSEWHERE)
        assert await outcome(people, "ana@example.org", PASSWORD, ELSEWHERE) == "too_many_sign_ins"
        browser = Device(ELSEWHERE.address, cookie=known.device_cookie)
        assert await outcome(people, "ana@example.org", PASSWORD, browser) == "in"


@pytest.mark.slow
@pytest.mark.attack("B10", "B11")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_hundred_failures_in_a_row_end_guessing_from_strange_places(kind: str) -> None:
    async with some_people(kind, NO_LIMIT) as people:
        ana = await people.person("ana")
        known = await people.accounts.sign_in(attempt(device=HOME))
        await many(people, 99, ELSEWHERE)
        assert await outcome(people, "ana", PASSWORD, ELSEWHERE) == "in"  # "in a row" begins anew
        await people.write(f"DELETE FROM known_devices WHERE account_id = '{ana.id}'")
        await people.accounts.sign_in(attempt(device=Device("192.0.2.1", cookie=known.device_cookie)))
        assert set(await many(people, 103, ELSEWHERE)) == {"sign_in_failed"}
        assert await people.database.fetch("SELECT failures FROM accounts WHERE id = $1", ana.id) == [(100,)]
        assert await outcome(people, "ana", PASSWORD, ELSEWHERE) == "sign_in_failed"
        assert await outcome(people, "ana", PASSWORD, Device("192.0.2.77", cookie=known.device_cookie)) == "in"
        assert await outcome(people, "ana", PASSWORD, ELSEWHERE) == "in"


@pytest.mark.slow
@pytest.mark.attack("B10", "B11")
async def test_a_known_device_that_fails_ten_times_is_a_stranger_and_a_reset_brings_the_owner_back() -> None:
    async with some_people("sqlite", NO_LIMIT) as people:
        ana = await people.person("ana")
        known = await people.accounts.sign_in(attempt(device=HOME))
        thief = Device("192.0.2.9", cookie=known.device_cookie)
        assert set(await many(people, 10, thief)) == {"sign_in_failed"}
        assert set(await many(people, 105, thief)) == {"sign_in_failed"}
        assert await people.database.fetch("SELECT failures FROM accounts WHERE id = $1", ana.id) == [(100,)]
        assert await outcome(people, "ana", PASSWORD, thief) == "sign_in_failed"
        assert await outcome(people, "ana", PASSWORD, ELSEWHERE) == "sign_in_failed"
        await people.accounts.reset(await people.accounts.issue_reset(OPERATOR, ana.id), "outra frase minha")
        assert await outcome(people, "ana", "outra frase minha", ELSEWHERE) == "in"


async def test_people_behind_a_proxy_that_hides_them_do_not_shut_each_other_out() -> None:
    async with some_people("sqlite") as people:
        await people.person("ana")
        local = Device("127.0.0.1")
        tries = (outcome(people, f"person{number}@example.org", "wrong", local) for number in range(60))
        await asyncio.gather(*tries)
        assert await outcome(people, "ana", PASSWORD, local) == "in"
        assert len(await people.rows("known_devices")) == 1  # her browser; an address that everybody has makes nobody known


@pytest.mark.attack("B11")
async def test_a_cookie_is_kept_by_its_browser_and_helps_the_accounts_that_used_it_alone() -> None:
    async with some_people("sqlite", NO_LIMIT) as people:
        await people.person("ana")
        await people.person("eva")
        first = await people.accounts.sign_in(attempt("eva", device=ELSEWHERE))
        browser = Device("192.0.2.5", cookie=first.device_cookie)
        again = await people.accounts.sign_in(attempt("eva", device=browser))
        assert again.device_cookie == first.device_cookie
        await many(people, 101, browser)  # Eva's browser is a stranger to Ana
        assert await outcome(people, "ana", PASSWORD, browser) == "sign_in_failed"
        for cookie in ("", "x", "x" * 44, "é" * 43, "\0" * 43):
            made = await people.accounts.sign_in(attempt("eva", device=Device("192.0.2.5", cookie=cookie)))
            assert made.device_cookie != cookie and len(made.device_cookie) == 43


async def test_an_account_knows_a_bounded_number_of_devices() -> None:
    async with some_people("sqlite", NO_LIMIT) as people:
        await people.person("ana")
        for number in range(30):
            await people.accounts.sign_in(attempt(device=Device(f"192.0.2.{number + 1}")))
        assert len(await people.rows("known_devices")) == 40


@pytest.mark.attack("B3")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_password_that_is_changed_while_it_is_checked_lets_nobody_in(kind: str) -> None:
    async with some_people(kind, NO_LIMIT, cost=Cost(32_768, 3)) as people:
        ana = await people.person("ana")
        slow = asyncio.create_task(outcome(people, "ana", PASSWORD, HOME))
        await under_way(people)
        await people.write(f"UPDATE accounts SET password_hash = 'other' WHERE id = '{ana.id}'")
        assert await slow == "sign_in_failed"
        assert await people.rows("known_devices") == []


@pytest.mark.attack("B3")
@pytest.mark.parametrize("kind", KINDS)
async def test_an_account_that_is_suspended_while_its_password_is_checked_stays_out(kind: str) -> None:
    async with some_people(kind, NO_LIMIT, cost=Cost(32_768, 3)) as people:
        ana = await people.person("ana")
        slow = asyncio.create_task(outcome(people, "ana", PASSWORD, HOME))
        await under_way(people)
        await people.accounts.suspend(OPERATOR, ana.id)
        assert await slow == "sign_in_failed"
        await people.accounts.restore(OPERATOR, ana.id)
        assert await outcome(people, "ana", PASSWORD, HOME) == "in"


async def test_who_signs_in_is_told_as_of_now() -> None:
    async with some_people("sqlite", NO_LIMIT) as people:
        ana = await people.person("ana")
        await people.accounts.change(OPERATOR, ana.id, AccountChanges(name="Ana Maria"))
        signed = await people.accounts.sign_in(attempt())
        assert isinstance(signed, SignedIn) and signed.account.name == "Ana Maria" and signed.proved_at
        assert people.passwords.cost == CHEAP
