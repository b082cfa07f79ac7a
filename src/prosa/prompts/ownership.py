"""Prompts change hands with their owner, and go with it."""

from prosa.drivers.sql import Connection


async def inherit_prompts(connection: Connection, old: str, new: str) -> None:
    """What one space keeps becomes another's, within the transaction that makes it so."""
    from prosa.prompts import ownership_store

    await ownership_store.move(connection, old, new)


async def erase_prompts(connection: Connection, space: str) -> None:
    """Everything that a space keeps is gone, within the transaction that deletes its owner."""
    from prosa.prompts import ownership_store

    await ownership_store.erase(connection, space)
