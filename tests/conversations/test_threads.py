"""Messages of a conversation as the Assistants API pages through them, over both databases; and what stands in their margins."""

import itertools
from collections.abc import Sequence

import msgspec
import pytest

from prosa.conversations import (
    Attachment,
    AttachmentTool,
    ConversationNotFound,
    Face,
    Item,
    ItemNotFound,
    Margin,
    MessageQuery,
    Order,
    Threads,
    margin_of,
    shown,
    view,
    with_margin,
    without_margin,
)
from prosa.drivers.journal import Statement
from prosa.drivers.sql import Database
from prosa.kit.clock import SystemClock
from tests.conversations.desk import SPACE, Desk, a_desk, message, told

CALL = b'{"type":"function_call","call_id":"c","name":"f","arguments":"{}","status":"completed"}'
NOTED = Margin(
    {"topic": "burros"}, [Attachment("file-" + "0" * 32, [AttachmentTool("file_search")])], "asst_1", "max_tokens", "msg_x"
)


def threads_of(desk: Desk) -> Threads:
    return Threads(desk.conversations, desk.database, desk.journal, SystemClock())


def expected(all_: Sequence[str], query: MessageQuery) -> tuple[list[str], bool]:
    """The page and whether there is more, by the ids oldest first."""
    ids = list(all_) if query.order is Order.OLDEST_FIRST else list(reversed(all_))
    if query.after is not None:
        ids = ids[ids.index(query.after) + 1 :]
    if query.before is not None:
        ids = ids[: ids.index(query.before)] if query.before in ids else []
    if query.before is not None and query.after is None:
        return ids[-query.limit :], len(ids) > query.limit
    return ids[: query.limit], len(ids) > query.limit


async def test_pages_hold_messages_alone_in_either_order_between_any_two_of_them(database: Database) -> None:
    async with a_desk(database) as desk:
        threads = threads_of(desk)
        bodies = [
            message("rules", "developer"),
            message("1"),
            CALL,
            message("2"),
            message("more rules", "system"),
            CALL,
            message("3"),
        ]
        made = await desk.conversations.create(SPACE, items=[*bodies, CALL, message("4")])
        ids = [
            each.id for each in await desk.conversations.items_of(SPACE, made.id) if told_or_none(each) in ("1", "2", "3", "4")
        ]
        assert len(ids) == 4
        edges = (None, *ids)
        for order, after, before, limit in itertools.product(Order, edges, edges, (1, 3)):
            query = MessageQuery(limit, order, after, before)
            page = await threads.page(SPACE, made.id, query)
            assert ([each.id for each in page.items], page.more) == expected(ids, query), query
        for query in (MessageQuery(after="0" * 32), MessageQuery(before="0" * 32)):
            with pytest.raises(ItemNotFound):
                await threads.page(SPACE, made.id, query)
        with pytest.raises(ConversationNotFound):
            await threads.page("bia", made.id, MessageQuery())


async def test_a_page_can_be_of_what_one_run_said(database: Database) -> None:
    async with a_desk(database) as desk:
        threads = threads_of(desk)
        made = await desk.conversations.create(SPACE)
        runs = [await desk.talk(text, made.id) for text in ("a", "b")]
        for run, text in zip(runs, ("echo a", "echo b"), strict=True):
            page = await threads.page(SPACE, made.id, MessageQuery(run_id=run.id))
            assert [told(each) for each in page.items] == [text] and not page.more
        assert (await threads.page(SPACE, made.id, MessageQuery(run_id="0" * 32))).items == []
        whole = await threads.page(SPACE, made.id, MessageQuery(order=Order.OLDEST_FIRST))
        assert [told(each) for each in whole.items] == ["a", "echo a", "b", "echo b"]


async def test_metadata_and_resources_change_and_the_words_stay(database: Database) -> None:
    async with a_desk(database) as desk:
        threads = threads_of(desk)
        made = await desk.conversations.create(SPACE, b'{"a":"b"}', [with_margin(message("oi"), NOTED)])
        [item] = await desk.conversations.items_of(SPACE, made.id)
        noted = await threads.note(SPACE, made.id, item.id, {"other": "x"})
        assert margin_of(noted.body) == msgspec.structs.replace(NOTED, metadata={"other": "x"}) and told(noted) == "oi"
        one, other = b'{"code_interpreter":{"file_ids":[]}}', b"{}"
        changed = await threads.change(SPACE, made.id, None, (None, one))
        assert changed is not None and (changed.metadata, changed.version) == (b'{"a":"b"}', made.version + 1)
        assert changed.face.tool_resources == one
        changed = await threads.change(SPACE, made.id, b"{}")
        assert changed is not None and (changed.metadata, changed.face.tool_resources) == (b"{}", one)
        assert await threads.change(SPACE, made.id, b'{"x":"y"}', (None, other)) is None
        assert await threads.change(SPACE, made.id, b'{"x":"y"}', (other, None)) is None
        assert (await desk.conversations.get(SPACE, made.id)).metadata == b"{}"
        changed = await threads.change(SPACE, made.id, None, (one, None))
        assert changed is not None and changed.face.tool_resources is None
        for space, id in (("bia", made.id), (SPACE, "0" * 32)):
            with pytest.raises(ConversationNotFound):
                await threads.change(space, id, b"{}")
            with pytest.raises(ConversationNotFound):
                await threads.note(space, id, item.id, {})


async def test_a_deleted_thread_takes_along_the_stores_that_were_made_for_it(database: Database) -> None:
    add = Statement(
        "INSERT INTO vector_stores (id, space, name, metadata, created_at, active_at)"
        " VALUES (CAST($1 AS TEXT), CAST($2 AS TEXT), '', '{}', 0, 0)"
    )
    async with a_desk(database) as desk:
        for id, space in (("own", SPACE), ("named", SPACE), ("others", "bia")):
            await desk.journal.append(add, (id, space))
        resources = b'{"file_search":{"vector_store_ids":["vs_named"]},"made":["made:own","made:others","made:nothing"]}'
        made = await desk.conversations.create(SPACE, face=Face(tool_resources=resources))
        plain = await desk.conversations.create(
            SPACE, face=Face(tool_resources=b'{"file_search":{"vector_store_ids":["vs_named"]}}')
        )
        odd = await desk.conversations.create(SPACE, face=Face(tool_resources=b"no JSON"))
        for each in (made, plain, odd):
            await desk.conversations.delete(SPACE, each.id, desk.runs.delete)
        found = await database.fetch("SELECT id, deleted_at FROM vector_stores ORDER BY id")
        assert [(id, at is None) for id, at in found] == [("named", True), ("others", True), ("own", False)]
        assert abs(int(str(found[2][1])) / 1e6 - SystemClock().now()) < 600


def test_no_other_dialect_shows_the_margin() -> None:
    bare = message("oi")
    noted = with_margin(bare, NOTED)
    assert margin_of(noted) == NOTED and margin_of(bare) == Margin()
    assert without_margin(noted) == bare and with_margin(noted, Margin()) == bare
    assert with_margin(noted, NOTED) == noted
    item = Item(SPACE, "message", noted, 1.5, id="0" * 32)
    plain = Item(SPACE, "message", bare, 1.5, id="0" * 32)
    assert shown(item) == shown(plain) and view(item) == view(plain)


@pytest.mark.parametrize("margin", ["5", '{"metadata":5}', "null", '{"attachments":[{"file_id":1}]}'])
def test_a_margin_that_an_import_brought_is_read_with_care(margin: str) -> None:
    body = message("oi")[:-1] + b',"prosa:margin":' + margin.encode() + b"}"
    assert margin_of(body) == Margin() and without_margin(body) == message("oi")


def test_words_that_look_like_a_margin_are_words() -> None:
    for text in ('"prosa:margin"', '","prosa:margin":{"metadata":{"a":"b"}}', "prosa:margin"):
        body = message(text)
        assert margin_of(body) == Margin() and without_margin(body) == body
    nested = b'{"type":"message","role":"user","content":[{"type":"x","prosa:margin":{"metadata":{"a":"b"}}}]}'
    assert margin_of(nested) == Margin() and without_margin(nested) == nested


def told_or_none(item: Item) -> str | None:
    return told(item) if item.type == "message" else None
