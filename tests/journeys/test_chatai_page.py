"""A page on another origin, in a real browser, talks with C's routes as the original's web client does (C61)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.browsing import page_of, site_of
from tests.contracts.people import PASSWORD, Town, town

pytestmark = pytest.mark.browser
PAGE = (Path(__file__).parent / "chatai_page.html").read_bytes()
FAILED = "Desculpe, não consegui responder agora. Envie a mensagem novamente daqui a pouco."


@asynccontextmanager
async def chat(chromium: str, **env: str) -> AsyncIterator[tuple[Page, Town]]:
    """The page open in a browser beside a running prosa that allows its origin, unless `CORS_ORIGINS` says otherwise."""
    async with site_of(PAGE) as origin, town({"CORS_ORIGINS": origin} | env) as place, page_of(chromium) as page:
        await page.goto(f"{origin}/?api={place.running.base}")
        yield page, place


async def sign_in(page: Page) -> None:
    """Maria comes."""
    await page.evaluate("([name, word]) => signIn(name, word)", ["maria@exemplo.br", PASSWORD])


async def run(page: Page, script: str) -> object:
    """Do something on the page; nothing of it may go wrong."""
    found: object = await page.evaluate(script)
    assert await page.inner_text("#error") == ""
    return found


@pytest.mark.contract("C08", "C09", "C10", "C11", "C12", "C13", "C36", "C54", "C55", "C56", "C57", "C61")
async def test_a_person_signs_in_talks_renames_reloads_deletes_and_leaves(chromium: str) -> None:
    async with chat(chromium) as (page, _):
        await page.evaluate("signIn('maria@exemplo.br', 'errada')")
        assert await page.inner_text("#error") == "Email ou senha incorretos"
        await sign_in(page)
        assert await page.inner_text("#where") == "chat"
        await run(page, """say('[[mock text="Olá, açaí! 🎬"]] e uma pergunta bem longa mesmo')""")
        await run(page, "say('[[mock text=Sim]]')")
        first = ['eu: [[mock text="Olá, açaí! 🎬"]] e uma pergunta bem longa mesmo', "bot: Olá, açaí! 🎬"]
        said = [*first, "eu: [[mock text=Sim]]", "bot: Sim"]
        assert await page.locator("#messages li").all_inner_texts() == said
        assert await page.locator("#talks li").all_inner_texts() == ['[[mock text="Olá, açaí! 🎬"]] e uma pergunta bem lo...']
        await run(page, "rename('Perguntas de ação')")
        await run(page, "newChat()")
        await run(page, "say('[[mock status=400]]')")
        assert (await page.locator("#messages li").all_inner_texts())[1] == f"bot: {FAILED}"
        await page.reload()
        await page.wait_for_function("document.querySelectorAll('#talks li').length === 2")
        assert await page.locator("#talks li").all_inner_texts() == ["[[mock status=400]]", "Perguntas de ação"]
        await run(page, "choose(1)")
        assert await page.locator("#messages li").all_inner_texts() == said
        await run(page, "remove()")
        assert await page.evaluate("say('e agora?')") == "error: Talk not found or access denied"
        await page.evaluate("signOut()")
        assert await page.inner_text("#where") == "login"


@pytest.mark.contract("C53", "C61")
async def test_another_answer_streams_without_losing_a_piece_and_its_failure_shows(chromium: str) -> None:
    async with chat(chromium) as (page, _):
        await sign_in(page)
        text = "Olá, açaí! 🎬 " * 60
        assert await run(page, f"""regenerate('[[mock text="{text}" speed=2000]]')""") == text
        assert await page.evaluate("frames_lost") == 0
        assert str(await page.evaluate("regenerate('[[mock status=400]]')")).startswith("error: HTTP error! status: 5")


@pytest.mark.contract("C58", "C61")
async def test_the_pages_own_repeats_ask_once_and_a_late_answer_is_there_when_it_comes(chromium: str) -> None:
    slow = '[[mock text="Pronto" first_byte=2.2]]'
    async with chat(chromium, CHATAI_ANSWER_TIMEOUT="5") as (page, place):
        await sign_in(page)
        await run(page, "void (times = {out: 1000, gap: 60})")
        await run(page, f"say('{slow}')")
        assert (await page.evaluate("calls")).count("POST /talk") == 3
        assert await page.locator("#messages li").all_inner_texts() == [f"eu: {slow}", "bot: Pronto"]
        await run(page, f"say('{slow}')")
        assert (await page.evaluate("calls")).count("POST /message") == 3
        assert len(await page.locator("#messages li").all_inner_texts()) == 4
        assert (await place.rows("SELECT count(*) FROM runs"))[0][0] == 2
    async with chat(chromium, CHATAI_ANSWER_TIMEOUT="0.3") as (page, _):
        await sign_in(page)
        await run(page, f"say('{slow}')")
        assert "preparada" in (await page.locator("#messages li").all_inner_texts())[1]
        await asyncio.sleep(2.5)
        await run(page, "list().then(() => choose(0))")
        assert await page.locator("#messages li").all_inner_texts() == [f"eu: {slow}", "bot: Pronto"]


@pytest.mark.contract("C36", "C39", "C55", "C61")
async def test_a_session_that_ended_a_limit_and_a_foreign_page_show_as_what_they_are(chromium: str) -> None:
    async with chat(chromium, CHATAI_REQUESTS_PER_MINUTE="3") as (page, _):
        await sign_in(page)
        told = [await page.evaluate("say('oi')") for _ in range(3)]
        assert told[2] == "error: Muitas tentativas. Aguarde um pouco e tente de novo."
        await page.evaluate("expire()")
        assert await page.evaluate("say('oi')") == "error: Token is invalid!"
        assert await page.inner_text("#where") == "login"
    async with chat(chromium, CORS_ORIGINS="https://painel.exemplo.br") as (page, _):
        assert await page.evaluate("signIn('maria@exemplo.br', 'x')") == "error: Network Error"


@pytest.mark.contract("C40")
@pytest.mark.attack("K9")
async def test_a_page_opens_the_socket_with_its_token_and_hears_the_answer_come(chromium: str) -> None:
    async with chat(chromium) as (page, _):
        await sign_in(page)
        assert await page.evaluate("live()") == "ready"
        await page.evaluate(
            """socket.send(JSON.stringify({type: "send", ref: "1", content: '[[mock text="Olá 🎬" delay=0.02]]'}))"""
        )
        await page.wait_for_function("heard.some((one) => one.type === 'messages')")
        assert await page.evaluate("heard.filter((one) => one.type === 'delta').map((one) => one.content).join('')") == "Olá 🎬"
        await page.evaluate("expire()")
        with pytest.raises(Exception, match="no socket"):
            await page.evaluate("live()")
