"""Conversations are kept in order by their owner, over both databases: titles, pins, the archive, folders, tags."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from prosa.conversations import (
    Batch,
    Batched,
    ConversationChanged,
    ConversationNotFound,
    Face,
    FolderNotFound,
    Shelf,
    ShelfChanges,
    ShelfQuery,
    TitleBy,
    Verb,
)
from prosa.conversations.shelf import (
    FolderChanged,
    FolderNameInvalid,
    FolderNameTaken,
    TagInvalid,
    TooManyTags,
    erase_shelf,
    inherit_shelf,
)
from prosa.conversations.shelf.words import line
from prosa.drivers.journal import Part
from prosa.drivers.sql import Database
from prosa.events.feed_store import addition
from prosa.kit.clock import SystemClock
from prosa.kit.ids import new_object_id
from tests.conversations.desk import SPACE, Desk, a_desk, message


@dataclass
class Told:
    """A feed that remembers."""

    spaces: list[str] = field(default_factory=list)

    def part(self, space: str, type: str, object_id: str, data: bytes | None, now: float) -> Part:
        """The row of the real one."""
        return addition(space, type, object_id, data, now)

    def published(self, space: str) -> None:
        """Somebody would be woken now."""
        self.spaces.append(space)


@dataclass
class Room:
    """A shelf beside the conversations on it."""

    desk: Desk
    shelf: Shelf
    told: Told

    async def made(self, **face: Any) -> str:
        """A conversation with one message."""
        return (await self.desk.conversations.create(SPACE, b"{}", [message("a")], face=Face(**face))).id

    async def listed(self, **wishes: Any) -> list[str]:
        """The ids of a list."""
        return [each.conversation.id for each in (await self.shelf.list(SPACE, ShelfQuery(**wishes))).items]

    async def news(self) -> list[tuple[str, str]]:
        """What the feed holds: types and ids."""
        rows = await self.desk.database.fetch("SELECT type, object_id FROM changes ORDER BY number")
        return [(str(type), str(id)) for type, id in rows]


@pytest.fixture
async def room(database: Database) -> AsyncIterator[Room]:
    async with a_desk(database) as desk:
        told = Told()
        yield Room(desk, Shelf(database, desk.journal, SystemClock(), told), told)


async def test_what_is_changed_is_kept_and_told_and_is_no_activity(room: Room) -> None:
    first, second = await room.made(title="one"), await room.made()
    folder = await room.shelf.folders.create(SPACE, "  Física \n quântica ")
    changes = ShelfChanges("A  title\tof\u202eours", True, True, folder.id, ["Ação", "acao", "b"], "mock", b'{"x":1}')
    found = await room.shelf.change(SPACE, first, changes)
    told, face = found.conversation, found.conversation.face
    assert (face.title, face.title_by, face.folder_id) == ("A title of ours", TitleBy.PERSON, folder.id)
    assert (face.model, face.settings, found.tags) == ("mock", b'{"x":1}', ("Ação", "b"))
    assert told.pinned_at is not None and told.archived_at is not None and told.version == 2
    assert folder.name == "Física quântica"
    again = await room.shelf.change(SPACE, first, changes)
    assert again == found  # nothing is new
    assert await room.listed(archived=None) == [second, first]
    cleared = await room.shelf.change(SPACE, first, ShelfChanges(None, False, False, None, [], None, None))
    empty = cleared.conversation
    assert (empty.face.title, empty.face.title_by, empty.pinned_at, empty.archived_at) == (None, TitleBy.NOBODY, None, None)
    assert (empty.face.folder_id, cleared.tags, empty.version) == (None, (), 3)
    assert await room.news() == [
        ("folder.created", f"folder_{folder.id}"),
        ("conversation.updated", f"conv_{first}"),
        ("conversation.updated", f"conv_{first}"),
    ]
    assert room.told.spaces == [SPACE] * 3


async def test_of_two_that_change_the_same_version_one_wins_whole(room: Room) -> None:
    id = await room.made()
    attempts = [
        room.shelf.change(SPACE, id, ShelfChanges(title=str(number), tags=[str(number)]), if_version=1) for number in range(8)
    ]
    done = await asyncio.gather(*attempts, return_exceptions=True)
    won = [each for each in done if not isinstance(each, BaseException)]
    assert len(won) == 1 and all(isinstance(each, ConversationChanged) for each in done if each not in won)
    found = await room.shelf.get(SPACE, id)
    assert found.tags == (found.conversation.face.title,) and found.conversation.version == 2
    assert len(await room.news()) == 1  # who lost told nobody


async def test_changes_of_different_things_at_once_are_all_there(room: Room) -> None:
    id = await room.made()
    folder = await room.shelf.folders.create(SPACE, "f")
    await asyncio.gather(
        room.shelf.change(SPACE, id, ShelfChanges(title="t")),
        room.shelf.change(SPACE, id, ShelfChanges(pinned=True)),
        room.shelf.change(SPACE, id, ShelfChanges(tags=["x"])),
        room.shelf.change(SPACE, id, ShelfChanges(folder_id=folder.id)),
        room.shelf.batch(SPACE, Batch([id], Verb.TAG, tag="y"), room.desk.runs.cancel),
    )
    found = await room.shelf.get(SPACE, id)
    assert (found.conversation.face.title, found.conversation.face.folder_id) == ("t", folder.id)
    assert found.conversation.pinned_at is not None and set(found.tags) >= {"x"}
    assert found.conversation.version >= 5


async def test_a_title_that_a_person_gave_is_never_replaced_by_a_models(room: Room) -> None:
    id = await room.made()
    assert await room.shelf.entitle(SPACE, id, "made up", TitleBy.MODEL)
    assert await room.shelf.entitle(SPACE, id, "made up anew", TitleBy.MODEL)
    await room.shelf.change(SPACE, id, ShelfChanges(title="mine"))
    assert not await room.shelf.entitle(SPACE, id, "made up again", TitleBy.MODEL)
    assert (await room.shelf.get(SPACE, id)).conversation.face.title == "mine"
    talk = await room.made(title="Nova conversa", title_by=TitleBy.DIALECT, dialect="chatai")
    assert not await room.shelf.entitle(SPACE, talk, "made up", TitleBy.MODEL)
    assert await room.shelf.entitle(SPACE, talk, "renamed", TitleBy.DIALECT)
    with pytest.raises(ConversationNotFound):
        await room.shelf.entitle("bia", talk, "hers", TitleBy.PERSON)


async def test_lists_are_filtered_and_come_in_pages(room: Room) -> None:
    folder = await room.shelf.folders.create(SPACE, "f")
    filed = await room.made(folder_id=folder.id, dialect="app")
    tagged, pinned, archived, plain = [await room.made(dialect="chatai") for _ in range(4)]
    await room.shelf.change(SPACE, tagged, ShelfChanges(tags=["Matemática"]))
    await room.shelf.change(SPACE, pinned, ShelfChanges(pinned=True))
    await room.shelf.change(SPACE, archived, ShelfChanges(archived=True, tags=["matematica"]))
    await room.desk.conversations.create("bia", b"{}", [], face=Face(folder_id=folder.id))
    assert await room.listed() == [plain, pinned, tagged, filed]
    assert await room.listed(archived=True) == [archived]
    assert await room.listed(pinned=True) == [pinned] and await room.listed(pinned=False) == [plain, tagged, filed]
    assert await room.listed(folder=folder.id) == [filed] and await room.listed(folder="") == [plain, pinned, tagged]
    assert await room.listed(tag="MATEMATICA", archived=None) == [archived, tagged]
    assert await room.listed(dialect="app") == [filed]
    assert await room.listed(tag="matemática", folder=folder.id) == []
    pages, after = [], None
    while True:
        page = await room.shelf.list(SPACE, ShelfQuery(3, after, archived=None))
        pages.append([each.conversation.id for each in page.items])
        after = page.next
        if after is None:
            break
    assert pages == [[plain, archived, pinned], [tagged, filed]]
    [tag] = await room.shelf.tags(SPACE)
    assert tag.conversations == 2 and tag.name in ("Matemática", "matematica")


@pytest.mark.attack("E14")
def test_a_line_holds_nothing_that_nobody_sees() -> None:
    assert line("a\u200bb\u2060c\ufeff\U000e0041\U000e0042 d") == "abc d"
    for nothing in ("\u200b", "\u3164", "\U000e0041\U000e007f", "\u200d\ufe0f", " \u2003 "):
        assert line(nothing) == ""
    england = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
    for kept in (england, "👩\u200d👩\u200d👧 ❤\ufe0f", "می\u200cخواهم", "ação", "日本語", "é", "\u0301", "\U0001fa77"):
        assert line(kept) == kept


async def test_folders_have_names_of_their_own_and_leave_what_was_in_them(room: Room) -> None:
    folders = room.shelf.folders
    trip = await folders.create(SPACE, "Férias")
    for name in ("ferias", "FÉRIAS "):
        with pytest.raises(FolderNameTaken):
            await folders.create(SPACE, name)
    for name in ("", "\u202e\n", "x" * 101):
        with pytest.raises(FolderNameInvalid):
            await folders.create(SPACE, name)
    assert (await folders.create("bia", "Férias")).name == "Férias"
    id = new_object_id()
    assert await folders.create(SPACE, "Trabalho", id) == await folders.create(SPACE, "Trabalho", id)
    with pytest.raises(FolderNameTaken):
        await folders.rename(SPACE, id, "férias")
    renamed = await folders.rename(SPACE, id, "trabalho", if_version=1)
    assert (renamed.name, renamed.version) == ("trabalho", 2)
    with pytest.raises(FolderChanged):
        await folders.rename(SPACE, id, "x", if_version=1)
    filed = await room.made(folder_id=trip.id)
    for attempt in (folders.get("bia", trip.id), folders.delete("bia", trip.id), folders.rename("bia", trip.id, "x")):
        with pytest.raises(FolderNotFound):
            await attempt
    await folders.delete(SPACE, trip.id)
    left = (await room.shelf.get(SPACE, filed)).conversation
    assert (left.face.folder_id, left.version) == (None, 2)
    page = await folders.list(SPACE, limit=1)
    assert [each.name for each in page.items] == ["trabalho"] and page.next is None


async def test_what_is_filed_while_the_folder_goes_is_in_no_folder(room: Room) -> None:
    ids = [await room.made() for _ in range(6)]
    for _ in range(5):
        folder = await room.shelf.folders.create(SPACE, "f")
        filing = [room.shelf.change(SPACE, id, ShelfChanges(folder_id=folder.id)) for id in ids]
        await asyncio.gather(*filing, room.shelf.folders.delete(SPACE, folder.id), return_exceptions=True)
        assert sorted(await room.listed(folder="")) == sorted(ids)


async def test_tags_are_few_short_and_told_apart_by_more_than_accents(room: Room) -> None:
    id = await room.made()
    for tags, error in (([""], TagInvalid), (["x" * 65], TagInvalid), ([str(number) for number in range(21)], TooManyTags)):
        with pytest.raises(error):
            await room.shelf.change(SPACE, id, ShelfChanges(tags=tags))
    found = await room.shelf.change(SPACE, id, ShelfChanges(tags=["b", "ö" * 64, "B", "\u0301", *map(str, range(17))]))
    assert len(found.tags) == 20
    with pytest.raises(TooManyTags):
        await room.shelf.batch(SPACE, Batch([id], Verb.TAG, tag="one more"), room.desk.runs.cancel)
    assert len((await room.shelf.batch(SPACE, Batch([id], Verb.TAG, tag="B"), room.desk.runs.cancel)).items[0].tags) == 20


async def test_a_batch_does_one_thing_to_all_that_are_there(room: Room) -> None:
    ids = [await room.made() for _ in range(3)]
    folder = await room.shelf.folders.create(SPACE, "f")
    foreign = (await room.desk.conversations.create("bia")).id

    async def done(verb: Verb, *, of: list[str] = ids, **what: Any) -> list[Any]:
        return [*(await room.shelf.batch(SPACE, Batch(of, verb, **what), room.desk.runs.cancel)).items]

    assert all(each.conversation.pinned_at for each in await done(Verb.PIN))
    assert [each.conversation.version for each in await done(Verb.PIN)] == [2, 2, 2]
    assert not any(each.conversation.pinned_at for each in await done(Verb.UNPIN))
    assert all(each.conversation.archived_at for each in await done(Verb.ARCHIVE))
    assert not any(each.conversation.archived_at for each in await done(Verb.UNARCHIVE))
    assert {each.conversation.face.folder_id for each in await done(Verb.MOVE, folder_id=folder.id)} == {folder.id}
    assert {each.conversation.face.folder_id for each in await done(Verb.MOVE)} == {None}
    assert {each.tags for each in await done(Verb.TAG, tag=" Ok ")} == {("Ok",)}
    assert {each.tags for each in await done(Verb.UNTAG, tag="OK")} == {()}
    before = [await room.shelf.get(SPACE, id) for id in ids]
    hers = await room.shelf.get("bia", foreign)
    for verb in Verb:
        told = await room.shelf.batch(SPACE, Batch([foreign, "0" * 32], verb, tag="t"), room.desk.runs.cancel)
        assert told == Batched((), (foreign, "0" * 32))
    assert await room.shelf.get("bia", foreign) == hers
    with pytest.raises(FolderNotFound):
        await done(Verb.MOVE, folder_id=(await room.shelf.folders.create("bia", "hers")).id)
    assert [await room.shelf.get(SPACE, id) for id in ids] == before
    assert await done(Verb.TRASH, of=[ids[0], ids[0], ids[1]]) == []
    assert await room.listed() == [ids[2]]
    # Those alone that are in the trash, and as they were.
    back = await room.shelf.batch(SPACE, Batch([ids[0], ids[2], ids[1]], Verb.RESTORE), room.desk.runs.cancel)
    assert [each.conversation.id for each in back.items] == [ids[0], ids[2], ids[1]] and back.missing == (ids[2],)
    assert sorted(await room.listed()) == sorted(ids)


async def test_nothing_of_a_space_is_there_for_another(room: Room) -> None:
    id = await room.made()
    folder = await room.shelf.folders.create("bia", "hers")
    for attempt in (room.shelf.get("bia", id), room.shelf.change("bia", id, ShelfChanges(title="x"))):
        with pytest.raises(ConversationNotFound):
            await attempt
    with pytest.raises(FolderNotFound):
        await room.shelf.change(SPACE, id, ShelfChanges(title="x", folder_id=folder.id))
    assert (await room.shelf.get(SPACE, id)).conversation.version == 1
    assert (await room.shelf.list("bia", ShelfQuery())).items == () and await room.shelf.tags("bia") == []


async def test_the_shelf_changes_hands_and_goes_with_its_owner(room: Room) -> None:
    id = await room.made()
    await room.shelf.folders.create(SPACE, "f")
    await room.shelf.change(SPACE, id, ShelfChanges(tags=["t"]))
    async with room.desk.database.writing() as connection:
        await inherit_shelf(connection, SPACE, "heir")
    assert len((await room.shelf.folders.list("heir")).items) == 1
    async with room.desk.database.writing() as connection:
        await erase_shelf(connection, "heir")
    for table in ("folders", "conversation_tags"):
        assert await room.desk.database.fetch(f"SELECT * FROM {table}") == []  # the test's own word
