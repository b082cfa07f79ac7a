"""A pytest plugin that measures in-process coverage in every xdist worker and sums it at the end.

Own, because `coverage run` sees only xdist's controller, and measuring every subprocess would slow down the servers that
tests start and time. What runs only in a server of its own is therefore not counted.
"""

import shutil
import time
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Final

import coverage
import pytest

ENOUGH: Final = 3.0  # seconds of the processor for a module, after which its other tests hardly run a line that none has run


class Measuring:
    """Measures the tests of a process, and in the first one what is imported for them; the controller combines."""

    def __init__(self, config: pytest.Config) -> None:
        self._root = config.rootpath
        self._worker = hasattr(config, "workerinput")
        self._controller = not self._worker and bool(getattr(config.option, "numprocesses", None))
        data = self._folder()
        if not self._worker:
            shutil.rmtree(data, ignore_errors=True)
            data.mkdir(parents=True)
        self._coverage = coverage.Coverage(data_file=str(data / "data"), data_suffix=True)
        self._on = False
        self._spent: defaultdict[Path, float] = defaultdict(float)
        # What importing runs is the same in every worker, and to collect the tests takes twice as long under the measure.
        self._measure(not self._controller and getattr(config, "workerinput", {}).get("workerid", "gw0") == "gw0")

    def _folder(self) -> Path:
        return self._root / "build" / "coverage"

    def _measure(self, on: bool) -> None:
        if on and not self._on:
            self._coverage.start()
        if self._on and not on:
            self._coverage.stop()
        self._on = on

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Measuring makes Python take up to twice as long: a test that repeats at length what others cover runs without."""
        measured = item.get_closest_marker("unmeasured") is None and self._spent[item.path] < ENOUGH
        self._measure(measured)
        began = time.process_time()
        try:
            return (yield)
        finally:
            if measured:
                self._spent[item.path] += time.process_time() - began

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Save this process's part."""
        if not self._controller:
            self._measure(False)
            self._coverage.save()

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Sum the parts, once every worker has ended."""
        if self._worker:
            return
        whole = coverage.Coverage(data_file=str(self._folder() / "data"))
        whole.combine(strict=False)
        whole.save()
