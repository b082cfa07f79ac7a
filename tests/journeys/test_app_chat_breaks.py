"""The chat in a real browser while things break: the server dies, the network goes, the conversation is deleted elsewhere."""

import asyncio
import signal
import socket
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from tests.boot.process import started
from tests.browsing import a_browser
from tests.journeys.app import PASSWORD, Look, app, device_of, fine_in_both_themes, ui_of_the_day, watched
from tests.journeys.chatting import (
    answers,
    ask,
    asked,
    counting,
    questions,
    said,
    until_ended,
    until_said,
    words,
)

pytestmark = pytest.mark.browser

CODE = "K7QD-AAAA-BBBB-CCCC"
PROVED = {"x-prosa-csrf": "1", "sec-fetch-site": "same-origin"}


async def signed_in(context: BrowserContext) -> None:
    """The first admin, made and signed in as the set-up page does it."""
    ana = {"email": "ana@exemplo.br", "password": PASSWORD, "name": "Ana Souza", "code": CODE}
    assert (await context.request.post("/api/v1/auth/register", data=ana, headers=PROVED)).ok
    answer = await context.request.post(
        "/api/v1/auth/sign-in", data={"login": ana["email"], "password": PASSWORD}, headers=PROVED
    )
    assert answer.ok, await answer.text()


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@pytest.mark.contract("A24")
async def test_a_server_that_is_killed_in_the_middle_goes_on_with_the_answer(chromium: str, tmp_path: Path) -> None:
    env = {"PROSA_SETUP_CODE": CODE, **ui_of_the_day()}
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    async with a_browser(chromium) as browser:
        context = await device_of(browser, base, Look())
        watch = await watched(context, base)
        with started(tmp_path, "--port", str(port), **env) as first:
            await signed_in(context)
            page = await context.new_page()
            await page.goto("/chat")
            with asked(page) as keys:
                await ask(page, counting(120, 0.05))
                await until_said(page, "w8")
                first.stop(signal.SIGKILL)
                await expect(page.get_by_text("Sem conexão com o servidor.")).to_be_visible()
                seen = await said(page)
        with started(tmp_path, "--port", str(port), **env):
            await until_said(page, "w120")
            await until_ended(page)
            assert seen == words(len(seen)) and await said(page) == words(120)
            assert len(keys) == 1
            await expect(page.get_by_text("Sem conexão com o servidor.")).to_have_count(0)
            await context.close()
        watch.check()


async def test_without_a_network_an_answer_waits_and_comes_back_by_itself(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.device(await prosa.person()) as (context, _):
        page = await context.new_page()
        await page.goto("/chat")
        await ask(page, counting(60, 0.05))
        await until_said(page, "w5")
        await context.set_offline(True)
        await expect(page.get_by_text("Sem conexão. Tentando de novo…")).to_be_visible()
        await fine_in_both_themes(page)
        # What is written without a network is sent once, when it is back.
        with asked(page) as keys:
            await ask(page, counting(3, begin="Ainda aí?"))
            await asyncio.sleep(1)
            await context.set_offline(False)
            await expect(answers(page)).to_have_count(2)
            await until_said(page, "w3")
            await until_ended(page)
            assert len(set(keys)) == 1
        await expect(questions(page)).to_have_count(2)
        assert await answers(page).first.get_by_text("w60").count() == 1
        await page.reload()
        await expect(questions(page)).to_have_count(2)


async def test_a_conversation_that_is_deleted_elsewhere_says_so(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.device(await prosa.person()) as (context, _):
        page = await context.new_page()
        await page.goto("/chat")
        await ask(page, counting(400))
        await until_said(page, "w3")
        address = f"/api/v1/conversations/{page.url.rsplit('/', 1)[1]}"
        answer = await context.request.delete(address, headers={**PROVED, "if-match": "*"})
        assert answer.ok, await answer.text()
        await expect(page.get_by_text("Esta conversa não está aqui")).to_be_visible()


async def test_what_a_model_fails_at_is_said_in_its_place_with_another_try(chromium: str) -> None:
    async with app(chromium, {"PROSA_RETRIES": "0"}) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/chat")
        await ask(page, "Falhe uma vez [[mock fail_first=1 status=503 key=uma-vez]]")
        await expect(page.get_by_text("Não foi possível responder")).to_be_visible()
        await fine_in_both_themes(page)
        await page.reload()
        await page.get_by_role("button", name="Tentar de novo").click()
        await expect(answers(page).last).to_contain_text("Falhe uma vez")
        await until_ended(page)
        await expect(page.get_by_text("Não foi possível responder")).to_have_count(0)


async def test_a_refused_question_stays_to_be_sent_again(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/chat")
        await ask(page, "Olá")
        await expect(answers(page).last).to_contain_text("Olá")
        await until_ended(page)
        refusal = '{"type":"urn:prosa:error:too_many_runs","title":"x","status":429,"detail":"x","code":"too_many_runs"}'
        await page.route(
            "**/answers",
            lambda route: route.fulfill(
                status=429, body=refusal, content_type="application/problem+json", headers={"retry-after": "3"}
            ),
        )
        with asked(page) as keys:
            await ask(page, "E agora?")
            await expect(page.get_by_role("button", name="Enviar de novo")).to_be_visible()
            await fine_in_both_themes(page)
            await page.reload()  # loses nothing
            await expect(questions(page).last).to_contain_text("E agora?")
            await page.unroute("**/answers")
            await page.get_by_role("button", name="Enviar de novo").click()
            await expect(answers(page)).to_have_count(2)
            await until_ended(page)
            assert len(set(keys)) == 1
