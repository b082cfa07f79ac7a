"""A page on another origin, in a real browser, chats as the public site's widget does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.browsing import page_of, site_of
from tests.serving import serving
from tests.talking import metric

pytestmark = pytest.mark.browser
PAGE = (Path(__file__).parent / "site_widget.html").read_bytes()
APOLOGY = "Desculpe, tive um problema técnico. Tente novamente."


@asynccontextmanager
async def widget(chromium: str, **env: str) -> AsyncIterator[tuple[Page, str]]:
    """The page open in a browser beside a running prosa that allows its origin, unless `ALLOWED_ORIGINS` says otherwise."""
    async with site_of(PAGE) as origin, serving({"ALLOWED_ORIGINS": origin} | env) as base, page_of(chromium) as page:
        await page.goto(f"{origin}/?api={base}")
        yield page, base


@pytest.mark.contract("B02", "B14", "B36", "B38", "B42")
async def test_the_widget_embeds_the_question_and_shows_the_answer_as_it_comes(chromium: str) -> None:
    async with widget(chromium) as (page, _):
        text = await page.evaluate("ask('[[mock text=\"Olá, açaí! 🎬 Tudo bem por aqui?\" delay=0.05]]', {embed: true})")
        assert text == "Olá, açaí! 🎬 Tudo bem por aqui?"
        assert await page.evaluate("vector.length") == 1024
        assert await page.evaluate("frames_lost") == 0
        assert await page.evaluate("redraws.length") > 2
        assert await page.evaluate("redraws.at(-1) - redraws[0]") > 80  # ms: drawn while it came, not at the end
        assert await page.locator("#bubbles li").all_inner_texts() == [text]


@pytest.mark.contract("B09", "B37")
async def test_a_long_talk_keeps_being_answered_and_reasoning_never_shows(chromium: str) -> None:
    async with widget(chromium) as (page, _):
        for turn in range(7):  # from the sixth question on the history starts with an assistant's message
            assert await page.evaluate(f"ask('pergunta {turn}')") not in ("", APOLOGY)
        await page.evaluate("ask('[[mock reasoning=\"segredo do modelo\" text=resposta]]')")
        assert "segredo" not in await page.inner_text("#bubbles")


@pytest.mark.contract("B43")
async def test_leaving_the_page_stops_the_provider(chromium: str) -> None:
    async with widget(chromium) as (page, base):
        await page.evaluate("void ask('[[mock text=\"uma resposta muito longa mesmo\" repeat=1000 delay=0.05]]')")
        await page.wait_for_function("redraws.length > 1")
        assert await metric(base, "prosa_streams_open") == 1
        await page.close()
        for _ in range(50):
            if await metric(base, "prosa_streams_open") == 0:
                break
            await asyncio.sleep(0.02)
        assert await metric(base, "prosa_streams_open") == 0
        assert await metric(base, "prosa_upstream_calls_total", status="cancelled") == 1


@pytest.mark.contract("B14")
async def test_a_page_of_another_site_is_refused_before_the_provider_is_asked(chromium: str) -> None:
    async with widget(chromium, ALLOWED_ORIGINS="https://site.example") as (page, base):
        assert await page.evaluate("ask('oi')") == APOLOGY
        assert await metric(base, "prosa_upstream_calls_total") == 0


@pytest.mark.contract("B08", "B11")
async def test_too_many_questions_end_in_the_apology_and_later_ones_are_answered_again(chromium: str) -> None:
    async with widget(chromium, RATE_LIMIT_PER_MINUTE="3") as (page, _):
        answers = [await page.evaluate("ask('oi')") for _ in range(4)]
        assert answers[3] == APOLOGY and APOLOGY not in answers[:3]


@pytest.mark.contract("B39")
async def test_a_failure_before_the_first_word_shows_the_apology(chromium: str) -> None:
    async with widget(chromium) as (page, _):
        assert await page.evaluate("ask('[[mock status=500 fail_first=3 key=apology]]')") == APOLOGY
        assert await page.evaluate("ask('e agora?')") != APOLOGY  # two users in a row, and the talk goes on
