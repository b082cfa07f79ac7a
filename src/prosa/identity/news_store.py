"""What the list of changes of rights says, read several times a second: past the query builder, by the list's own numbers."""

import asyncio
from typing import Final

import msgspec

from prosa.drivers.sql import Database, DatabaseNotMigrated, needs_migration

_NEWEST: Final = "SELECT coalesce(max(number), 0) FROM rights_changes"
_SINCE: Final = "SELECT number, account_id, credential_id FROM rights_changes WHERE number > $1 ORDER BY number"
_ACCOUNTS: Final = "SELECT 1 FROM accounts LIMIT 1"


class Change(msgspec.Struct, array_like=True, frozen=True):
    """One change; None stands for every account, or for everything of the account."""

    number: int
    account_id: str | None
    credential_id: str | None


class NewsStore:
    """Reads the list. Raises DatabaseUnavailable, DatabaseNotMigrated."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self) -> int:
        """The number of the last change; 0 where there is none. Leaves a database that isn't up to date to who looks after it."""
        if await asyncio.to_thread(needs_migration, self._database.address):
            raise DatabaseNotMigrated
        rows = await self._database.fetch(_NEWEST)
        return msgspec.convert(rows[0][0], int)

    async def since(self, number: int) -> list[Change]:
        """The changes after this number."""
        return msgspec.convert(await self._database.fetch(_SINCE, number), list[Change])

    async def has_accounts(self) -> bool:
        """Whether there is any account, deleted ones too."""
        return bool(await self._database.fetch(_ACCOUNTS))
