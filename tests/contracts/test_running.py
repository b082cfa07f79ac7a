"""The commands and settings of the documents, on `prosa serve` as a process of its own."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from prosa.boot.settings import load
from tests.boot.process import environ, get, post_json, started, until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
CHAT, ASK = "/api/chat/completions", "/v1/chat"
PLAIN = {"messages": [{"role": "user", "content": "Olá!"}], "stream": False}
QUESTION = {"userId": "user123", "prompt": "Olá!"}
KEY = "k3y-zRw8PqLx71mN"


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        return int(taken.getsockname()[1])


def refused_start(folder: Path, **more: str) -> str:
    """What a start says that ends at once."""
    command = [sys.executable, "-m", "prosa", "serve"]
    done = subprocess.run(
        command, cwd=folder, env=environ(folder, **more), capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    return done.stderr


def owner(port: int) -> str:
    """The addresses on which this port is listened to, as `/proc/net/tcp` writes them."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return " ".join(row[1] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A")


def warnings(text: str) -> list[str]:
    """What was warned of, but for the way in of the first administrator, which has to be found."""
    return [line for line in text.splitlines() if '"level":"warning"' in line and '"setup":' not in line]


def lines_of(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@pytest.mark.contract("B24", "S13")
def test_a_start_with_the_example_file_as_env_answers_at_once(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes((ROOT / ".env.example").read_bytes())
    with started(tmp_path) as process:
        assert get(process.port, "/health")[0] == 200
        assert post_json(process.port, CHAT, PLAIN)[0] == 200
        status, body = post_json(process.port, ASK, QUESTION)
        assert (status, json.loads(body)["userId"]) == (200, "user123")
    assert not warnings(process.text())


@pytest.mark.contract("B25", "C35")
def test_the_documents_production_command_serves_every_address_with_four_supervised_workers(tmp_path: Path) -> None:
    words = ("--host", "0.0.0.0", "--port", "0", "--workers", "4")
    with started(tmp_path, *words, PROSA_ENV="production", API_KEY=KEY) as process:
        workers = process.children()
        assert len(workers) == 4
        assert owner(process.port).startswith("00000000:")
        assert get(process.port, "/health")[0] == 200
        os.kill(workers[-1], signal.SIGKILL)
        until(lambda: len(process.children()) == 4 and workers[-1] not in process.children())
        assert get(process.port, "/health")[0] == 200
        assert process.stop() == 0


@pytest.mark.contract("B25", "B47")
def test_port_3000_is_where_it_is_found_and_watch_is_with_reload(tmp_path: Path) -> None:
    assert (load({}, tmp_path).settings.server.port, load({}, tmp_path).settings.server.host) == (3000, "127.0.0.1")
    assert re.search(r"^watch:.*\n(?:\t.*\n)*\t.*checks\.ui\.watch", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert '"--reload"' in (ROOT / "checks" / "ui" / "watch.py").read_text()
    assert 'prosa = "prosa.boot.command:main"' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.contract("B45", "B24")
def test_the_originals_env_file_works_by_its_names_and_the_last_of_two_equal_ones_wins(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / ".env").write_text(
        "NVIDIA_API_KEY=\nNVIDIA_API_URL=http://127.0.0.1:9/v1\nNVIDIA_MODEL=meta/llama-3.3-70b-instruct\n"
        f"HOST=127.0.0.1\nPORT={port}\nWORKERS=2\nRELOAD=false\nALLOWED_ORIGINS=https://site.example\n"
        "RATE_LIMIT_PER_MINUTE=1\nLOG_LEVEL=info\nAGNO_TELEMETRY=false\nNVIDIA_API_KEY=nvapi-0123456789abcdef\n"
    )
    with started(tmp_path, PROSA_PORT="") as process:
        assert process.port == port
        assert len(process.children()) == 2
        assert json.loads(get(port, "/health")[1])["model"] == "meta/llama-3.3-70b-instruct"
        statuses = [post_json(port, CHAT, PLAIN)[0] for _ in range(2)]
    assert statuses[0] in (502, 503)  # nobody listens at the provider's address
    assert statuses[1] == 429
    assert not warnings(process.text())


@pytest.mark.contract("B45")
def test_without_a_provider_production_starts_and_visitors_are_told_503(tmp_path: Path) -> None:
    with started(tmp_path, PROSA_ENV="production") as process:
        assert post_json(process.port, CHAT, PLAIN)[0] == 503
        assert get(process.port, "/health")[0] == 200
    assert "no model provider is configured" in process.text()


@pytest.mark.contract("S30", "S05", "S06", "S07")
def test_the_serverless_systems_settings_work_by_their_names(tmp_path: Path) -> None:
    port = free_port()
    names = {"API_HOST": "127.0.0.1", "API_PORT": str(port), "REQUIRE_API_KEY": "true", "API_KEY": KEY, "API_KEYS": "a, b-key"}
    more = {
        "RATE_LIMIT_PER_MINUTE": "2",
        "LLM_PROVIDER": "mock",
        "LOG_LEVEL": "INFO",
        "LOG_FORMAT": "json",
        "ENABLE_CACHE": "true",
    }
    unused = {"TABLE_NAME": "chat-interactions", "DATABASE_TYPE": "sqlite", "ENVIRONMENT": "dev", "ENABLE_TRACING": "false"}
    settings = names | more | unused | {"PROSA_PORT": "", "PROSA_LOG_FORMAT": "", "DATABASE_PATH": "chat_history.db"}
    with started(tmp_path, **settings) as process:
        assert process.port == port
        assert post_json(port, ASK, QUESTION)[0] == 401
        answers = [post_json(port, ASK, QUESTION, **{"X-API-Key": key}) for key in (KEY, KEY, KEY, "b-key", "c")]
    assert [status for status, _ in answers] == [200, 200, 429, 200, 403]
    assert [json.loads(answers[number][1])["cached"] for number in (0, 1, 3)] == [False, True, False]
    assert not (tmp_path / "chat_history.db").exists()
    assert (tmp_path / "data" / "prosa.db").exists()


@pytest.mark.contract("S05", "S32")
def test_interactions_outlive_the_server_and_an_older_file_joins_them(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        stored = json.loads(post_json(process.port, ASK, QUESTION)[1])
        process.stop()
    older(tmp_path / "chat_history.db")
    command = [sys.executable, "-m", "prosa", "import", "serverless", "chat_history.db"]
    subprocess.run(command, cwd=tmp_path, env=environ(tmp_path), check=True, capture_output=True, timeout=30)
    with started(tmp_path) as process:
        status, body = get(process.port, "/v1/interactions?userId=user123")
    found = json.loads(body)["data"]
    assert status == 200
    assert [item["id"] for item in found] == [stored["id"], "7b682114-6d17-43da-97c7-64a12dd4ed93"]
    assert (found[1]["prompt"], found[1]["response"], found[1]["timestamp"]) == (
        "Antes?",
        "Sim!",
        "2026-01-15T10:30:00.123456+00:00",
    )


def older(path: Path) -> None:
    """A file as the original wrote it."""
    columns = "user_id TEXT, prompt TEXT, response TEXT, model TEXT, timestamp TEXT, trace_id TEXT, tokens INTEGER"
    values = "'user123', 'Antes?', 'Sim!', 'm', '2026-01-15T10:30:00.123456+00:00', '', 3, 12, NULL, NULL"
    with closing(sqlite3.connect(path)) as file, file:
        more = "latency_ms INTEGER, error TEXT, metadata TEXT"
        file.execute(f"CREATE TABLE interactions (interaction_id TEXT PRIMARY KEY, {columns}, {more})")
        file.execute(f"INSERT INTO interactions VALUES ('7b682114-6d17-43da-97c7-64a12dd4ed93', {values})")


@pytest.mark.contract("C29")
def test_the_chat_applications_settings_come_from_the_environment(tmp_path: Path) -> None:
    names = {"FLASK_ENV": "development", "SECRET_KEY": "a", "JWT_SECRET_KEY": "b", "JWT_ACCESS_TOKEN_EXPIRES": "86400"}
    unused = {"JWT_REFRESH_TOKEN_EXPIRES": "604800", "MONGODB_URI": "mongodb://127.0.0.1/", "MONGODB_DATABASE": "chatai"}
    origins = {"CORS_ORIGINS": "http://localhost:5173,https://app.example", "LOG_LEVEL": "INFO"}
    with started(tmp_path, **names, **unused, **origins) as process:
        assert post_json(process.port, CHAT, PLAIN, Origin="https://app.example")[0] == 200
        assert post_json(process.port, CHAT, PLAIN, Origin="https://evil.example")[0] == 403
    line = refused_start(tmp_path, FLASK_ENV="production", JWT_SECRET_KEY="jwt-secret-key-change-in-production")
    assert line.startswith("prosa: JWT_SECRET_KEY") and "example's value; make one with" in line
    assert "jwt-secret-key" not in line


@pytest.mark.contract("A31", "A42")
def test_health_is_what_a_checker_can_go_by(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        post_json(process.port, ASK, QUESTION)
        status, body = get(process.port, "/health")
        assert (status, json.loads(body)["database"]) == (200, "connected")
        for name in ("prosa.db", "prosa.db-wal", "prosa.db-shm"):
            with (tmp_path / "data" / name).open("r+b") as file:  # in place: an index cut short ends SQLite's process by SIGBUS
                file.write(b"torn" * 4096)
        status, body = get(process.port, "/health")
        assert (status, json.loads(body)["database"]) == (503, "disconnected")
        assert str(tmp_path) not in body.decode() and "127.0.0.1" not in body.decode()
        assert get(process.port, "/v1/health")[0] == 200


@pytest.mark.contract("A32", "B31", "C50")
def test_every_line_that_the_server_writes_is_structured_and_one_tells_of_each_request(tmp_path: Path) -> None:
    with started(tmp_path, API_KEY=KEY) as process:
        posted = {**PLAIN, "model": "mock", "messages": [{"role": "user", "content": "canary-in-a-message"}]}
        assert post_json(process.port, "/v1/chat/completions", posted, Authorization=f"Bearer {KEY}")[0] == 200
        until(lambda: '"event":"request"' in process.text())
        process.stop()
    text = process.text()
    requests = [line for line in lines_of(text) if line["event"] == "request"]
    assert all({"time", "level", "event"} <= line.keys() for line in lines_of(text))
    assert len(requests) == 1
    assert requests[0].items() >= {"method": "POST", "path": "/v1/chat/completions", "status": 200, "model": "mock"}.items()
    assert {"request_id", "key", "ms", "first_byte_ms", "prompt_tokens", "completion_tokens"} <= requests[0].keys()
    assert KEY not in text and "canary" not in text


@pytest.mark.contract("A26")
def test_calls_of_one_key_are_limited_over_all_workers(tmp_path: Path) -> None:
    with started(tmp_path, "--workers", "2", API_KEYS=f"{KEY}, {KEY}-two", PROSA_REQUESTS_PER_MINUTE="5") as process:
        bearer = {"Authorization": f"Bearer {KEY}"}
        posted = {**PLAIN, "model": "mock"}
        found = [post_json(process.port, "/v1/chat/completions", posted, **bearer)[0] for _ in range(7)]
        other = post_json(process.port, "/v1/chat/completions", posted, Authorization=f"Bearer {KEY}-two")[0]
    assert found == [200] * 5 + [429] * 2
    assert other == 200
