"""A real Chromium for tests: Debian's, driven by Playwright."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, async_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
_kept: list[Browser] = []


@asynccontextmanager
async def keeping(chromium: str) -> AsyncIterator[None]:
    """Meanwhile `a_browser` is always the same one: its start takes longer than most of what is looked at in it."""
    async with _launched(chromium) as browser:
        _kept.append(browser)
        try:
            yield
        finally:
            _kept.remove(browser)


@asynccontextmanager
async def a_browser(chromium: str) -> AsyncIterator[Browser]:
    """A Chromium that knows no world beyond this machine, and that nobody has looked at anything with."""
    kept = next((each for each in _kept if each.is_connected()), None)
    if kept is None:
        async with _launched(chromium) as launched:
            yield launched
        return
    before = kept.contexts
    try:
        yield kept
    finally:
        for context in kept.contexts:
            if context not in before:
                await context.close()


@asynccontextmanager
async def _launched(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def page_of(chromium: str, width: int = 1280, height: int = 800) -> AsyncIterator[Page]:
    """One page of a headless browser; `chromium` is the path that the `need` fixture found."""
    async with a_browser(chromium) as browser:
        yield await browser.new_page(viewport={"width": width, "height": height})


@asynccontextmanager
async def site_of(page: bytes) -> AsyncIterator[str]:
    """A static site of one page, on an origin of its own: gives that origin."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD % len(page) + page)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
