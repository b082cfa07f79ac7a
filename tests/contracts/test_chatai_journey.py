"""Contract C as its web client lives it: the whole use in its order, over four real workers, twice in a row (C61)."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.boot.process import Process, environ, started
from tests.commanding import command
from tests.databases import KINDS, an_address, environment

PAGE = "http://localhost:5173"
PASSWORD = "analyst123-observatorio"
MARIA = "maria.silva@observatorio.fiec.org.br"
PREFLIGHT = {
    "origin": PAGE,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type",
}
Json = dict[str, Any]

pytestmark = pytest.mark.slow


@contextmanager
def workers(folder: Path, kind: str) -> Iterator[Process]:
    """Four of them, and Maria."""
    with an_address(kind) as address:
        env = environment(address) | {"CHATAI_ANSWER_TIMEOUT": "1"}
        words = ("user", "add", MARIA, "--name", "Maria Silva", "--password-stdin")
        done = command(folder, words, environ(folder, **env), PASSWORD)
        assert done.returncode == 0, done.stderr
        with started(folder, PROSA_WORKERS="4", **env) as process:
            yield process
            assert process.stop() == 0


class Page:
    """The client: no cookie, one header, a connection for each call, so that any worker may get it."""

    def __init__(self, client: httpx2.Client) -> None:
        self.client = client
        self.token = ""

    def call(self, method: str, path: str, body: object = None) -> httpx2.Response:
        """A call, preceded by the browser's question whether it may."""
        asked = self.client.options(f"/api{path}", headers=PREFLIGHT | {"access-control-request-method": method})
        assert asked.status_code == 204 and asked.headers["access-control-allow-origin"] == PAGE
        fields = {"origin": PAGE} | ({"authorization": f"Bearer {self.token}"} if self.token else {})
        answer = self.client.request(method, f"/api{path}", json=body, headers=fields)
        assert answer.headers["access-control-allow-origin"] == PAGE and "set-cookie" not in answer.headers
        return answer

    def read(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        """What a call answers."""
        answer = self.call(method, path, body)
        assert answer.status_code == status, answer.text
        return answer.json()


def readable(message: Json) -> tuple[str, str]:
    """What the client converts each message to; it throws where something of it is missing."""
    assert message["_id"]["$oid"] and message["create_at"]["$date"].endswith("Z") and message["content"]
    return message["type"], message["content"]


def sign_in(page: Page) -> None:
    wrong = page.call("POST", "/login", {"username": MARIA, "password": "wrong"})
    assert (wrong.status_code, wrong.json()) == (401, {"message": "Could not verify"})
    signed = page.read("POST", "/login", {"username": MARIA, "password": PASSWORD})
    assert signed["user"].keys() == {"id", "name", "email", "setor", "cargo"}
    page.token = signed["token"]


def talk_through(page: Page) -> None:
    """A chat from its first message to its end, as §3 of the contract tells it."""
    before = page.read("GET", "/talk-user")
    begun = page.read("POST", "/talk", {"message": "[[mock text=Olá!]] Quais são os maiores clientes da indústria?"}, 201)
    talk_id = begun["talk"]["talk_id"]
    assert begun["talk"]["name"] == "[[mock text=Olá!]] Quais são os maiores clientes d..." and begun["n8n_status"] == "success"
    said = page.read("POST", "/message", {"talk_id": talk_id, "content": "[[mock text=Sim.]]", "type": "user"}, 201)
    assert [readable(message)[1] for message in said["messages"]][1::2] == ["Olá!", "Sim."]
    regenerated = page.call("POST", "/chat/stream", {"message": "[[mock text=Talvez]]"})
    pieces = [json.loads(line[6:])["content"] for line in regenerated.text.split("\n") if line.startswith("data: {")]
    assert "".join(pieces) == "Talvez" and regenerated.text.endswith("data: [DONE]\n\n")
    # Reload: the list comes again, and a talk is chosen.
    listed = page.read("GET", "/talk-user")
    assert [talk["_id"]["$oid"] for talk in listed] == [talk_id, *(talk["_id"]["$oid"] for talk in before)]
    assert page.read("GET", f"/messages-by-talk?talk_id={talk_id}") == said["messages"]
    renamed = page.read("PUT", "/talk", {"talk_id": talk_id, "name": "Clientes"})
    assert renamed["talk"]["name"] == "Clientes"
    assert page.read("GET", "/talk-user")[0]["name"] == "Clientes"
    page.read("DELETE", f"/talk?talk_id={talk_id}")
    # The page leaves a deleted talk open: the next message goes there, and is refused.
    late = page.call("POST", "/message", {"talk_id": talk_id, "content": "e agora?", "type": "user"})
    assert (late.status_code, late.json()) == (404, {"message": "Talk not found or access denied"})
    assert page.read("GET", "/talk-user") == before


def repeat_themselves(page: Page) -> None:
    """Time-outs of the client, whose repeats come to any worker: all at once, and one when the answer is there (C58)."""
    slow = "[[mock text=Pronto first_byte=2]]"
    barrier = threading.Barrier(4)

    def ask(path: str, body: Json) -> Json:
        barrier.wait()
        found: Json = page.read("POST", path, body, 201)
        return found

    def together(path: str, body: Json) -> list[Json]:
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(lambda _: ask(path, body), range(4)))

    first = together("/talk", {"message": slow})
    (talk_id,) = {each["talk"]["talk_id"] for each in first}
    assert {each["n8n_status"] for each in first} == {"error"}
    for each in first:
        assert [readable(message)[0] for message in each["messages"]] == ["user", "bot"]
    _until(lambda: page.read("GET", f"/messages-by-talk?talk_id={talk_id}")[1]["content"] == "Pronto")
    assert page.read("POST", "/talk", {"message": slow}, 201)["talk"]["talk_id"] == talk_id
    body = {"talk_id": talk_id, "content": "[[mock text=Sim first_byte=2]]", "type": "user"}
    together("/message", body)
    _until(lambda: page.read("GET", f"/messages-by-talk?talk_id={talk_id}")[-1]["content"] == "Sim")
    listed = page.read("GET", f"/messages-by-talk?talk_id={talk_id}")
    assert [readable(message)[1] for message in listed] == [slow, "Pronto", body["content"], "Sim"]
    page.read("DELETE", f"/talk?talk_id={talk_id}")


def leave(page: Page) -> None:
    """A session that is over sends the page to its sign-in."""
    renewed = page.read("POST", "/refresh", {})
    assert renewed["token"]
    page.token = "x.y.z"
    for method, path, body in (("GET", "/talk-user", None), ("POST", "/talk", {"message": "oi"})):
        assert page.read(method, path, body, 401) == {"message": "Token is invalid!"}
    page.token = ""


@pytest.mark.contract("C08", "C09", "C10", "C11", "C12", "C13", "C16", "C17", "C18", "C50")
@pytest.mark.contract("C36", "C53", "C55", "C56", "C57", "C58", "C61")
@pytest.mark.parametrize("kind", KINDS)
def test_the_clients_whole_use_twice_in_a_row_over_four_workers(kind: str, tmp_path: Path) -> None:
    with workers(tmp_path, kind) as process:
        base = f"http://127.0.0.1:{process.port}"
        with httpx2.Client(base_url=base, headers={"connection": "close"}, timeout=30) as client:
            healthy: Mapping[str, str] = client.get("/api/health").json()
            assert (healthy["status"], healthy["database"]) == ("healthy", "connected")
            assert [client.get(path).status_code for path in ("/", "/health")] == [200, 200]
            for _ in range(2):
                page = Page(client)
                sign_in(page)
                talk_through(page)
                repeat_themselves(page)
                leave(page)
        assert len(process.children()) == 4
        log = [json.loads(line) for line in process.text().splitlines() if line.startswith("{")]
        assert any(line.get("path") == "/api/message" for line in log)
        assert "clientes da indústria" not in process.text() and PASSWORD not in process.text()


def _until(true: Callable[[], bool]) -> None:
    for _ in range(100):
        if true():
            return
        threading.Event().wait(0.1)
    raise AssertionError("it never came to be so")
