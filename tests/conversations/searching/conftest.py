"""Fixtures of the tests of this folder."""

from collections.abc import AsyncIterator

import pytest

from prosa.drivers.sql import Database
from tests.conversations.searching.library import Library, a_library
from tests.databases import database

__all__ = ["database", "library"]


@pytest.fixture
async def library(database: Database) -> AsyncIterator[Library]:
    """Conversations with their index over a fresh database of each kind."""
    async with a_library(database) as made:
        yield made
