"""Fixtures of the tests of answers."""

from tests.databases import database

__all__ = ["database"]
