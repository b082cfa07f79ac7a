"""Conversations and items in the database, past SQLAlchemy: most of this lies on the way of every turn.

Who adds to a conversation changes its row first, so that on PostgreSQL, too, two that add at once take turns: items that were
added together stay together. A position is told by the statement that writes it; the number settles what shares one.
"""

from collections.abc import Sequence
from typing import Final

from prosa.conversations.models import Conversation, Item, ItemQuery, Order
from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database
from prosa.kit import moments
from prosa.runs import RunState, fenced_insert

CREATE: Final = Statement(
    "INSERT INTO conversations (id, space, metadata, created_at, updated_at, version) VALUES ($1, $2, $3, $4, $4, 1)"
)
# What is added makes a conversation recent; its version is of what people edit.
TOUCH: Final = Statement("UPDATE conversations SET updated_at = $3 WHERE id = $1 AND space = $2")
CHANGE: Final = Statement(
    "UPDATE conversations SET metadata = $3, updated_at = $4, version = version + 1"
    " WHERE id = $1 AND space = $2 AND (CAST($5 AS BIGINT) IS NULL OR version = CAST($5 AS BIGINT))"
)
_ADD: Final = (
    "INSERT INTO items (id, space, conversation_id, run_id, made, position, type, body, created_at)"
    " SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), {0}, CAST($4 AS TEXT), CAST($5 AS BOOLEAN),"
    " COALESCE((SELECT MAX(position) FROM items WHERE conversation_id = $3), 0) + 1, $6, $7, CAST($8 AS BIGINT)"
)
# A conversation that was deleted meanwhile takes nothing in: what a run was given stays with the run alone, …
ADD_OF_RUN: Final = Statement(_ADD.format("(SELECT id FROM conversations WHERE id = $3 AND space = $2)"))
# … and what nobody else holds is not added at all.
ADD: Final = Statement(_ADD.format("id") + " FROM conversations WHERE id = $3 AND space = $2")
MOVE_TO_END: Final = Statement(
    "UPDATE items SET position = COALESCE((SELECT MAX(position) FROM items WHERE conversation_id = $2), 0) + 1"
    " WHERE run_id = $1 AND conversation_id = $2 AND NOT made"
)
# A run that is deleted takes along what no conversation holds.
LET_GO: Final = Statement("UPDATE items SET run_id = NULL WHERE run_id = $1 AND conversation_id IS NOT NULL")
DELETE_OF_RUN: Final = Statement("DELETE FROM items WHERE run_id = $1")
DELETE_ITEM: Final = Statement("DELETE FROM items WHERE id = $1 AND conversation_id = $2 AND space = $3")
DELETE: Final = Statement(
    "DELETE FROM conversations WHERE id = $1 AND space = $2"
    " AND NOT EXISTS (SELECT 1 FROM runs WHERE conversation_id = $1 AND state IN ('queued', 'running', 'waiting'))"
)
DELETE_ITEMS: Final = Statement(
    "DELETE FROM items WHERE conversation_id = $1 AND space = $2 AND NOT EXISTS (SELECT 1 FROM conversations WHERE id = $1)"
)
_FENCE: Final = " AND EXISTS (SELECT 1 FROM runs WHERE id = $4 AND fence = CAST($5 AS BIGINT) AND state = $6)"
TOUCH_FENCED: Final = Statement(TOUCH.postgresql + _FENCE)
ADD_FENCED: Final = fenced_insert(
    "items",
    {
        "id": "TEXT",
        "space": "TEXT",
        "conversation_id": "(SELECT id FROM conversations WHERE id = CAST({} AS TEXT))",
        "run_id": "TEXT",
        "made": "BOOLEAN",
        "position": "COALESCE((SELECT MAX(position) FROM items WHERE conversation_id = CAST({} AS TEXT)), 0) + 1",
        "type": "TEXT",
        "body": "TEXT",
        "created_at": "BIGINT",
    },
)

GET: Final = "SELECT id, space, metadata, created_at, updated_at, version FROM conversations WHERE id = $2 AND space = $1"
RUNS_OF: Final = "SELECT DISTINCT run_id FROM items WHERE conversation_id = $2 AND space = $1 AND run_id IS NOT NULL"
OPEN_RUNS_OF: Final = (
    "SELECT id FROM runs WHERE conversation_id = $2 AND space = $1 AND state IN ('queued', 'running', 'waiting')"
    " ORDER BY created_at DESC, id DESC"
)
_COLUMNS: Final = "items.id, items.space, conversation_id, run_id, made, type, body, items.created_at"
_ITEMS: Final = f"SELECT {_COLUMNS} FROM "  # noqa: S608  # our own words
FEW: Final = 32  # items that are read without a look at their sizes
BYTES: Final = 64 * 1024 * 1024  # of items in memory at once: more than a model is ever asked with
_HERE: Final = _ITEMS + "items WHERE conversation_id = $2 AND space = $1 "
ONE: Final = _HERE + "AND id = $3"
NAMED: Final = _ITEMS + "items WHERE id = $2 AND space = $1"
OF_RUN: Final = _ITEMS + "items WHERE run_id = $2 AND space = $1 ORDER BY made, number"
# What waits behind the answer that is being given isn't part of what that one answers to.
OF_CONVERSATION: Final = _HERE + (  # noqa: S608  # our own words
    "AND (made OR run_id IS NULL OR NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = items.run_id AND runs.state = 'queued'))"
    " ORDER BY position DESC, number DESC LIMIT $3"
)
CHAIN: Final = "".join(
    (
        "WITH RECURSIVE line(run, previous, depth) AS (SELECT id, previous_id, 0 FROM runs WHERE id = $2 AND space = $1"
        " UNION ALL SELECT runs.id, runs.previous_id, depth + 1 FROM line JOIN runs ON runs.id = previous"
        " WHERE runs.space = $1 AND depth < $3) ",
        _ITEMS,
        "line JOIN items ON run_id = run WHERE items.space = $1 ORDER BY depth, made DESC, number DESC LIMIT $3",
    )
)
_BEYOND: Final = "AND (position, number) {} (SELECT position, number FROM items WHERE id = $4 AND conversation_id = $2) "
_OLDEST: Final = "ORDER BY position, number LIMIT $3"
_NEWEST: Final = "ORDER BY position DESC, number DESC LIMIT $3"
PAGES: Final = {  # by order, and whether it goes on from an item
    (Order.OLDEST_FIRST, False): _HERE + _OLDEST,
    (Order.OLDEST_FIRST, True): _HERE + _BEYOND.format(">") + _OLDEST,
    (Order.NEWEST_FIRST, False): _HERE + _NEWEST,
    (Order.NEWEST_FIRST, True): _HERE + _BEYOND.format("<") + _NEWEST,
}


class ConversationStore:
    """What one space holds. Reads are made here; writes are told, for the journal to write them with what belongs to them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, space: str, id: str) -> Conversation | None:
        """One conversation."""
        rows = await self._database.fetch(GET, space, id)
        return _conversation(rows[0]) if rows else None

    async def item(self, space: str, conversation_id: str, item_id: str) -> Item | None:
        """One item of a conversation."""
        rows = await self._database.fetch(ONE, space, conversation_id, item_id)
        return _item(rows[0]) if rows else None

    async def named(self, space: str, item_id: str) -> Item | None:
        """One item, wherever it stands."""
        rows = await self._database.fetch(NAMED, space, item_id)
        return _item(rows[0]) if rows else None

    async def page(self, space: str, conversation_id: str, query: ItemQuery) -> list[Item]:
        """A page of a conversation's items."""
        sql = PAGES[query.order, query.after is not None]
        after = () if query.after is None else (query.after,)
        return [_item(row) for row in await self._database.fetch(sql, space, conversation_id, query.limit, *after)]

    async def newest(self, space: str, conversation_id: str, most: int) -> list[Item]:
        """The last items of a conversation, newest first, without those of runs that wait."""
        return await self._bounded(OF_CONVERSATION, space, conversation_id, most)

    async def chain(self, space: str, run_id: str, most: int) -> list[Item]:
        """The last items of a run and of those before it, newest first."""
        return await self._bounded(CHAIN, space, run_id, most)

    async def before(self, space: str, conversation_id: str, item_id: str, most: int) -> list[Item]:
        """What stands in a conversation before an item, newest first."""
        return await self._bounded(PAGES[Order.NEWEST_FIRST, True], space, conversation_id, most, item_id)

    async def _bounded(self, sql: str, space: str, id: str, most: int, *after: str) -> list[Item]:
        """As many as may be held in memory: where there are many, their sizes are asked for first, and of what is more than BYTES
        together the newest are read, one more than fit (attacks.md J6, J13)."""
        rows = await self._database.fetch(sql, space, id, min(most, FEW), *after)
        if len(rows) == FEW < most:
            sizes = await self._database.fetch(sql.replace(_COLUMNS, "length(body)"), space, id, most, *after)
            rows = await self._database.fetch(sql, space, id, _fitting([int(str(row[0])) for row in sizes]), *after)
        return [_item(row) for row in rows]

    async def of_run(self, space: str, run_id: str) -> list[Item]:
        """What a run was given, and then what it made, each in order."""
        return [_item(row) for row in await self._database.fetch(OF_RUN, space, run_id)]

    async def runs_of(self, space: str, conversation_id: str) -> list[str]:
        """The runs that a conversation has items of."""
        return [str(row[0]) for row in await self._database.fetch(RUNS_OF, space, conversation_id)]

    async def open_runs_of(self, space: str, conversation_id: str) -> list[str]:
        """The runs in a conversation that have still to end, those that wait longest last."""
        return [str(row[0]) for row in await self._database.fetch(OPEN_RUNS_OF, space, conversation_id)]


def _fitting(sizes: Sequence[int]) -> int:
    """How many of them, and one more where there are more."""
    total = 0
    for count, size in enumerate(sizes, 1):
        total += size
        if total > BYTES:
            return count
    return max(1, len(sizes))


def creation(conversation: Conversation) -> Part:
    """A new conversation; refused where its id is there already."""
    row = (conversation.id, conversation.space, conversation.metadata.decode(), moments.stored(conversation.created_at))
    return CREATE, row


def change(conversation: Conversation, if_version: int | None) -> Part:
    """Its metadata as they stand here."""
    moment = moments.stored(conversation.updated_at)
    return CHANGE, (conversation.id, conversation.space, conversation.metadata.decode(), moment, if_version)


def deletion(space: str, id: str) -> tuple[Part, ...]:
    """The conversation with its items, unless something in it is open."""
    return (DELETE, (id, space)), (DELETE_ITEMS, (id, space))


def item_deletion(space: str, conversation_id: str, item_id: str) -> Part:
    """One item."""
    return DELETE_ITEM, (item_id, conversation_id, space)


def additions(space: str, conversation_id: str, items: Sequence[Item], moment: float) -> tuple[Part, ...]:
    """Items at the end of a conversation; the first part counts 1 where that is there."""
    touch = TOUCH, (conversation_id, space, moments.stored(moment))
    return touch, *((ADD, _row(item)) for item in items)


def additions_of_run(items: Sequence[Item]) -> tuple[Part, ...]:
    """What a run is given."""
    first = next((item for item in items if item.conversation_id is not None), None)
    touch = () if first is None else ((TOUCH, (first.conversation_id, first.space, moments.stored(first.created_at))),)
    return *touch, *((ADD_OF_RUN, _row(item)) for item in items)


def fenced_additions(items: Sequence[Item], run_id: str, fence: int, state: RunState) -> tuple[Part, ...]:
    """What a run made, as long as it is driven by who holds the fence."""
    parts: list[Part] = []
    first = next((item for item in items if item.conversation_id is not None), None)
    if first is not None and len(items) > 1:  # one alone, as most often, is together with itself: that spares PostgreSQL a turn
        moment = moments.stored(first.created_at)
        parts.append((TOUCH_FENCED, (first.conversation_id, first.space, moment, run_id, fence, state)))
    for item in items:
        id, space, conversation_id, of_run, made, *rest = _row(item)
        row = (id, space, conversation_id, of_run, made, conversation_id, *rest)
        parts.append(ADD_FENCED.part(run_id, fence, state, row))
    return tuple(parts)


def move_to_end(run_id: str, conversation_id: str) -> Part:
    """What a run was given stands behind everything else then."""
    return MOVE_TO_END, (run_id, conversation_id)


def removal_of_run(run_id: str) -> tuple[Part, ...]:
    """What goes with a run."""
    return (LET_GO, (run_id,)), (DELETE_OF_RUN, (run_id,))


def _row(item: Item) -> tuple[object, ...]:
    moment = moments.stored(item.created_at)
    return item.id, item.space, item.conversation_id, item.run_id, item.made, item.type, item.body.decode(), moment


def _item(row: Sequence[object]) -> Item:
    id, space, conversation_id, run_id, made, type, body, created_at = row
    return Item(
        id=str(id),
        space=str(space),
        conversation_id=None if conversation_id is None else str(conversation_id),
        run_id=None if run_id is None else str(run_id),
        made=bool(made),
        type=str(type),
        body=str(body).encode(),
        created_at=_seconds(created_at),
    )


def _conversation(row: Sequence[object]) -> Conversation:
    id, space, metadata, created_at, updated_at, version = row
    assert isinstance(version, int)
    body = b"{}" if metadata is None else str(metadata).encode()
    return Conversation(str(id), str(space), body, _seconds(created_at), _seconds(updated_at), version)


def _seconds(moment: object) -> float:
    assert isinstance(moment, int)
    return moment / moments.SECOND
