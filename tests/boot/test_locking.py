"""One service to a data folder."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from prosa.boot.locking import LOCK_FILE, address_of, lock_folder, locked
from prosa.boot.settings import StartRefused

from .process import PATIENCE, environ, get, started_anew, until


def refused(folder: Path) -> str:
    with pytest.raises(StartRefused) as caught:
        lock_folder(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def second(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """A second `prosa serve` over the same data folder."""
    return subprocess.run(
        [sys.executable, "-m", "prosa", "serve", *words],
        cwd=folder,
        env=environ(folder),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_a_folder_is_locked_until_it_is_released(tmp_path: Path) -> None:
    lock = lock_folder(tmp_path / "data")
    line = refused(tmp_path / "data")
    assert f"process {os.getpid()}" in line
    assert "PROSA_DATA_DIR" in line
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    lock.release()
    with locked(tmp_path / "data"):
        refused(tmp_path / "data")
    lock_folder(tmp_path / "data").release()


@pytest.mark.parametrize("left", [b"", b"4194304999\n", b"\xff\x00garbage", b"1\n" * 50, b"-1\n"])
def test_a_file_that_a_dead_process_left_is_no_obstacle_and_its_text_never_misleads(tmp_path: Path, left: bytes) -> None:
    (tmp_path / LOCK_FILE).write_bytes(left)
    lock_folder(tmp_path).release()
    lock = lock_folder(tmp_path)
    (tmp_path / LOCK_FILE).write_bytes(left)
    assert "in use" in refused(tmp_path)
    lock.release()


def test_the_folder_tells_where_its_service_is_while_it_runs(tmp_path: Path) -> None:
    assert address_of(tmp_path) is None
    lock = lock_folder(tmp_path)
    assert address_of(tmp_path) is None
    lock.tell("http://127.0.0.1:3801")
    assert address_of(tmp_path) == "http://127.0.0.1:3801"
    assert f"process {os.getpid()}" in refused(tmp_path)
    lock.release()
    for left in (b"4194304999\nhttp://127.0.0.1:1\n", b"\xff\nhttp://127.0.0.1:1\n", b"1\njavascript:x\n", b"", b"1" * 500):
        (tmp_path / LOCK_FILE).write_bytes(left)
        assert address_of(tmp_path) is None


def test_a_folder_that_can_not_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "expected a folder that this user can write to" in refused(tmp_path / "file")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / LOCK_FILE).symlink_to(tmp_path / "file")
    assert "expected a folder" in refused(tmp_path / "data")


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "4"])
def test_a_second_server_is_refused_with_a_clear_line_and_touches_nothing(tmp_path: Path, workers: str) -> None:
    with started_anew(tmp_path, PROSA_WORKERS=workers) as first:
        before = sorted(path.name for path in (tmp_path / "data" / "run").iterdir())
        done = second(tmp_path, "--workers", workers)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
        assert f"in use by another prosa (process {first.pid})" in done.stderr
        assert set(before) <= {path.name for path in (tmp_path / "data" / "run").iterdir()}
        assert get(first.port, "/health")[0] == 200
        assert first.stop() == 0
    with started_anew(tmp_path) as again:
        assert get(again.port, "/health")[0] == 200


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_killed_server_leaves_no_lock(tmp_path: Path, workers: str) -> None:
    with started_anew(tmp_path, PROSA_WORKERS=workers) as first:
        children = first.children() if workers != "1" else []
        first.stop(signal.SIGKILL)
        until(lambda: not any(Path(f"/proc/{child}").exists() for child in children))
        with started_anew(tmp_path) as again:
            assert get(again.port, "/health")[0] == 200


@pytest.mark.slow
def test_the_children_of_reload_share_their_watchers_lock(tmp_path: Path) -> None:
    with started_anew(tmp_path, "--reload") as first:
        assert get(first.port, "/health")[0] == 200
        assert f"(process {first.pid})" in second(tmp_path).stderr
        assert first.stop() == 0
    lock_folder(tmp_path / "data").release()
