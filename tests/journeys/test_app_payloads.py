"""Hostile texts on every surface of the app, in a real Chromium: nothing runs, nothing is loaded, nobody is told anything."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx2
import pytest
from playwright.async_api import Page, expect

from prosa.identity import Account, Device, Role
from tests.browsing import a_browser
from tests.journeys.app import App, app
from tests.journeys.chatting import ask
from tests.journeys.payloads import PAYLOADS, RUN, TRACES, Payload, aimed
from tests.journeys.planting import MARK, SURFACES, Planter

pytestmark = pytest.mark.browser

SEED = 7
SAMPLE = 14
SETTLED_MS = 250
LOOKS = 20
# Everything of the page that opens, but nothing that leads away from it.
UNFOLD = """() => {
  for (const each of document.querySelectorAll("main article button[aria-expanded=false]:not([aria-haspopup])")) each.click();
}"""


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[str, list[bytes]]]:
    """An address that nobody has a reason to call, and what was said to it all the same."""
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1_000))
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heard


@asynccontextmanager
async def planting(place: App, who: Account, host: str) -> AsyncIterator[Planter]:
    """Somebody who plants texts by the API."""
    _, token = await place.running.system.people.identity.sessions.start(who.id, Device("127.0.0.1", "tests"))
    headers = {"Cookie": f"prosa_session={token}", "X-Prosa-CSRF": "1", "If-Match": "*"}
    async with httpx2.AsyncClient(base_url=place.base, headers=headers, timeout=60) as client:
        yield Planter(client, host)


async def look(page: Page, path: str) -> bool:
    """Opens a page and all that folds on it; tells whether a planted text is on it. Fails if a text came to life."""
    await page.goto(path)
    shown = f"document.body.textContent.includes('{MARK}')"
    seen = False
    for _ in range(LOOKS):
        if seen := await page.evaluate(shown):
            break
        await page.wait_for_timeout(100)
    await page.evaluate(UNFOLD)
    await page.wait_for_timeout(SETTLED_MS)
    assert await page.evaluate(TRACES) == [], path
    assert page.url.endswith(path), f"{path} led to {page.url}"
    return seen


def sampled() -> list[Payload]:
    """Some payloads of each attack, the same in each run."""
    chosen = random.Random(SEED).sample(PAYLOADS, SAMPLE)
    attacks = {each.attack for each in chosen}
    return chosen + [
        next(each for each in PAYLOADS if each.attack == attack)
        for attack in sorted({each.attack for each in PAYLOADS} - attacks)
    ]


async def walk(place: App, payloads: Sequence[Payload]) -> None:
    """Plants the payloads on each surface and looks at each page that shows them."""
    ana = await place.person(role=Role.ADMIN)
    async with listening() as (host, heard), planting(place, ana, host) as planter, place.device(ana) as (context, watch):
        page = await context.new_page()
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        for name, plant in SURFACES.items():
            seen = [await look(page, path.removeprefix(place.base)) for path in await plant(planter, payloads)]
            assert any(seen), f"no page shows what was planted: {name}"
            watch.check()
        assert (dialogs, heard, len(context.pages)) == ([], [], 1)


async def test_the_look_sees_what_has_come_to_life(chromium: str) -> None:
    alive = (
        "<a href='javascript:1'>x</a>",
        "<img src='http://outro.exemplo/x.png'>",
        "<p onclick='1'>x</p>",
        "<iframe></iframe>",
        "<base>",
    )
    async with a_browser(chromium) as browser:
        page = await browser.new_page()
        await page.route("http://outro.exemplo/**", lambda route: route.abort())
        for html in alive:
            await page.set_content(f"<body>{html}</body>")
            assert await page.evaluate(TRACES) != [], html


@pytest.mark.attack("E1", "E2", "E3", "E4", "E8", "E9", "E14")
async def test_no_text_comes_to_life_anywhere_in_the_app(chromium: str) -> None:
    async with app(chromium) as place:
        await walk(place, sampled())


@pytest.mark.faults
@pytest.mark.timeout(1800)
@pytest.mark.attack("E1", "E2", "E3", "E4", "E8", "E9", "E14")
async def test_none_of_all_texts_comes_to_life_anywhere_in_the_app(chromium: str) -> None:
    assert len(PAYLOADS) >= 150
    async with app(chromium) as place:
        await walk(place, PAYLOADS)


@pytest.mark.attack("E3", "E17")
async def test_an_answer_that_comes_in_pieces_runs_and_loads_nothing_on_its_way(chromium: str) -> None:
    async with app(chromium) as place:
        ana = await place.person()
        async with listening() as (host, heard), place.page(ana) as page:
            text = "\n\n".join(aimed(each.text, host) for each in PAYLOADS if each.attack == "E17") + f"\n\n{MARK}"
            await page.goto("/chat")
            await ask(page, f"[[mock text={json.dumps(text)} chunk=3 delay=0.005]]")
            end = page.locator(".md > p").filter(has_text=MARK)
            while not await end.count():
                assert await page.evaluate(TRACES) == []
            await expect(page.locator("article").last).to_have_attribute("aria-busy", "false")
            assert await page.evaluate(TRACES) == []
            await expect(page.locator("article").last).to_contain_text(f"<img src=x onerror={RUN}>")
            assert heard == []


@pytest.mark.attack("E1", "E9")
async def test_what_a_provider_says_of_its_failure_stays_text(chromium: str) -> None:
    async with app(chromium, {"PROSA_RETRIES": "0"}) as place:
        ana = await place.person()
        async with listening() as (host, heard), place.page(ana) as page:
            text = " ".join(aimed(each.text, host) for each in PAYLOADS[:12])
            await page.goto("/chat")
            await ask(page, f"[[mock status=400 error={json.dumps(text)}]]")
            await page.get_by_role("alert").filter(has_text="Não foi possível responder").wait_for()
            assert await page.evaluate(TRACES) == []
            assert heard == []
