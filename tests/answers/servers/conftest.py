"""A database for tests of tool servers: what differs between the two is tried where approvals are."""

from collections.abc import AsyncIterator

import pytest

from prosa.drivers.sql import Database
from tests.databases import a_database


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    """On SQLite."""
    async with a_database("sqlite") as found:
        yield found
