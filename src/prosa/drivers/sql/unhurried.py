"""Long work on PostgreSQL: migrations, a backup, moving house."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine


def unhurried_engine(url: str) -> "AsyncEngine":
    """An engine without the bounds of everyday work; each transaction gets a connection of its own."""
    from prosa.drivers.sql.postgres_engine import make_unhurried_engine

    return make_unhurried_engine(url)
