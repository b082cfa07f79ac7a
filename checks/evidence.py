"""A pytest plugin that writes down which test showed which promise, for `make contracts`.

The report is `build/evidence.json`: one entry a test with its outcome and the ids of its `contract` and `attack` marks.
A run of some tests renews their entries only; entries of tests that are gone are dropped. Under xdist the workers' marks
travel with their reports, and only the controller writes.
"""

import json
import os
import time
from pathlib import Path

import msgspec
import pytest

MARKS = ("contract", "attack")


class Entry(msgspec.Struct):
    """One test: its node id, what became of it, the ids it shows, when."""

    test: str
    outcome: str  # "passed", "failed" or "skipped"
    contract: list[str] = []
    attack: list[str] = []
    at: float = 0.0


def report_path(root: Path) -> Path:
    """Where the evidence lies."""
    return root / "build" / "evidence.json"


def read(root: Path) -> list[Entry]:
    """What earlier runs left; nothing when there is no readable report."""
    try:
        return msgspec.json.decode(report_path(root).read_bytes(), type=list[Entry])
    except (FileNotFoundError, msgspec.MsgspecError):
        return []


class Evidence:
    """Collects the outcomes of marked tests and merges them into the report at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._root = config.rootpath
        self._worker = hasattr(config, "workerinput")
        self._config = config
        self._seen: dict[str, Entry] = {}
        self._collected: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Hang the ids of a test's marks on its reports; note what there is, before any is left out."""
        self._collected.update(item.nodeid for item in items)
        for item in items:
            for mark in MARKS:
                ids = [str(name) for found in item.iter_markers(mark) for name in found.args]
                if ids:
                    item.user_properties.append((mark, ids))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the worst that a phase of a marked test came to."""
        marks = {name: value for name, value in report.user_properties if name in MARKS}
        if not marks:
            return
        entry = self._seen.setdefault(report.nodeid, Entry(report.nodeid, "passed", at=time.time()))
        entry.contract = _ids(marks.get("contract"))
        entry.attack = _ids(marks.get("attack"))
        if report.outcome != "passed" and entry.outcome != "failed":
            entry.outcome = report.outcome

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """A worker of xdist has ended: what it collected."""
        self._collected.update(getattr(node, "workeroutput", {}).get("prosa_collected", ()))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Merge into the report of earlier runs; a worker leaves that to its controller."""
        if self._worker:
            self._config.workeroutput["prosa_collected"] = sorted(self._collected)  # type: ignore[attr-defined]  # xdist's
            return
        if not self._seen:
            return
        kept = {entry.test: entry for entry in read(self._root) if self._still_there(entry)}
        kept.update(self._seen)
        path = report_path(self._root)
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [msgspec.to_builtins(kept[name]) for name in sorted(kept)]
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        fresh.replace(path)  # whole or not at all, also when two runs end together

    def _still_there(self, entry: Entry) -> bool:
        file = entry.test.partition("::")[0]
        if any("::" in argument for argument in self._config.args):
            return (self._root / file).exists()  # single tests were named, so the others were not looked for
        known = {name.partition("::")[0] for name in self._collected}
        return entry.test in self._collected or (file not in known and (self._root / file).exists())


def _ids(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list | tuple) else []
