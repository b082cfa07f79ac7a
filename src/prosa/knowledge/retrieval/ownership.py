"""Passages change hands with their store's owner, and go with it."""

from prosa.drivers.sql import Connection


async def inherit_passages(connection: Connection, old: str, new: str) -> None:
    """What one space holds becomes another's, within the transaction that makes it so."""
    from prosa.knowledge.retrieval import ownership_store

    await ownership_store.move(connection, old, new)


async def erase_passages(connection: Connection, space: str) -> None:
    """Every text and vector of a space is gone, within the transaction that deletes its owner.

    What is left of it are tokens, which mean nothing without their store's salt, until `ChunkIndex.sweep`.
    """
    from prosa.knowledge.retrieval import ownership_store

    await ownership_store.erase(connection, space)
