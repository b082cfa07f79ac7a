"""Each condition of the store of conversations by itself, past the service that would refuse the same a step before."""

from prosa.conversations import ConversationService, Item, ItemQuery
from prosa.conversations.store import (
    ADD,
    CHANGE,
    DELETE,
    DELETE_ITEM,
    DELETE_ITEMS,
    STIR,
    TOUCH,
    ConversationStore,
    Landing,
    additions_of_run,
    fenced_additions,
)
from prosa.drivers.journal import Part
from prosa.drivers.sql import Database
from prosa.kit.ids import new_object_id
from prosa.runs import RunState
from tests.conversations.desk import SPACE, Desk, a_desk, item, message

OTHER = "bia"
A, B = message("a"), message("b")


async def changed(desk: Desk, part: Part) -> int:
    """Rows that this changes."""
    return (await desk.journal.append_all([part]))[0]


def ids(items: list[Item]) -> list[str]:
    return [item.id for item in items]


async def test_each_read_and_write_is_of_one_space(database: Database) -> None:
    async with a_desk(database) as desk:
        conversations: ConversationService = desk.conversations
        made = await conversations.create(SPACE, b"{}", [A])
        [said] = await conversations.items_of(SPACE, made.id)
        for part in (
            (TOUCH, (made.id, OTHER, 1, said.id, False, None)),
            (STIR, (made.id, OTHER, 1)),
            (ADD, (new_object_id(), OTHER, made.id, None, False, "message", B.decode(), 1, False, None)),
            (CHANGE, (made.id, OTHER, '{"a":"b"}', 1, None)),
            (DELETE_ITEM, (said.id, made.id, OTHER)),
            (DELETE_ITEM, (said.id, new_object_id(), SPACE)),
            (DELETE, (made.id, OTHER)),
            (DELETE_ITEMS, (made.id, SPACE)),  # it is still there
        ):
            assert await changed(desk, part) == 0
        await desk.journal.append_all(additions_of_run([item(B, made.id, None, space=OTHER)]))
        assert ids(await conversations.items_of(SPACE, made.id)) == [said.id]
        assert await conversations.items(OTHER, (await conversations.create(OTHER)).id, ItemQuery()) == []
        assert await changed(desk, (DELETE, (made.id, SPACE))) == 1
        assert await changed(desk, (DELETE_ITEMS, (made.id, OTHER))) == 0
        assert await changed(desk, (DELETE_ITEMS, (made.id, SPACE))) == 1


async def test_nothing_that_another_space_points_at_is_read(database: Database) -> None:
    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE)
        store = ConversationStore(database)
        mine = await desk.talk("um", made.id)
        desk.echo.gate.clear()
        going = await desk.say("dois", made.id)
        assert await store.of_run(OTHER, mine.id) == []
        assert await store.runs_of(OTHER, made.id) == []
        assert await store.open_runs_of(OTHER, made.id) == []
        assert await store.open_runs_of(SPACE, made.id) == [going.id]
        assert await store.chain(OTHER, mine.id, 9) == []
        theirs = await desk.say("três", previous=mine.id, space=OTHER)  # as no door would let it
        assert {each.space for each in await store.chain(OTHER, theirs.id, 9)} == {OTHER}


async def test_a_conversation_grows_recent_with_the_very_end_of_its_run(database: Database) -> None:
    async with a_desk(database) as desk:
        made = await desk.conversations.create(SPACE)
        run = await desk.talk("um", made.id)
        before = (await desk.conversations.get(SPACE, made.id)).updated_at
        late = [item(message(text), made.id, run.id, made=True) for text in "xy"]
        for fence, state in ((run.fence - 1, run.state), (run.fence, RunState.CANCELLED)):
            landing = Landing(run.id, fence, state, None, 0)
            assert set(await desk.journal.append_all(fenced_additions(late, landing))) == {0}
        assert (await desk.conversations.get(SPACE, made.id)).updated_at == before
