"""Conversations and items in the database, past SQLAlchemy: most of this lies on the way of every turn.

Who adds to a conversation changes its row first, so that on PostgreSQL, too, two that add at once take turns: items that were
added together stay together. A position is told by the statement that writes it; the number settles what shares one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from prosa.conversations.models import HEAD, Conversation, Face, Item, ItemQuery, Order, Parent, TitleBy
from prosa.conversations.naming_store import UNNAME, UNNAME_ITEMS
from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database
from prosa.kit import moments
from prosa.runs import RunState, fenced_insert

CREATE: Final = Statement(
    "INSERT INTO conversations (id, space, metadata, created_at, updated_at, version,"
    " title, title_by, dialect, model, settings, folder_id, tool_resources)"
    " VALUES ($1, $2, $3, $4, $4, 1, $5, $6, $7, $8, $9, $10, $11)"
)
# What is added makes a conversation recent; its version is of what people edit. The chosen path ends with what was added last;
# `before_id` is what the first of it follows: what stood last until then, or what the caller named.
TOUCH: Final = Statement(
    "UPDATE conversations SET updated_at = $3, head_id = CAST($4 AS TEXT),"
    " before_id = CASE WHEN CAST($5 AS BOOLEAN) THEN head_id ELSE CAST($6 AS TEXT) END"
    " WHERE id = $1 AND space = $2 AND deleted_at IS NULL"
)
STIR: Final = Statement("UPDATE conversations SET updated_at = $3 WHERE id = $1 AND space = $2 AND deleted_at IS NULL")
CHANGE: Final = Statement(
    "UPDATE conversations SET metadata = $3, updated_at = $4, version = version + 1"
    " WHERE id = $1 AND space = $2 AND deleted_at IS NULL"
    " AND (CAST($5 AS BIGINT) IS NULL OR version = CAST($5 AS BIGINT))"
)
_ADD: Final = (
    "INSERT INTO items (id, space, conversation_id, run_id, made, type, body, created_at, position, follows, parent_id)"
    " SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), {0}, CAST($4 AS TEXT), CAST($5 AS BOOLEAN), $6, $7, CAST($8 AS BIGINT),"
    " COALESCE((SELECT MAX(position) FROM items WHERE conversation_id = $3), 0) + 1, CAST($9 AS BOOLEAN),"
    " COALESCE(CAST($10 AS TEXT), (SELECT before_id FROM conversations WHERE id = $3))"
)
# A conversation that was deleted meanwhile takes nothing in: what a run was given stays with the run alone, …
ADD_OF_RUN: Final = Statement(_ADD.format("(SELECT id FROM conversations WHERE id = $3 AND space = $2 AND deleted_at IS NULL)"))
# … and what nobody else holds is not added at all.
ADD: Final = Statement(_ADD.format("id") + " FROM conversations WHERE id = $3 AND space = $2 AND deleted_at IS NULL")
# A run that is deleted takes along what no conversation holds.
LET_GO: Final = Statement("UPDATE items SET run_id = NULL WHERE run_id = $1 AND conversation_id IS NOT NULL")
DELETE_OF_RUN: Final = Statement("DELETE FROM items WHERE run_id = $1")
_GONE: Final = "(SELECT parent_id FROM items WHERE id = $1 AND conversation_id = $2 AND space = $3)"
_IS_HERE: Final = "EXISTS (SELECT 1 FROM items WHERE id = $1 AND conversation_id = $2 AND space = $3)"
# What followed a deleted item follows what that one followed.
BACK_UP: Final = Statement(f"UPDATE conversations SET head_id = {_GONE} WHERE id = $2 AND head_id = $1 AND {_IS_HERE}")  # noqa: S608  # our own words
ADOPT: Final = Statement(f"UPDATE items SET parent_id = {_GONE} WHERE parent_id = $1 AND {_IS_HERE}")  # noqa: S608  # our own words
UNJUDGE: Final = Statement("DELETE FROM opinions WHERE item_id = $1 AND space = $2")
DELETE_ITEM: Final = Statement("DELETE FROM items WHERE id = $1 AND conversation_id = $2 AND space = $3")
DELETE: Final = Statement(
    "DELETE FROM conversations WHERE id = $1 AND space = $2"
    " AND NOT EXISTS (SELECT 1 FROM runs WHERE conversation_id = $1 AND state IN ('queued', 'running', 'waiting'))"
)
DELETE_ITEMS: Final = Statement(
    "DELETE FROM items WHERE conversation_id = $1 AND space = $2 AND NOT EXISTS (SELECT 1 FROM conversations WHERE id = $1)"
)
HANGING: Final = tuple(  # what goes with a conversation beside its items
    Statement(DELETE_ITEMS.postgresql.replace("items WHERE conversation_id", f"{table} WHERE {column}"))
    for table, column in (
        *((name, "conversation_id") for name in ("conversation_tags", "shares", "opinions")),
        ("second_names", "object_id"),
    )
)
# An answer lands behind what it answers (the anchor). Who looks at that path sees it go on; who chose another stays there.
LAND: Final = Statement(
    "UPDATE conversations SET updated_at = $3, head_id = CASE WHEN head_id = $4 THEN CAST($5 AS TEXT) ELSE head_id END"
    " WHERE id = $1 AND space = $2 AND EXISTS"
    " (SELECT 1 FROM runs WHERE id = $6 AND fence = CAST($7 AS BIGINT) AND state = $8)"
)
ADD_FENCED: Final = fenced_insert(
    "items",
    {
        "id": "TEXT",
        "space": "TEXT",
        "conversation_id": "(SELECT id FROM conversations WHERE id = CAST({} AS TEXT))",
        "run_id": "TEXT",
        "made": "BOOLEAN",
        "type": "TEXT",
        "body": "TEXT",
        "created_at": "BIGINT",
        "position": "COALESCE((SELECT MAX(position) FROM items WHERE conversation_id = CAST({} AS TEXT)), 0) + 1",
        "parent_id": (
            "CASE WHEN CAST($3 AS TEXT) IS NULL THEN NULL ELSE"
            " COALESCE((SELECT id FROM items WHERE id = CAST({} AS TEXT) AND conversation_id = CAST($3 AS TEXT)),"
            " (SELECT head_id FROM conversations WHERE id = CAST($3 AS TEXT))) END"
        ),
    },
)
# What was added while the answer was being given follows it, and not what it answers.
FOLLOW_ON: Final = Statement(
    "UPDATE items SET parent_id = $3, follows = FALSE WHERE parent_id = $2 AND follows AND NOT made AND conversation_id = $1"
    " AND (run_id IS NULL OR run_id <> $5) AND (created_at >= CAST($4 AS BIGINT)"
    # Behind a question of the run's own all of it was; a moment may be older than the run that it waited for.
    " OR EXISTS (SELECT 1 FROM items WHERE id = $2 AND run_id = $5))"
    " AND EXISTS (SELECT 1 FROM items WHERE id = $3 AND conversation_id = $1)"
)

_ROW: Final = (
    "id, space, metadata, created_at, updated_at, version, title, title_by, dialect, model, settings, folder_id,"
    " tool_resources, head_id, pinned_at, archived_at, deleted_at"
)
_ANY: Final = f"SELECT {_ROW} FROM conversations WHERE id = $2 AND space = $1"  # noqa: S608  # our own words
GET: Final = _ANY + " AND deleted_at IS NULL"
GET_FROM_TRASH: Final = _ANY + " AND deleted_at IS NOT NULL"
RUNS_OF: Final = "SELECT DISTINCT run_id FROM items WHERE conversation_id = $2 AND space = $1 AND run_id IS NOT NULL"
OPEN_RUNS_OF: Final = (
    "SELECT id FROM runs WHERE conversation_id = $2 AND space = $1 AND state IN ('queued', 'running', 'waiting')"
    " ORDER BY created_at DESC, id DESC"
)
ITEM_COLUMNS: Final = (
    "items.id, items.space, items.conversation_id, items.run_id, items.made, items.type, items.body, items.created_at"
)
_ITEMS: Final = f"SELECT {ITEM_COLUMNS} FROM "  # noqa: S608  # our own words
FEW: Final = 32  # items that are read without a look at their sizes
BYTES: Final = 64 * 1024 * 1024  # of items in memory at once: more than a model is ever asked with
_HERE: Final = _ITEMS + "items WHERE conversation_id = $2 AND space = $1 "
ONE: Final = _HERE + "AND id = $3"
NAMED: Final = _ITEMS + "items WHERE id = $2 AND space = $1"
OF_RUN: Final = _ITEMS + "items WHERE run_id = $2 AND space = $1 ORDER BY made, number"
CHAIN: Final = "".join(
    (
        "WITH RECURSIVE line(run, previous, depth) AS (SELECT id, previous_id, 0 FROM runs WHERE id = $2 AND space = $1"
        " UNION ALL SELECT runs.id, runs.previous_id, depth + 1 FROM line JOIN runs ON runs.id = previous"
        " WHERE runs.space = $1 AND depth < $3) ",
        _ITEMS,
        "line JOIN items ON run_id = run WHERE items.space = $1 ORDER BY depth, made DESC, number DESC LIMIT $3",
    )
)
# Up from an item to the first one of its conversation; `seen` counts what is shown.
_HEAD: Final = "(SELECT head_id FROM conversations WHERE id = $2 AND space = $1)"
_UP: Final = (
    "WITH RECURSIVE line(id, up, depth, seen) AS (SELECT id, parent_id, 0, CASE WHEN deleted_at IS NULL THEN 1 ELSE 0 END"
    " FROM items WHERE id = {0} AND conversation_id = $2 AND space = $1"
    " UNION ALL SELECT items.id, items.parent_id, depth + 1, seen + CASE WHEN items.deleted_at IS NULL THEN 1 ELSE 0 END"
    " FROM line JOIN items ON items.id = line.up WHERE items.conversation_id || '' = $2{1}) "
)
_BOUND: Final = " AND seen < $3"
_ON_LINE: Final = "line JOIN items ON items.id = line.id WHERE items.deleted_at IS NULL "
_PARENT: Final = "(SELECT parent_id FROM items WHERE id = $4 AND conversation_id = $2 AND space = $1)"
_NEWEST: Final = "ORDER BY depth LIMIT $3"
_OLDEST: Final = "ORDER BY depth DESC LIMIT $3"
NEWEST_OF_PATH: Final = _UP.format(_HEAD, _BOUND) + _ITEMS + _ON_LINE + _NEWEST
BEFORE: Final = _UP.format(_PARENT, _BOUND) + _ITEMS + _ON_LINE + _NEWEST
UNTIL: Final = _UP.format("$4", _BOUND) + _ITEMS + _ON_LINE + _NEWEST
PAGES: Final = {  # by order, and whether it goes on from an item
    (Order.OLDEST_FIRST, False): _UP.format(_HEAD, "") + _ITEMS + _ON_LINE + _OLDEST,
    (Order.OLDEST_FIRST, True): "".join(
        (_UP.format(_HEAD, ""), _ITEMS, _ON_LINE, "AND depth < (SELECT depth FROM line WHERE id = $4) ", _OLDEST)
    ),
    (Order.NEWEST_FIRST, False): NEWEST_OF_PATH,
    (Order.NEWEST_FIRST, True): BEFORE,
}
PARENT_OF: Final = "SELECT parent_id FROM items WHERE id = $2 AND space = $1"


class ConversationStore:
    """What one space holds. Reads are made here; writes are told, for the journal to write them with what belongs to them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, space: str, id: str, *, in_trash: bool = False) -> Conversation | None:
        """One conversation, of those in the trash or of the others."""
        rows = await self._database.fetch(GET_FROM_TRASH if in_trash else GET, space, id)
        return conversation_of(rows[0]) if rows else None

    async def item(self, space: str, conversation_id: str, item_id: str) -> Item | None:
        """One item of a conversation."""
        rows = await self._database.fetch(ONE, space, conversation_id, item_id)
        return item_of(rows[0]) if rows else None

    async def named(self, space: str, item_id: str) -> Item | None:
        """One item, wherever it stands."""
        rows = await self._database.fetch(NAMED, space, item_id)
        return item_of(rows[0]) if rows else None

    async def page(self, space: str, conversation_id: str, query: ItemQuery) -> list[Item]:
        """A page of a conversation's items."""
        sql = PAGES[query.order, query.after is not None]
        after = () if query.after is None else (query.after,)
        return [item_of(row) for row in await self._database.fetch(sql, space, conversation_id, query.limit, *after)]

    async def newest(self, space: str, conversation_id: str, most: int) -> list[Item]:
        """The last items of a conversation's chosen path, newest first."""
        return await self._bounded(NEWEST_OF_PATH, space, conversation_id, most)

    async def chain(self, space: str, run_id: str, most: int) -> list[Item]:
        """The last items of a run and of those before it, newest first."""
        return await self._bounded(CHAIN, space, run_id, most)

    async def before(self, space: str, conversation_id: str, item_id: str, most: int) -> list[Item]:
        """What an item of a conversation comes after, newest first."""
        return await self._bounded(BEFORE, space, conversation_id, most, item_id)

    async def until(self, space: str, conversation_id: str, item_id: str, most: int) -> list[Item]:
        """An item and what it comes after, newest first."""
        return await self._bounded(UNTIL, space, conversation_id, most, item_id)

    async def parent_of(self, space: str, item_id: str) -> str | None:
        """The item that this one follows."""
        rows = await self._database.fetch(PARENT_OF, space, item_id)
        return None if not rows or rows[0][0] is None else str(rows[0][0])

    async def _bounded(self, sql: str, space: str, id: str, most: int, *after: str) -> list[Item]:
        """As many as may be held in memory: where there are many, their sizes are asked for first, and of what is more than BYTES
        together the newest are read, one more than fit (attacks.md J6, J13)."""
        rows = await self._database.fetch(sql, space, id, min(most, FEW), *after)
        if len(rows) == FEW < most:
            sizes = await self._database.fetch(sql.replace(ITEM_COLUMNS, "length(items.body)"), space, id, most, *after)
            rows = await self._database.fetch(sql, space, id, _fitting([int(str(row[0])) for row in sizes]), *after)
        return [item_of(row) for row in rows]

    async def of_run(self, space: str, run_id: str) -> list[Item]:
        """What a run was given, and then what it made, each in order."""
        return [item_of(row) for row in await self._database.fetch(OF_RUN, space, run_id)]

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
    face = conversation.face
    return CREATE, (
        *(conversation.id, conversation.space, conversation.metadata.decode(), moments.stored(conversation.created_at)),
        *(face.title, face.title_by.value, face.dialect, face.model),
        *(None if face.settings is None else face.settings.decode(), face.folder_id),
        None if face.tool_resources is None else face.tool_resources.decode(),
    )


def change(conversation: Conversation, if_version: int | None) -> Part:
    """Its metadata as they stand here."""
    moment = moments.stored(conversation.updated_at)
    return CHANGE, (conversation.id, conversation.space, conversation.metadata.decode(), moment, if_version)


def deletion(space: str, id: str) -> tuple[Part, ...]:
    """The conversation with its items, unless something in it is open."""
    return tuple((statement, (id, space)) for statement in (DELETE, UNNAME_ITEMS, DELETE_ITEMS, *HANGING))


def item_deletion(space: str, conversation_id: str, item_id: str) -> tuple[Part, ...]:
    """One item; the last part counts 1 where it was there."""
    row = (item_id, conversation_id, space)
    return (BACK_UP, row), (ADOPT, row), *((each, (item_id, space)) for each in (UNJUDGE, UNNAME)), (DELETE_ITEM, row)


def additions(space: str, conversation_id: str, items: Sequence[Item], moment: float, parent: Parent = HEAD) -> tuple[Part, ...]:
    """Items one after the other, the first behind `parent`; the first part counts 1 where the conversation is there."""
    if not items and parent is HEAD:
        return ((STIR, (conversation_id, space, moments.stored(moment))),)
    return _chained(ADD, space, conversation_id, items, moment, parent)


def additions_of_run(items: Sequence[Item], parent: Parent = HEAD) -> tuple[Part, ...]:
    """What a run is given."""
    first = next((item for item in items if item.conversation_id is not None), None)
    if first is None or first.conversation_id is None:
        return tuple((ADD_OF_RUN, (*_row(item), False, None)) for item in items)
    return _chained(ADD_OF_RUN, first.space, first.conversation_id, items, first.created_at, parent)


def choice(space: str, conversation_id: str, item_id: str, moment: float) -> Part:
    """The chosen path ends here from now on, for what a run without items of its own is to answer."""
    return TOUCH, (conversation_id, space, moments.stored(moment), item_id, False, item_id)


def _chained(
    statement: Statement, space: str, conversation_id: str, items: Sequence[Item], moment: float, parent: Parent
) -> tuple[Part, ...]:
    at_head = parent is HEAD
    named = None if parent is HEAD else parent
    last = items[-1].id if items else named
    parts: list[Part] = [(TOUCH, (conversation_id, space, moments.stored(moment), last, at_head, named))]
    before: str | None = None
    for item in items:
        parts.append((statement, (*_row(item), at_head and before is None, before)))
        before = item.id
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class Landing:
    """Where and by whom what a run made is added: behind `anchor`, for a run that began at `begun` (microseconds since 1970)."""

    run_id: str
    fence: int
    state: RunState
    anchor: str | None
    begun: int


def fenced_additions(items: Sequence[Item], landing: Landing) -> tuple[Part, ...]:
    """What a run made, as long as it is driven by who holds the fence."""
    if not items:
        return ()
    parts: list[Part] = []
    held = (landing.run_id, landing.fence, landing.state)
    place, last = items[0].conversation_id, items[-1].id
    if place is not None:
        moment = moments.stored(items[0].created_at)
        parts.append((LAND, (place, items[0].space, moment, landing.anchor, last, *held)))
    before = landing.anchor
    for item in items:
        parts.append(ADD_FENCED.part(*held, (*_row(item), item.conversation_id, before)))
        before = item.id
    if place is not None and landing.anchor is not None:
        parts.append((FOLLOW_ON, (place, landing.anchor, last, landing.begun, landing.run_id)))
    return tuple(parts)


def removal_of_run(run_id: str) -> tuple[Part, ...]:
    """What goes with a run."""
    return (LET_GO, (run_id,)), (DELETE_OF_RUN, (run_id,))


def _row(item: Item) -> tuple[object, ...]:
    moment = moments.stored(item.created_at)
    return item.id, item.space, item.conversation_id, item.run_id, item.made, item.type, item.body.decode(), moment


def item_of(row: Sequence[object]) -> Item:
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


def conversation_of(row: Sequence[object]) -> Conversation:
    """A conversation from the columns of `_ROW`."""
    id, space, metadata, created_at, updated_at, version, *rest = row
    title, title_by, dialect, model, settings, folder_id, resources, head_id, pinned_at, archived_at, deleted_at = rest
    assert isinstance(version, int)
    face = Face(
        title=_text(title),
        title_by=TitleBy(str(title_by)),
        dialect=str(dialect),
        model=_text(model),
        settings=None if settings is None else str(settings).encode(),
        folder_id=_text(folder_id),
        tool_resources=None if resources is None else str(resources).encode(),
    )
    return Conversation(
        id=str(id),
        space=str(space),
        metadata=b"{}" if metadata is None else str(metadata).encode(),
        created_at=_seconds(created_at),
        updated_at=_seconds(updated_at),
        version=version,
        face=face,
        head_id=_text(head_id),
        pinned_at=_seconds_or_none(pinned_at),
        archived_at=_seconds_or_none(archived_at),
        deleted_at=_seconds_or_none(deleted_at),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _seconds_or_none(moment: object) -> float | None:
    return None if moment is None else _seconds(moment)


def _seconds(moment: object) -> float:
    assert isinstance(moment, int)
    return moment / moments.SECOND
