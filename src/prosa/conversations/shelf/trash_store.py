"""What is taken out of the trash for good.

The conversation goes in one transaction with what hangs on it and with a note that its items are still there (see
`retention/store.py`, which takes these away: at once, and where that is cut short, in the background).
"""

from typing import Final

from prosa.drivers.journal import Part, Statement

HANGING: Final = ("conversation_tags", "shares", "opinions")
_HELD: Final = "EXISTS (SELECT 1 FROM conversations WHERE id = $1 AND space = $2 AND deleted_at IS NOT NULL)"
# First of all, so that on PostgreSQL who restores it waits.
HOLD: Final = Statement("UPDATE conversations SET version = version + 1 WHERE id = $1 AND space = $2 AND deleted_at IS NOT NULL")
NOTE: Final = Statement(
    "INSERT INTO conversations_gone (id) SELECT CAST($1 AS TEXT) FROM conversations WHERE id = $1 AND space = $2"
    " AND deleted_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM conversations_gone WHERE id = $1)"
)
LOOSEN: Final = tuple(
    Statement(f"DELETE FROM {table} WHERE {column} = $1 AND {_HELD}")  # noqa: S608  # our own words
    for table, column in (*((table, "conversation_id") for table in HANGING), ("second_names", "object_id"))
)
DELETE: Final = Statement("DELETE FROM conversations WHERE id = $1 AND space = $2 AND deleted_at IS NOT NULL")


def removal(space: str, id: str) -> tuple[Part, ...]:
    """A conversation out of the trash; the last part counts 1 where it was in it."""
    row = (id, space)
    return (HOLD, row), (NOTE, row), *((statement, row) for statement in LOOSEN), (DELETE, row)
