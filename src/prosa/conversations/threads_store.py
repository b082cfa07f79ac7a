"""Messages of a conversation's chosen path in the database, and what the Assistants API changes of them."""

from functools import lru_cache
from typing import Final

from prosa.conversations.models import Item, Order
from prosa.conversations.store import ITEM_COLUMNS, item_of
from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database

Swap = tuple[bytes | None, bytes | None]
"""Tool resources as they were read, and as they are to be."""

CHANGE: Final = Statement(
    "UPDATE conversations SET metadata = COALESCE(CAST($3 AS TEXT), metadata),"
    " tool_resources = CASE WHEN CAST($4 AS BOOLEAN) THEN CAST($5 AS TEXT) ELSE tool_resources END,"
    " updated_at = CAST($6 AS BIGINT), version = version + 1 WHERE id = $1 AND space = $2 AND deleted_at IS NULL"
    " AND (NOT CAST($4 AS BOOLEAN) OR COALESCE(tool_resources, '') = COALESCE(CAST($7 AS TEXT), ''))"
)
# Only as long as it still says what was read of it.
REWRITE: Final = Statement(
    "UPDATE items SET body = CAST($4 AS TEXT) WHERE id = $3 AND conversation_id = $2 AND space = $1 AND body = CAST($5 AS TEXT)"
)
# What a developer said is no message of the Assistants API.
_IS_MESSAGE: Final = (
    "items.type = 'message' AND items.deleted_at IS NULL"
    ' AND items.body NOT LIKE \'%"role":"system"%\' AND items.body NOT LIKE \'%"role":"developer"%\''
)
_COUNTED: Final = f"CASE WHEN {_IS_MESSAGE}{{of_run}} THEN 1 ELSE 0 END"
_SQL: Final = (
    "WITH RECURSIVE line(id, up, depth, seen) AS (SELECT id, parent_id, 0, {counted} FROM items"
    " WHERE id = {begin} AND conversation_id = $2 AND space = $1"
    " UNION ALL SELECT items.id, items.parent_id, depth + 1, seen + {counted}"
    " FROM line JOIN items ON items.id = line.up WHERE items.conversation_id || '' = $2{bound})"
    " SELECT {columns} FROM line JOIN items ON items.id = line.id WHERE {is_message}{of_run}{terms} ORDER BY depth{desc} LIMIT $3"
)
_HEAD: Final = "(SELECT head_id FROM conversations WHERE id = $2 AND space = $1)"
_PARENT: Final = "(SELECT parent_id FROM items WHERE id = {} AND conversation_id = $2 AND space = $1)"
_DEPTH: Final = " AND depth {} (SELECT depth FROM line WHERE id = {})"


class ThreadStore:
    """The messages of one space's conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, place: tuple[str, str], order: Order, limit: int, cursors: tuple[str | None, str | None], run_id: str | None
    ) -> list[Item]:
        """At most `limit` messages of a conversation, `place` being its space and id, in this order: those behind the item
        `after`, those before `before`, which are the nearest to it where it stands alone; with `run_id`, what that run said."""
        after, before = cursors
        given = [each for each in (after, before, run_id) if each is not None]
        newest = order is Order.NEWEST_FIRST
        sql = _page_sql(newest, (after is not None, before is not None, run_id is not None))
        found = [item_of(row) for row in await self._database.fetch(sql, *place, limit, *given)]
        if before is not None and after is None:
            found.reverse()
        return found


@lru_cache(maxsize=16)
def _page_sql(newest: bool, given: tuple[bool, bool, bool]) -> str:
    names, number = [], 4
    for each in given:
        names.append(f"${number}")
        number += each
    (after, before, run), (has_after, has_before, has_run) = names, given
    of_run = f" AND items.made AND items.run_id = {run}" if has_run else ""
    from_after = newest and has_after and not has_before  # the walk up may begin there, and end with the page
    bounded = newest and not has_before
    terms = ""
    if has_after and not from_after:
        terms += _DEPTH.format(">" if newest else "<", after)
    if has_before:
        terms += _DEPTH.format("<" if newest else ">", before)
    backwards = has_before and not has_after
    return _SQL.format(
        counted=_COUNTED.format(of_run=of_run),
        begin=_PARENT.format(after) if from_after else _HEAD,
        bound=" AND seen < $3" if bounded else "",
        columns=ITEM_COLUMNS,
        is_message=_IS_MESSAGE,
        of_run=of_run,
        terms=terms,
        desc="" if newest != backwards else " DESC",
    )


def change(place: tuple[str, str], metadata: bytes | None, resources: Swap | None, moment: int) -> Part:
    """Other metadata, other tool resources in the place of those that are named, or both; counts 1 where these still stood."""
    space, id = place
    before, after = (None, None) if resources is None else resources
    text = None if metadata is None else metadata.decode()
    return CHANGE, (id, space, text, resources is not None, _text(after), moment, _text(before))


def _text(resources: bytes | None) -> str | None:
    return None if resources is None else resources.decode()


def rewriting(item: Item, body: bytes) -> Part:
    """An item with another body; counts 1 where it still had the one that it has here."""
    return REWRITE, (item.space, item.conversation_id, item.id, body.decode(), item.body.decode())
