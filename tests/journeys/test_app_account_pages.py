"""Every page around an account and the start page: nothing for axe to find, no width that isn't there, no foreign word."""

import re

import pytest
from playwright.async_api import Page, expect

from prosa.identity import Role
from tests.journeys.app import ENGLISH, PASSWORD, App, Look, app, axe_in_both_themes

pytestmark = pytest.mark.browser

OUTSIDE = (
    "/sign-in",
    "/sign-in?error=link_invalid",
    "/register",
    "/reset",
    "/confirm-email#token=x",
    "/reset#token=x",
    "/set-up",
)
SECTIONS = ("account", "password", "sessions", "keys", "usage", "memory", "data")
INSIDE = ("/dashboard", *(f"/profile/{section}" for section in SECTIONS))
NARROW = Look(320, 800, touch=True)
OWN = {"x-prosa-csrf": "1"}


async def settled(page: Page, path: str) -> None:
    """The page, when everything in it has come."""
    await page.goto(path)
    await page.get_by_role("heading", level=1).wait_for()
    await expect(page.get_by_role("status", name=re.compile("Carregando|Loading"))).to_have_count(0)
    if path.endswith(("usage", "dashboard")):
        await page.locator("figure svg").first.wait_for()


async def furnished(prosa: App, page: Page) -> None:
    """Somebody who has used the place."""
    headers = OWN | {"origin": prosa.base}
    key = {"name": "notebook", "scopes": ["read", "write", "admin"], "current_password": PASSWORD}
    for path, body in (("/api/v1/keys", key), ("/api/v1/memories", {"text": "Prefiro respostas curtas."})):
        assert (await page.request.post(path, data=body, headers=headers)).status == 201
    asked = {"model": "mock", "messages": [{"role": "user", "content": "Olá!"}]}
    assert (await page.request.post("/v1/chat/completions", data=asked, headers=headers)).status == 200
    assert (await page.request.post("/api/v1/conversations", data={"title": "Um plano"}, headers=headers)).status == 201
    await prosa.running.system.metering.recorder.flush()  # rows of usage are written behind the answers


async def seen(page: Page, name: str) -> list[str]:
    """What axe finds on the page."""
    return [f"{name}: {each}" for each in await axe_in_both_themes(page)]


@pytest.mark.contract("C49", "A75")
@pytest.mark.attack("E13")
async def test_axe_finds_nothing_on_any_page_in_either_theme(chromium: str) -> None:
    async with app(chromium) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN)
        found: list[str] = []
        async with prosa.page() as page:
            for path in OUTSIDE:
                await settled(page, path)
                found += await seen(page, path)
        async with prosa.page(root) as page:
            await furnished(prosa, page)
            for path in INSIDE:
                await settled(page, path)
                found += await seen(page, path)
            await settled(page, "/profile/keys")
            await page.get_by_role("button", name="Gerar Nova API Key").click()
            await page.get_by_role("button", name="Gerar chave").click()
            found += await seen(page, "a new key")
        assert not found, "\n".join(found)


async def test_nothing_is_wider_than_a_narrow_phone_and_the_tabs_are_named(chromium: str) -> None:
    async with app(chromium) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN)
        async with prosa.page(root, NARROW) as page:
            await furnished(prosa, page)
            for path in (*INSIDE, *OUTSIDE):
                await settled(page, path)
                assert await page.evaluate("document.documentElement.scrollWidth") <= 320, path
                assert re.fullmatch(r".+ · prosa", await page.title()), path


@pytest.mark.contract("C49")
async def test_the_start_page_speaks_english_and_leads_a_newcomer_on(chromium: str) -> None:
    async with app(chromium) as prosa:
        await prosa.person("root@exemplo.br", Role.ADMIN)
        ana = await prosa.person()
        async with prosa.page(ana, ENGLISH) as page:
            await page.goto("/dashboard")
            await page.get_by_text("No chats yet").wait_for()
            await expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Good (morning|afternoon|evening), Ana"))
            await expect(page.get_by_text("This server", exact=True)).to_have_count(0)  # for administrators alone
            await expect(page.get_by_role("link", name="Create a new API key")).to_have_attribute("href", "/profile/keys")
            await page.get_by_label("Ask something to begin a chat").fill("Where does the rain come from?")
            await page.keyboard.press("Enter")
            await page.wait_for_url("**/chat/conv_*")  # it is asked at once
            assert "rain" not in page.url
            await page.get_by_text("Where does the rain come from?").first.wait_for()


async def test_an_administrator_sees_what_wants_attention(chromium: str) -> None:
    async with app(chromium) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN)
        async with prosa.page(root) as page:
            await page.goto("/dashboard")
            way = page.get_by_role("link", name="Nenhum provedor de modelos está conectado.")
            await expect(way).to_have_attribute("href", "/admin/providers")


async def test_what_cannot_be_loaded_says_so_and_is_tried_again(chromium: str) -> None:
    async with app(chromium) as prosa:
        ana = await prosa.person()
        async with prosa.page(ana) as page:
            refusal = {"code": "too_many_keys", "detail": "No.", "title": "No", "status": 409, "type": "x", "request_id": "r"}
            await page.route("**/api/v1/keys?*", lambda route: route.fulfill(status=409, json=refusal))
            await page.goto("/profile/keys")
            await page.get_by_text("Não foi possível carregar").wait_for()
            await page.unroute("**/api/v1/keys?*")
            await page.get_by_role("button", name="Tentar de novo").click()
            await page.get_by_text("Você ainda não tem chaves").wait_for()
