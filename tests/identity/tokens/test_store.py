"""Families of tokens in the database: within a reach, while they live, one generation after the other."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from prosa.identity.models import OPERATOR, Reach
from prosa.identity.tokens.models import Dialect, Family
from prosa.identity.tokens.store import FamilyStore
from prosa.kit import moments
from tests.databases import KINDS
from tests.identity.credentials import NOON, World, a_world

NOW = moments.of(NOON)
WEEK = moments.of(NOON + timedelta(days=7))


@pytest.fixture(params=KINDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with a_world(request.param) as made:
        yield made


def family(name: str, reach: Reach) -> Family:
    assert reach.account_id is not None
    return Family(name, reach.account_id, Dialect.CHATAI, 1, NOON, NOON, NOON + timedelta(days=7), "192.0.2.7", "tests")


async def reach_of(world: World, name: str) -> Reach:
    return Reach((await world.person(name)).id)


@pytest.mark.attack("A1")
async def test_a_family_is_its_accounts_and_the_operators(world: World) -> None:
    store, ana, bia = FamilyStore(), await reach_of(world, "ana"), await reach_of(world, "bia")
    async with world.database.writing() as connection:
        await store.add(connection, ana, family("one", ana))
        assert await store.get(connection, bia, "one", NOW) is None
        assert not await store.rotate(connection, bia, "one", 1, NOW)
        assert not await store.revoke(connection, bia, "one", NOW)
        await store.clear(connection, bia, WEEK)
        assert await store.surplus(connection, bia, 0) == await store.surplus(connection, ana, 1) == []
        assert (
            await store.get(connection, ana, "one", NOW)
            == await store.get(connection, OPERATOR, "one", NOW)
            == family("one", ana)
        )


@pytest.mark.attack("B4")
async def test_a_generation_is_passed_once(world: World) -> None:
    store, ana = FamilyStore(), await reach_of(world, "ana")
    async with world.database.writing() as connection:
        await store.add(connection, ana, family("one", ana))
        await store.add(connection, ana, family("two", ana))
        assert [await store.rotate(connection, ana, "one", 1, NOW + 1) for _ in range(2)] == [True, False]
        assert not await store.rotate(connection, ana, "one", 3, NOW + 1)
        found = await store.get(connection, ana, "one", NOW)
        assert found == replace(family("one", ana), generation=2, rotated_at=NOON + timedelta(microseconds=1))
        assert await store.get(connection, ana, "two", NOW) == family("two", ana)


@pytest.mark.attack("B3", "B4")
async def test_a_family_that_was_revoked_or_came_to_its_end_is_there_for_nobody(world: World) -> None:
    store, ana = FamilyStore(), await reach_of(world, "ana")
    async with world.database.writing() as connection:
        await store.add(connection, ana, family("one", ana))
        assert await store.get(connection, ana, "one", WEEK - 1) is not None
        assert await store.get(connection, ana, "one", WEEK) is None
        assert [await store.revoke(connection, ana, "one", NOW) for _ in range(2)] == [True, False]
        assert await store.get(connection, ana, "one", NOW) is None
        assert not await store.rotate(connection, ana, "one", 1, NOW)
