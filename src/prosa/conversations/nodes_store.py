"""What stands around items of a tree: under which types their parents are shown, and what else stands in their places."""

import json
from collections.abc import Collection, Sequence
from typing import Final

from prosa.conversations.models import Node
from prosa.conversations.store import ITEM_COLUMNS, item_of
from prosa.drivers.sql import Database

_AMONG: Final = {"sqlite": "IN (SELECT value FROM json_each($3))", "postgresql": "= ANY(CAST($3 AS TEXT[]))"}
# Where something is looked up by what names few items, COALESCE keeps a database without statistics from looking through all of
# a space or of a conversation, whose indexes have the right order.
_OWN: Final = "COALESCE(space, '') = $1 AND covers IS NULL AND deleted_at IS NULL"
_HERE: Final = f"COALESCE(conversation_id, '') = $2 AND {_OWN}"
NODE: Final = f"SELECT number, parent_id, {ITEM_COLUMNS} FROM items WHERE id = $3 AND {_HERE}"  # noqa: S608  # our own words
TYPES: Final = "SELECT id, type FROM items WHERE COALESCE(conversation_id, '') = $2 AND COALESCE(space, '') = $1 AND id "
VERSIONS: Final = f"SELECT parent_id, id, type FROM items WHERE {_HERE} AND parent_id {{}} ORDER BY +number LIMIT $4"  # noqa: S608  # our own words
FIRST: Final = (
    f"SELECT parent_id, id, type FROM items WHERE conversation_id = $2 AND COALESCE(parent_id, '') = '' AND {_OWN}"  # noqa: S608  # our own words
    " ORDER BY position, number LIMIT $3"
)
MADE: Final = f"SELECT parent_id FROM items WHERE run_id = $3 AND made AND {_HERE} ORDER BY number LIMIT 1"  # noqa: S608  # our own words

Version = tuple[str | None, str, str]
"""The stored id of the parent, its own, and its type."""


class NodeStore:
    """Reads of one space's trees."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def node(self, space: str, conversation_id: str, item_id: str) -> Node | None:
        """One item with its parent."""
        rows = await self._database.fetch(NODE, space, conversation_id, item_id)
        if not rows:
            return None
        number, parent_id, *item = rows[0]
        return Node(item_of(item), int(str(number)), None if parent_id is None else str(parent_id))

    async def types(self, space: str, conversation_id: str, ids: Collection[str]) -> dict[str, str]:
        """By id, the types of items."""
        if not ids:
            return {}
        rows = await self._database.fetch(TYPES + _AMONG[self._database.kind], space, conversation_id, self._many(ids))
        return {str(id): str(type) for id, type in rows}

    async def versions(self, space: str, conversation_id: str, parents: Collection[str | None], most: int) -> list[Version]:
        """All that stands in the places behind these parents, oldest first."""
        found: Sequence[Sequence[object]] = []
        known = [parent for parent in parents if parent is not None]
        if known:
            sql = VERSIONS.format(_AMONG[self._database.kind])
            found = await self._database.fetch(sql, space, conversation_id, self._many(known), most)
        if None in parents:
            found = [*await self._database.fetch(FIRST, space, conversation_id, most), *found]
        return [(None if parent is None else str(parent), str(id), str(type)) for parent, id, type in found]

    async def asked(self, space: str, conversation_id: str, run_id: str) -> str | None:
        """What the first of what a run made follows."""
        rows = await self._database.fetch(MADE, space, conversation_id, run_id)
        return None if not rows or rows[0][0] is None else str(rows[0][0])

    def _many(self, ids: Collection[str]) -> object:
        return json.dumps(list(ids)) if self._database.kind == "sqlite" else list(ids)
