"""The tree of a conversation's items in the database: pages of it, versions, the chosen path."""

from collections.abc import Sequence
from typing import Final

from prosa.conversations.models import Node, PathQuery
from prosa.conversations.store import ITEM_COLUMNS, UNJUDGE, item_of
from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database

_NODES: Final = f"SELECT items.number, items.parent_id, {ITEM_COLUMNS} FROM "  # noqa: S608  # our own words
_HEAD: Final = "(SELECT head_id FROM conversations WHERE id = $2 AND space = $1)"
_GIVEN: Final = "CAST($4 AS TEXT)"
_PARENT: Final = "(SELECT parent_id FROM items WHERE id = $4 AND conversation_id = $2 AND space = $1)"
# `seen` counts what is shown, so that what an import found deleted fills no page.
_UP: Final = "".join(
    (
        "WITH RECURSIVE line(id, up, depth, seen) AS (SELECT id, parent_id, 0, CASE WHEN deleted_at IS NULL THEN 1 ELSE 0 END"
        " FROM items WHERE id = {} AND conversation_id = $2 AND space = $1"
        " UNION ALL SELECT items.id, items.parent_id, depth + 1,"
        " seen + CASE WHEN items.deleted_at IS NULL THEN 1 ELSE 0 END FROM line JOIN items ON items.id = line.up"
        " WHERE items.conversation_id || '' = $2 AND seen < $3) ",
        _NODES,
        "line JOIN items ON items.id = line.id WHERE items.deleted_at IS NULL ORDER BY depth LIMIT $3",
    )
)
FROM_HEAD: Final = _UP.format(_HEAD)
FROM_LEAF: Final = _UP.format(_GIVEN)
BEFORE: Final = _UP.format(_PARENT)
TREE: Final = _NODES + (  # noqa: S608  # our own words
    "items WHERE items.conversation_id = $2 AND items.space = $1 AND items.covers IS NULL AND items.deleted_at IS NULL"
    " AND (position, number) > (COALESCE((SELECT position FROM items AS seen WHERE seen.number = $3), -1), $3)"
    " ORDER BY position, number LIMIT $4"
)
# Whatever has the same parent stands in the same place; a first item has no parent. COALESCE and + keep a database without
# statistics from looking through all of a space, whose index has the right order.
SIBLINGS: Final = (
    "SELECT id FROM items WHERE parent_id = $3 AND COALESCE(conversation_id, '') = $2 AND COALESCE(space, '') = $1"
    " AND covers IS NULL AND deleted_at IS NULL ORDER BY +number LIMIT $4"
)
FIRST: Final = (
    "SELECT id FROM items WHERE conversation_id = $2 AND COALESCE(parent_id, '') = '' AND COALESCE(space, '') = $1"
    " AND covers IS NULL AND deleted_at IS NULL ORDER BY position, number LIMIT $3"
)
# Down from an item along what was said last.
_DOWN: Final = (
    "WITH RECURSIVE line(id, depth) AS (SELECT id, 0 FROM items WHERE id = $3 AND conversation_id = $2 AND space = $1"
    " UNION ALL SELECT (SELECT child.id FROM items AS child WHERE child.parent_id = line.id AND child.conversation_id || '' = $2"
    " ORDER BY child.number DESC LIMIT 1), depth + 1 FROM line WHERE line.id IS NOT NULL)"
)
LEAF: Final = "".join((_DOWN, " SELECT id FROM line WHERE id IS NOT NULL ORDER BY depth DESC LIMIT 1"))
BELOW: Final = (
    "WITH RECURSIVE branch(id, run_id) AS (SELECT id, run_id FROM items WHERE id = $3 AND conversation_id = $2 AND space = $1"
    " UNION ALL SELECT items.id, items.run_id FROM branch JOIN items ON items.parent_id = branch.id"
    " WHERE items.conversation_id || '' = $2) SELECT id, run_id FROM branch"
)
CHOOSE: Final = Statement(
    "UPDATE conversations SET head_id = $3, version = version + 1 WHERE id = $2 AND space = $1 AND deleted_at IS NULL"
    " AND EXISTS (SELECT 1 FROM items WHERE id = $3 AND conversation_id = $2)"
    " AND (CAST($4 AS BIGINT) IS NULL OR version = CAST($4 AS BIGINT))"
)
DELETE_ONE: Final = Statement("DELETE FROM items WHERE id = $3 AND conversation_id = $2 AND space = $1")
# The chosen path goes on with the version that is left, or ends before the branch.
RETREAT: Final = Statement(
    "UPDATE conversations SET head_id = CAST($3 AS TEXT), version = version + 1 WHERE id = $2 AND space = $1"
    " AND NOT EXISTS (SELECT 1 FROM items WHERE id = conversations.head_id)"
)


class PathStore:
    """Reads of one space's trees."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def path(self, space: str, conversation_id: str, query: PathQuery) -> list[Node]:
        """A page of a path, newest first."""
        given = query.before or query.leaf
        sql = FROM_HEAD if given is None else BEFORE if query.before is not None else FROM_LEAF
        more = () if given is None else (given,)
        return [_node(row) for row in await self._database.fetch(sql, space, conversation_id, query.limit, *more)]

    async def tree(self, space: str, conversation_id: str, after: int, limit: int) -> list[Node]:
        """Items of all branches in the order in which they were stored, those behind a number."""
        return [_node(row) for row in await self._database.fetch(TREE, space, conversation_id, after, limit)]

    async def siblings(self, space: str, conversation_id: str, parent_id: str | None, most: int) -> list[str]:
        """The items that follow the same one, oldest first."""
        sql, parent = (FIRST, ()) if parent_id is None else (SIBLINGS, (parent_id,))
        return [str(row[0]) for row in await self._database.fetch(sql, space, conversation_id, *parent, most)]

    async def leaf(self, space: str, conversation_id: str, item_id: str) -> str | None:
        """Where the path ends that goes through an item, along what was said last."""
        rows = await self._database.fetch(LEAF, space, conversation_id, item_id)
        return str(rows[0][0]) if rows else None

    async def below(self, space: str, conversation_id: str, item_id: str) -> list[tuple[str, str | None]]:
        """An item and all that comes after it in any branch, each with its run."""
        rows = await self._database.fetch(BELOW, space, conversation_id, item_id)
        return [(str(id), None if run_id is None else str(run_id)) for id, run_id in rows]


def choice(space: str, conversation_id: str, leaf: str, if_version: int | None) -> Part:
    """The chosen path ends at this item."""
    return CHOOSE, (space, conversation_id, leaf, if_version)


def branch_deletion(space: str, conversation_id: str, item_ids: Sequence[str], head_id: str | None) -> tuple[Part, ...]:
    """These items; where the chosen path ended among them, it ends at `head_id`."""
    parts: list[Part] = [(DELETE_ONE, (space, conversation_id, item_id)) for item_id in item_ids]
    parts += [(UNJUDGE, (item_id, space)) for item_id in item_ids]
    return *parts, (RETREAT, (space, conversation_id, head_id))


def _node(row: Sequence[object]) -> Node:
    number, parent_id, *item = row
    assert isinstance(number, int)
    return Node(item_of(item), number, None if parent_id is None else str(parent_id))
