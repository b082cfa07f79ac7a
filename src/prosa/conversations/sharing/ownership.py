"""Shares and opinions change hands with their owner, and go with it and with their conversation."""

from prosa.conversations.sharing.store import deletion_of_expired
from prosa.drivers.journal import Part
from prosa.drivers.sql import Connection


def expired_shares(now: float) -> Part:
    """Links of all spaces whose time is over, at a moment in seconds since 1970: a row to be written now and then."""
    return deletion_of_expired(now)


async def inherit_shares(connection: Connection, old: str, new: str) -> None:
    """What one space holds becomes another's, within the transaction that makes it so."""
    from prosa.conversations.sharing import ownership_store

    await ownership_store.move(connection, old, new)


async def erase_shares(connection: Connection, space: str) -> None:
    """Everything of a space is gone, within the transaction that deletes its owner."""
    from prosa.conversations.sharing import ownership_store

    await ownership_store.erase(connection, space)
