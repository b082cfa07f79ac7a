"""What is remembered changes hands with its owner, and goes with it."""

from prosa.drivers.sql import Connection


async def inherit_memory(connection: Connection, old: str, new: str) -> None:
    """What one space remembers becomes another's, within the transaction that makes it so."""
    from prosa.conversations.memory import ownership_store

    await ownership_store.move(connection, old, new)


async def erase_memory(connection: Connection, space: str) -> None:
    """Everything that a space remembers is gone, within the transaction that deletes its owner."""
    from prosa.conversations.memory import ownership_store

    await ownership_store.erase(connection, space)
