"""Fixtures of the tests of this folder."""

from tests.databases import database

__all__ = ["database"]
