"""Whether anything is due for the keeper, read past the query builder: most looks find nothing, and load nothing."""

from typing import Final

from prosa.drivers.sql import Database
from prosa.kit.moments import SECOND, stored

_ENDED: Final = "SELECT 1 FROM files WHERE expires_at <= $1 LIMIT 1"
_GONE: Final = "SELECT 1 FROM blobs_gone LIMIT 1"
_OLDEST: Final = "SELECT min(created_at) FROM files"


async def ended(database: Database, now: float) -> bool:
    """Whether the time of some file is over."""
    return bool(await database.fetch(_ENDED, stored(now)))


async def gone(database: Database) -> bool:
    """Whether content of deleted files is still to be removed."""
    return bool(await database.fetch(_GONE))


async def oldest(database: Database) -> float | None:
    """When the oldest file was made, in seconds since 1970; None where there is none."""
    moment = (await database.fetch(_OLDEST))[0][0]
    return moment / SECOND if isinstance(moment, int) else None
