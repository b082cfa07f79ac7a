"""What goes with an account beside what features keep."""

from prosa.drivers.sql import Connection


async def erase_traces(connection: Connection, space: str) -> None:
    """Leave nothing personal in what stays of credentials and invitations, within the transaction that deletes the account."""
    from prosa.privacy import store

    await store.erase_traces(connection, space)
