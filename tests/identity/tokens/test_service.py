"""Tokens of C and M: what they say, how long they live, how they are refreshed, and how a stolen one is found out."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import jwt
import pytest

from prosa.identity.ending_store import end_sessions
from prosa.identity.sessions import SignInOutdated
from prosa.identity.settings import PeopleSettings
from prosa.identity.tokens import Dialect, TokenExpired, TokenInvalid, TokenPair
from tests.databases import KINDS
from tests.identity.credentials import LAPTOP, NOON, SECRETS, World, a_world

DAY = 86_400
OLD_NAME = "a signing secret set under an old name, long enough"


@pytest.fixture(params=KINDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with a_world(request.param) as made:
        yield made


def refresh_of(pair: TokenPair) -> str:
    assert pair.refresh is not None
    return pair.refresh


@pytest.mark.contract("C03")
async def test_tokens_of_c_say_who_it_is_and_live_a_day_and_a_week(world: World) -> None:
    ana = await world.person()
    pair = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    claims = world.tokens.read(pair.access, "chatai")
    assert (claims.user, claims.user_id, claims.name) == ("ana@example.org", ana.id[:24], "ana")
    assert claims.subject == ana.id[:24]
    assert claims.expires_at == NOON.timestamp() + DAY
    assert pair.expires_at == NOON + timedelta(days=1)
    assert pair.account_id == ana.id
    assert claims == world.tokens.read(pair.access, None)
    refresh = jwt.decode(refresh_of(pair), options={"verify_signature": False})
    assert refresh["exp"] == NOON.timestamp() + 7 * DAY
    assert "user" not in refresh


@pytest.mark.contract("M23", "M10")
async def test_a_token_of_m_names_the_integer_as_a_string_and_is_not_refreshed(world: World) -> None:
    ana = await world.person()
    pair = await world.tokens.issue(ana, Dialect.MULTIUSER, LAPTOP)
    assert pair.refresh is None
    claims = world.tokens.read(pair.access, "multiuser")
    assert claims.subject == str(ana.number)
    assert (claims.user, claims.user_id, claims.name) == (None, None, None)
    short = world.other(settings=replace(PeopleSettings(), multiuser_seconds=3600))
    pair = await short.tokens.issue(ana, Dialect.MULTIUSER, LAPTOP)
    assert pair.expires_at == NOON + timedelta(hours=1)


@pytest.mark.attack("B2")
async def test_a_token_is_good_for_its_own_dialect_and_use_alone(world: World) -> None:
    ana = await world.person()
    pair = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    with pytest.raises(TokenInvalid):
        world.tokens.read(pair.access, "multiuser")
    for dialect in ("chatai", "multiuser", None):
        with pytest.raises(TokenInvalid):
            world.tokens.read(refresh_of(pair), dialect)
    with pytest.raises(TokenInvalid):
        await world.tokens.refresh(refresh_of(pair), Dialect.MULTIUSER)


@pytest.mark.attack("B2")
@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"exp": int(NOON.timestamp())}, TokenExpired),
        ({"nbf": int(NOON.timestamp()) + 3600}, TokenInvalid),
        ({"iat": int(NOON.timestamp()) + 3600}, TokenInvalid),
        ({"iss": "other"}, TokenInvalid),
        ({"iss": "Prosa"}, TokenInvalid),
        ({"aud": "multiuser"}, TokenInvalid),
        ({"typ": "refresh"}, TokenInvalid),
    ],
)
async def test_a_well_signed_token_with_wrong_claims_is_refused(
    world: World, changed: dict[str, object], error: type[Exception]
) -> None:
    ana = await world.person()
    pair = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    claims = jwt.decode(pair.access, options={"verify_signature": False})
    key = world.keyring.derive("tokens")
    assert world.tokens.read(jwt.encode(claims, key, algorithm="HS256"), "chatai")
    with pytest.raises(error):
        world.tokens.read(jwt.encode(claims | changed, key, algorithm="HS256"), "chatai")


async def test_an_access_token_expires(world: World) -> None:
    ana = await world.person()
    pair = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    world.clock.seconds += DAY - 1
    assert world.tokens.read(pair.access, "chatai")
    world.clock.seconds += 1
    with pytest.raises(TokenExpired):
        world.tokens.read(pair.access, "chatai")
    with pytest.raises(TokenExpired):
        await world.tokens.refresh(pair.access, Dialect.CHATAI)


async def test_a_secret_under_an_old_name_signs_and_older_secrets_still_verify(world: World) -> None:
    ana = await world.person()
    first = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    named = world.other("a-newer-secret-than-the-first", *SECRETS, settings=PeopleSettings(signing_secrets=(OLD_NAME,)))
    assert named.tokens.read(first.access, "chatai")
    second = await named.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    at_noon = jwt.decode(second.access, OLD_NAME, algorithms=["HS256"], audience="chatai", options={"verify_exp": False})
    assert at_noon["iss"] == "prosa"
    with pytest.raises(TokenInvalid):
        world.tokens.read(second.access, "chatai")
    with pytest.raises(TokenInvalid):
        world.other("quite-another-secret").tokens.read(first.access, "chatai")


@pytest.mark.contract("C03")
async def test_refreshing_gives_new_tokens_until_a_week_after_sign_in(world: World) -> None:
    ana = await world.person()
    pair = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    for day in range(1, 7):
        world.clock.seconds = NOON.timestamp() + day * DAY
        newer = await world.tokens.refresh(refresh_of(pair), Dialect.CHATAI)
        assert newer.refresh != pair.refresh
        assert world.tokens.read(newer.access, "chatai").generation == day + 1
        pair = newer
    world.clock.seconds = NOON.timestamp() + 6.5 * DAY
    last = await world.tokens.refresh(refresh_of(pair), Dialect.CHATAI)
    assert last.expires_at == NOON + timedelta(days=7)
    world.clock.seconds = NOON.timestamp() + 7 * DAY
    with pytest.raises(TokenExpired):
        await world.tokens.refresh(refresh_of(last), Dialect.CHATAI)


@pytest.mark.contract("C03")
async def test_a_valid_access_token_refreshes_itself_until_a_week_after_sign_in(world: World) -> None:
    ana = await world.person()
    first = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    pair = first
    for _ in range(13):
        world.clock.seconds += DAY / 2
        pair = await world.tokens.refresh(pair.access, Dialect.CHATAI)
        assert pair.refresh is None
    assert (await world.tokens.refresh(refresh_of(first), Dialect.CHATAI)).refresh  # which took nothing from the refresh token
    world.clock.seconds = NOON.timestamp() + 7 * DAY
    with pytest.raises(TokenExpired):
        await world.tokens.refresh(pair.access, Dialect.CHATAI)


async def test_an_access_token_that_outlives_the_refresh_time_is_not_refreshed(world: World) -> None:
    ana = await world.person()
    other = world.other(settings=PeopleSettings(access_seconds=DAY, refresh_seconds=3600))
    pair = await other.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    world.clock.seconds += 3600
    assert other.tokens.read(pair.access, "chatai")
    with pytest.raises(TokenExpired):
        await other.tokens.refresh(pair.access, Dialect.CHATAI)


@pytest.mark.attack("B4")
async def test_a_refresh_token_that_was_used_before_ends_its_family(world: World) -> None:
    ana = await world.person()
    stolen = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    bystander = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    newer = await world.tokens.refresh(refresh_of(stolen), Dialect.CHATAI)
    newest = await world.tokens.refresh(refresh_of(newer), Dialect.CHATAI)
    assert world.changes == []
    with pytest.raises(TokenInvalid):
        await world.tokens.refresh(refresh_of(stolen), Dialect.CHATAI)
    family = world.tokens.read(newest.access, "chatai").family
    assert world.changes == [(ana.id, family)]
    for text in (newest.refresh, newest.access, stolen.access):
        with pytest.raises(TokenInvalid):
            await world.tokens.refresh(text or "", Dialect.CHATAI)
    assert await world.tokens.refresh(refresh_of(bystander), Dialect.CHATAI)
    rows = await world.database.fetch("SELECT id FROM token_families WHERE revoked_at IS NULL")
    assert family not in {row[0] for row in rows}


@pytest.mark.attack("B4")
async def test_one_client_may_refresh_twice_at_once_but_not_a_minute_later(world: World) -> None:
    ana = await world.person()
    pair = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    pairs = await asyncio.gather(*(world.tokens.refresh(refresh_of(pair), Dialect.CHATAI) for _ in range(8)))
    generations = {jwt.decode(refresh_of(newer), options={"verify_signature": False})["gen"] for newer in pairs}
    assert generations == {2}
    world.clock.seconds += 29
    late = await world.tokens.refresh(refresh_of(pair), Dialect.CHATAI)
    assert await world.tokens.refresh(refresh_of(late), Dialect.CHATAI)
    world.clock.seconds += 2
    assert await world.tokens.refresh(refresh_of(pairs[0]), Dialect.CHATAI)
    with pytest.raises(TokenInvalid):
        await world.tokens.refresh(refresh_of(pair), Dialect.CHATAI)


@pytest.mark.attack("B4")
async def test_the_token_before_the_newest_is_too_late_half_a_minute_after_the_rotation(world: World) -> None:
    ana = await world.person()
    pair = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    newer = await world.tokens.refresh(refresh_of(pair), Dialect.CHATAI)
    world.clock.seconds += 30.1
    with pytest.raises(TokenInvalid):
        await world.tokens.refresh(refresh_of(pair), Dialect.CHATAI)
    with pytest.raises(TokenInvalid):
        await world.tokens.refresh(refresh_of(newer), Dialect.CHATAI)


@pytest.mark.attack("B3")
async def test_no_token_is_refreshed_after_sign_out_suspension_or_deletion(world: World) -> None:
    ana, bia = await world.person("ana"), await world.person("bia")
    hers, his = [await world.tokens.issue(person, Dialect.CHATAI, LAPTOP) for person in (ana, bia)]
    async with world.rights.changing(ana.id) as connection:
        await end_sessions(connection, ana.id)
    await world.write(f"UPDATE accounts SET status = 'suspended' WHERE id = '{bia.id}'")
    for text in (hers.access, hers.refresh, his.access, his.refresh):
        with pytest.raises(TokenInvalid):
            await world.tokens.refresh(text or "", Dialect.CHATAI)
    with pytest.raises(SignInOutdated):
        await world.tokens.issue(bia, Dialect.CHATAI, LAPTOP)


@pytest.mark.attack("B3")
async def test_a_sign_in_that_was_checked_before_the_password_changed_comes_too_late(world: World) -> None:
    ana = await world.person()
    await world.write(f"UPDATE accounts SET password_at = {int(NOON.timestamp() * 1_000_000)}")
    with pytest.raises(SignInOutdated):
        await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP, None)


@pytest.mark.attack("C5")
async def test_no_token_is_in_the_database(world: World) -> None:
    ana = await world.person()
    pair = await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
    newer = await world.tokens.refresh(refresh_of(pair), Dialect.CHATAI)
    stored = await world.text_of("token_families")
    for text in (pair.access, pair.refresh, newer.access, newer.refresh):
        assert (text or "").rpartition(".")[2] not in stored
    assert pair.access not in repr(pair)


async def test_what_has_ended_is_cleared_away_and_of_too_many_families_the_oldest_ends(world: World) -> None:
    ana = await world.person()
    await world.tokens.issue(ana, Dialect.MULTIUSER, LAPTOP)
    world.clock.seconds += DAY
    for _ in range(101):
        await world.tokens.issue(ana, Dialect.CHATAI, LAPTOP)
        world.clock.seconds += 1
    [[living]] = await world.database.fetch("SELECT count(*) FROM token_families WHERE revoked_at IS NULL")
    [[stored]] = await world.database.fetch("SELECT count(*) FROM token_families")
    assert (living, stored) == (100, 101)
    assert len(world.changes) == 1
