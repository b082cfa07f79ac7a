"""What a browser really loads of the app before the chat can be used, and what it keeps."""

import asyncio

import httpx2
import pytest
from playwright.async_api import Page

from checks.ui.sizes import KILO
from tests.journeys.app import app

pytestmark = pytest.mark.browser

MOST_KILO = 270
ON_DEMAND = ("katex", "echarts", "chart-engine", "mermaid")
# What came over the wire, and not out of the browser's own store: that has a head of 300 bytes at most.
FETCHED = """() => performance.getEntriesByType("resource")
    .filter((each) => each.name.includes("/assets/") && each.transferSize > 300).map((each) => each.name)"""


async def test_the_chat_page_loads_no_more_than_its_budget_and_keeps_it(chromium: str) -> None:
    async with app(chromium) as here:
        ana = await here.person()
        async with here.page(ana) as page:
            loaded: list[str] = []
            page.on("requestfinished", lambda request: loaded.append(request.url))
            await page.goto("/chat")
            await _quiet(page, loaded)
            files = [url for url in loaded if url.startswith(f"{here.base}/assets/") and url.endswith((".js", ".css"))]
            assert len(files) == len(set(files)) and not [url for url in files if any(name in url for name in ON_DEMAND)]
            weight = await _weight(files)
            await page.reload()
            await _quiet(page, loaded)
            assert await page.evaluate(FETCHED) == []
            for f in sorted(files): print("FILE", f.split("/")[-1], round(await _weight([f])/KILO,1))
            print("WEIGHT", weight / KILO)
            assert weight <= MOST_KILO * KILO, f"{weight / KILO:.1f} KB"


async def _quiet(page: Page, loaded: list[str]) -> None:
    """Wait until the page can be written in and nothing has come for a moment (a feed may stay open)."""
    await page.get_by_role("textbox").first.wait_for()
    count = -1
    while count != len(loaded):
        count = len(loaded)
        await asyncio.sleep(0.5)


async def _weight(urls: list[str]) -> int:
    """Bytes on the wire, packed by gzip where it is packed."""
    total = 0
    async with httpx2.AsyncClient(headers={"accept-encoding": "gzip"}) as client:
        for url in urls:
            async with client.stream("GET", url) as answer:
                assert answer.status_code == 200
                total += int(answer.headers["content-length"])
    return total
