"""Versions, branches and the chosen path."""

import pytest

from prosa.conversations import ConversationChanged, ConversationNotFound, ItemNotFound, PathQuery
from prosa.drivers.sql import Database
from tests.conversations.desk import SPACE, Desk, a_desk, message, told

OTHER = "bia"


async def a_talk(desk: Desk, *texts: str) -> tuple[str, list[str]]:
    """A conversation with these messages, one after the other; their ids."""
    made = await desk.conversations.create(SPACE, b"{}", [message(text) for text in texts])
    return made.id, [item.id for item in await desk.conversations.items_of(SPACE, made.id)]


async def test_a_second_version_stands_beside_the_first_and_is_chosen(database: Database) -> None:
    async with a_desk(database) as desk:
        talk, (a, b, c) = await a_talk(desk, "a", "b", "c")
        [other] = await desk.conversations.add_items(SPACE, talk, [message("b2")], parent=a)
        assert await desk.words(talk) == ["a", "b2"]
        paths = desk.conversations.paths
        page = await paths.page(SPACE, talk, PathQuery())
        assert [(told(node.item), node.parent_id) for node in page] == [("b2", a), ("a", None)]
        assert (await paths.versions(SPACE, talk, page)) == {other.id: [b, other.id], a: [a]}
        chosen = await paths.choose(SPACE, talk, b)
        assert chosen.head_id == c and chosen.version == 2
        assert await desk.words(talk) == ["a", "b", "c"]
        assert [told(node.item) for node in await paths.tree(SPACE, talk)] == ["a", "b", "c", "b2"]
        assert [told(node.item) for node in await paths.page(SPACE, talk, PathQuery(leaf=other.id))] == ["b2", "a"]
        assert [told(node.item) for node in await paths.page(SPACE, talk, PathQuery(limit=1, before=c))] == ["b"]


async def test_a_first_message_has_versions_too(database: Database) -> None:
    async with a_desk(database) as desk:
        talk, (a, _) = await a_talk(desk, "a", "b")
        [other] = await desk.conversations.add_items(SPACE, talk, [message("a2")], parent=None)
        assert await desk.words(talk) == ["a2"]
        page = await desk.conversations.paths.page(SPACE, talk, PathQuery())
        assert await desk.conversations.paths.versions(SPACE, talk, page) == {other.id: [a, other.id]}


async def test_what_was_said_meanwhile_follows_the_answer_and_not_the_question(database: Database) -> None:
    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE)
        desk.echo.gate.clear()
        going = await desk.say("um", made.id)
        await desk.conversations.add_items(SPACE, made.id, [message("meanwhile"), message("more")])
        desk.echo.gate.set()
        await desk.runs.finished(going)
        assert await desk.words(made.id) == ["um", "echo um", "meanwhile", "more"]


async def test_who_looks_at_another_branch_stays_there_when_an_answer_lands(database: Database) -> None:
    async with a_desk(database) as desk:
        talk, (a, b) = await a_talk(desk, "a", "b")
        desk.echo.gate.clear()
        going = await desk.say("c", talk)
        await desk.conversations.add_items(SPACE, talk, [message("b2")], parent=a)
        desk.echo.gate.set()
        await desk.runs.finished(going)
        assert await desk.words(talk) == ["a", "b2"]
        await desk.conversations.paths.choose(SPACE, talk, b)
        assert await desk.words(talk) == ["a", "b", "c", "echo c"]


async def test_what_followed_a_deleted_item_follows_the_one_before(database: Database) -> None:
    async with a_desk(database) as desk:
        talk, (a, b, c) = await a_talk(desk, "a", "b", "c")
        await desk.conversations.delete_item(SPACE, talk, b)
        assert await desk.words(talk) == ["a", "c"]
        left = await desk.conversations.delete_item(SPACE, talk, c)
        assert left.head_id == a
        await desk.conversations.delete_item(SPACE, talk, a)
        assert await desk.words(talk) == []


async def test_a_branch_goes_with_all_that_hangs_on_it_and_its_neighbour_is_chosen(database: Database) -> None:
    async with a_desk(database) as desk:
        talk, (a, b, _) = await a_talk(desk, "a", "b", "c")
        [other] = await desk.conversations.add_items(SPACE, talk, [message("b2")], parent=a)
        run = await desk.talk("d", talk)
        left = await desk.conversations.paths.delete_branch(SPACE, talk, other.id, desk.runs.delete)
        assert await desk.words(talk) == ["a", "b", "c"]
        assert left.version > 1
        assert [told(node.item) for node in await desk.conversations.paths.tree(SPACE, talk)] == ["a", "b", "c"]
        assert await desk.conversations.items_of_run(SPACE, run.id) == []
        await desk.conversations.paths.delete_branch(SPACE, talk, b, desk.runs.delete)
        assert await desk.words(talk) == ["a"]


async def test_two_tabs_never_choose_over_each_other(database: Database) -> None:
    async with a_desk(database) as desk:
        talk, (a, b) = await a_talk(desk, "a", "b")
        await desk.conversations.paths.choose(SPACE, talk, b, if_version=1)
        with pytest.raises(ConversationChanged):
            await desk.conversations.paths.choose(SPACE, talk, a, if_version=1)


async def test_a_tree_is_of_one_space(database: Database) -> None:
    async with a_desk(database) as desk:
        talk, (a, _) = await a_talk(desk, "a", "b")
        elsewhere, _ = await a_talk(desk, "x")
        paths = desk.conversations.paths
        for call in (
            lambda: paths.page(OTHER, talk, PathQuery()),
            lambda: paths.tree(OTHER, talk),
            lambda: paths.choose(OTHER, talk, a),
            lambda: paths.delete_branch(OTHER, talk, a, desk.runs.delete),
        ):
            with pytest.raises(ConversationNotFound):
                await call()
        for there in (
            lambda: paths.page(SPACE, elsewhere, PathQuery(before=a)),
            lambda: paths.page(SPACE, elsewhere, PathQuery(leaf=a)),
            lambda: paths.choose(SPACE, elsewhere, a),
            lambda: paths.delete_branch(SPACE, elsewhere, a, desk.runs.delete),
            lambda: desk.conversations.add_items(SPACE, elsewhere, [message("y")], parent=a),
        ):
            with pytest.raises(ItemNotFound):
                await there()
        assert await desk.words(talk) == ["a", "b"] and await desk.words(elsewhere) == ["x"]
