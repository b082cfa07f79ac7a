"""The built app as a browser gets it: one page under one policy, files from a list, packed as the browser likes it."""

import gzip
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from prosa.api.edge import PLAIN, Dialects, Front
from prosa.web import WebParts, web_routes
from prosa.web.app import BUILT, PLACES
from prosa.web.negotiation import accepted
from tests.api.edge.driver import Answer, Asked, Edge, OpenAIShape, ask, nothing_there
from tests.conftest import in_ci
from tests.serving import asking
from tests.web.built import NAME, PAGE, SCRIPT, build_into

BROWSER = Asked(method="GET", pieces=[b""], headers=[(b"accept", b"text/html,*/*;q=0.8")])
PROGRAM = Asked(method="GET", pieces=[b""], headers=[(b"accept", b"*/*")])
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    "media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default"
)
ADDRESSES = [place.replace("*", "abc") for place in PLACES]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return build_into(tmp_path / "app")


def front(folder: Path, edge: Edge | None = None) -> Front:
    web = WebParts("0.1.0", lambda: "mock", app=folder)
    return Front(web_routes(web), nothing_there, (edge or Edge()).parts(), web.landing.missing)


async def get(app: Front, path: str, asked: Asked = BROWSER, **fields: str) -> Answer:
    more = [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()]
    return await ask(app, asked, path=path, headers=[*asked.headers, *more])


@pytest.mark.parametrize("path", ["/", *ADDRESSES])
@pytest.mark.attack("E13", "K8")
async def test_each_address_shows_the_one_page_under_the_policy(folder: Path, path: str) -> None:
    answer = await get(front(folder), path)
    assert (answer.status, answer.body, answer.header("content-type")) == (200, PAGE, "text/html; charset=utf-8")
    assert answer.header("content-security-policy") == POLICY
    assert (answer.header("x-frame-options"), answer.header("x-content-type-options")) == ("DENY", "nosniff")
    assert (answer.header("cross-origin-opener-policy"), answer.header("cache-control")) == ("same-origin", "no-cache")
    assert "microphone=(self)" in (answer.header("permissions-policy") or "") and answer.header("x-robots-tag") == "noindex"
    linked = path in {"/set-up", "/sign-in", "/register", "/reset", "/confirm-email", "/invite"}
    assert answer.header("referrer-policy") == ("no-referrer" if linked else "same-origin")


async def test_the_real_server_sends_that_policy_with_the_app_that_is_built_here() -> None:
    if not (BUILT / "index.html").exists():
        (pytest.fail if in_ci() else pytest.skip)("the web app isn't built here: make ui")
    async with asking() as client:
        for path in ("/", "/chat", "/sign-in", "/admin/people"):
            answer = await client.get(path, headers={"accept": "text/html"})
            assert (answer.status_code, answer.headers["content-security-policy"]) == (200, POLICY)
            assert '<div id="root"></div>' in answer.text
        manifest = await client.get("/prosa.webmanifest")
        assert manifest.headers["content-type"] == "application/manifest+json"
        for place in [icon["src"] for icon in manifest.json()["icons"]] + ["/favicon.ico", "/apple-touch-icon.png"]:
            assert (await client.get(place)).headers["content-type"].startswith("image/")


@pytest.mark.attack("B12", "K5", "K10")
@pytest.mark.parametrize("path", ["/register", "/sign-in", "/reset", "/confirm-email", "/chat/abc"])
async def test_nothing_of_the_request_is_in_the_page(folder: Path, path: str) -> None:
    query = b"code=SECRET&invite=SECRET&token=SECRET&next=https://evil.example/&lang=<script>"
    answer = await ask(front(folder), BROWSER, path=path, query=query, headers=[*BROWSER.headers, (b"cookie", b"prosa=SECRET")])
    assert answer.body == PAGE and answer.header("set-cookie") is None


@pytest.mark.contract("B44", "C16", "S24")
async def test_a_program_reads_the_document_at_the_root_all_the_same(folder: Path) -> None:
    answer = await get(front(folder), "/", PROGRAM)
    assert answer.json()["docs"] == "/docs" and "Accept" in (answer.header("vary") or "")
    assert "Accept" in ((await get(front(folder), "/")).header("vary") or "")


async def test_the_page_is_sent_once_while_it_stays_the_same_and_anew_when_it_was_built_anew(folder: Path) -> None:
    app = front(folder)
    tag = (await get(app, "/chat")).header("etag") or ""
    again = await get(app, "/chat/abc", if_none_match=tag)
    assert (again.status, again.body, again.header("content-security-policy")) == (304, b"", POLICY)
    shutil.rmtree(folder)
    assert (await get(app, "/chat")).status == 503
    build_into(folder, PAGE + b"<!-- newer -->")
    newer = await get(app, "/chat", if_none_match=tag)
    assert newer.status == 200 and newer.body.endswith(b"<!-- newer -->") and newer.header("etag") != tag


async def test_the_browser_is_told_at_once_which_files_the_page_will_ask_for(folder: Path) -> None:
    app = front(folder)
    names = ("chat-Abcdefg1", "shell-Abcdefg1", "icon-Abcdefg1")  # the largest first
    chat = ", ".join(f"</assets/{name}.js>; rel=modulepreload; crossorigin" for name in names)
    assert (await get(app, "/chat/abc")).header("link") == chat
    assert (await get(app, "/chat")).header("link") == chat.replace("chat-", "new-")
    assert "chat" not in ((await get(app, "/")).header("link") or "chat") and (await get(app, "/sign-in")).header("link") is None
    (folder / "manifest.json").write_text("half a manif")
    (folder / "index.html").write_text("newer")
    answer = await get(app, "/chat")
    assert (answer.status, answer.body, answer.header("link")) == (200, b"newer", None)


async def test_the_words_of_the_browsers_language_are_among_them(folder: Path) -> None:
    words = ", ".join(f'"src/i18n/{tongue}/index.ts": {{"file": "assets/{tongue}-Abcdefg1.js"}}' for tongue in ("pt-BR", "en"))
    part = '"src/pages/account/sign-in.tsx": {"file": "assets/part~sign-in~set-up-Abcdefg1.js"}'
    (folder / "manifest.json").write_text(f"{{{words}, {part}}}")
    for tongue in ("pt-BR", "en"):
        (folder / f"assets/{tongue}-Abcdefg1.js").write_bytes(b"words")
    (folder / "assets/part~sign-in~set-up-Abcdefg1.js").write_bytes(b"part")
    app = front(folder)
    for wanted, tongue in (("fr, pt;q=0.8, en;q=0.5", "pt-BR"), ("EN-us,pt", "en"), ("de", "en"), ("", "en")):
        link = (await get(app, "/sign-in", accept_language=wanted)).header("link") or ""
        assert f"/{tongue}-Abcdefg1.js>" in link and link.count("modulepreload") == 2 and "part~sign-in~set-up" in link


async def test_the_head_stays_small_however_many_files_there_are(folder: Path) -> None:
    for number in range(100):
        (folder / f"assets/part{number}-Abcdefg1.js").write_bytes(b"part")
    parts = ", ".join(f'"part{number}": {{"file": "assets/part{number}-Abcdefg1.js"}}' for number in range(100))
    imports = ", ".join(f'"part{number}"' for number in range(100))
    shell = f'"src/app/shell.tsx": {{"file": "assets/shell-Abcdefg1.js", "imports": [{imports}]}}'
    (folder / "manifest.json").write_text(f'{{"index.html": {{"file": "assets/index-DBdtBc_W.js"}}, {parts}, {shell}}}')
    link = (await get(front(folder), "/chat")).header("link") or ""
    assert link.startswith("</assets/shell-Abcdefg1.js>") and 1700 < len(link) <= 1800


async def test_a_file_that_came_with_a_newer_build_is_found(folder: Path) -> None:
    app = front(folder)
    assert (await get(app, "/assets/newer-Abcdefg1.js")).status == 404
    (folder / "assets" / "newer-Abcdefg1.js").write_bytes(b"new")
    assert (await get(app, "/assets/newer-Abcdefg1.js")).body == b"new"


@pytest.mark.parametrize(
    ("liked", "coding", "body"),
    [
        ("gzip, deflate, br, zstd", "br", b"brotli " + SCRIPT[:20]),
        ("gzip", "gzip", b""),
        ("br;q=0, gzip;q=0.5", "gzip", b""),
        ("br;q=0, gzip;q=0", None, SCRIPT),
        ("zstd", None, SCRIPT),
        ("", None, SCRIPT),
    ],
)
async def test_a_script_goes_out_as_the_browser_likes_it_and_is_kept_for_ever(
    folder: Path, liked: str, coding: str | None, body: bytes
) -> None:
    answer = await get(front(folder), NAME, PROGRAM, accept_encoding=liked)
    assert answer.status == 200 and answer.header("content-type") == "text/javascript; charset=utf-8"
    sent = gzip.decompress(answer.body) if coding == "gzip" else answer.body
    assert sent == (SCRIPT if coding == "gzip" else body) and answer.header("content-encoding") == coding
    assert answer.header("content-length") == str(len(answer.body))
    assert answer.header("cache-control") == "public, max-age=31536000, immutable"
    assert "Accept-Encoding" in (answer.header("vary") or "") and answer.header("x-content-type-options") == "nosniff"
    again = await get(front(folder), NAME, PROGRAM, accept_encoding=liked, if_none_match=answer.header("etag") or "")
    assert (again.status, again.body) == (304, b"")


async def test_each_encoding_has_a_tag_of_its_own(folder: Path) -> None:
    tags = {(await get(front(folder), NAME, PROGRAM, accept_encoding=liked)).header("etag") for liked in ("br", "gzip", "")}
    assert len(tags) == 3


@pytest.mark.parametrize(
    ("field", "there", "expected"),
    [
        ("*", {"br", "gzip"}, "br"),
        ("*;q=0, gzip", {"br", "gzip"}, "gzip"),
        ("gzip;q=1.0, br;q=0.9", {"br", "gzip"}, "gzip"),
        ("identity, br;q=0.5", {"br"}, None),
        ("gzip;q=none, GZIP ;q=1", {"gzip"}, "gzip"),
        ("br", {"gzip"}, None),
        ("br" + "," * 600 + "gzip", {"br"}, "br"),
    ],
)
def test_the_encoding_is_the_clients_favourite(field: str, there: set[str], expected: str | None) -> None:
    assert accepted(field.encode(), there) == expected


async def test_what_has_no_hash_in_its_name_is_asked_for_again(folder: Path) -> None:
    app = front(folder)
    assert (await get(app, "/assets/plain.css")).header("cache-control") == "public, max-age=3600"
    font = await get(app, "/assets/KaTeX_Main-Regular-B22Nviop.woff2")
    assert font.header("content-type") == "font/woff2" and "immutable" in (font.header("cache-control") or "")
    drawing = await get(app, "/prosa.svg")
    assert drawing.header("content-security-policy") == "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@pytest.mark.attack("F2", "K2")
@pytest.mark.parametrize(
    "path",
    [
        *(
            "/assets/",
            "/assets/..",
            "/assets/../index.html",
            "/assets/../../app.py",
            "/assets/%2e%2e/index.html",
            "/assets//etc/passwd",
        ),
        *(
            "/assets/.hidden.js",
            "/assets/index.js.map",
            "/assets/index-DBdtBc_W.js.gz",
            "/assets/index-DBdtBc_W.js\x00",
            "/assets/*",
        ),
        *("/index.html", "/manifest.json", "/.inputs", "/secret.txt", "/assets/assets/plain.css", "/assets/plain.css/"),
    ],
)
async def test_nothing_else_of_the_folder_is_served(folder: Path, path: str) -> None:
    answer = await get(front(folder), path, PROGRAM)
    assert answer.status in (404, 400) and b"<!doctype" not in answer.body


@pytest.mark.attack("F2")
async def test_a_link_in_the_folder_leads_nowhere(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.js").write_text("secret")
    os.symlink(tmp_path / "outside.js", folder / "assets" / "link-Abcdefg1.js")
    assert (await get(front(folder), "/assets/link-Abcdefg1.js")).status == 404


async def test_a_file_that_is_gone_since_is_told_as_missing(folder: Path) -> None:
    app = front(folder)
    await get(app, NAME, PROGRAM)
    stamp = os.stat(folder / "assets")
    (folder / NAME.removeprefix("/")).unlink()
    os.utime(folder / "assets", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert (await get(app, NAME, PROGRAM)).status == 404


async def test_where_nothing_is_built_the_start_page_says_how_to(tmp_path: Path) -> None:
    app = front(tmp_path / "nothing")
    start, chat = await get(app, "/"), await get(app, "/chat/abc", accept_language="pt-BR")
    assert start.status == 200 and b"make ui" in start.body and b"/v1/chat/completions" in start.body
    assert chat.status == 503 and "ainda não foi montado".encode() in chat.body
    assert (await get(app, "/", PROGRAM)).json()["status"] == "healthy"
    assert (await get(app, NAME)).status == 404


async def test_unknown_paths_keep_the_page_that_says_so(folder: Path) -> None:
    async with asking({"PROSA_UI_DIR": str(folder)}) as client:
        missing = await client.get("/chats", headers={"accept": "text/html"})
        assert missing.status_code == 404 and "There is no page at this address" in missing.text


@pytest.mark.parametrize(("old", "new"), [("/login", "/sign-in"), ("/account", "/profile")])
async def test_older_addresses_lead_to_the_new_ones(folder: Path, old: str, new: str) -> None:
    answer = await get(front(folder), old)
    assert (answer.status, answer.header("location")) == (303, new)


@pytest.mark.parametrize("path", ["/", "/chat", "/chat/abc", "/sign-in", NAME])
async def test_head_is_405_as_at_every_other_route(folder: Path, path: str) -> None:
    answer = await ask(front(folder), method="HEAD", path=path, pieces=[b""])
    assert answer.status == 405 and answer.header("allow") == "GET"


async def test_another_dialects_calls_at_the_same_address_stay_its_own(folder: Path) -> None:
    parts = replace(Edge().parts(), dialects=Dialects({"/chat": OpenAIShape()}))
    web = WebParts("0.1.0", lambda: "mock", app=folder)
    app = Front(web_routes(web), nothing_there, parts)
    assert (await get(app, "/chat")).body == PAGE
    reached = await ask(app, method="POST", path="/chat")
    assert reached.body != PAGE and reached.status != 405
    assert (await ask(app, method="POST", path="/chat/abc")).status == 404


async def test_a_slash_too_many_is_sent_to_the_address_without(folder: Path) -> None:
    answer = await get(front(folder), "/chat/")
    assert (answer.status, answer.header("location")) == (307, "/chat")


async def test_the_log_knows_an_address_below_by_its_place_alone(folder: Path) -> None:
    edge = Edge()
    await get(front(folder, edge), "/chat/conv_0123456789abcdef0123456789abcdef")
    assert [record.path for record in edge.records] == ["/chat/*"] and edge.records[0].dialect == PLAIN.name


async def test_another_folder_is_served_where_the_settings_say_so(folder: Path) -> None:
    async with asking({"PROSA_UI_DIR": str(folder)}) as client:
        assert (await client.get("/chat", headers={"accept": "text/html"})).content == PAGE
        packed = await client.get(NAME, headers={"accept-encoding": "gzip"})
        assert packed.content == SCRIPT and packed.headers["content-encoding"] == "gzip"
