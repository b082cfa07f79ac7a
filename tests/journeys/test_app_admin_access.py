"""Who sees the administration, and whether everybody who may can use it: axe in both themes, narrow screens, errors."""

import re

import pytest
from playwright.async_api import Page, Route, expect

from prosa.identity import OPERATOR, NewInvite, NewKey, Role, Scope
from tests.journeys.app import ENGLISH, App, Look, app, axe, axe_in_both_themes

pytestmark = pytest.mark.browser
PAGES = {
    "overview": "Visão geral",
    "people": "Pessoas",
    "keys": "Chaves de API",
    "providers": "Provedores",
    "models": "Modelos",
    "limits": "Limites",
    "usage": "Uso",
    "health": "Saúde",
    "settings": "Configurações",
}
NARROW = Look(320, 720, touch=True)


async def furnished(prosa: App) -> None:
    """Something to be seen on each page."""
    identity = prosa.running.system.people.identity
    bia = await prosa.person("bia@exemplo.br", name="Bia Reis")
    await identity.keys.create(OPERATOR, NewKey(bia.id, "Relatórios", frozenset({Scope.READ})))
    await identity.invites.create(OPERATOR, None, NewInvite())


async def quiet(page: Page) -> None:
    """Until nothing is being loaded."""
    await expect(page.get_by_role("main").locator(".animate-pulse")).to_have_count(0, timeout=15_000)


@pytest.mark.contract("A20")
@pytest.mark.slow
async def test_axe_finds_nothing_on_any_page_in_either_theme(chromium: str) -> None:
    async with app(chromium) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN, "Rosa Lima")
        await furnished(prosa)
        async with prosa.page(root) as page:
            found = []
            await page.goto("/admin/overview")
            for section, title in PAGES.items():
                await page.locator(f'a[href="/admin/{section}"]').first.click()
                await page.get_by_role("heading", name=title, level=2, exact=True).first.wait_for()
                await quiet(page)
                found += [f"{section}: {each}" for each in await axe_in_both_themes(page)]
            await page.goto("/admin/people")
            await page.get_by_role("button", name="Bia Reis", exact=True).click()
            await page.get_by_role("dialog").get_by_text("Relatórios").wait_for()
            found += [f"person: {each}" for each in await axe(page)]
            await page.goto("/admin/models")
            await page.get_by_role("button", name="Criar apelido").click()
            found += [f"alias: {each}" for each in await axe(page)]
            await page.goto("/admin/providers")
            await page.get_by_role("button", name="Adicionar provedor").click()
            await page.get_by_role("button", name="Groq").click()
            found += [f"provider: {each}" for each in await axe(page)]
            assert found == []


@pytest.mark.contract("A20")
async def test_every_page_fits_a_screen_of_320_pixels(chromium: str) -> None:
    async with app(chromium) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN, "Rosa Lima")
        await furnished(prosa)
        async with prosa.page(root, NARROW) as page:
            for section, title in PAGES.items():
                await page.goto(f"/admin/{section}")
                await page.get_by_role("heading", name=title, level=2, exact=True).first.wait_for()
                await quiet(page)
                assert await page.evaluate("document.documentElement.scrollWidth") <= 320, section


@pytest.mark.contract("A20")
async def test_for_whoever_is_no_administrator_there_is_no_such_page(chromium: str) -> None:
    async with app(chromium) as prosa:
        bia = await prosa.person("bia@exemplo.br", role=Role.ANALYST)
        async with prosa.page(bia) as page:
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            for path in ("/admin", "/admin/people", "/admin/settings"):
                await page.goto(path)
                await page.get_by_text("Esta página não existe").wait_for()
            await expect(page.get_by_role("link", name="Administração")).to_have_count(0)
            kept = ("/api/v1/users", "/api/v1/providers", "/api/v1/settings", "/api/v1/system", "/api/v1/issued-keys")
            assert not [url for url in asked if any(path in url for path in kept)]
            for path in kept:
                assert (await page.request.get(path)).status in (403, 404)


@pytest.mark.contract("A20")
async def test_what_could_not_be_loaded_says_so_and_is_tried_again(chromium: str) -> None:
    async with app(chromium) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN, "Rosa Lima")
        async with prosa.page(root, ENGLISH) as page:
            await page.route(re.compile("/api/v1/(users|providers)"), refuse)
            await page.goto("/admin/people")
            await page.get_by_text("You may not do this.").first.wait_for()
            await page.unroute_all()
            await page.get_by_role("button", name="Try again").first.click()
            await page.get_by_role("row", name=re.compile("Rosa Lima")).wait_for()
            await page.goto("/admin/nothing")
            await page.get_by_text("There is no such page").wait_for()


async def refuse(route: Route) -> None:
    """As the server refuses what somebody may not see."""
    body = '{"type": "urn:prosa:error:permission_denied", "title": "", "status": 403, "detail": "", "code": "permission_denied"}'
    await route.fulfill(status=403, content_type="application/problem+json", body=body)
