"""What administration keeps of people: who changed what; and what it seals."""

from prosa.administration.effective import COLUMN, TABLE
from prosa.drivers.sql import Connection
from prosa.drivers.vault import SealedColumn


async def erase_actor(connection: Connection, space: str) -> None:
    """What somebody changed stays, and nobody reads any more who it was; within the transaction that deletes the account."""
    from prosa.administration import ownership_store

    await ownership_store.forget(connection, space)


def sealed_columns() -> tuple[SealedColumn, ...]:
    """What has to be sealed anew when the server's secret changes."""
    return (SealedColumn(TABLE, COLUMN, row="name"),)
