"""Many things at once, and long histories: what is read is what a plain list would hold."""

import asyncio
import random

import pytest

from prosa.conversations import ConversationNotFound, ItemQuery, Order
from prosa.drivers.sql import Database
from prosa.kit.errors import ProsaError
from tests.conversations.desk import SPACE, Desk, a_desk, message, told


@pytest.mark.parametrize("seed", range(3))
async def test_a_long_history_reads_like_a_list(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE)
        kept: list[tuple[str, str]] = []  # id, words
        for step in range(40):
            if kept and chance.random() < 0.3:
                gone = kept.pop(chance.randrange(len(kept)))
                await desk.conversations.delete_item(SPACE, made.id, gone[0])
            elif chance.random() < 0.2:
                run = await desk.talk(f"{step}", made.id)
                kept += [(item.id, told(item)) for item in await desk.conversations.items_of_run(SPACE, run.id)]
            else:
                words = [f"{step}.{index}" for index in range(chance.randint(1, 5))]
                added = await desk.conversations.add_items(SPACE, made.id, [message(word) for word in words])
                kept += [(item.id, word) for item, word in zip(added, words, strict=True)]
            if step % 5 == 0:
                await check(desk, made.id, kept, chance)
        await check(desk, made.id, kept, chance)


async def check(desk: Desk, id: str, kept: list[tuple[str, str]], chance: random.Random) -> None:
    """All of it, and a page from a random place on in each direction."""
    assert [(item.id, told(item)) for item in await desk.conversations.items_of(SPACE, id)] == kept
    if not kept:
        return
    place, limit = chance.randrange(len(kept)), chance.randint(1, 7)
    after = kept[place][0]
    forward = await desk.conversations.items(SPACE, id, ItemQuery(limit, after, Order.OLDEST_FIRST))
    assert [item.id for item in forward] == [id for id, _ in kept[place + 1 :][:limit]]
    backward = await desk.conversations.items(SPACE, id, ItemQuery(limit, after, Order.NEWEST_FIRST))
    assert [item.id for item in backward] == [id for id, _ in kept[:place][::-1][:limit]]


async def test_what_begins_while_a_conversation_is_deleted_is_deleted_too_or_stands_alone(database: Database) -> None:
    async with a_desk(database) as desk, a_desk(database) as other:
        made = await desk.conversations.create(SPACE, b"{}", [message("a")])

        async def begin(each: Desk, number: int) -> None:
            await asyncio.sleep(number * 0.002)
            await each.say(f"{number}", made.id)

        beginning = [asyncio.create_task(begin(desk if number % 2 else other, number)) for number in range(12)]
        await asyncio.sleep(0.01)
        for _ in range(20):
            try:
                await desk.conversations.delete(SPACE, made.id, desk.runs.delete)
            except ConversationNotFound:
                break
            except ProsaError as error:
                assert error.code == "conversation_busy"
        results = await asyncio.gather(*beginning, return_exceptions=True)
        assert all(result is None or getattr(result, "code", "") == "too_many_waiting" for result in results), results
        assert await database.fetch("SELECT count(*) FROM conversations") == [(0,)]
        assert await database.fetch("SELECT count(*) FROM items WHERE conversation_id IS NOT NULL") == [(0,)]


async def test_metadata_that_two_change_at_once_are_one_of_theirs(database: Database) -> None:
    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE)
        bodies = [b'{"n":"%d"}' % number for number in range(8)]
        changes = [desk.conversations.change(SPACE, made.id, body, made.version) for body in bodies]
        results = await asyncio.gather(*changes, return_exceptions=True)
        assert sum(not isinstance(result, BaseException) for result in results) == 1
        found = await desk.conversations.get(SPACE, made.id)
        assert found.metadata in bodies and found.version == 2
