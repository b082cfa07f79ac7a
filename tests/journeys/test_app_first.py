"""The first moment of the app: something calm is there before its scripts are, and who is signed in isn't asked to sign in."""

import asyncio

import pytest
from playwright.async_api import Page, Route

from prosa.identity import Role
from tests.journeys.app import DARK, Look, app

pytestmark = [pytest.mark.browser]
GROUND = "getComputedStyle(document.documentElement).backgroundColor"


@pytest.mark.parametrize("look", [Look(), DARK])
async def test_the_app_stands_there_in_outline_and_in_its_colours_while_its_scripts_are_on_their_way(
    chromium: str, look: Look
) -> None:
    async with app(chromium) as place, place.device(await place.person(), look) as (context, _):
        page = await context.new_page()
        await page.goto("/chat")
        await page.wait_for_selector("main textarea")
        ground = await page.evaluate(GROUND)
        assert await page.locator("#outline").is_hidden()
        come = asyncio.Event()

        async def held(route: Route) -> None:
            await come.wait()
            await route.continue_()

        await page.route("**/assets/first-*.js", held)
        await page.goto("/chat", wait_until="commit")
        await page.wait_for_selector("#outline", state="visible")
        assert await page.evaluate(GROUND) == ground
        assert await page.locator("#outline > div").first.is_visible()
        come.set()
        await page.wait_for_selector("main textarea")
        assert await page.locator("#outline").is_hidden()


async def test_who_is_signed_in_already_goes_on_to_where_they_wanted_to_go(chromium: str) -> None:
    async with app(chromium) as place, place.page(await place.person()) as page:
        await _leads(page, "/sign-in?next=%2Ftrash", "/trash")
        await _leads(page, "/sign-in?next=https%3A%2F%2Fevil.example", "/dashboard")
        await _leads(page, "/register", "/dashboard")


async def test_who_has_signed_out_sees_no_outline_and_can_sign_in(chromium: str) -> None:
    async with app(chromium) as place, place.page(await place.person(role=Role.ADMIN)) as page:
        await page.goto("/trash")
        await page.wait_for_selector("nav")
        assert await page.evaluate("localStorage.getItem('prosa.inside')") == "1"
        await page.evaluate("fetch('/api/v1/auth/sign-out', {method: 'POST', headers: {'x-prosa-csrf': '1'}})")
        await page.goto("/trash")
        await page.wait_for_url("**/sign-in?next=*")
        await page.wait_for_selector("input[type=password]")
        assert await page.evaluate("localStorage.getItem('prosa.inside')") is None


async def _leads(page: Page, path: str, where: str) -> None:
    await page.goto(path)
    await page.wait_for_url(f"**{where}")
    await page.wait_for_selector("main h1")
