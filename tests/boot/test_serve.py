"""`prosa serve`: one process or several, how it starts, how it stops."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.boot.process import chat, environ, get, started_anew, until

pytestmark = pytest.mark.slow


@pytest.mark.attack("M2")
def test_one_process_starts_on_loopback_answers_and_stops_cleanly(tmp_path: Path) -> None:
    with started_anew(tmp_path) as process:
        assert '"address":"http://127.0.0.1:' in process.text()
        assert get(process.port, "/health")[0] == 200
        with chat(process.port) as answer:
            assert answer.status == 200
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
        assert process.stop() == 0
    log = process.text()
    assert '"path":"/health"' in log
    assert '"model":"mock"' in log
    assert "Traceback" not in log
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "output.txt"]


@pytest.mark.contract("B25", "B51")
def test_four_workers_share_one_port_are_started_again_when_killed_and_stop_together(tmp_path: Path) -> None:
    with started_anew(tmp_path, "--workers", "4") as process:
        workers = process.children()
        assert len(workers) == 4
        os.kill(workers[0], signal.SIGKILL)
        until(lambda: len(process.children()) == 4 and workers[0] not in process.children())
        assert {get(process.port, "/health")[0] for _ in range(20)} == {200}
        assert process.stop(signal.SIGINT) == 0
    assert all(not Path(f"/proc/{worker}").exists() for worker in workers)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_lets_a_live_stream_end_and_takes_no_new_callers(tmp_path: Path, workers: str) -> None:
    with started_anew(tmp_path, "--workers", workers) as process:
        port = process.port
        with chat(port, stream=True, messages=[{"role": "user", "content": "[[mock speed=20]] Count."}]) as live:
            first = live.read(20)
            process.popen.send_signal(signal.SIGTERM)
            until(lambda: _refused(port))
            rest = live.read()
        assert (first + rest).endswith(b"data: [DONE]\n\n")
        assert process.popen.wait(10) == 0


def test_a_second_signal_stops_at_once(tmp_path: Path) -> None:
    with started_anew(tmp_path) as process, chat(process.port, stream=True, model="mock-stall"):
        process.popen.send_signal(signal.SIGTERM)
        until(lambda: _refused(process.port))
        process.popen.send_signal(signal.SIGTERM)
        assert process.popen.wait(5) == 0


def test_the_drain_has_an_end(tmp_path: Path) -> None:
    with (
        started_anew(tmp_path, PROSA_DRAIN_SECONDS="0.4") as process,
        chat(process.port, stream=True, model="mock-stall") as live,
    ):
        assert process.stop() == 0
        last = live.read().rstrip().split(b"\n\n")[-2:]
    assert b"server is stopping" in last[0] and last[1] == b"data: [DONE]"  # a cut answer never looks whole
    assert "Traceback" not in process.text()


def test_workers_stop_when_their_parent_is_killed(tmp_path: Path) -> None:
    with started_anew(tmp_path, "--workers", "2") as process:
        workers = process.children()
        process.popen.kill()
        until(lambda: not any(_alive(worker) for worker in workers))


def test_a_port_in_use_is_one_line_with_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = _failing(tmp_path, PROSA_PORT=str(port))
    assert done.returncode == 2
    way_out = f"choose another: PROSA_PORT={port + 1} make run"
    assert done.stderr == f"prosa: port {port} is in use, perhaps by another prosa; {way_out}\n"


def test_a_start_that_production_refuses_is_one_line_and_status_2(tmp_path: Path) -> None:
    done = _failing(tmp_path, PROSA_ENV="production", PROSA_SECRET="short")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "PROSA_SECRET" in done.stderr and "at least 16 characters" in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = _failing(tmp_path, PROSA_DATA_DIR=str(tmp_path / "file" / "data"))
    assert done.returncode == 2
    assert "PROSA_DATA_DIR" in done.stderr


def test_a_script_with_a_mistake_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "script.toml").write_text("[[rules]]\nanwser = 1\n")
    done = _failing(tmp_path, PROSA_MOCK_SCRIPT="script.toml")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("prosa: PROSA_MOCK_SCRIPT='script.toml': ")


@pytest.mark.contract("B45", "S04")
def test_production_without_a_provider_starts_and_answers_503_with_a_clear_line(tmp_path: Path) -> None:
    with started_anew(tmp_path, PROSA_ENV="production") as process:
        with chat(process.port) as answer:
            assert answer.status == 503
        assert get(process.port, "/health")[0] == 200
    assert "no model provider is configured" in process.text()


@pytest.mark.contract("S13")
def test_the_module_alone_serves(tmp_path: Path) -> None:
    output = tmp_path / "out"
    with output.open("w") as stream:
        popen = subprocess.Popen(
            [sys.executable, "-m", "prosa"], cwd=tmp_path, env=environ(tmp_path), stdout=stream, stderr=stream
        )
    try:
        until(lambda: '"event":"started"' in output.read_text())
    finally:
        popen.terminate()
        assert popen.wait(10) == 0


@pytest.mark.contract("B25")
def test_reload_starts_again_when_a_source_changes_and_keeps_the_port(tmp_path: Path) -> None:
    copied = tmp_path / "lib" / "prosa"
    shutil.copytree(Path(__file__).parents[2] / "src" / "prosa", copied)
    with started_anew(tmp_path, "--reload", PYTHONPATH=str(copied.parent), PYTHONDONTWRITEBYTECODE="1") as process:
        port = process.port
        before = process.children()
        assert get(port, "/health")[0] == 200
        (copied / "kit" / "clock.py").touch()
        until(lambda: process.text().count('"event":"started"') == 2)
        assert process.children() != before
        assert get(port, "/health")[0] == 200
        assert process.stop() == 0


def _failing(folder: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "prosa", "serve"],
        cwd=folder,
        env=environ(folder, **more),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def _refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionError:
        return True
    return False


def _alive(pid: int) -> bool:
    """A process that nobody has waited for yet is dead all the same."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
