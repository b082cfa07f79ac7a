"""What the index needs of who looks after the database."""

from typing import TYPE_CHECKING

from prosa.drivers.sql import Connection

if TYPE_CHECKING:
    from prosa.drivers.archive import Finding


class SearchChecks:
    """Part of `verify`: what can be found is what was said, word by word (attacks.md INV15)."""

    async def look(self, connection: Connection) -> "list[Finding]":
        """See Check."""
        from prosa.conversations.searching import upkeep_store

        return await upkeep_store.findings(connection)
