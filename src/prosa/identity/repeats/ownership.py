"""What was answered goes with its owner, or changes hands with the rest."""

from prosa.drivers.sql import Connection


async def inherit_repeats(connection: Connection, old: str, new: str) -> None:
    """What one space holds becomes another's, within the transaction that makes it so."""
    from prosa.identity.repeats.ownership_store import move

    await move(connection, old, new)


async def erase_repeats(connection: Connection, space: str) -> None:
    """Everything of a space is gone, within the transaction that deletes its owner."""
    from prosa.identity.repeats.ownership_store import erase

    await erase(connection, space)
