"""What a browser sees, and what a program sees at the same place."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import prosa.web
from prosa.api.edge import Front
from prosa.identity import IdentitySettings
from prosa.kit.errors import Unavailable
from prosa.web import WebParts, web_routes
from prosa.web.language import preferred
from tests.api.edge.driver import KEY, Asked, Edge, ask, nothing_there
from tests.web.built import NOTHING

PAGE = Asked(method="GET", path="/", pieces=[b""], headers=[(b"accept", b"text/html,application/xhtml+xml,*/*;q=0.8")])
PROGRAM = Asked(method="GET", path="/", pieces=[b""], headers=[(b"accept", b"*/*")])


def front(edge: Edge | None = None, model: str | None = "mock") -> Front:

    web = WebParts("0.1.0", lambda: model, "prosa <API>", app=NOTHING)
    return Front(web_routes(web), nothing_there, (edge or Edge()).parts(), web.landing.missing)


class Tags(HTMLParser):
    """Every tag with its attributes, and every address that a browser would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    @property
    def addresses(self) -> list[str]:
        return [value for _, attrs in self.tags for name, value in attrs.items() if name in {"src", "href"} and value]


@pytest.mark.contract("B44", "C16", "S24")
async def test_a_program_reads_one_document() -> None:
    answer = await ask(front(), PROGRAM)
    found = answer.json()
    assert answer.status == 200 and answer.header("content-type") == "application/json"
    assert (found["docs"], found["health"], found["status"], found["version"]) == ("/docs", "/health", "healthy", "1.0.0")
    assert found["message"] and found["name"] == "prosa" and found["service"]
    assert "Accept" in (answer.header("vary") or "")


@pytest.mark.attack("E13", "K8", "M11")
@pytest.mark.parametrize("language", [b"en", b"pt-BR"])
async def test_a_browser_gets_a_page_that_loads_nothing_from_elsewhere(language: bytes) -> None:
    app = front(Edge(identity=IdentitySettings()))
    answer = await ask(app, PAGE, headers=[*PAGE.headers, (b"accept-language", language)])
    text = answer.body.decode()
    assert answer.status == 200 and answer.header("content-type") == "text/html; charset=utf-8" and "$" not in text
    found = Tags(text)
    assert not any(
        tag == "script" or "style" in attrs or any(name.startswith("on") for name in attrs) for tag, attrs in found.tags
    )
    assert found.tags[0] == ("html", {"lang": language.decode()})
    assert all(address.startswith("/") for address in found.addresses)
    policy = answer.header("content-security-policy") or ""
    assert policy.startswith("default-src 'none'; style-src 'self'") and "unsafe" not in policy
    for address in found.addresses:
        if address.startswith("/assets/"):
            assert (await ask(app, PAGE, path=address)).status == 200
    assert "/docs" in found.addresses and "/health" in found.addresses and "/v1/chat/completions" in text


async def test_the_page_tells_how_to_chat_here() -> None:
    text = (await ask(front(Edge(identity=IdentitySettings())), PAGE)).body.decode()
    assert "curl http://127.0.0.1:3000/v1/chat/completions" in text and "Authorization" not in text
    locked = Edge(identity=IdentitySettings(keys=(KEY,), public_url="https://chat.example/"))
    text = (await ask(front(locked, None), PAGE)).body.decode()
    assert "curl https://chat.example/v1/chat/completions" in text and "Bearer $PROSA_KEY" in text and KEY.secret not in text


@pytest.mark.attack("E15", "K5")
async def test_what_a_caller_sends_is_never_markup() -> None:
    app = front(model="<b>model</b>")
    text = (await ask(app, PAGE, headers=[*PAGE.headers, (b"accept-language", b"<script>"), (b"referer", b"<script>")])).body
    assert b"<script" not in text and b"<b>model" not in text and b"&lt;b&gt;model" in text
    assert (await ask(app, PAGE, host=False, headers=[*PAGE.headers, (b"host", b"<script>")])).status == 400


async def test_from_the_first_account_on_the_start_page_asks_for_a_key() -> None:
    async def answer() -> bool:
        return True

    web = WebParts("0.1.0", lambda: None, app=NOTHING, accounts_exist=answer)
    found = (await ask(Front(web_routes(web), nothing_there, Edge().parts()), PAGE)).body.decode()
    assert "Bearer $PROSA_KEY" in found


async def test_the_start_page_is_shown_without_a_database() -> None:
    async def fail() -> bool:
        raise Unavailable("The database can't be read now.")

    web = WebParts("0.1.0", lambda: None, app=NOTHING, accounts_exist=fail)
    answer = await ask(Front(web_routes(web), nothing_there, Edge(identity=IdentitySettings()).parts()), PAGE)
    assert answer.status == 200 and b"make ui" in answer.body


@pytest.mark.contract("B06", "S03")
@pytest.mark.attack("E13", "M11")
@pytest.mark.parametrize("path", ["/docs", "/redoc"])
async def test_the_api_pages_have_their_scripts_here_and_a_policy_of_their_own(path: str) -> None:
    app = front()
    answer = await ask(app, PROGRAM, path=path)
    found = Tags(answer.body.decode())
    policy = answer.header("content-security-policy") or ""
    assert "script-src 'self';" in policy and "unsafe-eval" not in policy and "http" not in policy
    assert all(attrs.get("src") for tag, attrs in found.tags if tag == "script")
    scripts = [address for address in found.addresses if address.startswith("/assets/")]
    assert len(scripts) == 4
    for address in scripts:
        asset = await ask(app, PROGRAM, path=address)
        assert asset.status == 200 and asset.header("x-content-type-options") == "nosniff" and len(asset.body) > 50


async def test_the_maker_s_logo_is_not_fetched_from_its_maker() -> None:
    body = (await ask(front(), PROGRAM, path="/assets/redoc.standalone.js")).body
    assert b"cdn.redoc.ly" not in body and len(body) > 1_000_000


async def test_files_are_sent_once_while_they_stay_the_same() -> None:
    app = front()
    first = await ask(app, PROGRAM, path="/assets/pages.css")
    tag = (first.header("etag") or "").encode()
    again = await ask(app, PROGRAM, path="/assets/pages.css", headers=[(b"if-none-match", tag)])
    assert first.header("cache-control") == "public, max-age=3600" and (again.status, again.body) == (304, b"")


@pytest.mark.attack("F2", "K2")
@pytest.mark.parametrize(
    "name", ["../landing.py", "%2e%2e/landing.py", "..\\landing.py", "", "pages.css/", "prosa.svg\x00", "../../../etc/passwd"]
)
async def test_no_other_file_is_served(name: str) -> None:
    assert (await ask(front(), PROGRAM, path=f"/assets/{name}")).status in (404, 307)


async def test_a_page_that_isnt_there_is_a_page_for_a_browser_only() -> None:
    async def missing(scope: object, receive: object, send: object) -> None:
        from prosa.kit.errors import NotFound

        raise NotFound("Not Found")

    web = WebParts("0.1.0", lambda: None, app=NOTHING)
    app = Front(web_routes(web), missing, Edge().parts(), web.landing.missing)
    page = await ask(app, PAGE, path="/somewhere", headers=[*PAGE.headers, (b"accept-language", b"pt")])
    assert (
        page.status == 404 and "Não está aqui" in page.body.decode() and page.header("content-type") == "text/html; charset=utf-8"
    )
    assert (await ask(app, PROGRAM, path="/somewhere")).json() == {"detail": "Not Found"}
    assert "error" in (await ask(app, PAGE, path="/v1/somewhere")).json()


@pytest.mark.contract("C49")
@pytest.mark.parametrize(
    ("field", "language"),
    [
        (None, "en"),
        (b"", "en"),
        (b"pt-BR,pt;q=0.9,en;q=0.8", "pt-BR"),
        (b"pt-PT", "pt-BR"),
        (b"en-GB,pt;q=0.9", "en"),
        (b"fr,pt;q=0.5,en;q=0.4", "pt-BR"),
        (b"pt;q=0,en;q=0.1", "en"),
        (b"pt;q=nan", "en"),
        (b"pt;q=9", "en"),
        (b"de", "en"),
        (b"\xff;;;,=q", "en"),
    ],
)
def test_the_language_is_the_browsers_favourite(field: bytes | None, language: str) -> None:
    assert preferred(field) == language


def test_nothing_of_the_pages_names_another_place() -> None:
    folder = Path(prosa.web.__file__).parent
    for path in [*folder.glob("pages/*"), *folder.glob("static/*")]:
        found = re.findall(r"(?:https?:)?//[\w.-]+", path.read_text(encoding="utf-8"))
        assert set(found) <= {"http://www.w3.org"}, path.name
