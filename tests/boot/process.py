"""`prosa serve` as a process of its own."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.boot.forking import Forked
from tests.databases import migrated_file

PATIENCE = 60.0  # seconds; what takes that long on a machine at a load of ten is no failure


def environ(folder: Path, **more: str) -> dict[str, str]:
    """Nothing of the caller's own settings; everything written below `folder`."""
    return {
        "PATH": os.environ["PATH"],
        "PROSA_PORT": "0",
        "PROSA_DATA_DIR": str(folder / "data"),
        "PROSA_OLLAMA_DISCOVERY": "false",
        "PROSA_LOG_FORMAT": "json",
        **more,
    }


@dataclass
class Process:
    """A running server."""

    popen: "subprocess.Popen[str] | Forked"
    output: Path

    @property
    def pid(self) -> int:
        return self.popen.pid

    @property
    def port(self) -> int:
        found = re.search(r'"address":"http://[^"]*?:(\d+)"', self.text())
        assert found, self.text()
        return int(found[1])

    def text(self) -> str:
        return self.output.read_text()

    def children(self) -> list[int]:
        """The workers' process ids."""
        done = subprocess.run(["ps", "--ppid", str(self.pid), "-o", "pid=,args="], capture_output=True, text=True, check=False)
        rows = [line.split(None, 1) for line in done.stdout.splitlines()]
        return [int(row[0]) for row in rows if len(row) == 2 and "migrate" not in row[1]]

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.popen.send_signal(number)
        return self.popen.wait(PATIENCE)


@contextlib.contextmanager
def started(folder: Path, *arguments: str, **more: str) -> Iterator[Process]:
    """`prosa serve` in `folder`, ready. Its database is as an earlier start of the same prosa left it; see `started_first`.

    It is a fork of a process that has loaded the program; see `started_anew`.
    """
    _prepare(folder, more)
    output = folder / "output.txt"
    output.write_text("")
    with _ready(Process(Forked(folder, ("serve", *arguments), environ(folder, **more), output), output)) as process:
        yield process


@contextlib.contextmanager
def started_anew(folder: Path, *arguments: str, **more: str) -> Iterator[Process]:
    """As `started`, by the interpreter's own start: for what a start loads, and what is seen of the process from outside."""
    _prepare(folder, more)
    with started_first(folder, *arguments, **more) as process:
        yield process


@contextlib.contextmanager
def started_first(folder: Path, *arguments: str, **more: str) -> Iterator[Process]:
    """As `started_anew`, over whatever there is: nothing, for the first start of an installation."""
    output = folder / "output.txt"
    with output.open("w") as stream:
        popen = subprocess.Popen(
            [sys.executable, "-m", "prosa", "serve", *arguments],
            cwd=folder,
            env=environ(folder, **more),
            stdout=stream,
            stderr=stream,
            text=True,
        )
    with _ready(Process(popen, output)) as process:
        yield process


def _prepare(folder: Path, more: Mapping[str, str]) -> None:
    """What an earlier start left."""
    data = Path(more.get("PROSA_DATA_DIR", folder / "data"))
    if not data.exists() and not {"PROSA_DATABASE_URL", "PROSA_DATABASE_PATH"} & more.keys():
        data.mkdir(mode=0o700, parents=True)
        shutil.copy(migrated_file(), data / "prosa.db")


@contextlib.contextmanager
def _ready(process: Process) -> Iterator[Process]:
    """A process that has just begun, until it serves or has ended; ended afterwards."""
    popen = process.popen
    try:
        until(lambda: '"event":"started"' in process.text() or popen.poll() is not None)
        yield process
    finally:
        if popen.poll() is None:
            popen.kill()
        popen.wait(PATIENCE)


def until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for it."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it didn't come true in time"
        time.sleep(0.02)


def get(port: int, path: str) -> tuple[int, bytes]:
    """A GET over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def post_json(port: int, path: str, document: object, **headers: str) -> tuple[int, bytes]:
    """A POST over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", path, json.dumps(document), {"Content-Type": "application/json"} | headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@contextlib.contextmanager
def chat(port: int, **fields: object) -> Iterator[http.client.HTTPResponse]:
    """A chat call to the mock; the answer's body is still to be read."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    body = {"model": "mock", "messages": [{"role": "user", "content": "Hello!"}], **fields}
    try:
        connection.request("POST", "/v1/chat/completions", json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        yield answer
        answer.close()
    finally:
        connection.close()
