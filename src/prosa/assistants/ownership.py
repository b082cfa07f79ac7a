"""Assistants change hands with their owner, and go with it."""

from prosa.drivers.sql import Connection


async def inherit_assistants(connection: Connection, old: str, new: str) -> None:
    """What one space holds becomes another's, within the transaction that makes it so."""
    from prosa.assistants import ownership_store

    await ownership_store.move(connection, old, new)


async def erase_assistants(connection: Connection, space: str) -> None:
    """Everything of a space is gone, within the transaction that deletes its owner: assistants, what they may do with others',
    and their name on versions that they wrote of others'."""
    from prosa.assistants import ownership_store

    await ownership_store.erase(connection, space)
