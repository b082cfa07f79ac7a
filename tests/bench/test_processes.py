"""What is read about a process tree is what the tree does."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.compile import BenchError
from bench.processes import Server, busy_seconds, connections_to, cpu_seconds, free_port, memory, open_files, pinned, tree

SERVER = "import http.server as h, sys; h.HTTPServer(('127.0.0.1', int(sys.argv[1])), h.SimpleHTTPRequestHandler).serve_forever()"
CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = sum(range(15_000_000)); input()'])"


def test_a_tree_counts_its_children() -> None:
    with subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE) as parent:
        until = time.monotonic() + 20
        while (len(tree(parent.pid)) < 2 or cpu_seconds(parent.pid) < 0.1) and time.monotonic() < until:
            time.sleep(0.05)
        assert len(tree(parent.pid)) == 2
        assert cpu_seconds(parent.pid) >= 0.1
        assert busy_seconds(parent.pid) == pytest.approx(cpu_seconds(parent.pid), abs=0.1)
        assert 0 < memory(parent.pid).proportional <= memory(parent.pid).resident <= memory(parent.pid).highest
        assert open_files(parent.pid) >= 6
        parent.communicate(b"\n")


def test_established_connections_are_counted_at_the_servers_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert connections_to(port) == 0
        with socket.create_connection(("127.0.0.1", port)), listener.accept()[0]:
            assert connections_to(port) == 1


def test_a_server_is_awaited_and_stopped(tmp_path: Path) -> None:
    port = free_port()
    server = Server([sys.executable, "-c", SERVER, str(port)], os.environ, tmp_path)
    try:
        ready = server.wait_ready(port, "/", 20)
    finally:
        server.stop()
    assert ready.cpu > 0
    assert 0 < ready.seconds < 20
    assert server.log.exists()


def test_a_server_that_ends_early_is_told_with_its_last_words(tmp_path: Path) -> None:
    server = Server([sys.executable, "-c", "raise SystemExit('no such setting')"], os.environ, tmp_path)
    with pytest.raises(BenchError, match="no such setting"):
        server.wait_ready(free_port(), "/", 20)
    server.stop()


def test_pinning_is_left_out_without_cores() -> None:
    assert pinned(["serve"], ()) == ["serve"]
    assert pinned(["serve"], (0, 2)) == ["taskset", "-c", "0,2", "serve"]
