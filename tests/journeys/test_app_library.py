"""The list of conversations in a real browser: order, folders, tags, the trash, other tabs."""

import re

import pytest
from playwright.async_api import expect

from tests.journeys.app import PHONE, app, fine_in_both_themes
from tests.journeys.chatting import ask, counting
from tests.journeys.shelf import call, choose, kept, row, shelf

pytestmark = pytest.mark.browser


async def test_conversations_are_pinned_renamed_filed_and_tagged(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/archive")
        await expect(shelf(page)).to_contain_text("Suas conversas aparecem aqui.")
        for title in ("Receitas", "Viagem", "Física"):
            await kept(page, title, "Oi", "Olá")
        await expect(shelf(page).get_by_role("listitem")).to_have_count(3)
        await choose(page, "Viagem", "Fixar")
        await expect(shelf(page).get_by_role("list", name="Fixadas")).to_contain_text("Viagem")
        await expect(shelf(page).get_by_role("list", name="Hoje")).not_to_contain_text("Viagem")
        await choose(page, "Receitas", "Renomear")
        await page.keyboard.type("Pão de queijo")
        await page.keyboard.press("Enter")
        await expect(row(page, "Pão de queijo").get_by_role("link")).to_be_focused()
        await choose(page, "Física", "Mover para pasta…")
        await page.get_by_label("Nova pasta").fill("Faculdade")
        await page.get_by_label("Nova pasta").press("Enter")
        await expect(page.get_by_text("Movida para “Faculdade”.")).to_be_visible()
        await expect(row(page, "Física")).to_have_count(0)
        await shelf(page).get_by_role("button", name="Faculdade", exact=True).click()
        await choose(page, "Física", "Etiquetas…")
        await page.get_by_label("Nova etiqueta").fill("Ciência")
        await fine_in_both_themes(page)
        await page.get_by_role("button", name="Salvar").click()  # what was typed counts, entered or not
        await shelf(page).get_by_role("button", name="Filtrar por etiqueta").click()
        await page.get_by_role("menuitem", name="Ciência").click()
        await expect(shelf(page).get_by_role("listitem")).to_have_count(1)
        await expect(row(page, "Física")).to_be_visible()
        await shelf(page).get_by_role("button", name="Remover filtro").click()
        await fine_in_both_themes(page)
        await page.reload()
        await expect(row(page, "Física")).to_be_visible()  # the folder is open as it was left
        await shelf(page).get_by_role("button", name="Opções da pasta “Faculdade”").click()
        await page.get_by_role("menuitem", name="Excluir pasta").click()
        await page.get_by_role("dialog", name="Excluir a pasta “Faculdade”?").get_by_role("button", name="Excluir pasta").click()
        await expect(shelf(page).get_by_role("list", name="Hoje")).to_contain_text("Física")


async def test_what_is_deleted_comes_back_until_it_is_deleted_for_good(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/trash")
        await expect(page.get_by_text("A lixeira está vazia")).to_be_visible()
        for title in ("Um", "Dois", "Três"):
            await kept(page, title, "Oi")
        await choose(page, "Um", "Excluir")
        await expect(row(page, "Um")).to_have_count(0)
        await page.get_by_role("button", name="Desfazer").click()
        await expect(row(page, "Um")).to_be_visible()
        # By keys alone, too: the focus goes on to the next one.
        await row(page, "Dois").get_by_role("link").focus()
        await page.keyboard.press("Delete")
        await expect(row(page, "Um").get_by_role("link")).to_be_focused()
        await page.keyboard.press("Delete")
        bin = page.get_by_role("main")
        await expect(bin.get_by_role("listitem")).to_have_count(2)
        await expect(bin.get_by_role("listitem").first).to_contain_text("restam 30 dias")
        await fine_in_both_themes(page)
        await bin.get_by_role("button", name="Restaurar", exact=True).first.click()
        await expect(row(page, "Um")).to_be_visible()
        await bin.get_by_role("button", name="Excluir para sempre: Dois").click()
        dialog = page.get_by_role("dialog", name="Excluir “Dois” para sempre?")
        await fine_in_both_themes(page)
        await dialog.get_by_role("button", name="Excluir para sempre").click()
        await expect(page.get_by_text("A lixeira está vazia")).to_be_visible()
        assert (await call(page, "GET", "/api/v1/trash"))["data"] == []


async def test_several_are_archived_and_brought_back_at_once(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/archive")
        for title in ("Um", "Dois", "Três"):
            await kept(page, title, "Oi")
            await choose(page, title, "Arquivar")
        await expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(3)
        await page.get_by_label("Selecionar “Um”").check()
        await page.get_by_label("Selecionar “Três”").check()
        await expect(page.get_by_label("2 selecionadas")).to_be_visible()
        await fine_in_both_themes(page)
        await page.get_by_role("toolbar", name="Seleção").get_by_role("button", name="Desarquivar").click()
        await expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(1)
        await expect(row(page, "Três")).to_be_visible()


async def test_two_tabs_show_the_same_list(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.device(await prosa.person()) as (context, _):
        first, second = await context.new_page(), await context.new_page()
        await first.goto("/archive")
        await second.goto("/trash")
        await kept(first, "Plano", "Oi")
        for page in (first, second):
            await page.bring_to_front()
            await expect(row(page, "Plano")).to_be_visible()
        await choose(second, "Plano", "Renomear")
        await second.keyboard.type("Plano B")
        await second.keyboard.press("Enter")
        await first.bring_to_front()
        await expect(row(first, "Plano B")).to_be_visible()
        await choose(first, "Plano B", "Excluir")
        await second.bring_to_front()
        await expect(row(second, "Plano B")).to_have_count(0)
        await expect(second.get_by_role("main").get_by_role("listitem")).to_have_count(1)


async def test_a_refused_change_is_taken_back_and_can_be_tried_again(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/archive")
        await kept(page, "Plano", "Oi")
        address = re.compile(r"/api/v1/conversations/conv_\w+$")
        await page.route(address, lambda route: route.abort() if route.request.method == "PATCH" else route.continue_())
        await choose(page, "Plano", "Fixar")
        await expect(page.get_by_text("“Plano” não foi alterada.").first).to_be_visible()
        await expect(shelf(page).get_by_role("list", name="Hoje")).to_contain_text("Plano")
        await page.unroute(address)
        await page.locator("button", has_text="Tentar de novo").click()
        await expect(shelf(page).get_by_role("list", name="Fixadas")).to_contain_text("Plano")


async def test_the_list_fits_a_phone(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person(), PHONE) as page:
        await page.goto("/archive")
        conversation = await kept(page, "Plano", "Oi")
        await page.get_by_role("button", name="Abrir menu").click()
        await expect(row(page, "Plano")).to_be_visible()
        await fine_in_both_themes(page)
        await row(page, "Plano").get_by_role("link").click()
        await page.wait_for_url(f"**/chat/{conversation}")
        await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_long_list_is_drawn_as_far_as_it_is_seen(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/archive")
        for number in range(130):
            await kept(page, f"Conversa {number}")
        await page.reload()
        await expect(row(page, "Conversa 129")).to_be_visible()
        assert await shelf(page).get_by_role("listitem").count() <= 60
        await row(page, "Conversa 129").get_by_role("link").focus()
        # The arrows go through all of it: what comes next is there before one gets to it.
        for _ in range(129):
            await page.keyboard.press("ArrowDown")
            await page.wait_for_timeout(15)
        await expect(row(page, "Conversa 0").get_by_role("link")).to_be_focused()
        assert await shelf(page).get_by_role("listitem").count() < 130


async def test_an_answer_that_ends_elsewhere_is_marked_until_it_is_seen(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/chat")
        await ask(page, counting(40))
        await page.wait_for_url("**/chat/conv_*")
        await page.get_by_role("link", name="Início").first.click()
        link = shelf(page).locator("[data-row]")
        await expect(link).to_contain_text("Respondendo agora")
        await expect(link).to_contain_text("Resposta nova")
        await link.click()
        await expect(link).not_to_contain_text("Resposta nova")
        await expect(link).to_have_attribute("aria-current", "page")
