"""What is deleted lies in the trash, unseen, until it is restored or deleted for good."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from prosa.conversations import (
    ConversationNotFound,
    ItemQuery,
    Shelf,
    ShelfChanges,
    ShelfQuery,
)
from prosa.conversations.shelf import trash_store
from prosa.drivers.sql import Database
from prosa.kit.clock import SystemClock
from prosa.runs import RunNotFound, RunState
from tests.conversations.desk import SPACE, Desk, a_desk, message


class Room:
    """A shelf and its trash beside the conversations."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.shelf = Shelf(desk.database, desk.journal, SystemClock())
        self.trash = self.shelf.trash

    async def made(self) -> str:
        """A conversation with one message and a tag."""
        id = (await self.desk.conversations.create(SPACE, b"{}", [message("a")])).id
        await self.shelf.change(SPACE, id, ShelfChanges(tags=["t"]))
        return id

    async def thrown(self) -> str:
        """The same, in the trash."""
        id = await self.made()
        await self.shelf.to_trash(SPACE, id, self.desk.runs.cancel)
        return id

    async def held(self) -> list[str]:
        """The ids of what is in the trash."""
        return [each.conversation.id for each in (await self.trash.list(SPACE, ShelfQuery())).items]


@pytest.fixture
async def room(database: Database) -> AsyncIterator[Room]:
    async with a_desk(database) as desk:
        yield Room(desk)


async def test_what_is_in_the_trash_is_nowhere_else(room: Room) -> None:
    id = await room.thrown()
    conversations, shelf = room.desk.conversations, room.shelf
    attempts = (
        shelf.get(SPACE, id),
        shelf.change(SPACE, id, ShelfChanges(title="x")),
        shelf.to_trash(SPACE, id, room.desk.runs.cancel),
        conversations.get(SPACE, id),
        conversations.add_items(SPACE, id, [message("b")]),
        conversations.items(SPACE, id, ItemQuery()),
        conversations.change(SPACE, id, b"{}"),
    )
    for attempt in attempts:
        with pytest.raises(ConversationNotFound):
            await attempt
    assert (await shelf.list(SPACE, ShelfQuery(archived=None))).items == () and await shelf.tags(SPACE) == []
    assert await room.held() == [id] and (await room.trash.list("bia", ShelfQuery())).items == ()


async def test_what_is_restored_is_as_it_was(room: Room) -> None:
    id = await room.made()
    await room.shelf.change(SPACE, id, ShelfChanges(title="mine", pinned=True))
    before = await room.shelf.get(SPACE, id)
    await room.shelf.to_trash(SPACE, id, room.desk.runs.cancel)
    for space, other in (("bia", id), (SPACE, "0" * 32)):
        with pytest.raises(ConversationNotFound):
            await room.trash.restore(space, other)
    after = await room.trash.restore(SPACE, id)
    assert (after.conversation.face, after.tags) == (before.conversation.face, before.tags)
    assert after.conversation.updated_at == before.conversation.updated_at
    assert after.conversation.version == before.conversation.version + 2
    assert await room.desk.words(id) == ["a"] and await room.held() == []


async def test_the_trash_ends_what_is_being_answered(room: Room) -> None:
    id = await room.made()
    room.desk.echo.gate.clear()
    running = await room.desk.say("one", id)
    waiting = await room.desk.say("two", id)
    assert (await room.shelf.get(SPACE, id)).answering
    await room.shelf.to_trash(SPACE, id, room.desk.runs.cancel)
    room.desk.echo.gate.set()
    states = {(await room.desk.runs.get(SPACE, run.id)).state for run in (running, waiting)}
    assert states == {RunState.CANCELLED}
    after = await room.trash.restore(SPACE, id)
    assert not after.answering and await room.desk.words(id) == ["a", "one", "two"]


async def test_for_good_is_for_good(room: Room) -> None:
    first, second, third = [await room.thrown() for _ in range(3)]
    alive = await room.made()
    for id in (alive, "0" * 32):
        with pytest.raises(ConversationNotFound):
            await room.trash.delete(SPACE, id, room.desk.runs.cancel)
    await room.trash.delete(SPACE, second, room.desk.runs.cancel)
    assert await room.held() == [third, first]
    assert not await room.trash.empty(SPACE, 1, room.desk.runs.cancel)
    assert await room.held() == [third]
    assert await room.trash.empty(SPACE, 1, room.desk.runs.cancel)
    assert await room.trash.empty(SPACE, 1, room.desk.runs.cancel)
    for table in ("items", "conversation_tags"):
        rows = await room.desk.database.fetch(f"SELECT conversation_id FROM {table}")  # the test's own word
        assert rows == [(alive,)], table
    assert await room.desk.database.fetch("SELECT * FROM conversations_gone") == []
    assert await room.desk.words(alive) == ["a"]


async def test_with_a_conversation_go_its_runs_and_all_that_hangs_on_it(room: Room) -> None:
    id = await room.made()
    run = await room.desk.talk("one", id)
    await room.shelf.to_trash(SPACE, id, room.desk.runs.cancel)
    await room.trash.delete(SPACE, id, room.desk.runs.cancel)
    with pytest.raises(RunNotFound):
        await room.desk.runs.get(SPACE, run.id)
    for table in ("items", "runs", "run_events", "conversations"):
        assert await room.desk.database.fetch(f"SELECT 1 FROM {table}") == [], table  # the test's own word
    from prosa.conversations.retention import store as purged

    assert {table.name for table in purged.HANGING} == set(trash_store.HANGING)


async def test_thrown_away_and_taken_out_at_once_it_is_one_or_the_other(room: Room) -> None:
    id = await room.made()
    for _ in range(5):
        attempts = [room.shelf.to_trash(SPACE, id, room.desk.runs.cancel), room.trash.restore(SPACE, id)]
        await asyncio.gather(*attempts * 1, return_exceptions=True)
        inside = await room.held() == [id]
        outside = [each.conversation.id for each in (await room.shelf.list(SPACE, ShelfQuery())).items] == [id]
        assert inside != outside
        if inside:
            await room.trash.restore(SPACE, id)
