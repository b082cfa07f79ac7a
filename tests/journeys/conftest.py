"""What the journeys through a browser stand on."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.browsing import keeping

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journeys of a module have one loop, because a browser belongs to the loop that started it."""
    for item in items:
        if HERE in item.path.parents and item.get_closest_marker("asyncio"):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium(need: Callable[[str], str]) -> AsyncIterator[str]:
    """Debian's Chromium, started once for all journeys of a module: each looks through profiles of its own."""
    path = need("chromium")
    async with keeping(path):
        yield path
