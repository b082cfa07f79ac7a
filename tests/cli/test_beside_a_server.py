"""Commands as processes of their own beside a running server with several workers: what they change counts within a second."""

import http.client
import json
import time
from pathlib import Path

import pytest

from tests.boot.process import Process, environ, post_json, started
from tests.commanding import command

pytestmark = pytest.mark.slow
PASSWORD = "uma frase que só eu sei"
CHAT = "/v1/chat/completions"
BODY = {"model": "mock", "messages": [{"role": "user", "content": "Hello!"}]}
KINDS_OF_WORKERS = ("1", "4")


def prosa(folder: Path, *words: str, stdin: str = "") -> str:
    done = command(folder, words, environ(folder), stdin)
    assert done.returncode == 0, done.stderr
    return done.stdout


def call(server: Process, key: str) -> int:
    return post_json(server.port, CHAT, BODY, Authorization=f"Bearer {key}")[0]


def everywhere(server: Process, key: str, expected: int) -> None:
    """Each of many fresh connections, which the workers share, gets this answer from a second after the change on."""
    time.sleep(1.0)
    assert {call(server, key) for _ in range(16)} == {expected}


@pytest.mark.contract("A18", "C32")
@pytest.mark.attack("B3", "C4")
@pytest.mark.parametrize("workers", KINDS_OF_WORKERS)
def test_people_and_keys_are_made_and_taken_back_while_the_server_runs(tmp_path: Path, workers: str) -> None:
    with started(tmp_path, "--workers", workers, PROSA_FAILED_PER_MINUTE="0") as server:
        prosa(tmp_path, "user", "add", "ana@exemplo.br", "--role", "admin", "--password-stdin", stdin=PASSWORD)
        key = prosa(tmp_path, "key", "create", "--user", "ana@exemplo.br", "--name", "ci", "--quiet").strip()
        everywhere(server, key, 200)
        assert post_json(server.port, CHAT, BODY)[0] == 401  # there is an account now
        prosa(tmp_path, "key", "revoke", "ci", "--user", "ana@exemplo.br")
        everywhere(server, key, 401)
        prosa(tmp_path, "user", "add", "bia@exemplo.br", "--password-stdin", stdin=PASSWORD)
        other = prosa(tmp_path, "key", "create", "--user", "bia@exemplo.br", "--name", "ci", "--quiet").strip()
        everywhere(server, other, 200)
        prosa(tmp_path, "user", "suspend", "bia@exemplo.br")
        everywhere(server, other, 401)
        prosa(tmp_path, "user", "restore", "bia@exemplo.br")
        everywhere(server, other, 200)
        prosa(tmp_path, "user", "delete", "bia@exemplo.br", "--yes")
        everywhere(server, other, 401)
        assert key not in server.text() and other not in server.text() and PASSWORD not in server.text()


@pytest.mark.contract("C01", "C02", "C07")
def test_the_demo_users_sign_in_at_once_by_the_older_web_clients_call(tmp_path: Path) -> None:
    with started(tmp_path) as server:
        prosa(tmp_path, "demo")
        seen = {}
        for email, password in (
            ("admin@observatorio.fiec.org.br", "admin123"),
            ("maria.silva@observatorio.fiec.org.br", "analyst123"),
            ("joao.santos@empresa.com.br", "user123"),
        ):
            status, body = post_json(server.port, "/api/login", {"username": email, "password": password})
            assert status == 200, body
            user = json.loads(body)["user"]
            seen[user["id"]] = (user["name"], user["setor"], user["cargo"])
    assert seen == {
        "64a1b2c3d4e5f6789a0b1c2d": ("Admin User", "Observatório da Indústria", "Administrador"),
        "64a1b2c3d4e5f6789a0b1c2e": ("Maria Silva", "Análise de Dados", "Analista Sênior"),
        "64a1b2c3d4e5f6789a0b1c2f": ("João Santos", "Comercial", "Gerente Comercial"),
    }


@pytest.mark.attack("B12")
def test_a_reset_link_of_the_command_line_works_once_in_the_server(tmp_path: Path) -> None:
    with started(tmp_path) as server:
        prosa(tmp_path, "user", "add", "ana@exemplo.br", "--password-stdin", stdin=PASSWORD)
        token = prosa(tmp_path, "user", "reset", "ana@exemplo.br").strip().partition("#token=")[2]
        body = {"token": token, "password": "another phrase of mine"}
        first, second = (_reset(server, body) for _ in range(2))
        assert (first, second) == (True, False)
        login = {"username": "ana@exemplo.br", "password": "another phrase of mine"}
        assert post_json(server.port, "/api/login", login)[0] == 200


def _reset(server: Process, body: dict[str, str]) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request("POST", "/api/v1/auth/password-reset/confirm", json.dumps(body), {"Content-Type": "application/json"})
        return connection.getresponse().status < 300
    finally:
        connection.close()
