"""The web app in a real browser: how soon a chat is there, what a long answer costs the page, and how a long talk scrolls."""

import asyncio
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx2
from playwright.async_api import BrowserContext, Page

from bench.cases import Case
from bench.compile import BenchError
from bench.measures import Figures
from bench.stage import Stage
from prosa.identity import Account, Device
from tests.journeys.app import App, Look, app

SLOWER: Final = 4  # how many times, for the first paint: a phone
TOKENS: Final = 3_000
RATE: Final = 200  # tokens a second
TALKS: Final = {"paint": 0, "answer": 80, "long": 2_000}  # messages that are there before
COMPOSER: Final = "main textarea"
LOOK: Final = Look(1280, 800)
# What the page itself saw: tasks of its main thread over 50 ms, and how long after each key the next frame came.
_WATCH: Final = """
window.__long = []; window.__keys = [];
const seen = (take) => new PerformanceObserver((list) => list.getEntries().forEach(take));
seen((each) => window.__long.push(each.duration)).observe({type: 'longtask'});
seen((each) => each.name === 'keydown' && window.__keys.push(each.duration)).observe({type: 'event', durationThreshold: 16});
"""
_PARTS: Final = (
    "## Fase {0}\n\nA luz chega às folhas, e a clorofila a absorve; o que sobra é verde. ",
    "Cada passo depende do anterior, e nenhum deles dura mais do que **alguns instantes**. ",
    "\n\n- a água se separa\n- o oxigênio sai\n- a energia fica\n\n",
    "\n\n```python\ndef fase(n: int) -> float:\n    return n / 48  # moléculas por fóton\n```\n\n",
    "\n\n| Etapa | Onde | Luz | Água | Dura | Sai |\n| - | - | - | - | - | - |\n| {0} | tilacoide | sim | sim | 1 ms | O₂ |\n\n",
    "A conta é $E = h \\nu$, e em tudo: $$6\\,CO_2 + 6\\,H_2O \\to C_6H_{{12}}O_6 + 6\\,O_2$$\n\n",
)


def painted(stage: Stage) -> Figures:
    """All of it, on a prosa of its own."""
    chromium = next((path for name in ("chromium", "google-chrome") if (path := shutil.which(name))), None)
    if chromium is None:
        raise BenchError("the web app needs Chromium to be measured, and there is none here")
    return asyncio.run(_painted(chromium, stage.sizes.rounds))


PAINTING: Final[dict[str, Case]] = {"app": painted}


async def _painted(chromium: str, rounds: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "script.json"
        script.write_text(json.dumps({"rules": [{"answer": {"speed": RATE, "text": _text()}}]}), encoding="utf-8")
        env = {"PROSA_MOCK_SCRIPT": str(script), "PROSA_REQUESTS_PER_MINUTE": "0"}
        async with app(chromium, env) as place:
            ana = await place.person()
            talks = {name: await _talk(place, ana, count) for name, count in TALKS.items() if count}
            return (
                await _paint(place, ana, rounds)
                | await _answer(place, ana, talks["answer"])
                | await _scroll(place, ana, talks["long"])
            )


def _text() -> str:
    """An answer of about so many tokens, with all that models write."""
    made, number = "", 0
    while len(made) < TOKENS * 4:
        made += _PARTS[number % len(_PARTS)].format(number // len(_PARTS) + 1)
        number += 1
    return made


async def _talk(place: App, who: Account, count: int) -> str:
    """A conversation of so many messages; its id."""
    _, token = await place.running.system.people.identity.sessions.start(who.id, Device("127.0.0.1", "bench"))
    headers = {"Cookie": f"prosa_session={token}", "X-Prosa-CSRF": "1"}
    said = _text()[:1_500]
    pair = [
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "E depois, o que acontece?"}]},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": said, "annotations": []}]},
    ]
    async with httpx2.AsyncClient(base_url=place.base, headers=headers, timeout=60) as client:
        made = (await client.post("/api/v1/conversations", json={"title": "Fotossíntese", "model": "mock"})).json()
        for _ in range(count // 20):
            (await client.post(f"/api/v1/conversations/{made['id']}/items", json={"items": pair * 10})).raise_for_status()
    return str(made["id"])


@asynccontextmanager
async def _tab(place: App, who: Account) -> AsyncIterator[tuple[BrowserContext, Page]]:
    async with place.device(who, LOOK) as (context, _):
        await context.add_init_script(_WATCH)
        yield context, await context.new_page()


async def _paint(place: App, who: Account, rounds: int) -> Figures:
    """From the address to the field, each time with nothing kept from before."""
    times = []
    for _ in range(rounds):
        async with _tab(place, who) as (context, page):
            session = await context.new_cdp_session(page)
            await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            await page.goto("/chat", wait_until="commit")
            await page.wait_for_selector(COMPOSER)
            times.append(await page.evaluate("performance.now()"))
    return {"app_paint_s": statistics.median(times) / 1000}


async def _answer(place: App, who: Account, talk: str) -> Figures:
    """A long answer behind eighty messages, while somebody types."""
    async with _tab(place, who) as (_, page):
        await page.goto(f"/chat/{talk}")
        await page.wait_for_selector(COMPOSER)
        await page.wait_for_timeout(1_500)
        await page.fill(COMPOSER, "E tudo de novo, com detalhes?")
        await page.evaluate("window.__long = []; window.__keys = []")
        await page.keyboard.press("Enter")
        end = time.monotonic() + TOKENS / RATE
        while time.monotonic() < end:
            await page.keyboard.press("a")
            await page.wait_for_timeout(230)
        long, keys = await page.evaluate("[window.__long, window.__keys]")
    late = sorted([*keys, *[16.0] * int(TOKENS / RATE / 0.23 - len(keys))])
    return {"app_task_ms": max(long, default=0.0), "app_tasks": len(long), "app_key_p95_ms": late[int(len(late) * 0.95)]}


async def _scroll(place: App, who: Account, talk: str) -> Figures:
    """Opening a conversation of two thousand messages, and going up through three hundred of them."""
    async with _tab(place, who) as (_, page):
        await page.goto(f"/chat/{talk}", wait_until="commit")
        await page.wait_for_selector("main article")
        opened = await page.evaluate("performance.now()")
        await page.wait_for_timeout(1_000)
        await page.evaluate("window.__long = []")
        for _ in range(60):
            await page.mouse.move(700, 400)
            await page.mouse.wheel(0, -1_500)
            await page.wait_for_timeout(50)
        long = await page.evaluate("window.__long")
    return {"app_open_s": opened / 1000, "app_scroll_task_ms": max(long, default=0.0)}
