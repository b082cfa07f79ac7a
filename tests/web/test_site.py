"""A folder of pages on a port of its own: what of it is served, and what else is there (nothing but M's routes)."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from prosa.boot.settings import SettingRefused, load
from prosa.identity import OPERATOR, Device, NewAccount
from prosa.web.site_policy import page_policy
from tests.boot.harness import exchange, status
from tests.serving import Running, running

INDEX = """<!doctype html><title>Chat</title><link rel="stylesheet" href="style.css">
<body onload="begin()"><script>function begin() { document.title = "ok" }</script></body>"""


@asynccontextmanager
async def a_site(tmp_path: Path, **env: str) -> AsyncIterator[tuple[httpx2.AsyncClient, Running, Path]]:
    """A client of the site, the prosa that serves it, and the folder."""
    folder = tmp_path / "site"
    (folder / "deep").mkdir(parents=True)
    (folder / ".git").mkdir()
    for name, text in {
        "index.html": INDEX,
        "style.css": "body { margin: 0 }",
        "deep/index.html": "<p>deep</p>",
        ".env": "SECRET=1",
        ".hidden.html": "hidden",
        ".git/config.txt": "hidden",
        "chat_app.db": "rows",
        "server.py": "code",
        "drawing.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "with space é.txt": "text",
    }.items():
        (folder / name).write_text(text)
    (tmp_path / "outside.txt").write_text("outside")
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "back.txt").symlink_to(folder / ".env")
    (folder / "alias.css").symlink_to(folder / "style.css")
    os.mkfifo(folder / "pipe.txt")
    settings = {"PROSA_SITE_DIR": str(folder), "PROSA_SITE_PORT": "0"} | env
    async with running(settings, tmp_path / "place") as prosa, httpx2.AsyncClient(base_url=prosa.site, timeout=10) as client:
        yield client, prosa, folder


@pytest.mark.contract("M21")
async def test_pages_are_found_by_their_names(tmp_path: Path) -> None:
    async with a_site(tmp_path) as (client, _, _):
        page = await client.get("/")
        found = {
            path: await client.get(path)
            for path in ("/index.html", "/style.css", "/alias.css", "/deep/", "/with%20space%20é.txt")
        }
        deep = await client.get("/deep?x=1")
        again = await client.get("/style.css", headers={"if-none-match": found["/style.css"].headers["etag"]})
    assert (page.status_code, page.text, page.headers["content-type"]) == (200, INDEX, "text/html; charset=utf-8")
    assert {answer.status_code for answer in found.values()} == {200}
    assert found["/style.css"].headers["content-type"] == "text/css; charset=utf-8"
    assert found["/style.css"].headers["x-content-type-options"] == "nosniff"
    assert (deep.status_code, deep.headers["location"]) == (301, "/deep/")
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.attack("K2")
async def test_nothing_outside_the_folder_nothing_hidden_and_nothing_that_is_no_page(tmp_path: Path) -> None:
    paths = (
        *(
            "/../outside.txt",
            "/%2e%2e/outside.txt",
            "/..%2foutside.txt",
            "/deep/../../outside.txt",
            "/deep%2f..%2f..%2foutside.txt",
        ),
        *("/..%5coutside.txt", "//etc/passwd", "/%2fetc/passwd", "/./style.css", "/deep//index.html", "/C:/x.txt", "/link.txt"),
        *("/.env", "/.hidden.html", "/.git/config.txt", "/%2egit/config.txt", "/back.txt", "/chat_app.db", "/server.py"),
        *(
            "/pipe.txt",
            "/style.css/",
            "/style.css%00.html",
            "/nothing.html",
            "/deep/nothing",
            "/" + "a" * 5000 + ".css",
            "/a/" * 900,
        ),
    )
    async with a_site(tmp_path) as (client, _, _):
        port = client.base_url.port
        assert port is not None
        for path in paths:  # as they are: a client would tidy them up
            answer = await exchange(port, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            assert status(answer) == 404, path[:99]
            assert not any(word in answer for word in (b"outside", b"hidden", bytes(tmp_path)))


@pytest.mark.attack("E1", "K8")
async def test_a_page_runs_what_its_file_holds_and_sends_nothing_elsewhere(tmp_path: Path) -> None:
    async with a_site(tmp_path) as (client, _, folder):
        policy = (await client.get("/")).headers["content-security-policy"]
        drawing = (await client.get("/drawing.svg")).headers["content-security-policy"]
        style = (await client.get("/style.css")).headers["content-security-policy"]
        (folder / "index.html").write_text("<p>no script</p>")
        changed = (await client.get("/")).headers["content-security-policy"]
    assert "'unsafe-inline'" not in policy.partition("script-src")[2] and len(re.findall("'sha256-", policy)) == 2
    assert "default-src 'none'" in policy and "connect-src 'self'" in policy and "'unsafe-hashes'" in policy
    assert "sandbox" in drawing and style.startswith("default-src 'none'")
    assert changed.endswith("script-src 'self'")


async def test_a_policy_of_ones_own_takes_the_place(tmp_path: Path) -> None:
    async with a_site(tmp_path, PROSA_SITE_POLICY="default-src 'self'") as (client, _, _):
        assert (await client.get("/")).headers["content-security-policy"] == "default-src 'self'"


def test_the_policy_reads_a_page_as_browsers_do() -> None:
    plain, windows = b"<script>\nlet a = 1\n</script>", b"\xef\xbb\xbf<SCRIPT>\r\nlet a = 1\r\n</SCRIPT>"
    assert page_policy(plain) == page_policy(windows)
    assert b"sha256" not in page_policy(b"<script src='x.js'></script><p>onclick='x()'</p>")
    assert page_policy(b"<a onclick='a &amp;&amp; b()'>") == page_policy(b'<p ONCLICK="a && b()"></p>')
    assert len(page_policy(b"<script>x</script>" * 5000)) < 1000
    many = b"".join(b"<script>%d</script>" % number for number in range(5000))
    assert len(page_policy(many)) < 8000
    assert page_policy(b"<script>never closed") and page_policy(b"\xff\xfe\x00<") and page_policy(b"")


@pytest.mark.contract("M21")
@pytest.mark.attack("K2")
async def test_nothing_of_the_app_is_there(tmp_path: Path) -> None:
    gone = (
        *(
            ("GET", path)
            for path in ("/health", "/metrics", "/docs", "/openapi.json", "/v1/models", "/api/v1/me", "/api/me", "/sign-in")
        ),
        *(
            ("GET", path)
            for path in ("/login", "/register", "/session", "/chat", "/history", "/history/", "/s/abc", "/assets/pages.css")
        ),
        *(("POST", path) for path in ("/v1/chat/completions", "/api/chat/completions", "/api/v1/auth/sign-in", "/v1/chat", "/")),
        *(("PUT", path) for path in ("/history/1", "/login", "/style.css")),
        *(("DELETE", path) for path in ("/conversation/x", "/style.css")),
        ("PATCH", "/conversation/x"),
    )
    async with a_site(tmp_path) as (client, prosa, _):
        base = prosa.base
        for method, path in gone:
            answer = await client.request(method, path, json={} if method != "GET" else None)
            assert answer.status_code == 404, (method, path)
        assert (await client.get(f"{base}/health")).status_code == 200
        assert (await client.get(f"{base}/style.css")).status_code == 404  # nor the site at the app's
        # M's routes are at both.
        assert {(await client.post(f"{at}/session")).status_code for at in ("", base)} == {401}
        assert {(await client.get(f"{at}/history/1")).status_code for at in ("", base)} == {401}
        upgrade = {
            "connection": "upgrade",
            "upgrade": "websocket",
            "sec-websocket-version": "13",
            "sec-websocket-key": "a" * 22 + "==",
        }
        assert (await client.get("/v1/responses", headers=upgrade)).status_code == 404


@pytest.mark.attack("B6")
async def test_the_apps_session_does_not_count_there(tmp_path: Path) -> None:
    async with a_site(tmp_path) as (client, prosa, _):
        identity = prosa.system.people.identity
        ana = await identity.accounts.create(OPERATOR, NewAccount("ana@example.com", "correct horse battery staple"))
        _, token = await identity.sessions.start(ana.id, Device("127.0.0.1", "tests"))
        shown = {"cookie": f"prosa_session={token}", "x-prosa-csrf": "1"}
        assert (await client.get(f"{prosa.base}/api/v1/me", headers=shown)).status_code == 200
        answers = [
            await client.get("/history/1", headers=shown),
            await client.post("/session", headers=shown),
            await client.get("/api/v1/me", headers=shown),
        ]
    assert [answer.status_code for answer in answers] == [401, 401, 404]


@pytest.mark.parametrize("folder", ["nothing", "file.txt", "."])
def test_a_folder_that_cannot_be_one_stops_the_start(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(SettingRefused, match="PROSA_SITE_DIR"):
        load({"PROSA_SITE_DIR": str(tmp_path / folder), "PROSA_DATA_DIR": str(tmp_path / "data")}, tmp_path)
