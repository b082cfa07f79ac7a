"""The feed of changes goes with its owner."""

from prosa.drivers.sql import Connection


async def inherit_changes(connection: Connection, old: str, new: str) -> None:
    """What changed in one space changed in another's then, within the transaction that makes it so."""
    from prosa.events import ownership_store

    await ownership_store.move(connection, old, new)


async def erase_changes(connection: Connection, space: str) -> None:
    """Everything of a space is gone, within the transaction that deletes its owner."""
    from prosa.events import ownership_store

    await ownership_store.erase(connection, space)
