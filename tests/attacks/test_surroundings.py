"""What surrounds a start can be odd or hostile: streams, values, files, a machine without room. It works, or it says why."""

import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from prosa.boot.settings import StartRefused, load
from prosa.drivers.sql import Database
from prosa.interactions import ForeignFile, import_sqlite
from tests.boot.process import environ, get, started, until

pytestmark = pytest.mark.slow

DEEP = "[" * 20_000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_KEYS", DEEP),
        ("ALLOWED_ORIGINS", DEEP),
        ("PROSA_DATA_DIR", "~there-is-no-such-user/data"),
        ("PROSA_DEFAULT_MODEL", "\udcff\udcfe"),
        ("PROSA_METRICS_TOKEN", "a\x1b[2Jb\x00c"),
        ("PROSA_TRUSTED_PROXIES", "10.0.0.0/99"),
        ("PROSA_PORT", "9" * 5000),
        ("PROSA_BODY_SECONDS", "nan"),
        ("OPENAI_BASE_URL", "http://user:canary@host/v1"),
        ("OPENAI_BASE_URL", "file:///etc/passwd"),
    ],
)
def test_a_hostile_value_is_refused_in_one_line(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(StartRefused) as caught:
        load({name: value}, tmp_path)
    text = str(caught.value)
    assert text.isprintable() and name in text and "canary" not in text.replace("user:canary@", "")


@pytest.mark.parametrize("text", ["a=" + DEEP, "[limits]\nmax_body_mb=" + "[" * 900 + "]" * 900, "\x00", "a=1\na=2"])
def test_a_hostile_toml_is_refused_in_one_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "prosa.toml").write_text(text)
    with pytest.raises(StartRefused, match=r"prosa\.toml"):
        load({}, tmp_path)


@pytest.mark.parametrize("redirection", ["", ">&- 2>&- <&-"])
def test_it_serves_where_streams_are_closed_or_know_only_ascii(redirection: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = f"exec {sys.executable} -m prosa serve {redirection}"
    env = environ(tmp_path, PROSA_PORT=str(port), PYTHONIOENCODING="ascii", PROSA_LOG_FORMAT="console")
    quiet = subprocess.DEVNULL
    with subprocess.Popen(["sh", "-c", command], cwd=tmp_path, env=env, stdout=quiet, stderr=quiet) as popen:
        try:
            until(lambda: popen.poll() is not None or _answers(port))
            popen.send_signal(signal.SIGTERM)
            assert popen.wait(10) == 0
        finally:
            popen.kill()


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6 here")
def test_every_address_means_both_kinds(tmp_path: Path) -> None:
    with started(tmp_path, PROSA_HOST="::") as process:
        assert get(process.port, "/metrics")[0] == 200  # by 127.0.0.1, which the system tells as ::ffff:127.0.0.1
        with socket.create_connection(("::1", process.port), 5) as caller:
            caller.sendall(b"GET /metrics HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\n\r\n")
            assert caller.recv(12) == b"HTTP/1.1 200"
        assert process.stop() == 0


NO_ROOM = """
import errno, os, socket, sys, threading
from prosa.boot.workers import Workers
calls, fork = [], os.fork
def scarce():
    calls.append(1)
    if len(calls) == 2:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")
    return fork()
os.fork = scarce
def body(number, ready, lifeline):
    ready()
    os.read(lifeline, 1)
    return 0
listener = socket.create_server(("127.0.0.1", 0))
def announce():
    print("all ready", len(calls), flush=True)
    os.kill(os.getpid(), 15)
sys.exit(Workers(2, body, [listener], 0.1).run(announce))
"""


def test_a_machine_that_has_no_room_for_a_worker_is_asked_again() -> None:
    done = subprocess.run([sys.executable, "-c", NO_ROOM], capture_output=True, text=True, timeout=20, check=False)
    assert done.stdout == "all ready 3\n" and done.returncode == 0
    assert re.fullmatch(r"prosa: worker 1 can't be started: .*\n", done.stderr)


def test_a_socket_that_was_never_handed_on_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prosa", "serve"],
        cwd=tmp_path,
        env=environ(tmp_path, PROSA_INHERITED_SOCKET="99"),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 2 and done.stderr.count("\n") == 1


async def test_files_made_to_harm_an_import_are_refused_or_read(tmp_path: Path) -> None:
    whole = tmp_path / "whole.db"
    with closing(sqlite3.connect(whole)) as connection:
        connection.execute("CREATE TABLE interactions (interaction_id TEXT, user_id TEXT, prompt TEXT, timestamp TEXT)")
        connection.execute("INSERT INTO interactions VALUES ('a', 'u', 'p', '2024-01-01T00:00:00')")
        connection.execute("CREATE TRIGGER harm AFTER INSERT ON interactions BEGIN SELECT load_extension('x'); END")
        connection.commit()
    ends = {await _imported(harmed, tmp_path) for harmed in _harmed(whole.read_bytes())}
    assert ends == {"read", "refused"}


def _harmed(data: bytes) -> Iterator[bytes]:
    draw = random.Random(3)
    for _ in range(300):
        harmed = bytearray(data)
        for _ in range(draw.choice((1, 5, 40))):
            harmed[draw.randrange(16, 600 if draw.random() < 0.7 else len(harmed))] = draw.randrange(256)
        yield bytes(harmed)


async def _imported(data: bytes, folder: Path) -> str:
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        file.write(data)
        file.flush()
        try:
            await import_sqlite(Path(file.name), "local", Database(folder / "prosa.db"), dry_run=True)
        except ForeignFile:
            return "refused"
        return "read"


def _answers(port: int) -> bool:
    try:
        return get(port, "/health")[0] == 200
    except OSError:
        return False
