"""A page that calls as the multi-user chatbot's does, in a real browser, from a folder of its own (contracts: multiuser, §2)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browsing import a_browser
from tests.serving import Running, running

pytestmark = pytest.mark.browser

SITE = Path(__file__).parent / "multiuser_site"
PASSWORD = "uma frase que só eu sei"
IDLE = "typeof busy === 'undefined' || busy === 0"


@asynccontextmanager
async def browsing(chromium: str, **env: str) -> AsyncIterator[tuple[Running, Browser]]:
    """A prosa that serves the page, and a browser."""
    settings = {"PROSA_SITE_DIR": str(SITE), "PROSA_SITE_PORT": "0", "MULTIUSER_NEW_TITLE": "Nova Conversa"} | env
    async with running(settings) as prosa, a_browser(chromium) as browser:
        yield prosa, browser


async def visit(prosa: Running, browser: Browser, name: str) -> Page:
    """Somebody's own browser, registered and signed in."""
    page = await (await browser.new_context()).new_page()
    await page.goto(prosa.site)
    for field, text in (
        ("#new-name", name),
        ("#new-email", f"{name}@exemplo.br"),
        ("#new-password", PASSWORD),
        ("#again", PASSWORD),
    ):
        await page.fill(field, text)
    await page.click("#sign-up button")
    await expect(page.locator("#notice")).to_have_text("Conta criada! Entre agora.", timeout=30_000)
    await sign_in(page, name)
    return page


async def sign_in(page: Page, name: str) -> None:
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.click("#sign-in button")
    await expect(page.locator("#chat")).to_be_visible(timeout=30_000)
    await idle(page)


async def idle(page: Page) -> None:
    """Wait until the page has done all of what it was asked; its policy lets nobody wait for that inside of it."""
    async with asyncio.timeout(30):
        while not await page.evaluate(IDLE):
            await page.wait_for_timeout(20)


async def begin(page: Page) -> None:
    await page.click("#new")
    await idle(page)


async def ask(page: Page, text: str) -> str:
    await page.fill("#text", text)
    await page.click("#ask button")
    await idle(page)
    return await page.locator("#said p").last.inner_text()


@pytest.mark.contract("M21", "M17", "M18", "M19", "M06")
async def test_two_people_use_the_page_and_neither_sees_the_other(chromium: str) -> None:
    async with browsing(chromium) as (prosa, browser):
        ana, bia = await visit(prosa, browser, "ana"), await visit(prosa, browser, "bia")
        for page, text in ((ana, "Qual é a capital do Ceará?"), (bia, "Quem és tu aí?")):
            await begin(page)
            await expect(page.locator("#list li")).to_have_text(["Nova Conversa"])
            assert text in await ask(page, text)
        await expect(ana.locator("#list li")).to_have_text(["Qual é a..."])  # named by the page itself
        await expect(bia.locator("#list li")).to_have_text(["Quem és tu..."])
        await begin(ana)
        await expect(ana.locator("#list li")).to_have_text(["Qual é a...", "Nova Conversa"])
        await ana.reload()
        await idle(ana)
        await expect(ana.locator("#said p")).to_have_count(2)  # it opened the oldest
        await bia.click("#leave")
        await sign_in(bia, "ana")  # a second person at one browser
        await expect(bia.locator("#list li")).to_have_text(["Qual é a...", "Nova Conversa"])
        assert await bia.evaluate("document.cookie") == ""


@pytest.mark.contract("M27", "M22")
async def test_what_goes_wrong_is_a_sentence_that_the_page_shows(chromium: str) -> None:
    async with browsing(chromium) as (prosa, browser):
        ana = await visit(prosa, browser, "ana")
        await begin(ana)
        assert await ask(ana, "[[mock status=500]] falhe") == "Erro ao enviar."
        assert "tudo" in await ask(ana, "E agora, tudo bem?")
        await ana.locator("#list li").click()
        await idle(ana)
        await expect(ana.locator("#said p")).to_have_count(2)
        other = await (await browser.new_context()).new_page()
        await other.goto(prosa.site)
        await other.fill("#name", "ana")
        await other.fill("#password", "errada")
        await other.click("#sign-in button")
        await expect(other.locator("#notice")).to_have_text("Nome de usuário ou senha incorretos.")


@pytest.mark.contract("M21")
@pytest.mark.attack("E1")
async def test_what_a_model_writes_into_the_page_does_not_run(chromium: str) -> None:
    hacked, came = "document.title='hacked'", list[bytes]()

    async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(await reader.read(1000))  # a browser may connect in advance, and say nothing
        writer.close()

    listener = await asyncio.start_server(elsewhere, "127.0.0.1", 0)
    away = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"
    evil = (
        f'<img src=x onerror="{hacked}"><script>{hacked}</script><svg onload="{hacked}"></svg>'
        f'<iframe srcdoc="<script>parent.{hacked}</script>"></iframe><a href="javascript:{hacked}" id="trap">x</a>'
        f'<form action="{away}"><button id="out">y</button></form><img src="{away}leak"> **negrito**'
    )
    async with listener, browsing(chromium) as (prosa, browser):
        ana = await visit(prosa, browser, "ana")
        await begin(ana)
        await ask(ana, evil)
        await ana.locator("#list li").click()
        await idle(ana)
        await expect(ana.locator("#said b").first).to_have_text("negrito")  # the page puts it in as HTML
        await ana.evaluate("document.querySelector('#said #trap').click()")
        await ana.wait_for_timeout(200)
        assert await ana.title() == "Chat"
        await ana.evaluate("document.querySelector('#said #out').click()")
        await ana.wait_for_timeout(200)
        assert b"".join(came) == b""
