"""Vector stores change hands with their owner, and go with it."""

from prosa.drivers.sql import Connection


async def inherit_stores(connection: Connection, old: str, new: str) -> None:
    """What one space holds becomes another's, within the transaction that makes it so."""
    from prosa.knowledge.stores import ownership_store

    await ownership_store.move(connection, old, new)


async def erase_stores(connection: Connection, space: str) -> None:
    """Every store of a space is gone, within the transaction that deletes its owner."""
    from prosa.knowledge.stores import ownership_store

    await ownership_store.erase(connection, space)
