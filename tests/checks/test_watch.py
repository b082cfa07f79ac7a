"""`make watch`: two servers at one address, and one Ctrl+C for both."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from checks.ui import watch

ROOT = Path(__file__).resolve().parents[2]


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def asked(address: str, **headers: str) -> str:
    """What stands there as soon as there is something."""
    for _ in range(300):
        try:
            answer = httpx2.get(address, headers=headers, timeout=5)
            if answer.status_code == 200:
                return answer.text
        except httpx2.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"nothing answers at {address}")


@pytest.mark.slow
def test_both_stand_at_one_address_and_end_together(tmp_path: Path) -> None:
    port = free()
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PROSA_DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, "-m", "checks.ui.watch", "--port", str(port)]
    with (tmp_path / "output").open("wb") as output:
        both = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=output, stderr=output)
    try:
        assert '"database":"connected"' in asked(f"http://127.0.0.1:{port}/health")
        assert "/@vite/client" in asked(f"http://127.0.0.1:{port}/chat", accept="text/html")
        assert "SwaggerUIBundle" in asked(f"http://127.0.0.1:{port}/assets/docs.js")
        children = [int(line) for line in _children(both.pid)]
        assert len(children) == 2
        both.send_signal(signal.SIGINT)
        assert both.wait(20) == 0
        assert not [child for child in children if _alive(child)]
    finally:
        both.kill()
        both.wait()
    said = (tmp_path / "output").read_text()
    assert said.count(f"address     http://127.0.0.1:{port} ") == 1 and f"http://127.0.0.1:{port}/set-up" in said
    assert all(part.startswith(str(port)) for part in said.split("127.0.0.1:")[1:])


@pytest.mark.parametrize(
    ("arguments", "port", "rest"), [([], 3000, []), (["--port", "3001", "--workers", "1"], 3001, ["--workers", "1"])]
)
def test_the_port_is_the_one_that_people_use(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], port: int, rest: list[str]
) -> None:
    monkeypatch.delenv("PROSA_PORT", raising=False)
    assert watch.ports(arguments) == (port, rest)


def _children(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
