"""The pages that prosa makes itself, in a real browser: the API's, and the start page where the app isn't built."""

import pytest

from tests.browsing import page_of
from tests.serving import serving

pytestmark = pytest.mark.browser

WITHOUT_APP = {"PROSA_UI_DIR": "nothing-is-built-here"}


@pytest.mark.parametrize(("path", "text"), [("/", "prosa"), ("/docs", "OpenAI-compatible"), ("/redoc", "OpenAI-compatible")])
@pytest.mark.contract("B06", "S03")
@pytest.mark.attack("M11")
async def test_a_page_shows_loads_nothing_from_elsewhere_and_breaks_no_policy(chromium: str, path: str, text: str) -> None:
    async with serving(WITHOUT_APP) as base, page_of(chromium) as page:
        troubles: list[str] = []
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "request",
            lambda request: None if request.url.startswith((base, f"blob:{base}", "data:")) else troubles.append(request.url),
        )
        await page.goto(base + path)
        await page.get_by_text(text).first.wait_for()
        assert troubles == []


async def test_the_first_page_fits_a_phone_and_speaks_portuguese(chromium: str) -> None:
    async with serving(WITHOUT_APP) as base, page_of(chromium, width=390, height=844) as page:
        await page.set_extra_http_headers({"Accept-Language": "pt-BR"})
        await page.goto(base + "/")
        assert "Converse agora" in await page.inner_text("body")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
