"""Usage changes hands with its owner; where the owner is erased, the numbers stay as nobody's."""

from prosa.drivers.sql import Connection


async def inherit_usage(connection: Connection, old: str, new: str) -> None:
    """What one space has used becomes another's, within the transaction that makes it so."""
    from prosa.usage import activity_store, sums_store

    await sums_store.give(connection, old, new)
    await activity_store.give(connection, old, new)


async def erase_usage(connection: Connection, space: str) -> None:
    """Nothing names a space any more, nor what it called for, within the transaction that deletes its owner."""
    from prosa.usage import activity_store, sums_store

    await sums_store.give(connection, space, "")
    await activity_store.give(connection, space, "")
