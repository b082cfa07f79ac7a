"""Shares and opinions change hands with their owner, and go with it and with their conversation."""

from prosa.conversations.opinions.store import deletion_of_gone as opinions_of_gone
from prosa.conversations.sharing.store import deletion_of_gone as shares_of_gone
from prosa.drivers.journal import Part
from prosa.drivers.sql import Connection


def removing_shared(space: str, conversation_id: str) -> tuple[Part, ...]:
    """What goes with a conversation that is deleted for good, or with a branch of it: rows to be written behind that."""
    return shares_of_gone(space, conversation_id), opinions_of_gone(space, conversation_id)


async def inherit_shares(connection: Connection, old: str, new: str) -> None:
    """What one space holds becomes another's, within the transaction that makes it so."""
    from prosa.conversations.sharing import ownership_store

    await ownership_store.move(connection, old, new)


async def erase_shares(connection: Connection, space: str) -> None:
    """Everything of a space is gone, within the transaction that deletes its owner."""
    from prosa.conversations.sharing import ownership_store

    await ownership_store.erase(connection, space)
