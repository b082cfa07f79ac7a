"""Who changed what, newest first."""

from prosa.administration.models import Change
from prosa.administration.store import AdministrationReader
from prosa.drivers.sql import Database


class History:
    """What was written down with each change."""

    def __init__(self, database: Database) -> None:
        self._reader = AdministrationReader(database.fetch)

    async def page(self, limit: int, before: int | None = None, kind: str | None = None) -> list[Change]:
        """Those before a number, of one kind or all. Raises DatabaseUnavailable."""
        return await self._reader.changes(limit, before, kind)
