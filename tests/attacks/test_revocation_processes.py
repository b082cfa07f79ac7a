"""The same between processes: four workers of one service, and two hosts on one PostgreSQL; done by the command line."""

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.boot.process import Process, environ, get, post_json, started
from tests.commanding import command
from tests.databases import an_address, environment

LONG = {"model": "mock", "stream": True, "messages": [{"role": "user", "content": "[[mock delay=0.02 repeat=300]] Conte!"}]}
QUIET = {"PROSA_REQUESTS_PER_MINUTE": "0", "PROSA_FAILED_PER_MINUTE": "0"}
PASSWORD = "correct horse battery staple"
EMAIL = "ana@example.com"


@dataclass(frozen=True, slots=True)
class Host:
    """A folder with a service's data, and what its commands are told."""

    folder: Path
    env: dict[str, str]

    def command(self, *arguments: str, said: str = "") -> str:
        done = command(self.folder, arguments, environ(self.folder, **self.env), said)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout.strip()


def make_key(host: Host) -> str:
    host.command("user", "add", EMAIL, "--name", "Ana", "--role", "user", "--password-stdin", said=PASSWORD + "\n")
    return host.command("key", "create", "--user", EMAIL, "--name", "laptop", "--scopes", "read,write", "--quiet")


def models(port: int, key: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", "/v1/models", headers={"Authorization": f"Bearer {key}"})
        return connection.getresponse().status


class Stream(threading.Thread):
    """A reader of a long answer; `ended` is when its last line came, `lines` what came."""

    def __init__(self, port: int, key: str, body: object = None) -> None:
        super().__init__(daemon=True)
        self._port, self._key = port, key
        self._body = LONG if body is None else body
        self.begun = threading.Event()
        self.ended = 0.0
        self.lines: list[str] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        with contextlib.closing(connection):
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
            connection.request("POST", "/v1/chat/completions", json.dumps(self._body), headers)
            answer = connection.getresponse()
            for raw in answer:
                line = raw.decode().strip()
                if line:
                    self.lines.append(line)
                    self.begun.set()
        self.ended = time.monotonic()


@contextlib.contextmanager
def streams(ports: list[int], key: str) -> Iterator[list[Stream]]:
    found = [Stream(port, key) for port in ports]
    for stream in found:
        stream.start()
    for stream in found:
        assert stream.begun.wait(20)
    yield found
    for stream in found:
        stream.join(20)


def judge(found: list[Stream], done_at: float) -> None:
    for stream in found:
        assert stream.lines[-1] == "data: [DONE]" and "error" in stream.lines[-2], stream.lines[-3:]
        assert stream.ended - done_at < 1.0


@pytest.mark.slow
@pytest.mark.attack("B3", "A17", "C4")
def test_four_workers_end_their_streams_when_the_command_line_revokes_a_key(tmp_path: Path) -> None:
    host = Host(tmp_path, QUIET)
    with started(tmp_path, "--workers", "4", **QUIET) as process:
        key = make_key(host)
        assert {models(process.port, key) for _ in range(24)} == {200}
        with streams([process.port] * 12, key) as found:
            host.command("key", "revoke", "laptop", "--user", EMAIL)
            done_at = time.monotonic()
        judge(found, done_at)
        time.sleep(max(0.0, done_at + 1 - time.monotonic()))
        assert {models(process.port, key) for _ in range(24)} == {401}


@pytest.mark.slow
@pytest.mark.attack("B3", "A17", "C4")
def test_two_hosts_on_one_postgresql_end_their_streams_when_somebody_is_suspended(tmp_path: Path) -> None:
    with an_address("postgresql") as address, contextlib.ExitStack() as stack:
        env = QUIET | dict(environment(address)) | {"PROSA_SECRET": "a secret that both hosts share 7391"}
        hosts = [Host(tmp_path / name, env) for name in ("one", "two")]
        processes: list[Process] = []
        for host in hosts:
            host.folder.mkdir()
            processes.append(stack.enter_context(started(host.folder, **env)))
        key = make_key(hosts[0])
        ports = [process.port for process in processes]
        assert [models(port, key) for port in ports] == [200, 200]
        with streams(ports * 3, key) as found:
            hosts[1].command("user", "suspend", EMAIL)
            done_at = time.monotonic()
        judge(found, done_at)
        time.sleep(max(0.0, done_at + 1 - time.monotonic()))
        assert [models(port, key) for port in ports] == [401, 401]


@pytest.mark.slow
@pytest.mark.attack("B13")
def test_the_first_account_locks_every_worker_within_a_second(tmp_path: Path) -> None:
    host = Host(tmp_path, QUIET)
    with started(tmp_path, "--workers", "4", **QUIET) as process:
        assert {get(process.port, "/v1/models")[0] for _ in range(24)} == {200}
        host.command("user", "add", EMAIL, "--name", "Ana", "--role", "admin", "--password-stdin", said=PASSWORD + "\n")
        time.sleep(1.0)
        assert {get(process.port, "/v1/models")[0] for _ in range(24)} == {401}
        assert post_json(process.port, "/v1/chat/completions", LONG)[0] == 401
