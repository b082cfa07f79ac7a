"""Conversations keep their items, in order and for their space alone, over both databases."""

import asyncio

import pytest

from prosa.conversations import (
    ConversationBusy,
    ConversationChanged,
    ConversationNotFound,
    ConversationTooLong,
    ItemNotFound,
    ItemQuery,
    Landing,
    Order,
    erase_conversations,
    inherit_conversations,
    public_id,
    shown,
    stored_id,
)
from prosa.drivers.sql import Database
from prosa.kit.ids import new_object_id
from prosa.runs import RunNotFound, RunState
from tests.conversations.desk import SPACE, a_desk, item, message, told

A, B, C = message("a"), message("b"), message("c")


async def test_a_conversation_begins_with_its_items_in_their_order(database: Database) -> None:
    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE, b'{"topic":"burros"}', [A, B, C])
        assert await desk.words(made.id) == ["a", "b", "c"]
        found = await desk.conversations.get(SPACE, made.id)
        assert (found.metadata, found.version) == (b'{"topic":"burros"}', 1)
        assert abs(found.created_at - made.created_at) < 0.00001


async def test_a_creation_that_is_repeated_under_its_id_makes_nothing_new(database: Database) -> None:
    async with a_desk(database) as desk:
        id = new_object_id()
        both = await asyncio.gather(*(desk.conversations.create(SPACE, b"{}", [A], id) for _ in range(5)))
        assert {each.id for each in both} == {id}
        first = new_object_id()
        added = await asyncio.gather(*(desk.conversations.add_items(SPACE, id, [B, C], first) for _ in range(5)))
        assert len({tuple(item.id for item in items) for items in added}) == 1
        assert await desk.words(id) == ["a", "b", "c"]
        with pytest.raises(ConversationNotFound):
            await desk.conversations.create("bia", b"{}", [A], id)


async def test_nothing_of_a_space_is_there_for_another(database: Database) -> None:
    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE, b"{}", [A])
        [item] = await desk.conversations.items_of(SPACE, made.id)
        attempts = (
            desk.conversations.get("bia", made.id),
            desk.conversations.change("bia", made.id, b'{"x":"y"}'),
            desk.conversations.add_items("bia", made.id, [B]),
            desk.conversations.item("bia", made.id, item.id),
            desk.conversations.items("bia", made.id, ItemQuery()),
            desk.conversations.delete_item("bia", made.id, item.id),
            desk.conversations.delete("bia", made.id, desk.runs.delete),
        )
        for attempt in attempts:
            with pytest.raises(ConversationNotFound):
                await attempt
        with pytest.raises(ItemNotFound):
            await desk.conversations.named("bia", item.id)
        assert await desk.conversations.items_of("bia", made.id) == []
        assert await desk.words(made.id) == ["a"]


async def test_pages_go_on_from_an_item_in_both_directions(database: Database) -> None:
    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE)
        await desk.conversations.add_items(SPACE, made.id, [message(str(number)) for number in range(4)])
        await desk.conversations.add_items(SPACE, made.id, [message(str(number)) for number in range(4, 7)])

        async def read(order: Order, limit: int) -> list[str]:
            words: list[str] = []
            query = ItemQuery(limit, None, order)
            while page := await desk.conversations.items(SPACE, made.id, query):
                assert len(page) <= limit
                words += [told(item) for item in page]
                query = ItemQuery(limit, page[-1].id, order)
            return words

        for limit in (1, 2, 7, 100):
            assert await read(Order.OLDEST_FIRST, limit) == list("0123456")
            assert await read(Order.NEWEST_FIRST, limit) == list("6543210")
        with pytest.raises(ItemNotFound):
            await desk.conversations.items(SPACE, made.id, ItemQuery(after=new_object_id()))


async def test_what_is_added_at_once_by_two_stays_together(database: Database) -> None:
    async with a_desk(database) as desk, a_desk(database) as other:
        made = await desk.conversations.create(SPACE)
        batches = [[message(f"{writer}{index}") for index in range(3)] for writer in "abcdefgh"]
        desks = [desk, other] * 4
        await asyncio.gather(
            *(each.conversations.add_items(SPACE, made.id, batch) for each, batch in zip(desks, batches, strict=True))
        )
        words = await desk.words(made.id)
        assert len(words) == 24
        assert all(words[at : at + 3] == [words[at][0] + str(index) for index in range(3)] for at in range(0, 24, 3))


async def test_metadata_are_replaced_and_an_outdated_version_is_refused(database: Database) -> None:
    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE, b'{"a":"b"}')
        changed = await desk.conversations.change(SPACE, made.id, b'{"c":"d"}', made.version)
        assert (changed.metadata, changed.version) == (b'{"c":"d"}', 2)
        with pytest.raises(ConversationChanged):
            await desk.conversations.change(SPACE, made.id, b"{}", made.version)
        assert (await desk.conversations.change(SPACE, made.id, b"{}")).version == 3


async def test_an_item_is_deleted_for_good(database: Database) -> None:
    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE, b"{}", [A, B])
        first, _ = await desk.conversations.items_of(SPACE, made.id)
        assert (await desk.conversations.delete_item(SPACE, made.id, first.id)).id == made.id
        with pytest.raises(ItemNotFound):
            await desk.conversations.item(SPACE, made.id, first.id)
        with pytest.raises(ItemNotFound):
            await desk.conversations.delete_item(SPACE, made.id, first.id)
        assert await desk.words(made.id) == ["b"]


async def test_a_run_s_items_are_written_with_it_and_read_by_conversation_and_by_run(database: Database) -> None:
    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE, b"{}", [A])
        run = await desk.talk("um", made.id)
        await desk.talk("dois", made.id)
        assert await desk.words(made.id) == ["a", "um", "echo um", "dois", "echo dois"]
        assert desk.echo.heard == {"um": ["a", "um"], "dois": ["a", "um", "echo um", "dois"]}
        assert [told(each) for each in await desk.conversations.items_of_run(SPACE, run.id)] == ["um", "echo um"]
        assert [told(each) for each in await desk.conversations.items_of_run(SPACE, run.id, made=False)] == ["um"]
        assert [told(each) for each in await desk.conversations.items_of_run(SPACE, run.id, made=True)] == ["echo um"]
        assert await desk.conversations.items_of_run("bia", run.id) == []


async def test_a_message_that_waited_stands_behind_the_answer_before_it(database: Database) -> None:
    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE)
        desk.echo.gate.clear()
        first = await desk.say("um", made.id)
        second = await desk.say("dois", made.id)
        third = await desk.say("três", made.id)
        assert [second.state, third.state] == [RunState.QUEUED] * 2
        assert await desk.words(made.id) == ["um", "dois", "três"]
        desk.echo.gate.set()
        for run in (first, second, third):
            await desk.runs.finished(run)
        assert await desk.words(made.id) == ["um", "echo um", "dois", "echo dois", "três", "echo três"]
        assert desk.echo.heard["dois"] == ["um", "echo um", "dois"]


async def test_a_chain_of_runs_is_read_from_its_beginning(database: Database) -> None:
    async with a_desk(database) as desk:
        first = await desk.talk("um")
        second = await desk.talk("dois", previous=first.id)
        branch = await desk.talk("zwei", previous=first.id)
        third = await desk.talk("três", previous=second.id)

        async def chain(id: str, space: str = SPACE) -> list[str]:
            return [told(each) for each in await desk.conversations.chain(space, id)]

        assert await chain(third.id) == ["um", "echo um", "dois", "echo dois", "três", "echo três"]
        assert await chain(branch.id) == ["um", "echo um", "zwei", "echo zwei"]
        assert await chain(third.id, "bia") == []
        cut = await desk.conversations.chain(SPACE, third.id, 3, cut=True)
        assert [told(each) for each in cut] == ["echo dois", "três", "echo três"]
        with pytest.raises(ConversationTooLong):
            await desk.conversations.chain(SPACE, third.id, 3)


async def test_a_chain_that_begins_in_a_conversation_knows_what_was_said_there_until_then(database: Database) -> None:
    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE, b"{}", [A])
        await desk.talk("um", made.id)
        second = await desk.talk("dois", made.id)
        await desk.talk("três", made.id)
        branch = await desk.talk("zwei", previous=second.id)
        found = await desk.conversations.chain(SPACE, branch.id)
        assert [told(each) for each in found] == ["a", "um", "echo um", "dois", "echo dois", "zwei", "echo zwei"]
        with pytest.raises(ConversationTooLong):
            await desk.conversations.chain(SPACE, branch.id, 6)
        cut = await desk.conversations.chain(SPACE, branch.id, 6, cut=True)
        assert [told(each) for each in cut] == ["um", "echo um", "dois", "echo dois", "zwei", "echo zwei"]


async def test_who_lost_the_fence_adds_nothing(database: Database) -> None:
    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE)
        run = await desk.talk("um", made.id)
        late = [item(message("late"), made.id, run.id, made=True)]
        for fence, state in ((run.fence - 1, run.state), (run.fence, RunState.RUNNING)):
            assert set(
                await desk.journal.append_all(desk.conversations.adding_fenced(late, Landing(run.id, fence, state, None, 0)))
            ) == {0}
        assert await desk.words(made.id) == ["um", "echo um"]


async def test_a_conversation_is_deleted_with_its_items_and_runs_also_with_the_one_that_is_being_answered(
    database: Database,
) -> None:
    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE, b"{}", [A])
        kept = await desk.talk("outra")
        ended = await desk.talk("um", made.id)
        desk.echo.gate.clear()
        open_one, waiting = await desk.say("dois", made.id), await desk.say("três", made.id)
        await desk.conversations.delete(SPACE, made.id, desk.runs.delete)
        desk.echo.gate.set()
        for run in (ended, open_one, waiting):
            with pytest.raises(RunNotFound):
                await desk.runs.get(SPACE, run.id)
        with pytest.raises(ConversationNotFound):
            await desk.conversations.get(SPACE, made.id)
        with pytest.raises(ConversationNotFound):
            await desk.conversations.add_items(SPACE, made.id, [B])
        assert desk.echo.heard.keys() == {"um"}
        assert await database.fetch("SELECT DISTINCT run_id FROM items") == [(kept.id,)]


async def test_a_conversation_in_which_something_stays_open_is_not_deleted(database: Database) -> None:
    async def leave_open(_space: str, _run_id: str) -> None:
        """As if another one had begun every time."""

    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE, b"{}", [A])
        desk.echo.gate.clear()
        await desk.say("um", made.id)
        with pytest.raises(ConversationBusy):
            await desk.conversations.delete(SPACE, made.id, leave_open)
        desk.echo.gate.set()
        assert await desk.words(made.id) == ["a", "um"]


async def test_what_began_in_a_conversation_that_is_gone_belongs_to_its_run_alone(database: Database) -> None:
    async with a_desk(database) as desk:
        run = await desk.talk("um", new_object_id())
        assert [(each.conversation_id, told(each)) for each in await desk.conversations.items_of_run(SPACE, run.id)] == [
            (None, "um"),
            (None, "echo um"),
        ]


async def test_a_deleted_run_leaves_to_a_conversation_what_was_said_in_it(database: Database) -> None:
    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE)
        inside, alone = await desk.talk("um", made.id), await desk.talk("dois")
        for run in (inside, alone):
            await desk.runs.delete(SPACE, run.id)
        assert await desk.words(made.id) == ["um", "echo um"]
        assert await database.fetch("SELECT count(*) FROM items") == [(2,)]


async def test_conversations_change_hands_and_go_with_their_owner(database: Database) -> None:
    async with a_desk(database) as desk:
        mine = await desk.conversations.create("local", b"{}", [A])
        other = await desk.conversations.create("bia", b"{}", [B])
        async with database.writing() as connection:
            await inherit_conversations(connection, "local", SPACE)
        assert await desk.words(mine.id) == ["a"]
        async with database.writing() as connection:
            await erase_conversations(connection, SPACE)
        assert await database.fetch("SELECT id FROM conversations") == [(other.id,)]
        assert await database.fetch("SELECT conversation_id FROM items") == [(other.id,)]


async def test_ids_are_shown_with_the_prefix_of_their_type_and_read_back(database: Database) -> None:
    async with a_desk(database) as desk:
        bodies = [A, b'{"type":"function_call","name":"f"}', b'{"type":"function_call_output"}', b'{"type":"newest"}']
        made = await desk.conversations.create(SPACE, b"{}", bodies)
        items = await desk.conversations.items_of(SPACE, made.id)
        ids = [public_id(each) for each in items]
        assert [id[: -len(items[0].id)] for id in ids] == ["msg_", "fc_", "fco_", "item_"]
        assert [stored_id(id) for id in ids] == [each.id for each in items]
        assert shown(items[1]) == b'{"id":"' + ids[1].encode() + b'","type":"function_call","name":"f"}'
        assert {stored_id(text) for text in ("", "msg_", "msg_x", items[0].id, "conv_" + items[0].id)} == {""}
