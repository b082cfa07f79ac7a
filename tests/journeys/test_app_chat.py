"""The chat in a real browser: asking, coming back in the middle, other tabs and devices, other versions."""

import re

import pytest
from playwright.async_api import expect

from tests.journeys.app import app, fine_in_both_themes
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


@pytest.mark.contract("A21", "M14")
async def test_a_first_question_makes_a_conversation_with_a_title(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/chat")
        await expect(page.get_by_role("heading", name="Olá, Ana. Como posso ajudar?")).to_be_visible()
        await fine_in_both_themes(page)
        with asked(page) as keys:
            await ask(page, 'Qual é a capital do Ceará? [[mock reasoning="Penso no litoral." text="É **Fortaleza**."]]')
            await page.wait_for_url("**/chat/conv_*")
            await expect(answers(page).last).to_contain_text("É Fortaleza.")
            await until_ended(page)
        assert len(keys) == 1 and keys[0]
        await expect(page.locator("textarea[data-composer]")).to_be_focused()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Qual é a capital do Ceará?")
        await expect(page.locator("[data-announcer]")).to_have_text("A resposta terminou.")
        await fine_in_both_themes(page)
        await page.get_by_role("button", name=re.compile("Mudar o título")).click()
        await page.get_by_label("Título da conversa").fill("Capitais")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Capitais")
        await page.reload()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Capitais")
        await expect(answers(page)).to_have_count(1)


@pytest.mark.contract("A24")
async def test_a_reload_in_the_middle_loses_and_doubles_nothing(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/chat")
        await ask(page, counting(70))
        for word in ("w5", "w15"):
            await until_said(page, word)
            await page.reload()
        await until_said(page, "w70")
        await until_ended(page)
        assert await said(page) == words(70)
        await expect(questions(page)).to_have_count(1)


async def test_two_tabs_and_another_device_see_the_same_answer(chromium: str) -> None:
    async with app(chromium) as prosa:
        ana = await prosa.person()
        async with prosa.device(ana) as (laptop, _), prosa.device(ana) as (phone, _):
            first, second, third = await laptop.new_page(), await laptop.new_page(), await phone.new_page()
            await first.goto("/chat")
            await ask(first, counting(60))
            await until_said(first, "w4")
            await second.goto(first.url)
            await third.goto(first.url)
            for page in (first, second, third):
                await page.bring_to_front()
                await until_said(page, "w60")
                await until_ended(page)
                assert await said(page) == words(60)
            # What is asked on one device is seen on the others without a reload.
            await ask(third, counting(12, begin="Outra vez"))
            for page in (first, second, third):
                await page.bring_to_front()
                await expect(questions(page)).to_have_count(2)
                await expect(answers(page)).to_have_count(2)
                await until_said(page, "w12")
                await until_ended(page)
                assert await said(page) == words(12)
            # So is an answer that is given once more.
            await answers(third).last.get_by_role("button", name="Gerar outra resposta").click()
            for page in (first, second, third):
                await page.bring_to_front()
                await expect(answers(page).last.get_by_text("2/2")).to_be_visible()
                await until_ended(page)


async def test_an_answer_is_stopped_with_escape_and_goes_on_when_told_to(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/chat")
        await ask(page, counting(400))
        await until_said(page, "w6")
        await page.keyboard.press("Escape")
        await expect(page.get_by_text("Resposta interrompida.")).to_be_visible()
        await until_ended(page)
        stopped = await said(page)
        assert stopped == words(len(stopped)) and 6 <= len(stopped) < 400
        await page.reload()
        await expect(page.get_by_role("button", name="Continuar")).to_be_visible()
        assert await said(page) == stopped
        await page.get_by_role("button", name="Continuar").click()
        await until_said(page, f"w{len(stopped) + 5}")
        await page.get_by_role("button", name="Parar a resposta").click()
        await until_ended(page)
        whole = re.findall(r"w\d+", await page.get_by_role("log").text_content() or "")
        assert whole[400:] == words(len(whole) - 400)  # behind the question itself


async def test_a_question_waits_for_the_answer_before_it_or_takes_its_place(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/chat")
        await ask(page, counting(30))
        await until_said(page, "w3")
        await ask(page, counting(8, begin="E depois"))
        await expect(page.get_by_text("Na fila…")).to_be_visible()
        await until_ended(page)
        assert await said(page) == words(8)
        assert re.findall(r"w\d+", await answers(page).first.text_content() or "") == words(30)
        await ask(page, counting(400, begin="De novo"))
        await until_said(page, "w3")
        await page.locator("textarea[data-composer]").fill(counting(4, begin="Não, isto"))
        await page.get_by_role("button", name="Interromper e enviar agora").click()
        await expect(answers(page)).to_have_count(4)
        await until_said(page, "w4")
        await until_ended(page)
        assert await said(page) == words(4)
        await expect(page.get_by_text("Resposta interrompida.")).to_be_visible()


async def test_edited_questions_and_second_answers_stand_beside_the_first_ones(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/chat")
        await ask(page, "primeira pergunta")
        await expect(answers(page).last).to_contain_text("primeira pergunta")
        await until_ended(page)
        # ↑ in the empty field edits the last question.
        await page.locator("textarea[data-composer]").press("ArrowUp")
        await page.get_by_label("Texto da mensagem").fill("segunda pergunta")
        await fine_in_both_themes(page)
        await page.get_by_role("button", name="Atualizar e refazer").click()
        await expect(answers(page).last).to_contain_text("segunda pergunta")
        await until_ended(page)
        await expect(questions(page)).to_have_count(1)
        await questions(page).last.get_by_role("button", name="Versão anterior").click()
        await expect(answers(page).last).to_contain_text("primeira pergunta")
        await answers(page).last.get_by_role("button", name="Gerar outra resposta").click()
        await expect(answers(page).last.get_by_text("2/2")).to_be_visible()
        await until_ended(page)
        await page.reload()
        await expect(questions(page).last.get_by_text("1/2")).to_be_visible()
        await expect(answers(page).last.get_by_text("2/2")).to_be_visible()
        await answers(page).last.get_by_role("button", name="Boa resposta").click()
        await page.reload()
        await expect(answers(page).last.get_by_role("button", name="Boa resposta")).to_have_attribute("aria-pressed", "true")


async def test_instructions_are_kept_and_what_the_model_was_sent_can_be_seen(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/chat")
        await page.get_by_role("button", name="Instruções e ajustes").click()
        await page.get_by_label("Instruções", exact=True).fill("Responda como um poeta.")
        await page.get_by_label("Temperatura").fill("3")
        await page.get_by_role("button", name="Salvar").click()
        await expect(page.get_by_text("Escreva um número de 0 a 2.")).to_be_visible()
        await page.get_by_label("Temperatura").fill("0,4")
        await fine_in_both_themes(page)
        await page.get_by_role("button", name="Salvar").click()
        await ask(page, "Olá")
        await expect(answers(page)).to_have_count(1)
        await until_ended(page)
        await answers(page).last.get_by_role("button", name="Mais opções").click()
        await page.get_by_role("menuitem", name="Ver o que o modelo recebeu").click()
        await expect(page.get_by_role("dialog").get_by_text("Responda como um poeta.")).to_be_visible()
        await fine_in_both_themes(page)


async def test_a_conversation_that_is_not_there_says_so(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/chat/conv_00000000000000000000000000000000")
        await expect(page.get_by_text("Esta conversa não está aqui")).to_be_visible()
        await fine_in_both_themes(page)
        await page.get_by_role("main").get_by_role("link", name="Nova conversa").click()
        await expect(page.locator("textarea[data-composer]")).to_be_focused()
