"""Fixtures of the tests of this folder."""

import asyncio
from collections.abc import Callable

import pytest
import uvloop

from tests.databases import database

__all__ = ["database"]


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Every test runs on both loops: prosa serves on uvloop, and on asyncio's own where uvloop is missing."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
