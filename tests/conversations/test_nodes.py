"""Items with what stands around them, over both databases: parents, versions, what an answer answers; pages that stay small."""

import pytest

from prosa.conversations import ConversationNotFound, ItemNotFound, Nodes, PathQuery, public_id
from prosa.conversations.nodes import PAGE_BYTES, STEP
from prosa.drivers.sql import Database
from tests.conversations.desk import SPACE, Desk, a_desk, message, told

CALL = b'{"type":"function_call","call_id":"1","name":"f","arguments":"{}"}'


def nodes_of(desk: Desk) -> Nodes:
    """Those of a desk."""
    return Nodes(desk.database, desk.conversations)


async def test_parents_and_versions_are_told_by_the_ids_that_are_shown(database: Database) -> None:
    async with a_desk(database) as desk:
        nodes, conversations = nodes_of(desk), desk.conversations
        made = await conversations.create(SPACE, b"{}", [message("a"), CALL, message("b")])
        a, call, b = reversed((await nodes.path(SPACE, made.id, PathQuery())).items)
        assert (a.parent, call.parent, b.parent) == (None, public_id(a.node.item), public_id(call.node.item))
        assert public_id(call.node.item).startswith("fc_")
        [again] = await conversations.add_items(SPACE, made.id, [message("b2")], parent=call.node.item.id)
        [first] = await conversations.add_items(SPACE, made.id, [message("a2")], parent=None)
        found = await nodes.get(SPACE, made.id, again.id)
        assert found.versions == (public_id(b.node.item), public_id(again))
        assert (await nodes.get(SPACE, made.id, a.node.item.id)).versions == (public_id(a.node.item), public_id(first))
        other = await conversations.create(SPACE, b"{}", [message("c")])
        [alone] = (await nodes.path(SPACE, other.id, PathQuery())).items
        assert alone.versions == (public_id(alone.node.item),)  # first items of other conversations are none of its versions
        tree = (await nodes.tree(SPACE, made.id, None, 10)).items
        assert [told(each.node.item) for each in tree if each.node.item.type == "message"] == ["a", "b", "b2", "a2"]


async def test_an_answer_is_asked_for_again_where_it_was_asked_for(database: Database) -> None:
    async with a_desk(database) as desk:
        nodes = nodes_of(desk)
        made = await desk.conversations.create(SPACE)
        run = await desk.talk("one", made.id)
        question, answer = await desk.conversations.items_of(SPACE, made.id)
        assert await nodes.asked(SPACE, made.id, answer.id) == question.id
        assert await nodes.asked(SPACE, made.id, question.id) == question.id
        await desk.runs.delete(SPACE, run.id)  # the conversation keeps what was said
        assert await nodes.asked(SPACE, made.id, answer.id) == question.id
        said = await desk.conversations.create(SPACE, b"{}", [message("q"), message("r", "assistant")])
        q, r = await desk.conversations.items_of(SPACE, said.id)
        assert await nodes.asked(SPACE, said.id, r.id) == q.id and await nodes.before(SPACE, said.id, q.id) is None


async def test_nothing_is_there_for_another_space_or_another_conversation(database: Database) -> None:
    async with a_desk(database) as desk:
        nodes = nodes_of(desk)
        made = await desk.conversations.create(SPACE, b"{}", [message("a")])
        other = await desk.conversations.create(SPACE, b"{}", [message("b")])
        [item] = await desk.conversations.items_of(SPACE, made.id)
        for space, id, error in (("bia", made.id, ConversationNotFound), (SPACE, other.id, ItemNotFound)):
            for attempt in (
                nodes.get(space, id, item.id),
                nodes.asked(space, id, item.id),
                nodes.before(space, id, item.id),
                nodes.tree(space, id, item.id, 5),
                nodes.path(space, id, PathQuery(leaf=item.id)),
                nodes.path(space, id, PathQuery(before=item.id)),
            ):
                with pytest.raises(error):
                    await attempt


async def test_a_page_of_large_items_is_shorter(database: Database) -> None:
    async with a_desk(database) as desk:
        nodes, large = nodes_of(desk), message("x" * (PAGE_BYTES // STEP + 1))
        made = await desk.conversations.create(SPACE, b"{}", [large] * STEP)
        await desk.conversations.add_items(SPACE, made.id, [large] * 4)
        page = await nodes.path(SPACE, made.id, PathQuery(100))
        assert len(page.items) == STEP and page.more
        rest = await nodes.path(SPACE, made.id, PathQuery(100, before=page.items[-1].node.item.id))
        assert len(rest.items) == 4 and not rest.more
        tree = await nodes.tree(SPACE, made.id, None, 100)
        assert len(tree.items) == STEP and tree.more
