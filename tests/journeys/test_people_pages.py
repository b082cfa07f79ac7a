"""A newcomer's way in a real browser: the first administrator, a key, another visit, a forgotten password."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx2
import pytest
from playwright.async_api import Page, Request, expect

from prosa.identity import OPERATOR, Account, NewAccount, Role
from tests.browsing import page_of
from tests.serving import Running, running

pytestmark = pytest.mark.browser

CODE = "K7QD-AAAA-BBBB-CCCC"
PASSWORD = "correct horse battery staple"
HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n"


@asynccontextmanager
async def visit(chromium: str, width: int = 1280, **env: str) -> AsyncIterator[tuple[Running, Page, list[Request]]]:
    """A running prosa, a browser before it, and every request that the browser made."""
    async with (
        running({"PROSA_SETUP_CODE": CODE, "PROSA_UI_DIR": "nothing-is-built-here"} | env) as prosa,
        page_of(chromium, width, 844) as page,
    ):
        made: list[Request] = []
        page.on("request", lambda request: made.append(request))
        yield prosa, page, made


async def somebody(prosa: Running, name: str = "ana", role: Role = Role.USER) -> Account:
    wish = NewAccount(f"{name}@example.com", PASSWORD, name=name, role=role)
    return await prosa.system.people.identity.accounts.create(OPERATOR, wish)


async def sign_in(page: Page, prosa: Running, password: str = PASSWORD) -> None:
    await page.goto(prosa.base + "/sign-in")
    await page.get_by_label("E-mail or user name").fill("ana@example.com")
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def register(page: Page) -> None:
    await page.get_by_label("Name", exact=True).fill("Ana Lima")
    await page.get_by_label("E-mail").fill("ana@example.com")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Register").click()


@pytest.mark.contract("A15", "A16", "A18", "A19")
@pytest.mark.attack("B13", "M4")
async def test_a_newcomer_becomes_the_first_admin_and_calls_a_model_with_a_key(need: Callable[[str], str]) -> None:
    async with visit(need("chromium"), width=390) as (prosa, page, made):
        troubles: list[str] = []
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        await page.goto(f"{prosa.base}/register?code={CODE}")
        await expect(page.get_by_label("Set-up code")).to_have_value(CODE)
        assert page.url == f"{prosa.base}/register"
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await register(page)
        await page.get_by_role("heading", name="Welcome!").wait_for()
        await page.get_by_role("button", name="Create a new API key").click()
        await page.get_by_text("it is shown only this once").wait_for()
        key = await page.get_by_label("My API keys").input_value()
        assert key.startswith("prosa_sk_") and key in await page.inner_text("#key-curl")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        body = {"messages": [{"role": "user", "content": "Olá!"}]}
        async with httpx2.AsyncClient(base_url=prosa.base, headers={"authorization": f"Bearer {key}"}) as program:
            assert (await program.post("/v1/chat/completions", json=body)).status_code == 200
            assert (await program.get("/v1/me")).json()["user"]["role"] == "admin"
        async with httpx2.AsyncClient(base_url=prosa.base) as nobody:
            assert (await nobody.post("/v1/chat/completions", json=body)).status_code == 401
        assert troubles == []
        later = [request for request in made if "/register?" not in request.url]
        assert not [request.url for request in later if CODE in request.url or CODE in str(request.headers)]
        await asyncio.sleep(0.3)  # the log is written a few times a second
        assert "/register" in prosa.log.getvalue() and CODE not in prosa.log.getvalue() and key not in prosa.log.getvalue()


async def test_leaving_the_page_leaves_no_code_behind(need: Callable[[str], str]) -> None:
    async with visit(need("chromium")) as (prosa, page, made):
        await page.goto(f"{prosa.base}/register?code={CODE}")
        await page.get_by_role("link", name="I have an account").click()
        await page.get_by_role("heading", name="Sign in").wait_for()
        referers = [(await request.all_headers()).get("referer", "") for request in made]
        assert not [referer for referer in referers if "?" in referer or "/register" in referer.removesuffix("register.js")]
        await page.go_back()
        assert CODE not in page.url


@pytest.mark.contract("A15", "A18")
async def test_somebody_signs_in_makes_and_revokes_a_key_and_signs_out(need: Callable[[str], str]) -> None:
    async with visit(need("chromium")) as (prosa, page, _):
        await somebody(prosa)
        await sign_in(page, prosa, "wrong")
        await expect(page.get_by_role("alert")).to_have_text("That didn't work: check the address and the password.")
        await sign_in(page, prosa)
        await page.get_by_role("heading", name="My account").wait_for()
        await page.get_by_text("Create a new API key").first.click()
        form = page.locator("#create-key")
        await form.get_by_label("Name of the key").fill("notebook")
        await form.get_by_label("Current password").fill(PASSWORD)
        assert await form.get_by_label("Administer").is_hidden()
        await form.get_by_role("button").click()
        await expect(page.locator("#keys li")).to_have_count(1)
        key = await page.input_value("#key-text")
        await page.get_by_role("button", name="Revoke").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Current password").fill("wrong")
        await dialog.get_by_role("button", name="Confirm").click()
        await expect(dialog.get_by_role("alert")).to_have_text("The current password is wrong.")
        await dialog.get_by_label("Current password").fill(PASSWORD)
        await dialog.get_by_role("button", name="Confirm").click()
        await page.get_by_text("You have no key yet.").wait_for()
        async with httpx2.AsyncClient(base_url=prosa.base, headers={"authorization": f"Bearer {key}"}) as program:
            assert (await program.get("/v1/me")).status_code == 401
        assert await page.locator("#sessions li").count() == 1
        await page.get_by_role("button", name="Sign out", exact=True).click()
        await page.wait_for_url("**/sign-in")
        await page.goto(prosa.base + "/account")
        await page.wait_for_url("**/sign-in")


@pytest.mark.contract("A15")
@pytest.mark.attack("B12")
async def test_a_forgotten_password_is_replaced_by_an_admins_link(need: Callable[[str], str]) -> None:
    async with visit(need("chromium")) as (prosa, page, made):
        ana = await somebody(prosa)
        token = await prosa.system.people.identity.accounts.issue_reset(OPERATOR, ana.id)
        await page.goto(f"{prosa.base}/reset?token={token}")
        await page.get_by_role("textbox", name="New password").fill("um rio calmo ao meio-dia")
        assert token not in page.url
        await page.get_by_role("button", name="Set the password").click()
        await page.get_by_text("Your new password is set.").wait_for()
        await sign_in(page, prosa, "um rio calmo ao meio-dia")
        await page.get_by_role("heading", name="My account").wait_for()
        assert not [request.url for request in made if token in request.url and "/reset?" not in request.url]
        await page.goto(f"{prosa.base}/reset#token={token}")
        await page.get_by_role("textbox", name="New password").fill("um rio calmo ao meio-dia")
        await page.get_by_role("button", name="Set the password").click()
        await expect(page.get_by_role("alert").locator("visible=true")).to_contain_text("has been used or has expired")


@pytest.mark.contract("A15", "A75", "C49")
async def test_where_nobody_may_register_the_page_says_so_in_portuguese(need: Callable[[str], str]) -> None:
    async with visit(need("chromium"), PROSA_REGISTRATION="closed") as (prosa, page, _):
        await somebody(prosa, "root", Role.ADMIN)
        await page.set_extra_http_headers({"Accept-Language": "pt-BR"})
        await page.goto(prosa.base + "/register")
        await page.get_by_text("Ninguém pode se registrar sozinho aqui.").wait_for()
        await page.get_by_role("button", name="Registrar").click()
        await expect(page.get_by_role("alert")).to_contain_text("Nome:")
        await page.goto(prosa.base + "/confirm-email")
        await page.get_by_text("O link está incompleto.").wait_for()


ATTACKS = """
<form id=f method=post enctype="text/plain" target=hidden action="{base}/api/v1/auth/sign-out-everywhere">
<input name='{"name":"Eve","x":"' value='"}'></form>
<iframe name=hidden></iframe>
<script>
async function attack() {
  const json = JSON.stringify({name: "Eve"});
  const tries = [
    ["/me", {method: "PATCH", body: json, headers: {"content-type": "application/json", "x-prosa-csrf": "1"}}],
    ["/auth/sign-out-everywhere", {method: "POST", mode: "no-cors"}],
    ["/auth/sign-out", {method: "POST", mode: "no-cors", body: json, headers: {"content-type": "text/plain"}}],
    ["/me", {method: "GET"}],
    ["/me", {method: "GET", mode: "no-cors"}],
  ];
  const read = [];
  for (const [path, options] of tries) {
    const asked = fetch("{base}/api/v1" + path, {credentials: "include", ...options});
    read.push(await asked.then((answer) => answer.text(), () => "refused"));
  }
  document.getElementById("f").submit();
  return read;
}
</script>
"""


@pytest.mark.contract("A25")
@pytest.mark.attack("B6", "B7")
async def test_a_page_of_another_origin_on_the_same_site_does_nothing_with_the_session(need: Callable[[str], str]) -> None:
    async with visit(need("chromium")) as (prosa, page, _):
        text = ATTACKS.replace("{base}", prosa.base)

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write((HEAD.format(len(text.encode())) + text).encode())
            await writer.drain()
            writer.close()

        await somebody(prosa)
        await sign_in(page, prosa)
        await page.get_by_role("heading", name="My account").wait_for()
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            # Another port is another origin and yet the same site: the cookie travels along.
            await page.goto(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
            read = await page.evaluate("attack()")
        assert not any("ana@example.com" in text for text in read), read
        await page.goto(prosa.base + "/account")
        await expect(page.locator("#who")).to_have_text("ana · ana@example.com")
