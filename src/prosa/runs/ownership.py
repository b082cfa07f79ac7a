"""Runs change hands with their owner, and go with it."""

from prosa.drivers.sql import Connection


async def inherit_runs(connection: Connection, old: str, new: str) -> None:
    """What one space holds becomes another's, within the transaction that makes it so."""
    from prosa.runs.ownership_store import move

    await move(connection, old, new)


async def erase_runs(connection: Connection, space: str) -> None:
    """Every run of a space is gone, within the transaction that deletes its owner; who drives one notices at once."""
    from prosa.runs.ownership_store import erase

    await erase(connection, space)
