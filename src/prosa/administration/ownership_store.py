"""Forgetting who changed something."""

from sqlalchemy import text

from prosa.drivers.sql import Connection


async def forget(connection: Connection, account_id: str) -> None:
    """Their changes are nobody's."""
    change = "UPDATE administration_changes SET account_id = NULL, actor = 'gone' WHERE account_id = :account_id"
    await connection.execute(text(change), {"account_id": account_id})
