"""Exchanges change hands with their owner, and go with it."""

from prosa.drivers.sql import Connection


async def inherit_interactions(connection: Connection, old: str, new: str) -> None:
    """What one space holds becomes another's, within the transaction that makes it so."""
    from prosa.interactions.store import InteractionStore

    await InteractionStore.move(connection, old, new)


async def erase_interactions(connection: Connection, space: str) -> None:
    """Everything of a space is gone, within the transaction that deletes its owner."""
    from prosa.interactions.store import InteractionStore

    await InteractionStore.erase(connection, space)
