"""Fresh databases of both kinds."""

from tests.databases import database

__all__ = ["database"]
