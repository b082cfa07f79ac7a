"""Exchanges in real databases: whose they are, their order, their pages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from prosa.drivers.sql import Database
from prosa.interactions import Interaction, InteractionStatus
from prosa.interactions.store import InteractionStore

NOON = datetime(2026, 1, 15, 12, 0, 0, 123456, tzinfo=UTC)


def exchange(id: str, space: str = "key-1", user_id: str = "ana", asked_at: datetime = NOON) -> Interaction:
    return Interaction(id=id, space=space, user_id=user_id, prompt="Olá!", asked_at=asked_at)


@pytest.fixture
async def store(database: Database) -> InteractionStore:
    await database.open()
    return InteractionStore(database)


async def test_an_exchange_is_unfinished_until_it_is_completed_and_keeps_every_field(store: InteractionStore) -> None:
    begun = replace(exchange("one"), trace_id="trace-1")
    await store.add(begun)
    [(found, _)] = await store.newest("key-1", "ana", 10, None)
    assert found == begun
    assert found.status is InteractionStatus.UNFINISHED
    done = replace(begun, response="Oi!", model="m", tokens=12, latency_ms=34)
    await store.complete(done)
    [(found, _)] = await store.newest("key-1", "ana", 10, None)
    assert found == done
    assert found.status is InteractionStatus.COMPLETED


@pytest.mark.contract("S05")
async def test_the_newest_comes_first_and_equal_moments_keep_their_order(store: InteractionStore) -> None:
    for id, asked_at in (("b", NOON), ("c", NOON), ("a", NOON - timedelta(microseconds=1)), ("d", NOON + timedelta(days=1))):
        await store.add(exchange(id, asked_at=asked_at))
    first = await store.newest("key-1", "ana", 2, None)
    rest = await store.newest("key-1", "ana", 9, first[-1][1])
    assert [item.id for item, _ in (*first, *rest)] == ["d", "c", "b", "a"]


async def test_nobody_reads_or_changes_what_lies_in_another_space(store: InteractionStore) -> None:
    await store.add(exchange("same"))
    await store.add(exchange("same", space="key-2"))
    await store.complete(replace(exchange("same", space="key-2"), response="hers"))
    [(mine, _)] = await store.newest("key-1", "ana", 10, None)
    assert mine.response is None
    assert await store.newest("key-3", "ana", 10, None) == []
    assert await store.newest("key-1", "bia", 10, None) == []
    assert await store.known("key-3", ["same"]) == set()


async def test_text_that_looks_like_sql_is_text(store: InteractionStore) -> None:
    hostile = "'; DROP TABLE interactions; --"
    await store.add(replace(exchange(hostile), user_id=hostile, prompt=hostile))
    [(found, _)] = await store.newest("key-1", hostile, 10, None)
    assert found.prompt == hostile


async def test_text_and_counts_of_any_kind_are_kept_alike_in_both_kinds_of_database(store: InteractionStore) -> None:
    odd = "a\0b \U0001f600 \u0301"
    begun = replace(exchange(odd), user_id=odd, prompt=odd, response=odd, tokens=10**18, latency_ms=2**31)
    assert await store.add_missing([begun, begun, exchange("two")]) == 2
    [(found, _)] = await store.newest("key-1", odd, 10, None)
    kept = odd.replace("\0", "\ufffd")
    assert (found.id, found.user_id, found.prompt, found.response) == (kept, kept, kept, kept)
    assert (found.tokens, found.latency_ms) == (2**31 - 1, 2**31 - 1)
    assert await store.known("key-1", [odd, "two", "three"]) == {kept, "two"}
    await store.complete(replace(begun, response="changed"))
    assert (await store.newest("key-1", odd, 10, None))[0][0].response == "changed"
