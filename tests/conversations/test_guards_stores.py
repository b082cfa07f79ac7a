"""Each condition of the stores around conversations by itself, past the services that would refuse the same a step before."""

from dataclasses import replace

import pytest

from prosa.conversations import ConversationNotFound, Item, PathQuery, Shelf
from prosa.conversations.exporting.store import ExportStore
from prosa.conversations.importing import store as importing
from prosa.conversations.memory import store as memory
from prosa.conversations.memory.models import Memory
from prosa.conversations.models import Conversation, Face, TitleBy
from prosa.conversations.naming_store import conversation_beginning, naming, object_named, second_name
from prosa.conversations.nodes_store import NodeStore
from prosa.conversations.opinions import Opinion, Rating
from prosa.conversations.opinions import store as opinions
from prosa.conversations.paths_store import DELETE_ONE, RETREAT, PathStore, choice
from prosa.conversations.roll_store import RollStore
from prosa.conversations.searching.store import SearchStore
from prosa.conversations.sharing import Snapshot
from prosa.conversations.sharing import store as sharing
from prosa.conversations.sharing.models import Share, SharedMessage
from prosa.conversations.shelf import folders_store as folders
from prosa.conversations.shelf import store as shelf
from prosa.conversations.shelf.batch_store import UNTAG, parts_of
from prosa.conversations.shelf.models import Batch, Folder, ShelfQuery, Verb
from prosa.conversations.shelf.trash_store import removal
from prosa.conversations.store import ADD, CHANGE, STIR, TOUCH, Landing, fenced_additions
from prosa.conversations.talks import Talks
from prosa.drivers.journal import Part, RowRefused
from prosa.drivers.sql import Database
from prosa.kit.clock import SystemClock
from prosa.kit.ids import new_object_id
from tests.conversations.desk import SPACE, Desk, a_desk, item, message

OTHER = "bia"
NOW = 1_800_000_000.0


async def wrote(desk: Desk, *parts: Part) -> list[int]:
    """Rows that each of these changes."""
    return [(await desk.journal.append_all([part]))[0] for part in parts]


async def refused(desk: Desk, *parts: Part) -> None:
    """None of these changes anything."""
    assert await wrote(desk, *parts) == [0] * len(parts)


async def a_talk(desk: Desk) -> tuple[Conversation, list[Item]]:
    """A conversation of two messages."""
    made = await desk.conversations.create(SPACE, b"{}", [message("a"), message("b")], face=Face(dialect="app"))
    return made, list(await desk.conversations.items_of(SPACE, made.id))


async def test_a_tree_is_of_one_space(database: Database) -> None:
    async with a_desk(database) as desk:
        made, (a, b) = await a_talk(desk)
        talk, elsewhere = made.id, (await desk.conversations.create(SPACE)).id
        paths, nodes = PathStore(database), NodeStore(database)
        for query in (PathQuery(), PathQuery(leaf=b.id), PathQuery(before=b.id)):
            assert await paths.path(SPACE, talk, query)
            assert await paths.path(OTHER, talk, query) == []
        assert await paths.tree(OTHER, talk, 0, 9) == []
        for parent in (None, a.id):
            assert await paths.siblings(SPACE, talk, parent, 9)
            assert await paths.siblings(OTHER, talk, parent, 9) == []
        assert await nodes.versions(OTHER, talk, [None, a.id], 9) == []
        assert await paths.leaf(OTHER, talk, a.id) is None
        assert await paths.below(OTHER, talk, a.id) == []
        assert await nodes.node(OTHER, talk, a.id) is None
        assert await nodes.types(OTHER, talk, [a.id]) == {}
        await refused(
            desk,
            choice(OTHER, talk, a.id, None),
            choice(SPACE, elsewhere, a.id, None),
            choice(SPACE, talk, a.id, 7),
            (DELETE_ONE, (OTHER, talk, b.id)),
            (DELETE_ONE, (SPACE, elsewhere, b.id)),
        )
        assert await wrote(desk, (DELETE_ONE, (SPACE, talk, b.id))) == [1]
        retreats = [(RETREAT, (space, talk, a.id)) for space in (OTHER, SPACE, SPACE)]
        assert await wrote(desk, *retreats) == [0, 1, 0]


async def test_names_and_beginnings_are_of_one_space(database: Database) -> None:
    async with a_desk(database) as desk:
        talk = (await a_talk(desk))[0].id
        await desk.journal.append_all([naming(SPACE, "conversation", "old", talk)])
        desk.echo.gate.clear()
        going = await desk.say("um", talk)
        roll = RollStore(database)
        for space, name, id in ((SPACE, "old", talk), (OTHER, None, None)):
            assert await object_named(database, space, "conversation", "old") == id
            assert await second_name(database, space, "conversation", talk) == name
            assert await conversation_beginning(database, space, talk[:24]) == id
            assert [row[0] for row in await roll.rows(space, 9)] == ([id] if id else [])
            assert (await roll.row(space, talk) is None) is (id is None)
            assert list(await roll.unanswered(space, talk)) == ([going.id] if id else [])
        await desk.conversations.create(SPACE, id=talk[:24] + "0" * 8)
        assert await conversation_beginning(database, SPACE, talk[:24]) is None, "of two nobody knows which"
        alone = (await desk.conversations.create(SPACE)).id
        talks = Talks(database, desk.conversations, Shelf(database, desk.journal, SystemClock()))
        assert (await talks.find(SPACE, alone[:24])).id == alone
        for short in (alone[:23], alone[:25], "", "g" * 24):
            with pytest.raises(ConversationNotFound):
                await talks.find(SPACE, short)


async def test_what_comes_behind_an_answer_is_what_was_added_meanwhile(database: Database) -> None:
    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE, b"{}", [message("a")])
        [a] = await desk.conversations.items_of(SPACE, made.id)
        [b] = await desk.conversations.add_items(SPACE, made.id, [message("b")])
        [beside] = await desk.conversations.add_items(SPACE, made.id, [message("b2")], parent=a.id)
        run = await desk.talk("um")
        for begun, follows in ((2**60, False), (0, True)):
            answer = item(message("c"), made.id, run.id, made=True)
            landing = Landing(run.id, run.fence, run.state, a.id, begun)
            await desk.journal.append_all(fenced_additions([answer], landing))
            assert await desk.conversations.parent_of(SPACE, b.id) == (answer.id if follows else a.id)
            assert await desk.conversations.parent_of(SPACE, beside.id) == a.id


async def test_a_shelf_is_of_one_space_and_the_trash_takes_nothing_in(database: Database) -> None:
    async with a_desk(database) as desk:
        made, (a, _) = await a_talk(desk)
        mine, theirs = (Folder(new_object_id(), space, "f", NOW, NOW) for space in (SPACE, OTHER))
        await desk.journal.append_all([folders.creation(mine), folders.creation(theirs)])
        foreign = replace(made, space=OTHER)
        verbs = [Batch([], verb, theirs.id, "t") for verb in (Verb.PIN, Verb.ARCHIVE, Verb.MOVE, Verb.TAG, Verb.TRASH)]
        await refused(
            desk,
            shelf.change(foreign, foreign)[0],
            shelf.to_trash(OTHER, made.id, NOW),
            shelf.entitling(replace(foreign, face=Face("x", TitleBy.PERSON))),
            *(part for batch in verbs for part in parts_of(OTHER, batch, [made.id], NOW)),
            folders.renaming(replace(mine, space=OTHER), 1),
            folders.renaming(mine, 2),
            *folders.deletion(OTHER, mine.id),
        )
        with pytest.raises(RowRefused):
            await desk.journal.append_all([shelf.change(replace(made, version=7), made)[1]])
        shelves = shelf.ShelfStore(database)
        await wrote(desk, shelf.change(made, replace(made, face=Face(folder_id=theirs.id)))[0])
        assert (await desk.conversations.get(SPACE, made.id)).face.folder_id is None, "another's folder"
        await wrote(desk, *shelf.tagging(made, ["t"]), shelf.change(made, replace(made, face=Face(folder_id=mine.id)))[0])
        await refused(desk, (UNTAG, (made.id, OTHER, "t")), (folders.UNFILE, (mine.id, SPACE)))
        assert not await shelves.tags(OTHER) and not await shelves.several(OTHER, [made.id])
        for query in (ShelfQuery(), ShelfQuery(tag="t"), ShelfQuery(folder=mine.id)):
            assert await shelves.page(OTHER, query) == [] and await shelves.page(SPACE, query)
        assert await shelves.get(OTHER, made.id) is None and await folders.FolderStore(database).get(OTHER, mine.id) is None
        await refused(desk, *removal(SPACE, made.id))
        assert await wrote(desk, shelf.to_trash(SPACE, made.id, NOW)) == [1]
        said = (new_object_id(), SPACE, made.id, None, False, "message", "{}", 1, False, None)
        await refused(
            desk,
            *removal(OTHER, made.id),
            shelf.restoration(OTHER, made.id),
            *((TOUCH, (made.id, SPACE, 1, a.id, False, None)), (STIR, (made.id, SPACE, 1)), (ADD, said)),
            (CHANGE, (made.id, SPACE, "{}", 1, None)),
            choice(SPACE, made.id, a.id, None),
        )
        assert await shelves.trash(OTHER, ShelfQuery()) == [] and await shelves.oldest_in_trash(OTHER, 9) == []


async def test_what_is_remembered_is_of_one_space(database: Database) -> None:
    async with a_desk(database) as desk:
        made, (a, b) = await a_talk(desk)
        run = await desk.talk("um")
        first = Memory(new_object_id(), SPACE, "chá", "person", NOW, NOW, 1)
        second, third = replace(first, id=new_object_id()), replace(first, id=new_object_id(), space=OTHER)
        adding = memory.memory_addition(first, 1), memory.memory_addition(second, 1), memory.memory_addition(third, 1)
        assert await wrote(desk, *adding) == [1, 0, 1]
        summary = item(memory.summary_body("s"), made.id, None, made=True)
        held = (run.id, run.fence, run.state)
        assert await wrote(desk, memory.summary_addition(summary, a.id, *held)) == [1]
        assert await wrote(desk, memory.context_addition(run.id, SPACE, b"{}", run.fence, run.state)) == [1]
        await wrote(desk, (memory.PREFER, (SPACE, "memory", "{}", 1)))
        store = memory.MemoryStore(database)
        assert await store.memories(OTHER, 9) == [third] and await store.memory(OTHER, first.id) is None
        assert await store.summaries(OTHER, made.id) == [] and len(await store.summaries(SPACE, made.id)) == 1
        assert await store.context(OTHER, run.id) is None and await store.preference(OTHER, "memory") is None
        for at in (None, b.id):
            assert len(await store.since(SPACE, made.id, at, 9)) == 1
            assert await store.since(OTHER, made.id, at, 9) == [] and await store.sizes(OTHER, made.id, at, 9) == []
            assert await store.before(OTHER, made.id, at) is None
        await refused(
            desk,
            memory.memory_change(OTHER, first.id, "x", NOW, None),
            memory.memory_change(SPACE, first.id, "x", NOW, 2),
            (memory.DELETE, (OTHER, first.id)),
            (memory.CHANGE_SUMMARY, (OTHER, made.id, summary.id, "{}")),
            (memory.CHANGE_SUMMARY, (SPACE, made.id, a.id, "{}")),
            (memory.DELETE_SUMMARY, (OTHER, made.id, summary.id)),
            (memory.DELETE_SUMMARY, (SPACE, made.id, a.id)),
            memory.summary_addition(replace(summary, id=new_object_id()), a.id, run.id, run.fence + 1, run.state),
        )
        assert await wrote(desk, (memory.DELETE_ALL, (OTHER,))) == [1]


async def test_a_models_title_is_the_last_resort(database: Database) -> None:
    async with a_desk(database) as desk:
        made, _ = await a_talk(desk)
        run = await desk.talk("um")
        await refused(
            desk,
            memory.title_change(replace(made, space=OTHER), "t", run.id, run.fence, run.state),
            memory.title_change(made, "t", run.id, run.fence + 1, run.state),
        )
        given = memory.title_change(made, "t", run.id, run.fence, run.state)
        assert await wrote(desk, given, given) == [1, 0]
        named = replace(made, face=Face("mine", TitleBy.PERSON))
        late = shelf.entitling(replace(made, face=Face("late", TitleBy.MODEL)))
        assert await wrote(desk, shelf.entitling(named), late) == [1, 0]


async def test_shares_and_opinions_are_of_one_space(database: Database) -> None:
    async with a_desk(database) as desk:
        made, (a, _) = await a_talk(desk)
        snapshot = Snapshot((SharedMessage("user", "a"),))
        share = Share(new_object_id(), SPACE, made.id, None, 1, 0, NOW, NOW + 9)
        assert await wrote(desk, sharing.addition(share, "digest", snapshot)) == [1]
        store = sharing.ShareStore(database)
        assert await store.get(OTHER, share.id, NOW) is None and await store.count(OTHER) == 0
        assert await store.page(OTHER, NOW, 9, None, None) == []
        assert await store.opened("digest", NOW) is not None
        assert await store.opened("digest", NOW + 9) is None and await store.get(SPACE, share.id, NOW + 9) is None
        opinion = Opinion(SPACE, made.id, a.id, Rating.UP, None, NOW, NOW)
        assert await wrote(desk, opinions.putting(opinion)) == [1]
        said = opinions.OpinionStore(database)
        assert await said.get(OTHER, made.id, a.id) is None and await said.list(OTHER, made.id, 9) == []
        await refused(
            desk,
            sharing.addition(replace(share, id=new_object_id(), space=OTHER), "other", snapshot),
            sharing.relinking(OTHER, share.id, "mine now"),
            sharing.deletion(OTHER, share.id),
            sharing.deletion_of_expired(NOW),
            opinions.putting(replace(opinion, space=OTHER)),
            opinions.deletion(OTHER, made.id, a.id),
        )
        await wrote(desk, shelf.to_trash(SPACE, made.id, NOW))
        assert await store.opened("digest", NOW) is None
        await refused(desk, sharing.addition(replace(share, id=new_object_id()), "other", snapshot))


async def test_nothing_hangs_on_what_is_gone(database: Database) -> None:
    async with a_desk(database) as desk:
        made, (a, b) = await a_talk(desk)
        kept, (c, _) = await a_talk(desk)
        for talk, of in ((made, a), (made, b), (kept, c)):
            await wrote(desk, opinions.putting(Opinion(SPACE, talk.id, of.id, Rating.UP, None, NOW, NOW)))
        for number, talk in enumerate((made, kept)):
            share = Share(new_object_id(), SPACE, talk.id, None, 1, 0, NOW, None)
            await wrote(desk, sharing.addition(share, f"{number}", Snapshot((SharedMessage("user", "a"),))))
            await desk.journal.append_all([naming(SPACE, "conversation", f"{number}", talk.id)])
            await wrote(desk, *shelf.tagging(talk, ["t"]))

        async def judged() -> set[str]:
            return {str(id) for (id,) in await database.fetch("SELECT item_id FROM opinions")}

        await desk.conversations.paths.delete_branch(SPACE, made.id, b.id, desk.runs.delete)
        assert await judged() == {a.id, c.id}
        await desk.conversations.delete_item(SPACE, made.id, a.id)
        assert await judged() == {c.id}
        await desk.conversations.delete(SPACE, made.id, desk.runs.delete)
        for table, column in (
            *((name, "conversation_id") for name in ("shares", "conversation_tags")),
            ("second_names", "object_id"),
        ):
            assert await database.fetch(f"SELECT {column} FROM {table}") == [(kept.id,)], table
        await desk.conversations.delete(SPACE, kept.id, desk.runs.delete)
        assert await judged() == set()


async def test_what_travels_and_what_is_found_is_of_one_space(database: Database) -> None:
    async with a_desk(database) as desk:
        made, (a, b) = await a_talk(desk)
        await database.open()
        store, found = ExportStore(database), SearchStore(database)
        assert await store.all(OTHER) == [] and await store.shelf(OTHER, made.id) is None
        assert await store.size(OTHER, made.id) == (0, 0) and await store.unseen(OTHER, made.id) == {}
        assert await store.places(OTHER, made.id, (-1, -1), 9) == [] and await store.path(OTHER, made.id, b.id) == []
        assert await store.told(OTHER, [a.id]) == [] and len(await store.told(SPACE, [a.id])) == 1
        [(number, *_)] = await database.fetch("SELECT number FROM items WHERE id = $1", a.id)
        assert isinstance(number, int)
        assert await found.item(SPACE, number) and await found.item(OTHER, number) == b""
        assert await found.items(SPACE, [number], 10**6) and await found.items(OTHER, [number], 10**6) == {}
        coming = replace(made, id=new_object_id(), deleted_at=NOW)
        await desk.journal.append_all(importing.creation(coming, None))
        imports = importing.ImportStore(database)
        assert await imports.there(OTHER, coming.id) is None and await imports.there(SPACE, coming.id) == 0
        await refused(desk, *importing.completion(OTHER, coming.id), *importing.completion(SPACE, made.id))
        assert await wrote(desk, *importing.completion(SPACE, coming.id)) == [1]
