"""The web app in a real Chromium, over a running prosa: people, their devices, and a watch on what must never happen."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

from prosa.identity import OPERATOR, Account, Device, NewAccount, Role
from tests.browsing import a_browser
from tests.serving import Running, running

PASSWORD = "uma frase que só eu sei"
AXE = Path(__file__).parents[2] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
# Colours change over a frame or two.
STILL = """async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const brief = document.getAnimations().filter((each) => each.effect?.getComputedTiming().endTime < Infinity);
    await Promise.all(brief.map((each) => each.finished.catch(() => null)));
}"""
_WATCH = (
    "addEventListener('securitypolicyviolation', (event) => window.__violated(event.violatedDirective + ' ' + event.blockedURI));"
)


@dataclass(frozen=True, slots=True)
class Look:
    """How a device shows the app."""

    width: int = 1440
    height: int = 900
    language: str = "pt-BR"
    theme: str = "light"
    touch: bool = False


PHONE = Look(390, 844, touch=True)
DARK = Look(theme="dark")
ENGLISH = Look(language="en-US")


@dataclass
class Watch:
    """What was seen on a device that must not be there."""

    violations: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Raises AssertionError where anything was seen."""
        assert not self.violations, self.violations
        assert not self.foreign, self.foreign
        assert not self.errors, self.errors


@dataclass
class App:
    """A running prosa and a browser."""

    running: Running
    browser: Browser

    @property
    def base(self) -> str:
        return self.running.base

    async def person(self, email: str = "ana@exemplo.br", role: Role = Role.USER, name: str = "Ana Souza") -> Account:
        """Somebody with an account; their password is PASSWORD."""
        accounts = self.running.system.people.identity.accounts
        return await accounts.create(OPERATOR, NewAccount(email, PASSWORD, name=name, role=role))

    @asynccontextmanager
    async def page(self, who: Account | None = None, look: Look = Look()) -> AsyncIterator[Page]:
        """A page on a device of its own, signed in as `who`; afterwards nothing may have been seen that must not be there."""
        async with self.device(who, look) as (context, _):
            yield await context.new_page()

    @asynccontextmanager
    async def device(self, who: Account | None = None, look: Look = Look()) -> AsyncIterator[tuple[BrowserContext, Watch]]:
        """A browser of somebody's, for several tabs; watched as `page` is."""
        context = await device_of(self.browser, self.base, look)
        watch = await watched(context, self.base)
        if who is not None:
            _, token = await self.running.system.people.identity.sessions.start(who.id, Device("127.0.0.1", "tests"))
            await context.add_cookies([{"name": "prosa_session", "value": token, "url": self.base}])
        try:
            yield context, watch
        finally:
            await context.close()
        watch.check()


@asynccontextmanager
async def app(chromium: str, env: Mapping[str, str] | None = None, folder: Path | None = None) -> AsyncIterator[App]:
    """The app, and nobody in it yet."""
    async with running({**ui_of_the_day(), **(env or {})}, folder) as prosa, a_browser(chromium) as browser:
        yield App(prosa, browser)


def ui_of_the_day() -> dict[str, str]:
    """While the app is being worked on: another build of it than the installed one."""
    found = os.environ.get("PROSA_UI_DIR")
    return {"PROSA_UI_DIR": found} if found else {}


async def device_of(browser: Browser, base: str, look: Look) -> BrowserContext:
    """A browser's profile of its own."""
    return await browser.new_context(
        base_url=base,
        viewport={"width": look.width, "height": look.height},
        locale=look.language,
        color_scheme="dark" if look.theme == "dark" else "light",
        has_touch=look.touch,
        is_mobile=look.touch,
        timezone_id="America/Sao_Paulo",
        reduced_motion="reduce",
    )


async def watched(context: BrowserContext, base: str) -> Watch:
    """Watch what the pages of a device try."""
    watch = Watch()
    await context.expose_function("__violated", lambda seen: watch.violations.append(seen))
    await context.add_init_script(_WATCH)
    context.on("weberror", lambda error: watch.errors.append(str(error.error)))
    allowed = (base, "data:", "blob:", "about:")

    def look(request: Any) -> None:
        if not request.url.startswith(allowed):
            watch.foreign.append(request.url)

    context.on("request", look)
    return watch


async def axe(page: Page, rules: Mapping[str, object] | None = None) -> list[str]:
    """What axe finds on the page as it is now, by all rules that have to hold or by these: nothing, if all is well."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
    found = await page.evaluate("(rules) => axe.run(document, {runOnly: rules})", rules or RULES)
    return [
        f"{each['id']} ({each['impact']}): {node['target']} {node['html'][:200]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


async def axe_in_both_themes(page: Page) -> list[str]:
    """What axe finds: by all rules in the light theme, in the dark one, which changes colours alone, by the rule of colours."""
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await page.wait_for_selector("html[data-theme=dark]", state="attached")
    await page.evaluate(STILL)
    dark = await axe(page, CONTRAST)
    if dark:  # a busy machine may still be painting: what is wrong stays wrong
        await page.wait_for_timeout(1000)
        dark = await axe(page, CONTRAST)
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    await page.wait_for_selector("html[data-theme=light]", state="attached")
    await page.evaluate(STILL)
    return [*(f"dark: {each}" for each in dark), *await axe(page)]


async def fine_in_both_themes(page: Page) -> None:
    """Nothing is found by axe, light or dark."""
    found = await axe_in_both_themes(page)
    assert not found, "\n".join(found)
