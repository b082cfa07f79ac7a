"""The shelf's rows: conversations as lists show them, and their tags.

A change is three things in one transaction: the row with its version raised, which on PostgreSQL keeps it to this transaction; a
demand that the version was the one that was read, which else breaks a constraint and takes all of it back; and what goes along,
tags and news, which may then be written plainly.
"""

import json
from collections.abc import Sequence
from typing import Final

from prosa.conversations.models import Conversation
from prosa.conversations.shelf.models import MOST_TAGS_LISTED, Position, ShelfQuery, Shelved, Tag
from prosa.conversations.shelf.words import folded, line
from prosa.conversations.store import conversation_of
from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database
from prosa.kit import moments

_ROW: Final = (
    "id, space, metadata, created_at, updated_at, version, title, title_by, dialect, model, settings, folder_id,"
    " tool_resources, head_id, pinned_at, archived_at, deleted_at"
)
_TAGS: Final = {
    "sqlite": (
        "(SELECT json_group_array(tag) FROM"
        " (SELECT tag FROM conversation_tags WHERE conversation_id = conversations.id ORDER BY tag_key))"
    ),
    "postgresql": (
        "(SELECT CAST(json_agg(tag ORDER BY tag_key) AS TEXT) FROM conversation_tags WHERE conversation_id = conversations.id)"
    ),
}
# 0: no answer is being given; 2: one waits for somebody outside.
_OPEN: Final = (
    "COALESCE((SELECT MAX(CASE state WHEN 'waiting' THEN 2 ELSE 1 END) FROM runs"
    " WHERE runs.conversation_id = conversations.id AND state IN ('queued', 'running', 'waiting')), 0)"
)
_WAITS: Final = 2
_AMONG: Final = {
    "sqlite": "IN (SELECT value FROM json_each({}))",
    "postgresql": "= ANY(CAST({} AS TEXT[]))",
}
_LIST: Final = "SELECT {}, {}, {} FROM conversations WHERE "
_OWN: Final = "space = $1"
# With a folder or a tag, what has it is looked up, instead of looking through all of a space, whose index has the right order.
_OWN_OF_FEW: Final = "COALESCE(space, '') = $1"
_WITH_TAG: Final = "id IN (SELECT conversation_id FROM conversation_tags WHERE space = $1 AND tag_key = {})"

_HELD: Final = {
    "sqlite": "(SELECT id FROM folders WHERE id = CAST($7 AS TEXT) AND space = $2)",
    # A folder that is being deleted is waited for: what is filed into it would else be left in a folder that isn't there.
    "postgresql": "(SELECT id FROM folders WHERE id = CAST($7 AS TEXT) AND space = $2 FOR SHARE)",
}
_CHANGE: Final = (
    "UPDATE conversations SET version = version + 1, title = CAST($3 AS TEXT), title_by = CAST($4 AS TEXT),"
    " model = CAST($5 AS TEXT), settings = CAST($6 AS TEXT), folder_id = {}, pinned_at = CAST($8 AS BIGINT),"
    " archived_at = CAST($9 AS BIGINT) WHERE id = $1 AND space = $2 AND deleted_at IS NULL"
)
CHANGE: Final = Statement(_CHANGE.format(_HELD["sqlite"]), _CHANGE.format(_HELD["postgresql"]))
DEMAND: Final = Statement(
    "INSERT INTO conversation_tags (conversation_id, tag_key, space, tag) SELECT CAST(NULL AS TEXT), '', '', ''"
    " WHERE NOT EXISTS (SELECT 1 FROM conversations WHERE id = $1 AND space = $2 AND version = CAST($3 AS BIGINT)"
    " AND deleted_at IS NULL)"
)
UNTAG_ALL: Final = Statement("DELETE FROM conversation_tags WHERE conversation_id = $1")
ADD_TAG: Final = Statement(
    "INSERT INTO conversation_tags (conversation_id, tag_key, space, tag)"
    " VALUES (CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT))"
)
_OF_ONE: Final = " WHERE id = $1 AND space = $2 AND deleted_at IS NULL"
_RAISED: Final = "UPDATE conversations SET version = version + 1, "
TO_TRASH: Final = Statement(_RAISED + "deleted_at = CAST($3 AS BIGINT)" + _OF_ONE)
RESTORE: Final = Statement(_RAISED + "deleted_at = NULL WHERE id = $1 AND space = $2 AND deleted_at IS NOT NULL")
# A model's title never takes the place of one that a person or a dialect's client gave.
ENTITLE: Final = Statement(
    _RAISED + "title = CAST($3 AS TEXT), title_by = CAST($4 AS TEXT)" + _OF_ONE + " AND (CAST($4 AS TEXT) <> 'model'"
    " OR title_by IN ('nobody', 'model'))"
)
TAGS: Final = (
    "SELECT MIN(tag), COUNT(*) FROM conversation_tags JOIN conversations ON id = conversation_id WHERE"
    " conversation_tags.space = $1 AND deleted_at IS NULL GROUP BY tag_key ORDER BY COUNT(*) DESC, tag_key LIMIT $2"
)
OPEN_RUNS: Final = (
    "SELECT id FROM runs WHERE space = $1 AND conversation_id {}"
    " AND state IN ('queued', 'running', 'waiting') ORDER BY created_at DESC, id DESC"
)
OLDEST_IN_TRASH: Final = (
    "SELECT id FROM conversations WHERE space = $1 AND deleted_at IS NOT NULL ORDER BY deleted_at, id LIMIT $2"
)


class ShelfStore:
    """The conversations of one space at a time. Reads are made here; writes are told, for the journal."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._select = _LIST.format(_ROW, _TAGS[database.kind], _OPEN)
        self._among = _AMONG[database.kind]

    async def get(self, space: str, id: str, *, in_trash: bool = False) -> Shelved | None:
        """One conversation, of those in the trash or of the others."""
        trash = " AND deleted_at IS NOT NULL" if in_trash else " AND deleted_at IS NULL"
        rows = await self._database.fetch(f"{self._select}{_OWN} AND id = $2{trash}", space, id)
        return _shelved(rows[0]) if rows else None

    async def several(self, space: str, ids: Sequence[str], *, in_trash: bool = False) -> dict[str, Shelved]:
        """Those of the conversations that are there, outside the trash or in it."""
        place = "deleted_at IS NOT NULL" if in_trash else "deleted_at IS NULL"
        sql = f"{self._select}{_OWN_OF_FEW} AND {place} AND id {self._among.format('$2')}"
        found = [_shelved(row) for row in await self._database.fetch(sql, space, self._many(ids))]
        return {each.conversation.id: each for each in found}

    async def page(self, space: str, query: ShelfQuery) -> list[Shelved]:
        """A page of what isn't in the trash, and one more where there is one."""
        terms, values = _filters(query)
        return await self._page(space, "updated_at", ["deleted_at IS NULL", *terms], values, query)

    async def trash(self, space: str, query: ShelfQuery) -> list[Shelved]:
        """The same of what is in the trash, what came last first."""
        return await self._page(space, "deleted_at", ["deleted_at IS NOT NULL"], [], query)

    async def tags(self, space: str) -> list[Tag]:
        """The tags in use, the most used first."""
        rows = await self._database.fetch(TAGS, space, MOST_TAGS_LISTED)
        return [Tag(str(name), int(str(count))) for name, count in rows]

    async def open_runs(self, space: str, ids: Sequence[str]) -> list[str]:
        """The runs in these conversations that have still to end, those that wait longest last."""
        rows = await self._database.fetch(OPEN_RUNS.format(self._among.format("$2")), space, self._many(ids))
        return [str(row[0]) for row in rows]

    async def oldest_in_trash(self, space: str, most: int) -> list[str]:
        """What came into the trash first."""
        return [str(row[0]) for row in await self._database.fetch(OLDEST_IN_TRASH, space, most)]

    async def _page(self, space: str, by: str, terms: list[str], values: list[object], query: ShelfQuery) -> list[Shelved]:
        terms = [*terms]
        if query.after is not None:
            terms.append(f"({by}, id) < (CAST(${len(values) + 2} AS BIGINT), ${len(values) + 3})")
            values = [*values, *query.after]
        own = _OWN_OF_FEW if query.folder or query.tag is not None else _OWN
        sql = f"{self._select}{own} AND {' AND '.join(terms)} ORDER BY {by} DESC, id DESC LIMIT ${len(values) + 2}"
        return [_shelved(row) for row in await self._database.fetch(sql, space, *values, query.limit + 1)]

    def _many(self, ids: Sequence[str]) -> object:
        return json.dumps(list(ids)) if self._database.kind == "sqlite" else list(ids)


def _filters(query: ShelfQuery) -> tuple[list[str], list[object]]:
    """Terms of the condition, and the values of their parameters, which begin with $2."""
    terms: list[str] = []
    values: list[object] = []
    for name, wish in (("archived_at", query.archived), ("pinned_at", query.pinned)):
        if wish is not None:
            terms.append(f"{name} IS {'NOT ' if wish else ''}NULL")
    if query.folder == "":
        terms.append("folder_id IS NULL")
    for term, value in (
        ("folder_id = {}", query.folder or None),
        ("dialect = {}", query.dialect),
        (_WITH_TAG, None if query.tag is None else folded(line(query.tag))),
    ):
        if value is not None:
            values.append(value)
            terms.append(term.format(f"${len(values) + 1}"))
    return terms, values


def change(before: Conversation, after: Conversation) -> tuple[Part, Part]:
    """What stands here now, if the conversation is still as it was before; else all that is written with it is refused."""
    face = after.face
    row = (
        *(after.id, after.space, face.title, face.title_by.value, face.model),
        *(None if face.settings is None else face.settings.decode(), face.folder_id),
        *(_stored(after.pinned_at), _stored(after.archived_at)),
    )
    return (CHANGE, row), (DEMAND, (after.id, after.space, before.version + 1))


def tagging(conversation: Conversation, tags: Sequence[str]) -> tuple[Part, ...]:
    """These tags instead of those that it has."""
    rows = [(conversation.id, folded(tag), conversation.space, tag) for tag in tags]
    return (UNTAG_ALL, (conversation.id,)), *((ADD_TAG, row) for row in rows)


def to_trash(space: str, id: str, moment: float) -> Part:
    """Into the trash; counts 1 where it was outside."""
    return TO_TRASH, (id, space, moments.stored(moment))


def restoration(space: str, id: str) -> Part:
    """Out of the trash; counts 1 where it was in it."""
    return RESTORE, (id, space)


def entitling(conversation: Conversation) -> Part:
    """Its title as it stands here; counts 1 where it may have it."""
    face = conversation.face
    return ENTITLE, (conversation.id, conversation.space, face.title, face.title_by.value)


def position_of(shelved: Shelved, *, in_trash: bool = False) -> Position:
    """Where a list goes on behind it."""
    conversation = shelved.conversation
    moment = conversation.deleted_at if in_trash else conversation.updated_at
    return moments.stored(moment or 0.0), conversation.id


def _shelved(row: Sequence[object]) -> Shelved:
    *columns, tags, open = row
    return Shelved(conversation_of(columns), tuple(json.loads(str(tags))) if tags else (), bool(open), open == _WAITS)


def _stored(moment: float | None) -> int | None:
    return None if moment is None else moments.stored(moment)
