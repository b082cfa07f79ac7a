"""Tokens that work once: stored as an HMAC, for one purpose, for a time, for one of many who try at once."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from prosa.identity.ending_store import end_sessions
from prosa.identity.one_time import OneTimeRefused, Purpose, Redeemed
from tests.databases import KINDS
from tests.identity.credentials import SECRETS, Person, World, a_world


@pytest.fixture(params=KINDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with a_world(request.param) as made:
        yield made


async def issue(world: World, person: Person, purpose: Purpose = Purpose.RESET, detail: str | None = None) -> str:
    async with world.database.writing() as connection:
        return await world.one_time.issue(connection, purpose, person.id, 3600, detail)


async def redeem(world: World, text: str, purpose: Purpose = Purpose.RESET) -> Redeemed:
    async with world.database.writing() as connection:
        return await world.one_time.redeem(connection, purpose, text)


async def test_a_token_works_once(world: World) -> None:
    ana = await world.person()
    text = await issue(world, ana, Purpose.EMAIL, "nova@example.org")
    assert await redeem(world, text, Purpose.EMAIL) == Redeemed(ana.id, "nova@example.org")
    with pytest.raises(OneTimeRefused):
        await redeem(world, text, Purpose.EMAIL)


async def test_of_twenty_who_use_a_token_at_once_one_succeeds(world: World) -> None:
    ana = await world.person()
    text = await issue(world, ana)
    outcomes = await asyncio.gather(*(redeem(world, text) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(outcome, Redeemed) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, OneTimeRefused) for outcome in outcomes) == 19


async def test_a_token_whose_use_fails_can_be_used_again(world: World) -> None:
    ana = await world.person()
    text = await issue(world, ana)
    with pytest.raises(ZeroDivisionError):
        async with world.database.writing() as connection:
            await world.one_time.redeem(connection, Purpose.RESET, text)
            raise ZeroDivisionError
    assert await redeem(world, text)


@pytest.mark.attack("B2")
async def test_a_token_for_one_thing_is_unknown_for_another(world: World) -> None:
    ana = await world.person()
    text = await issue(world, ana)
    for purpose in (Purpose.EMAIL, Purpose.TICKET):
        with pytest.raises(OneTimeRefused):
            await redeem(world, text, purpose)
    assert await redeem(world, text)


async def test_a_token_is_good_until_its_time_and_then_cleared_away(world: World) -> None:
    ana = await world.person()
    early, late = await issue(world, ana), await issue(world, ana)
    world.clock.seconds += 3599
    assert await redeem(world, early)
    world.clock.seconds += 1
    with pytest.raises(OneTimeRefused):
        await redeem(world, late)
    await issue(world, ana)
    [[count]] = await world.database.fetch("SELECT count(*) FROM one_time_tokens")
    assert count == 1


@pytest.mark.attack("C5")
async def test_the_token_is_nowhere_in_the_database(world: World) -> None:
    ana = await world.person()
    text = await issue(world, ana)
    assert text not in await world.text_of("one_time_tokens")


async def test_tokens_outlive_a_change_of_secrets_while_the_old_one_is_still_listed(world: World) -> None:
    ana = await world.person()
    text = await issue(world, ana)
    with pytest.raises(OneTimeRefused):
        await redeem(world.other("a-newer-secret-that-came-alone"), text)
    assert await redeem(world.other("a-newer-secret-that-came-first", *SECRETS), text)


async def test_an_account_can_not_fill_the_table(world: World) -> None:
    ana, bia = await world.person("ana"), await world.person("bia")
    hers = await issue(world, bia)
    texts = []
    for _ in range(102):
        texts.append(await issue(world, ana))
        world.clock.seconds += 1
    [[count]] = await world.database.fetch("SELECT count(*) FROM one_time_tokens WHERE account_id = $1", ana.id)
    assert count == 100
    with pytest.raises(OneTimeRefused):
        await redeem(world, texts[1])
    assert await redeem(world, texts[2])
    assert await redeem(world, hers)


async def test_a_token_can_be_voided_and_ends_with_all_sessions(world: World) -> None:
    ana = await world.person()
    void, ended, other = await issue(world, ana), await issue(world, ana, Purpose.EMAIL), await issue(world, ana, Purpose.TICKET)
    async with world.database.writing() as connection:
        await world.one_time.void(connection, Purpose.RESET, ana.id)
    with pytest.raises(OneTimeRefused):
        await redeem(world, void)
    assert await redeem(world, other, Purpose.TICKET)
    async with world.rights.changing(ana.id) as connection:
        await end_sessions(connection, ana.id)
    with pytest.raises(OneTimeRefused):
        await redeem(world, ended, Purpose.EMAIL)


@pytest.mark.parametrize("text", ["", "x" * 43, "x" * 44, "é" * 43, "\x00" * 43, "%s" * 21 + "a", "' OR ''='" + "x" * 34])
async def test_what_can_not_be_a_token_is_refused(world: World, text: str) -> None:
    with pytest.raises(OneTimeRefused):
        await redeem(world, text)
