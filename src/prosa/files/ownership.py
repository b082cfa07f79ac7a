"""Files change hands with their owner, and go with it."""

from prosa.drivers.sql import Connection


async def inherit_files(connection: Connection, old: str, new: str) -> None:
    """What one space holds becomes another's, within the transaction that makes it so."""
    from prosa.files.store import FileStore

    await FileStore.move(connection, old, new)


async def erase_files(connection: Connection, space: str) -> None:
    """Every file of a space is gone, within the transaction that deletes its owner; its content with the keeper's next look."""
    from prosa.files.store import FileStore

    await FileStore.erase(connection, space)
