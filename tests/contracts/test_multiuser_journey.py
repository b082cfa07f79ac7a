"""Contract M whole, as its page uses it: every call in its order, with the fields and headers that it sends (multiuser, §2).

Twice in a row, by two people at once, with four processes over one SQLite file.
"""

import http.client
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.boot.process import Process, started

pytestmark = pytest.mark.slow

PASSWORD = "uma frase que só eu sei"
SITE = Path(__file__).parents[1] / "journeys" / "multiuser_site"
JSON = {"Content-Type": "application/json"}
ENV = {"PROSA_SITE_DIR": str(SITE), "PROSA_SITE_PORT": "0", "MULTIUSER_NEW_TITLE": "Nova Conversa"}


@dataclass
class Browser:
    """What the page's browser does by itself: a connection for each call, so that any process may answer, and cookies by path."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)  # by the beginning of the path
    kept: dict[str, str] = field(default_factory=dict)  # localStorage

    def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, object]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        origin = f"http://127.0.0.1:{self.port}"
        own = {"Sec-Fetch-Site": "same-origin", "Referer": f"{origin}/"} | ({"Origin": origin} if method != "GET" else {})
        cookie = next((value for place, value in self.cookies.items() if path.startswith(place + "/")), None)
        shown = own | headers | ({"Cookie": cookie} if cookie else {})
        try:
            content = None if body is None else json.dumps(body).encode()
            connection.request(method, path, content, {name.replace("_", "-"): value for name, value in shown.items()})
            answer = connection.getresponse()
            for told in answer.headers.get_all("set-cookie") or ():
                self.cookies[re.search(r"Path=([^;]+)", told)[1]] = told.partition(";")[0]  # type: ignore[index]  # each has a path
            content = answer.read()
            kind = answer.headers["content-type"] or ""
            return answer.status, json.loads(content) if "json" in kind else content.decode()
        finally:
            connection.close()

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.kept['access_token']}"}


def journey(browser: Browser, name: str) -> list[str]:
    """Everything that a person does there; the ids of their conversations."""
    assert browser.call("GET", "/")[0] == 200 and browser.call("GET", "/style.css")[0] == 200
    register(browser, name)
    sign_in(browser, name)
    assert browser.call("GET", f"/history/{browser.kept['user_id']}") == (200, [])
    ids = [begin(browser, number) for number in range(2)]
    talk(browser, ids[0], name)
    # The page opens the oldest after a reload, and shows what was said there.
    status, listed = browser.call("GET", f"/history/{browser.kept['user_id']}")
    assert (status, [each["id"] for each in listed]) == (200, ids)  # type: ignore[attr-defined]  # JSON
    assert [each["title"] for each in listed] == [f"Eu sou {name}...", "Nova Conversa"]  # type: ignore[attr-defined]  # JSON
    _, opened = browser.call("GET", f"/conversation/{ids[0]}")
    assert [turn["role"] for turn in opened["history"]] == ["human", "ai"] * 3  # type: ignore[index]  # JSON
    return ids


def register(browser: Browser, name: str) -> None:
    new = {"username": name, "email": f"{name}@Exemplo.BR", "password": PASSWORD, "password_confirm": PASSWORD}
    assert browser.call("POST", "/register", new | {"password_confirm": "x"}, **JSON)[0] == 422
    assert browser.call("POST", "/register", new, **JSON) == (200, {"username": name, "email": f"{name}@exemplo.br"})
    taken = browser.call("POST", "/register", new | {"email": f"{name}@outro.br"}, **JSON)
    assert taken == (400, {"detail": "Este nome de usuário já está em uso."})


def sign_in(browser: Browser, name: str) -> None:
    wrong = browser.call("POST", "/login", {"username": name, "password": "errada"}, **JSON)
    assert wrong == (401, {"detail": "Nome de usuário ou senha incorretos."})
    status, told = browser.call("POST", "/login", {"username": name, "password": PASSWORD}, **JSON)
    assert status == 200 and told["token_type"] == "bearer" and told["username"] == name  # type: ignore[index]  # JSON
    browser.kept = {key: str(told[key]) for key in ("access_token", "user_id", "username")}  # type: ignore[index]  # JSON


def begin(browser: Browser, before: int) -> str:
    status, made = browser.call("POST", f"/session?user_id={browser.kept['user_id']}", **browser.bearer)
    assert (status, made["title"]) == (200, "Nova Conversa")  # type: ignore[index]  # JSON
    id = str(made["sessionId"])  # type: ignore[index]  # JSON
    assert len(browser.call("GET", f"/history/{browser.kept['user_id']}")[1]) == before + 1  # type: ignore[arg-type]  # JSON
    assert browser.call("GET", f"/conversation/{id}") == (200, {"sessionId": id, "history": []})
    return id


def talk(browser: Browser, id: str, name: str) -> None:
    for number, text in enumerate((f"Eu sou {name} e moro aqui", "E agora?", "Até **logo**!\nTchau")):
        asked = {"conversationId": id, "message": text, "userId": browser.kept["user_id"]}
        status, told = browser.call("POST", "/chat", asked, **JSON, **browser.bearer)
        assert status == 200 and text in told["answer"]  # type: ignore[index]  # JSON; the mock repeats what it hears
        if not number:
            title = " ".join(text.split(" ")[:3]) + "..."
            named = browser.call("PUT", f"/conversation/{id}", {"title": title}, **JSON)
            assert (named[0], named[1]["title"]) == (200, title)  # type: ignore[index]  # JSON
            assert browser.call("GET", f"/history/{browser.kept['user_id']}")[1][0]["title"] == title  # type: ignore[index]  # JSON
    failing = {"conversationId": id, "message": "[[mock status=500]] falhe", "userId": browser.kept["user_id"]}
    status, told = browser.call("POST", "/chat", failing, **JSON, **browser.bearer)
    assert status in (502, 503, 504) and isinstance(told["detail"], str)  # type: ignore[index]  # JSON


def site_port(process: Process) -> int:
    found = re.search(r'"site":"http://127.0.0.1:(\d+)"', process.text())
    assert found, process.text()
    return int(found[1])


@pytest.mark.contract("M04", "M05", "M06", "M08", "M16", "M17", "M18", "M19", "M21", "M22", "M25", "M26", "M27")
def test_the_pages_whole_use_twice_in_a_row_by_two_people_over_four_processes(tmp_path: Path) -> None:
    with started(tmp_path, **ENV | {"PROSA_WORKERS": "4"}) as process:
        port = site_port(process)
        people = [Browser(port), Browser(port)]
        with ThreadPoolExecutor(2) as both:
            for turn in range(2):
                names = [f"{name}{turn}" for name in ("ana", "bia")]
                kept = list(both.map(journey, people, names))
                for browser, others in zip(people, reversed(kept), strict=True):
                    for id in others:  # not even by its id
                        assert browser.call("GET", f"/conversation/{id}")[0] == 404
                        assert browser.call("PUT", f"/conversation/{id}", {"title": "x"}, **JSON)[0] == 404
        # The app's own port has the same people, and the pages have nothing of the app.
        main = Browser(process.port, kept=people[0].kept)
        assert len(main.call("GET", f"/history/{main.kept['user_id']}", **main.bearer)[1]) == 2  # type: ignore[arg-type]  # JSON
        assert people[0].call("GET", "/api/v1/me", **people[0].bearer)[0] == 404
        assert process.stop() == 0
    assert "Traceback" not in process.text()


def test_the_second_port_is_drained_as_the_first_and_told_when_it_is_taken(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with started(tmp_path / "one", **ENV | {"PROSA_WORKERS": "2"}) as process:
        port = site_port(process)
        ana = Browser(port)
        register(ana, "ana")
        sign_in(ana, "ana")
        id = begin(ana, 0)
        with started(tmp_path / "two", **ENV | {"PROSA_SITE_PORT": str(port)}) as second:
            assert (
                second.popen.wait(20) == 2 and f"port {port} is in use" in second.text() and "PROSA_SITE_PORT=" in second.text()
            )
        with ThreadPoolExecutor(1) as aside:
            asked = {"conversationId": id, "message": "[[mock speed=20]] Conte até dez."}
            call = aside.submit(ana.call, "POST", "/chat", asked, **JSON, **ana.bearer)
            time.sleep(0.5)  # the answer takes longer than that
            assert process.stop() == 0
            assert call.result()[0] == 200
