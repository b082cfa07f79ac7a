"""A pytest plugin that tells what the tasks of a test wait for which hangs, before pytest-timeout ends its process.

Own, because the stacks of threads, which pytest tells itself then (`faulthandler_timeout`), end for a loop at its select().
"""

import asyncio
import gc
import sys
import threading
from collections.abc import Generator, Iterator
from typing import Final, TextIO

import pytest

PATIENCE: Final = 95.0  # seconds; the process is ended after 120


class Hanging:
    """Looks at a test that takes long."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Each test, with its fixtures."""
        timer = threading.Timer(PATIENCE, self._tell, [item.nodeid])
        timer.daemon = True
        timer.start()
        try:
            return (yield)
        finally:
            timer.cancel()

    def _tell(self, name: str) -> None:
        capturing = self._config.pluginmanager.getplugin("capturemanager")
        assert capturing is not None
        with capturing.global_and_fixture_disabled():
            print(f"\n{name} takes long; its tasks:", file=sys.__stderr__)
            tell(sys.__stderr__ or sys.stderr)


def tell(out: TextIO) -> None:
    """Write what each task that hasn't ended waits for: through all that it awaits, as far as that can be seen."""
    for each in gc.get_objects():
        if isinstance(each, asyncio.Task) and not each.done():
            print(each.get_name(), *_awaited(each.get_coro()), sep="\n  ", file=out)
    out.flush()


def _awaited(work: object) -> Iterator[str]:
    while work is not None:
        kind = next((kind for kind in ("cr", "gi", "ag") if hasattr(work, f"{kind}_frame")), None)
        if kind is None:
            yield repr(work)
            return
        frame = getattr(work, f"{kind}_frame")
        if frame is not None:
            yield f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}"
        work = getattr(work, "gi_yieldfrom" if kind == "gi" else f"{kind}_await")
