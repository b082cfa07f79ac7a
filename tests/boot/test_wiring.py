"""The parts together, and that nothing of them is left over."""

import asyncio
import io
import os
from pathlib import Path

import pytest

from prosa.boot.http import prepare_folder
from prosa.boot.settings import load
from prosa.boot.wiring import Place, build
from prosa.drivers.telemetry import AccessLog


@pytest.mark.parametrize("place", [Place(), Place(1, 4)])
async def test_a_system_starts_and_stops_and_leaves_nothing_open(tmp_path: Path, place: Place) -> None:
    settings = load({"PROSA_DATA_DIR": str(tmp_path / "data")}, tmp_path).settings
    prepare_folder(settings.server)
    await asyncio.to_thread(int)  # the loop's own thread pool is no leak of ours
    before = set(os.listdir("/proc/self/fd"))
    system = build(settings, place, AccessLog(io.StringIO(), "json"))
    await system.start()
    await asyncio.sleep(0.05)
    await system.stop()
    assert len(asyncio.all_tasks()) == 1
    # subprocess support may keep a descriptor of the loop's own
    assert len(set(os.listdir("/proc/self/fd")) - before) <= 1
    if place.number == 0:
        assert settings.database.path is not None and settings.database.path.exists()


def test_what_a_run_before_left_in_the_run_folder_is_cleared(tmp_path: Path) -> None:
    server = load({"PROSA_DATA_DIR": str(tmp_path / "data")}, tmp_path).settings.server
    prepare_folder(server)
    (server.run_dir / "limits").write_bytes(b"old")
    (server.run_dir / "metrics-0.msgpack").write_bytes(b"old")
    prepare_folder(server)
    assert list(server.run_dir.iterdir()) == []
