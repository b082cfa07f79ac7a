"""Whether there is anything to purge, read past the query builder: most looks find nothing, and load nothing."""

from typing import Final

from prosa.drivers.sql import Database
from prosa.kit.moments import stored

_LEFT: Final = "SELECT 1 FROM conversations_gone UNION ALL SELECT 1 FROM files_let_go LIMIT 1"
_TRASH: Final = "SELECT 1 FROM conversations WHERE deleted_at < $1 LIMIT 1"


async def left(database: Database) -> bool:
    """Whether something was begun and not finished."""
    return bool(await database.fetch(_LEFT))


async def in_trash(database: Database, before: float) -> bool:
    """Whether something has been in the trash since before this moment, in seconds since 1970."""
    return bool(await database.fetch(_TRASH, stored(before)))
