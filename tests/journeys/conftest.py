"""What the journeys through a browser stand on."""

from collections.abc import Callable

import pytest


@pytest.fixture
def chromium(need: Callable[[str], str]) -> str:
    """Debian's Chromium."""
    return need("chromium")
