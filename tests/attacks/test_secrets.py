"""Thirty canaries through every route, error, log level and command: not one comes out anywhere."""

import http.client
import http.server
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.boot.process import Process, environ, started_anew
from tests.commanding import command

pytestmark = pytest.mark.slow

VENDORS = ("NVIDIA", "OPENAI", "OPENROUTER", "GEMINI", "ANTHROPIC", "GROQ", "MISTRAL", "DEEPSEEK", "XAI", "TOGETHER")
OWN = {
    "API_KEY": "canary-key-one-5b1f7a3c",
    "API_KEYS": "canary-key-two-88e1d0c4,canary-key-three-19a2b3c4",
    "PROSA_METRICS_TOKEN": "canary-metrics-77aa66bb",
    "JWT_SECRET_KEY": "canary-signing-4f3e2d1c",
    "POSTGRES_PASSWORD": "canary-postgres-c0ffee11",
    "DATABASE_URL": "postgresql://prosa:canary-dsn-deadbeef@db.canary-host.example/prosa",
    "REDIS_URL": "redis://:canary-redis-feedf00d@cache.canary-host.example:6379",
}
PROMPTS = tuple(f"canary-prompt-{number}" for number in range(6))
SENT = ("canary-cookie-1", "canary-wrong-key-1", "canary-wrong-key-2", "canary-query-1", "canary-user-agent-1", "canary-field-1")
KEY = OWN["API_KEY"]


class Echo(http.server.BaseHTTPRequestHandler):
    """A provider that sends everything back that it got, as an error."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        said = f"refused {dict(self.headers)} for {self.headers.get('authorization')}"
        answer = json.dumps({"error": {"message": said, "param": self.headers.get("authorization")}}).encode()
        self.send_response(400 if b"400" in body else 500)
        self.send_header("content-length", str(len(answer)))
        self.send_header("x-leak", self.headers.get("authorization") or "")
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self) -> None:
        self.headers["content-length"] = "0"
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def provider() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def call(port: int, path: str, body: bytes | None = None, headers: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """The whole answer, head and body."""
    fields = dict(headers) | {"Cookie": f"session={SENT[0]}", "User-Agent": SENT[4], "Content-Type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, fields)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return whole(answer)
    except urllib.error.HTTPError as error:
        with error:
            return whole(error)


def whole(answer: http.client.HTTPResponse | urllib.error.HTTPError) -> bytes:
    return str(answer.headers).encode() + answer.read()


def answers(port: int) -> Iterator[bytes]:
    """Everything that this server says to anybody who asks in any way."""
    good = {"Authorization": f"Bearer {KEY}"}
    for path in ("/", "/health", "/api/health", "/metrics", "/docs", "/redoc", "/openapi.json", "/v1/health", "/v1/ready"):
        yield call(port, path)
        yield call(port, f"{path}?key={SENT[3]}", headers={"Accept": "text/html", "Host": "evil.example"})
    for path in ("/v1/models", "/v1/models/nothing", "/v1/nothing", "/v1/interactions?userId=u", "/metrics"):
        for fields in (good, {}, {"Authorization": f"Bearer {SENT[1]}"}, {"X-API-Key": SENT[2]}):
            yield call(port, path, headers=fields)
    for number, prompt in enumerate(PROMPTS):
        model = ("openai/400", "openai/500", "nvidia/x", "groq/400", "nothing-here", "anthropic/x")[number]
        chat: dict[str, object] = {
            "model": model,
            "stream": number % 2 == 0,
            "messages": [{"role": "user", "content": prompt}],
            SENT[5]: 1,
        }
        body = json.dumps(chat).encode()
        for path in ("/v1/chat/completions", "/api/chat/completions", "/v1/embeddings"):
            for sent in (body, body[:-1], body.replace(b'"messages"', b'"messages":5,"x"')):
                # Where a message itself is asked about it may be repeated to who sent it: only other canaries count.
                yield call(port, path, sent, good).replace(prompt.encode(), b"")
        asked = json.dumps({"userId": "u", "prompt": prompt}).encode()
        yield call(port, "/v1/chat", asked, good)
        yield call(port, "/v1/chat", asked.replace(b'"u"', b"5"), good)


def canaries() -> list[str]:
    words = [*keys().values(), *SENT, *PROMPTS, "canary-dsn", "canary-redis", "canary-host"]
    return [word for whole in words for word in whole.split(",")]


def found(text: bytes | str) -> list[str]:
    """The canaries in it."""
    data = text if isinstance(text, bytes) else text.encode()
    return [word for word in canaries() if word.encode() in data]


def keys() -> dict[str, str]:
    vendors = {f"{name}_API_KEY": f"canary-{name.lower()}-0f1e2d3c4b5a6978" for name in VENDORS}
    return vendors | {name: value for name, value in OWN.items() if not name.endswith("_URL")}


def commands(folder: Path, settings: dict[str, str]) -> Iterator[str]:
    for words in (["config"], ["config", "--json"], ["models"], ["models", "explain", "x"], ["import", "serverless", "no.db"]):
        done = command(folder, tuple(words), environ(folder, **settings))
        assert "Traceback" not in done.stderr
        yield done.stdout + done.stderr


def visible(process: Process) -> str:
    """What every user of the machine sees of the process."""
    return Path(f"/proc/{process.pid}/cmdline").read_text() if Path("/proc").is_dir() else ""


@pytest.mark.attack("M4", "M3", "C1", "C8", "C11", "C14")
def test_thirty_canaries_come_out_nowhere(tmp_path: Path) -> None:
    assert len(set(canaries())) >= 30
    with provider() as url:
        where = {f"{name}_BASE_URL": url for name in VENDORS}
        settings = where | OWN | keys() | {"LOG_LEVEL": "debug", "PROSA_RETRIES": "0", "PROSA_FAILED_PER_MINUTE": "0"}
        with started_anew(tmp_path, **settings) as process:
            told = [*answers(process.port)]
            assert any(b"[redacted]" in answer for answer in told), "the provider's echo came through"
            for number, answer in enumerate(told):
                # The history and the answers of `/v1/chat` are the caller's own words; nothing else may be in them.
                assert [word for word in found(answer) if not word.startswith("canary-prompt")] == [], (number, answer[:2000])
            seen = visible(process)
            assert process.stop() == 0
        assert found(seen) == []
        assert found(process.text()) == [], "in the log"
        assert "Traceback" not in process.text()
        for output in commands(tmp_path, settings):
            assert found(output) == [], output
    assert all(found(file.read_bytes()) == [] for file in (tmp_path / "data" / "run").rglob("*") if file.is_file())
