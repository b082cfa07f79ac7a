"""Every secret that people bring along, through every route, fault, command and table: it comes out nowhere."""

import asyncio
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from prosa.boot.settings import load
from tests import postgres
from tests.boot.process import Process, environ, started, until
from tests.commanding import command

pytestmark = pytest.mark.slow

OPERATORS = {
    "PROSA_SECRET": "canary-secret-newest-8d1f6b2ac97e40351, canary-secret-oldest-5b7e9ac1048f2d363",
    "JWT_SECRET_KEY": "canary-signing-4f3e2d1c0b9a88776655",
    "PROSA_SETUP_CODE": "CANARY-SETUP-7Q2D-K9XB",
    "PROSA_METRICS_TOKEN": "canary-metrics-77aa66bb55cc44dd",
    "API_KEYS": "canary-settings-key-19a2b3c4d5e6",
    "OPENAI_API_KEY": "sk-canary-openai-0f1e2d3c4b5a6978",
    "SMTP_PASSWORD": "canary-smtp-password-6612",
    "SMTP_USER": "canary-smtp-user",
}
UNHURRIED = (
    {"LOG_LEVEL": "debug", "PROSA_REGISTRATION": "invite", "PROSA_FAILED_PER_MINUTE": "0", "PROSA_SIGNIN_PER_MINUTE": "0"}
    | {"SMTP_HOST": "127.0.0.1", "SMTP_FROM": "no-reply@prosa.example", "SMTP_TLS": "none", "PROSA_INSECURE_COOKIES": "true"}
    | {"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0", "PROSA_PUBLIC_URL": "http://127.0.0.1:1"}
)
DATABASE = "canary-database-password-9931"
ROOT, ANA, BIA = "canary-password-of-root", "canary-password-of-ana", "canary-password-of-bia"
PASSWORDS = (
    ROOT,
    ANA,
    BIA,
    "canary-password-that-is-wrong",
    "canary-password-next",
    "canary-password-reset",
    "canary-login-typed",
)
CPF = "11144477735"
SENT = (
    "canary-wrong-bearer-1",
    "canary-wrong-cookie-1",
    "canary-query-1",
    "canary-basic-1",
    "canary-agent-1",
    "canary-referer-1",
)
PAGE = {"X-Prosa-CSRF": "1", "User-Agent": SENT[4]}


class Refusing(socketserver.StreamRequestHandler):
    """A mail server that takes no password, and tells everybody which one it was given."""

    def handle(self) -> None:
        self.wfile.write(b"220 mail.example ESMTP\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"EHLO":
                self.wfile.write(b"250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n")
            elif word == b"AUTH":
                told = f"535 no {OPERATORS['SMTP_USER']} {OPERATORS['SMTP_PASSWORD']} {line.decode().strip()}\r\n"
                self.wfile.write(told.encode())
            else:
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"550 no\r\n")


@contextmanager
def mail_server() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refusing) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Visit:
    """What somebody does with a server: the secrets that it gave out, and all that it answered otherwise."""

    port: int
    client: httpx2.AsyncClient
    given: dict[str, str] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> httpx2.Response:
        """One request; its answer is kept, without what is given out in it once."""
        self.client.cookies.clear()
        answer = await self.client.request(method, path, json=body, headers=PAGE | headers)
        self.told.append((f"{method} {path.partition('?')[0]} {answer.status_code}", f"{answer.headers} {answer.text}"))
        return answer

    async def given_out(self, name: str, pointer: str, method: str, path: str, body: object = None, **headers: str) -> str:
        """A request whose answer holds a secret: that is kept, and the answer isn't."""
        answer = await self.ask(method, path, body, **headers)
        self.told.pop()
        assert answer.status_code in (200, 201), answer.text
        text = str(answer.json()[pointer])
        self.given[name] = text
        return text

    async def signed_in(self, name: str, login: str, password: str) -> dict[str, str]:
        answer = await self.ask("POST", "/api/v1/auth/sign-in", {"login": login, "password": password})
        self.told.pop()
        assert answer.status_code == 200, answer.text
        cookies = dict(field.partition(";")[0].split("=", 1) for field in answer.headers.get_list("set-cookie"))
        self.given |= {f"{name}'s {cookie}": value for cookie, value in cookies.items()}
        return {"Cookie": "; ".join(f"{cookie}={value}" for cookie, value in cookies.items())}


async def people_come(visit: Visit) -> None:
    """Everything that people do, right and wrong."""
    auth = "/api/v1/auth"
    first = {"email": "root@example.com", "password": ROOT, "code": OPERATORS["PROSA_SETUP_CODE"]}
    assert (await visit.ask("POST", f"{auth}/register", first)).status_code == 202
    assert (await visit.ask("POST", f"{auth}/register", first | {"email": "x@example.com"})).status_code == 403
    root = await visit.signed_in("root", "root@example.com", ROOT)
    invite = await visit.given_out("invite", "code", "POST", "/api/v1/invites", {"role": "user"}, **root)
    ana = {"email": "ana@example.com", "password": ANA, "invite": invite}
    assert (await visit.ask("POST", f"{auth}/register", ana)).status_code == 202
    assert (await visit.ask("POST", f"{auth}/register", ana)).status_code in (400, 403)
    session = await visit.signed_in("ana", "ana@example.com", ANA)
    key = {"name": "k", "scopes": ["read", "write"], "current_password": ANA}
    text = await visit.given_out("key", "key", "POST", "/api/v1/keys", key, **session)
    listed = (await visit.ask("GET", "/api/v1/keys", **session)).json()["data"][0]["id"]
    turn = {"current_password": ANA}
    await visit.given_out("rotated key", "key", "POST", f"/api/v1/keys/{listed}/rotation", turn, **session)
    me = {"profile": {"cpf": CPF, "sector": "x"}, "username": "ana"}
    assert (await visit.ask("PATCH", "/api/v1/me", me, **session)).status_code == 200
    visit.told.pop()  # it shows the CPF to its owner
    login = {"username": "ana@example.com", "password": ANA}
    refresh = await visit.given_out("refresh token", "refresh_token", "POST", "/api/login", login)
    await visit.given_out("access token", "token", "POST", "/api/refresh", {"refresh_token": refresh})
    await visit.given_out("M's token", "access_token", "POST", "/login", {"username": "ana", "password": ANA})
    bearer = {"Authorization": f"Bearer {text}"}
    ticket = await visit.given_out("ticket", "ticket", "POST", f"{auth}/tickets", {"path": "/v1/me"}, **bearer)
    await visit.ask("GET", f"/v1/me?ticket={ticket}")
    await visit.ask("GET", f"/v1/me?ticket={ticket}")
    user = (await visit.ask("GET", "/v1/me", **bearer)).json()["user"]["id"]
    link = await visit.given_out("reset link", "token", "POST", f"/api/v1/users/{user}/password-reset", **root)
    await visit.ask("POST", f"{auth}/password-reset/confirm", {"token": link, "password": "short"})
    await visit.ask("POST", f"{auth}/password-reset/confirm", {"token": link, "password": PASSWORDS[5]})
    await visit.ask("POST", f"{auth}/password-reset", {"email": "ana@example.com"})
    await wrong_things(visit, root, bearer)


async def wrong_things(visit: Visit, root: dict[str, str], bearer: dict[str, str]) -> None:
    auth = "/api/v1/auth"
    for body in (
        {"login": "ana@example.com", "password": PASSWORDS[3]},
        {"login": PASSWORDS[6], "password": PASSWORDS[3], "more": PASSWORDS[4]},
        {"login": 5, "password": [PASSWORDS[3]]},
        {"password": {"x": PASSWORDS[3]}},
    ):
        for path in (
            f"{auth}/sign-in",
            f"{auth}/register",
            "/api/login",
            "/login",
            "/register",
            f"{auth}/password-reset/confirm",
        ):
            await visit.ask("POST", path, body)
    change = {"current_password": PASSWORDS[3], "new_password": PASSWORDS[4]}
    await visit.ask("POST", "/api/v1/me/password", change, **root)
    await visit.ask("POST", "/api/v1/me/email", {"email": PASSWORDS[4], "current_password": PASSWORDS[3]}, **root)
    await visit.ask("POST", "/api/v1/me/email", {"email": "new@example.com", "current_password": ROOT}, **root)
    for shown in (
        {"Authorization": f"Bearer {SENT[0]}"},
        {"Authorization": f"Basic {SENT[3]}"},
        {"X-API-Key": SENT[0]},
        {"Cookie": f"prosa_session={SENT[1]}; prosa_device={SENT[1]}"},
        {"Referer": f"https://x.example/{SENT[5]}"},
        {"Authorization": f"Bearer {visit.given['refresh token']}"},
        {"Authorization": f"Bearer {OPERATORS['PROSA_METRICS_TOKEN']}"},
        root,
        bearer,
    ):
        for path in ("/api/v1/me", "/api/v1/users", "/api/v1/keys?ended=true", "/api/v1/sessions", "/api/v1/invites", "/api/me"):
            answer = await visit.ask("GET", f"{path}{'&' if '?' in path else '?'}x={SENT[2]}", **shown)
            assert answer.status_code in (200, 400, 401, 403, 404, 422)
        for path in ("/metrics", "/health", f"/register?code={SENT[2]}", "/v1/models", "/openapi.json"):
            await visit.ask("GET", path, **shown)


def commands(folder: Path, env: dict[str, str], given: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What the command line says about all of it."""
    for words in (
        *(
            ["config"],
            ["config", "--json"],
            ["doctor"],
            ["user", "list"],
            ["user", "list", "--json"],
            ["invite", "list", "--json"],
        ),
        *(["key", "list", "--user", "ana@example.com", "--json"], ["user", "reset", "nobody@example.com"], ["verify"]),
    ):
        done = command(folder, tuple(words), environ(folder, **env))
        assert "Traceback" not in done.stderr, done.stderr
        yield " ".join(words), done.stdout + done.stderr


def secrets(given: dict[str, str]) -> dict[str, str]:
    """All of them by name; a setting's list is one secret each."""
    own = {f"{name} {number}": text.strip() for name, texts in OPERATORS.items() for number, text in enumerate(texts.split(","))}
    del own["SMTP_USER 0"]
    more = dict(zip(map(str, range(100)), (*PASSWORDS, *SENT, DATABASE, CPF), strict=False))
    return own | given | more


def named(secret: str) -> list[str]:
    return [name for name, text in secrets({}).items() if text == secret]


def found(text: str, given: dict[str, str]) -> list[str]:
    return [name for name, secret in secrets(given).items() if secret in text]


@pytest.mark.attack("M4", "M3", "B12", "C5")
def test_the_secrets_of_people_come_out_nowhere(tmp_path: Path) -> None:
    setup = f"/set-up#code={OPERATORS['PROSA_SETUP_CODE']}  (makes the first administrator"  # for the terminal, once
    server = postgres.new_server()
    try:
        url = server.url(postgres.new_database(server)).replace("postgres@", f"postgres:{DATABASE}@")
        with mail_server() as port:
            env = OPERATORS | UNHURRIED | {"PROSA_DATABASE_URL": url, "SMTP_PORT": str(port)}
            with started(tmp_path, **env) as process:
                until(lambda: setup in process.text())  # once somebody is an administrator nobody is told any more
                visit = asyncio.run(visited(process, server))
                server.start()
                given, told = visit.given, visit.told
                assert len(secrets(given)) >= 30 and len(told) > 100
                outputs = [*commands(tmp_path, env, given)]
                until(lambda: "a mail was not sent" in process.text() or "could not be sent" in process.text())
                assert process.stop() == 0
            leaks = {(name, where) for where, answer in told for name in found(answer, given)}
            # One's own CPF is shown to oneself, and a session tells by which program it was begun.
            own = {
                (name, f"GET /api/v1/{path} 200")
                for path, secret in (("me", CPF), ("sessions", SENT[4]))
                for name in named(secret)
            }
            assert sorted(leaks - own) == []
            assert process.text().count(setup) == 1
            assert found(process.text().replace(setup, ""), given) == [], "in the log"
            assert "Traceback" not in process.text()
            assert sorted((name, words) for words, output in outputs for name in found(output, given)) == []
            shown = repr(load(environ(tmp_path, **env), tmp_path))
            assert found(shown, given) == []
            assert found(stored(server, url), given) == named(SENT[4]), "in the database"
        for file in (tmp_path / "data").rglob("*"):
            if file.is_file():
                assert found(file.read_bytes().decode("latin-1"), given) == [], file
    finally:
        postgres.remove(server)


async def visited(process: Process, server: postgres.Server) -> Visit:
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{process.port}", timeout=30) as client:
        visit = Visit(process.port, client)
        await people_come(visit)
        await asyncio.to_thread(server.stop)
        for path, body in (
            ("/api/v1/auth/sign-in", {"login": "ana@example.com", "password": ANA}),
            ("/api/login", {"username": "ana@example.com", "password": ANA}),
            ("/api/refresh", {"refresh_token": visit.given["refresh token"]}),
            ("/api/v1/auth/password-reset/confirm", {"token": visit.given["reset link"], "password": PASSWORDS[4]}),
        ):
            assert (await visit.ask("POST", path, body)).status_code == 503
        await visit.ask("GET", "/api/v1/me", Authorization=f"Bearer {visit.given['rotated key']}")
        return visit


def stored(server: postgres.Server, url: str) -> str:
    """All rows of the database as text."""
    name = url.partition("?")[0].rpartition("/")[2]
    tables = server.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", name).split()
    return json.dumps([server.sql(f'SELECT t::text FROM "{table}" t', name) for table in tables])
