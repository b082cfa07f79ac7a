"""A fresh database of each kind."""

from tests.databases import database

__all__ = ["database"]
