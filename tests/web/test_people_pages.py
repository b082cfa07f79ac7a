"""The pages around an account: the same for everybody, nothing of the link in them, scripts of our own alone."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import prosa.web
from prosa.api.edge import Front
from prosa.kit.errors import Unavailable
from prosa.web import WebParts, web_routes
from prosa.web.people_texts import ENGLISH, PORTUGUESE
from tests.api.edge.driver import Answer, Asked, Edge, ask, nothing_there
from tests.serving import asking
from tests.web.built import NOTHING

PATHS = ("/register", "/sign-in", "/account", "/reset", "/confirm-email")
ASKED = Asked(method="GET", pieces=[b""], headers=[(b"accept", b"text/html")])
STATIC = Path(prosa.web.__file__).parent / "static"


def front(parts: WebParts | None = None) -> Front:
    web = parts or WebParts("0.1.0", lambda: "mock<b>", app=NOTHING)
    return Front(web_routes(web), nothing_there, Edge().parts(), web.landing.missing)


class Page(HTMLParser):
    """A page's tags, labels and words."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(answer.body.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.mark.contract("A15")
@pytest.mark.attack("E13", "K8", "B12")
@pytest.mark.parametrize("path", PATHS)
async def test_a_page_runs_our_own_scripts_alone_and_its_address_reaches_nobody(path: str) -> None:
    app = front()
    answer = await ask(app, ASKED, path=path)
    page = Page(answer)
    assert answer.status == 200 and answer.header("content-type") == "text/html; charset=utf-8"
    assert (answer.header("referrer-policy"), answer.header("cache-control")) == ("no-referrer", "no-store")
    policy = answer.header("content-security-policy") or ""
    assert "default-src 'none'; script-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    scripts = page.all("script")
    assert len(scripts) == 1 and all((script["src"] or "").startswith("/assets/") for script in scripts)
    assert not any("style" in attrs or any(name.startswith("on") for name in attrs) for _, attrs in page.tags)
    loaded = [value for _, attrs in page.tags for name, value in attrs.items() if name in ("src", "href") and value]
    assert all(address.startswith("/") for address in loaded)
    for address in loaded:
        if address.startswith("/assets/"):
            assert (await ask(app, ASKED, path=address)).status == 200


@pytest.mark.attack("B12", "K5", "K10")
@pytest.mark.parametrize("path", PATHS)
async def test_nothing_of_the_link_is_in_the_page(path: str) -> None:
    app = front()
    plain = await ask(app, ASKED, path=path)
    query = b"code=SECRET&invite=SECRET&token=SECRET&next=https://evil.example/"
    assert (await ask(app, ASKED, path=path, query=query)).body == plain.body
    assert b"mock<b>" not in plain.body and b"mock&lt;b&gt;" in plain.body


@pytest.mark.contract("C49", "A75")
@pytest.mark.parametrize("path", PATHS)
async def test_a_page_speaks_the_browsers_language(path: str) -> None:
    english = await ask(front(), ASKED, path=path)
    portuguese = await ask(front(), ASKED, path=path, headers=[*ASKED.headers, (b"accept-language", b"pt-BR")])
    assert Page(english).all("html") == [{"lang": "en"}] and Page(portuguese).all("html") == [{"lang": "pt-BR"}]
    assert "Accept-Language" in (english.header("vary") or "")


@pytest.mark.contract("A75")
async def test_the_labels_that_people_know_are_kept() -> None:
    field = (b"accept-language", b"pt-BR")
    register = (await ask(front(), ASKED, path="/register", headers=[*ASKED.headers, field])).body.decode()
    account = (await ask(front(), ASKED, path="/account", headers=[*ASKED.headers, field])).body.decode()
    assert "Registrar" in register
    assert all(label in account for label in ("Perfil", "Minhas API Keys", "Gerar Nova API Key"))


@pytest.mark.parametrize("path", PATHS)
async def test_every_field_has_a_label_and_a_password_field_says_which_it_is(path: str) -> None:
    page = Page(await ask(front(), ASKED, path=path))
    labelled = {label.get("for") for label in page.all("label")}
    for field in (*page.all("input"), *page.all("select")):
        if "hidden" in field:  # for password managers alone
            continue
        assert field.get("id") in labelled or field.get("aria-label") or field.get("type") == "checkbox", field
        if field.get("type") == "password":
            assert field.get("autocomplete") in ("current-password", "new-password") and field.get("maxlength") == "4096"
    assert all(form.get("method") == "post" for form in page.all("form"))  # no password in an address, whatever fails


async def test_the_scripts_find_every_word_that_they_say() -> None:
    page = Page(await ask(front(), ASKED, path="/account"))
    words = json.loads(page.all("body")[0]["data-words"] or "")
    for path in STATIC.glob("*.js"):
        script = path.read_text(encoding="utf-8")
        assert set(re.findall(r"""say\(["'](\w+)["']""", script)) <= words.keys(), path.name
        assert set(re.findall(r"""new Refused\(["'](\w+)["']""", script)) <= words["errors"].keys(), path.name
    assert {"hide", "show"} <= words.keys()


def test_both_languages_tell_of_the_same_errors_with_the_same_gaps() -> None:
    assert ENGLISH.errors.keys() == PORTUGUESE.errors.keys()
    for name in ENGLISH.__slots__:
        one, other = getattr(ENGLISH, name), getattr(PORTUGUESE, name)
        if isinstance(one, str):
            assert set(re.findall(r"{\w+}", one)) == set(re.findall(r"{\w+}", other)), name


def test_the_scripts_write_no_markup_and_evaluate_nothing() -> None:
    for name in ("people.js", "register.js", "sign-in.js", "account.js", "reset.js", "confirm-email.js"):
        script = (STATIC / name).read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|localStorage", script)


@pytest.mark.contract("A16")
@pytest.mark.parametrize(("fresh", "text"), [(True, 'href="/register"'), (False, 'href="/sign-in"')])
async def test_the_start_page_tells_the_next_step(fresh: bool, text: str) -> None:
    async def answer() -> bool:
        return fresh

    web = WebParts("0.1.0", lambda: None, app=NOTHING, set_up_needed=answer)
    found = (await ask(front(web), Asked(method="GET", path="/", pieces=[b""], headers=ASKED.headers))).body.decode()
    assert text in found and "code=" not in found


async def test_from_the_first_account_on_the_start_page_asks_for_a_key() -> None:
    async def answer() -> bool:
        return True

    web = WebParts("0.1.0", lambda: None, app=NOTHING, accounts_exist=answer)
    found = (await ask(front(web), Asked(method="GET", path="/", pieces=[b""], headers=ASKED.headers))).body.decode()
    assert "Bearer $PROSA_KEY" in found


async def test_the_start_page_is_shown_without_a_database() -> None:
    async def fail() -> bool:
        raise Unavailable("The database can't be read now.")

    web = WebParts("0.1.0", lambda: None, app=NOTHING, set_up_needed=fail, accounts_exist=fail)
    answer = await ask(front(web), Asked(method="GET", path="/", pieces=[b""], headers=ASKED.headers))
    assert answer.status == 200 and b"/sign-in" in answer.body


async def test_the_address_that_older_clients_go_to_leads_to_the_form() -> None:
    async with asking() as client:
        answer = await client.get("/login")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        assert (await client.post("/login", json={"username": "ana", "password": "x"})).status_code == 401
