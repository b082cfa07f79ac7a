"""What people have in their list of conversations, and where they find it in the web app."""

from typing import Any

from playwright.async_api import Locator, Page, expect

expect.set_options(timeout=15_000)


async def call(page: Page, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """What the API answers to the person of this page."""
    origin = "/".join(page.url.split("/")[:3])
    headers = {"x-prosa-csrf": "1", "origin": origin}
    answer = await page.request.fetch(path, method=method, headers=headers, data=body)
    assert answer.ok, (answer.status, await answer.text())
    return None if answer.status == 204 else await answer.json()


async def kept(page: Page, title: str, *said: str) -> str:
    """A conversation in which the person and the model said this in turn; its id."""
    made = await call(page, "POST", "/api/v1/conversations", {"title": title})
    roles = (("user", "input_text"), ("assistant", "output_text"))
    items = [
        {"type": "message", "role": roles[at % 2][0], "content": [{"type": roles[at % 2][1], "text": text}]}
        for at, text in enumerate(said)
    ]
    if items:
        await call(page, "POST", f"/api/v1/conversations/{made['id']}/items", {"items": items})
    return str(made["id"])


async def until_found(page: Page, text: str, times: int = 1) -> None:
    """Wait until the search knows what was said just now."""
    for _ in range(50):
        if len((await call(page, "GET", f"/api/v1/search?q={text}"))["data"]) >= times:
            return
        await page.wait_for_timeout(100)
    raise AssertionError(text)


def shelf(page: Page) -> Locator:
    """The list of conversations in the sidebar."""
    return page.get_by_role("group", name="Conversas")


def row(page: Page, title: str) -> Locator:
    """The line of one conversation in it."""
    return shelf(page).locator("div[role=listitem]").filter(has=page.get_by_role("link", name=title, exact=True))


async def choose(page: Page, title: str, what: str) -> None:
    """Do something with a conversation by its menu in the list."""
    await row(page, title).hover()
    await row(page, title).get_by_role("button", name=f"Opções de “{title}”").click()
    await page.get_by_role("menuitem", name=what, exact=True).click()
