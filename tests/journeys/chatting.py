"""What people do in the chat of the web app, and what they see there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.async_api import Locator, Page, Request, expect

FIELD = "textarea[data-composer]"
LOG = "[role=log]"
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)


def counting(count: int, delay: float = 0.04, begin: str = "Conte") -> str:
    """A question that the mock answers with so many numbered words, one after the other."""
    return f'{begin} [[mock delay={delay} text="{" ".join(words(count))}"]]'


def words(count: int) -> list[str]:
    """The words of that answer."""
    return [f"w{number}" for number in range(1, count + 1)]


async def ask(page: Page, question: str) -> None:
    """Write something, and send it with Enter."""
    await page.locator(FIELD).fill(question)
    await page.locator(FIELD).press("Enter")


def answers(page: Page) -> Locator:
    """The answers on the page, oldest first."""
    return page.locator(f"{LOG} article").filter(has=page.get_by_role("heading", name=re.compile("^Resposta")))


def questions(page: Page) -> Locator:
    """The questions on the page, oldest first."""
    return page.locator(f"{LOG} article").filter(has=page.get_by_role("heading", name="Você disse:"))


async def said(page: Page) -> list[str]:
    """The numbered words of the last answer."""
    return re.findall(r"w\d+", await answers(page).last.text_content() or "")


async def until_said(page: Page, word: str) -> None:
    """Wait for a word of the last answer."""
    await expect(answers(page).last).to_contain_text(re.compile(rf"{word}(?!\d)"), timeout=PATIENCE)


async def until_ended(page: Page) -> None:
    """Wait for the end of what is being given."""
    await expect(page.get_by_role("button", name="Parar a resposta")).to_have_count(0, timeout=PATIENCE)
    await expect(page.locator("article[aria-busy=true]")).to_have_count(0, timeout=PATIENCE)


@contextmanager
def asked(page: Page) -> Iterator[list[str]]:
    """The questions that the page sends meanwhile, by their keys."""
    keys: list[str] = []

    def look(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/answers"):
            keys.append(request.headers.get("idempotency-key", ""))

    page.on("request", look)
    yield keys
    page.remove_listener("request", look)
