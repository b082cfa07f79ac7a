"""What runs need of who looks after the database."""

from typing import TYPE_CHECKING

from prosa.drivers.sql import Connection

if TYPE_CHECKING:
    from prosa.drivers.archive import Finding


class RunChecks:
    """Part of `verify`: every log is without a gap, and ends once, where its run has ended."""

    async def look(self, connection: Connection) -> "list[Finding]":
        """See Check."""
        from prosa.runs import upkeep_store

        return await upkeep_store.findings(connection)
