"""What somebody wrote where it didn't belong goes with them."""

from prosa.conversations.adopting.models import nobody_of
from prosa.drivers.sql import Connection


async def erase_orphans(connection: Connection, space: str) -> None:
    """Erase it, within the transaction that deletes its author."""
    from prosa.conversations import ownership_store

    await ownership_store.erase(connection, nobody_of(space))
