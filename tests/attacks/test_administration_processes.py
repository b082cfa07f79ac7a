"""What an administrator changes is in force in every process within a second, without a restart, and nothing under way breaks."""

import contextlib
import http.client
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.test_revocation_processes import PASSWORD, QUIET, Host, Stream
from tests.boot.process import started
from tests.databases import an_address, environment

EMAIL = "root@example.com"
SHORT = {"model": "mock", "stream": True, "messages": [{"role": "user", "content": "[[mock delay=0.05 repeat=6]] Conte!"}]}
ROUND = 12  # fresh connections: every worker is met


@dataclass(frozen=True, slots=True)
class Admin:
    """Somebody signed in at one port."""

    port: int
    cookie: str

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        headers = {"Cookie": self.cookie, "X-Prosa-CSRF": "1", "Content-Type": "application/json", "If-Match": "*"}
        status, _, told = request(self.port, method, f"/api/v1{path}", body, headers)
        return status, told


def request(port: int, method: str, path: str, body: object, headers: dict[str, str]) -> tuple[int, str, Any]:
    """One request over a connection of its own: its status, the cookie that it sets, its document."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection):
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        cookie = next((value for name, value in answer.getheaders() if name.lower() == "set-cookie" and "session" in value), "")
        return answer.status, cookie.partition(";")[0], json.loads(text) if text else None


def sign_in(host: Host, port: int) -> Admin:
    login = {"login": EMAIL, "password": PASSWORD}
    status, cookie, told = request(port, "POST", "/api/v1/auth/sign-in", login, {"Content-Type": "application/json", **PAGE})
    assert status == 200, told
    return Admin(port, cookie)


PAGE = {"X-Prosa-CSRF": "1", "Sec-Fetch-Site": "same-origin"}


def make_admin(host: Host) -> str:
    """An administrator, and a key of theirs to call models with."""
    host.command("user", "add", EMAIL, "--name", "Root", "--role", "admin", "--password-stdin", said=PASSWORD + "\n")
    return host.command("key", "create", "--user", EMAIL, "--name", "laptop", "--scopes", "read,write", "--quiet")


def model(port: int, key: str, name: str) -> int:
    return request(port, "GET", f"/v1/models/{name}", None, {"Authorization": f"Bearer {key}"})[0]


def limit(port: int, key: str) -> str | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", "/v1/models", headers={"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        answer.read()
        return answer.getheader("x-ratelimit-limit-requests")


def everywhere(ports: list[int], look: Callable[[int], object], right: object, since: float) -> None:
    """A second after `since` each process says so, whichever takes the connection."""
    time.sleep(max(0.0, since + 1.0 - time.monotonic()))
    assert {look(port) for port in ports for _ in range(ROUND // len(ports))} == {right}


def judge(ports: list[int], key: str, admin: Admin) -> None:
    """Another name, another limit, another default: each in force everywhere; and an answer that was under way is whole."""
    streams = [Stream(port, key, SHORT) for port in ports]
    for stream in streams:
        stream.start()
        assert stream.begun.wait(20)
    assert model(ports[0], key, "fast") == 404
    assert admin.ask("POST", "/models", {"name": "fast", "targets": [{"model": "mock"}]})[0] == 201
    everywhere(ports, lambda port: model(port, key, "fast"), 200, time.monotonic())
    assert admin.ask("PATCH", "/limits", {"values": {"limits.requests_per_minute": 4321}})[0] == 200
    everywhere(ports, lambda port: limit(port, key), "4321", time.monotonic())
    provider = {"name": "lab", "kind": "openai_compatible", "base_url": "https://llm.example/v1", "models": ["qwen3"]}
    assert admin.ask("POST", "/providers", provider | {"api_key": "sk-of-the-lab-1234567"})[0] == 201
    everywhere(ports, lambda port: model(port, key, "lab/qwen3"), 200, time.monotonic())
    assert admin.ask("DELETE", "/models/fast")[0] == 204 and admin.ask("DELETE", "/providers/lab")[0] == 204
    everywhere(ports, lambda port: (model(port, key, "fast"), model(port, key, "lab/qwen3")), (404, 404), time.monotonic())
    for stream in streams:
        stream.join(30)
        assert stream.lines[-1] == "data: [DONE]" and "error" not in stream.lines[-2]


@pytest.mark.slow
@pytest.mark.contract("A20")
def test_three_workers_follow_what_an_administrator_changes(tmp_path: Path) -> None:
    env = {name: value for name, value in QUIET.items() if name != "PROSA_REQUESTS_PER_MINUTE"}
    host = Host(tmp_path, env)
    with started(tmp_path, "--workers", "3", **env) as process:
        key = make_admin(host)
        judge([process.port], key, sign_in(host, process.port))
        changed = [line for line in process.text().splitlines() if '"event":"administration"' in line]
        assert len(changed) == 5 and "sk-of-the-lab" not in process.text()


@pytest.mark.slow
@pytest.mark.contract("A20")
def test_two_hosts_on_one_postgresql_follow_it_too(tmp_path: Path) -> None:
    with two_hosts(tmp_path) as (hosts, ports):
        key = make_admin(hosts[0])
        judge(ports, key, sign_in(hosts[0], ports[0]))


@contextlib.contextmanager
def two_hosts(folder: Path) -> Iterator[tuple[list[Host], list[int]]]:
    with an_address("postgresql") as address, contextlib.ExitStack() as stack:
        env = {"PROSA_FAILED_PER_MINUTE": "0", "PROSA_SECRET": "a secret that both hosts share 7391"} | environment(address)
        hosts = [Host(folder / name, env) for name in ("one", "two")]
        for host in hosts:
            host.folder.mkdir()
        yield hosts, [stack.enter_context(started(host.folder, **env)).port for host in hosts]
