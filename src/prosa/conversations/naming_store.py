"""Second names of objects, by which other systems knew them, and the beginnings of ids (decision 14 of the mission)."""

from typing import Final

from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database

THREAD: Final = "thread"  # kinds of names that the Assistants API shows: thread_…
MESSAGE: Final = "message"
NAMED: Final = "SELECT object_id FROM second_names WHERE space = $1 AND kind = $2 AND name = $3"
NAME_OF: Final = "SELECT name FROM second_names WHERE object_id = $3 AND space = $1 AND kind = $2"
NAME: Final = Statement("INSERT INTO second_names (space, kind, name, object_id) VALUES ($1, $2, $3, $4)")
NAME_ANEW: Final = Statement(
    NAME.postgresql + " ON CONFLICT (space, kind, name) DO UPDATE SET object_id = excluded.object_id",
)
UNNAME: Final = Statement("DELETE FROM second_names WHERE object_id = $1 AND space = $2")
# The names of what was said in a conversation that is gone; before its items are.
UNNAME_ITEMS: Final = Statement(
    "DELETE FROM second_names WHERE space = $2 AND object_id IN (SELECT id FROM items WHERE conversation_id = $1 AND space = $2)"
    " AND NOT EXISTS (SELECT 1 FROM conversations WHERE id = $1)"
)
BEGINNING: Final = "SELECT id FROM conversations WHERE space = $1 AND id >= $2 AND id < $3 LIMIT 2"


async def object_named(database: Database, space: str, kind: str, name: str) -> str | None:
    """The object that has this second name in a space; `kind` is such as "conversation"."""
    rows = await database.fetch(NAMED, space, kind, name)
    return str(rows[0][0]) if rows else None


async def second_name(database: Database, space: str, kind: str, object_id: str) -> str | None:
    """The name by which another system knew an object, where that isn't its id."""
    rows = await database.fetch(NAME_OF, space, kind, object_id)
    return str(rows[0][0]) if rows else None


def naming(space: str, kind: str, name: str, object_id: str) -> Part:
    """Give an object its second name, unique in its space: refused where another has it."""
    return NAME, (space, kind, name, object_id)


def naming_anew(space: str, kind: str, name: str, object_id: str) -> Part:
    """The same, also where the name is left of an object that is gone."""
    return NAME_ANEW, (space, kind, name, object_id)


async def conversation_beginning(database: Database, space: str, digits: str) -> str | None:
    """The conversation of a space whose id begins with these hexadecimal digits, where there is exactly one."""
    rows = await database.fetch(BEGINNING, space, digits, digits + "g")
    return str(rows[0][0]) if len(rows) == 1 else None
