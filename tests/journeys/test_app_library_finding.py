"""Search and the palette in a real browser, by keyboard alone where keys are the point."""

import pytest
from playwright.async_api import Page, expect

from tests.journeys.app import ENGLISH, app, fine_in_both_themes
from tests.journeys.shelf import call, kept, row, until_found

pytestmark = pytest.mark.browser

MANY = [f"Parágrafo {number}. " * 12 for number in range(18)]


async def press(page: Page, *keys: str) -> None:
    """One key after the other."""
    for key in keys:
        await page.keyboard.press(key)


async def test_what_was_said_is_found_and_jumped_to(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/search")
        await expect(page.get_by_text("Encontre o que foi dito")).to_be_visible()
        hostile = "O <img src=x onerror=alert(1)> relatório de <b>vendas</b> está pronto."
        conversation = await kept(page, "Trabalho", "Comece", *MANY[:3], hostile, *MANY[3:])
        await kept(page, "Outra coisa", "Nada a ver")
        await until_found(page, "vendas")
        await page.get_by_label("Buscar nas conversas").fill("relatorios vendas")
        hit = page.get_by_role("main").get_by_role("listitem").filter(has_text="Trabalho")
        await expect(hit).to_contain_text("O <img src=x onerror=alert(1)> relatório de <b>vendas</b>")
        await expect(hit.locator("mark")).to_have_text(["relatório", "vendas"])
        assert "q=relatorios" in page.url
        await fine_in_both_themes(page)
        await hit.get_by_role("link").click()
        await page.wait_for_url(f"**/chat/{conversation}#*")
        target = page.locator("article").filter(has_text="relatório de <b>vendas</b>")
        await expect(target).to_be_in_viewport()
        await expect(target).to_be_focused()


async def test_a_search_goes_to_another_version_of_a_conversation(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/search")
        conversation = await kept(page, "Versões", "a girafa azul", "resposta antiga")
        path = f"/api/v1/conversations/{conversation}/items"
        first = (await call(page, "GET", path))["data"][-1]["id"]
        await call(page, "POST", f"{path}/{first}/versions", {"content": "o elefante verde"})
        await until_found(page, "girafa")
        await page.get_by_label("Buscar nas conversas").fill("girafa")
        await page.get_by_role("main").get_by_role("listitem").get_by_role("link").click()
        target = page.locator("article").filter(has_text="a girafa azul")
        await expect(target).to_be_in_viewport()
        await expect(target).to_be_focused()


async def test_a_search_is_narrowed_and_acted_on(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/search")
        for title in ("Primeira", "Segunda"):
            await kept(page, title, "sobre baleias", "as baleias são mamíferos")
        await until_found(page, "baleia", 4)
        await page.get_by_label("Buscar nas conversas").fill("baleia")
        hits = page.get_by_role("main").get_by_role("listitem")
        await expect(hits).to_have_count(4)
        await page.get_by_role("button", name="Filtros").click()
        await page.get_by_label("Quem disse").select_option(label="Modelo")
        await expect(hits).to_have_count(2)
        await page.get_by_label("Até", exact=True).fill("2020-01-01")
        await expect(page.get_by_text("Nada encontrado para “baleia”")).to_be_visible()
        await page.get_by_role("button", name="Limpar filtros").click()
        await expect(hits).to_have_count(4)
        await page.get_by_label("Selecionar “Primeira”").first.check()
        await expect(page.get_by_label("1 selecionada")).to_be_visible()
        await page.get_by_role("toolbar", name="Seleção").get_by_role("button", name="Excluir").click()
        await expect(hits).to_have_count(2)
        await expect(row(page, "Primeira")).to_have_count(0)


async def test_the_palette_goes_everywhere_by_keyboard_alone(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/archive")
        conversation = await kept(page, "Fotossíntese", "Oi", "As plantas verdes fazem açúcar.")
        await until_found(page, "plantas")
        await expect(row(page, "Fotossíntese")).to_be_visible()
        await page.get_by_role("button", name="Opções da lista").focus()
        await press(page, "Control+k")
        field = page.get_by_role("combobox", name="Buscar e ir para")
        await expect(field).to_be_focused()
        await expect(page.get_by_role("option", selected=True)).to_contain_text("Fotossíntese")
        await fine_in_both_themes(page)
        await press(page, "Escape")
        await expect(field).to_have_count(0)
        await expect(page.get_by_role("button", name="Opções da lista")).to_be_focused()
        await press(page, "Control+k")
        await page.keyboard.type("acucar plant")  # at once, and not to the end of the last word
        await expect(page.get_by_role("option", name="Fotossíntese").locator("mark")).to_have_text(["plantas", "açúcar"])
        await fine_in_both_themes(page)
        await press(page, "Enter")
        await page.wait_for_url(f"**/chat/{conversation}#*")
        await expect(page.locator("article").filter(has_text="fazem açúcar")).to_be_focused()
        await press(page, "Control+k")
        await field.press_sequentially("lixeira")
        await press(page, "Enter")
        await page.wait_for_url("**/trash")
        await press(page, "Control+k")
        await field.press_sequentially("escura")
        await press(page, "Enter")
        await page.wait_for_selector("html[data-theme=dark]")
        await press(page, "Control+k", "ArrowUp", "Enter")  # the last one: the other language
        await expect(page.get_by_role("heading", name="Trash")).to_be_visible()
        await press(page, "Control+k")
        await page.get_by_role("combobox", name="Search and go to").press_sequentially("temporary")
        await press(page, "Enter")
        await expect(page.get_by_role("button", pressed=True)).to_be_visible()  # the ghost
        await press(page, "Control+Shift+O")
        await page.wait_for_url("**/chat")


async def test_shortcuts_are_changed_and_switched_off(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person(), ENGLISH) as page:
        await page.goto("/archive")
        await expect(page.get_by_role("heading", name="Archived")).to_be_visible()
        await press(page, "Control+/")
        await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
        await fine_in_both_themes(page)
        await page.get_by_role("button", name="Change the shortcut for “Search and go to”").click()
        await press(page, "j")
        await expect(page.get_by_text("Use Ctrl, Alt or an F key with it.")).to_be_visible()
        await press(page, "Control+Shift+O")
        await expect(page.get_by_text("Already the shortcut for “New chat”.")).to_be_visible()
        await press(page, "Alt+j")
        await page.get_by_label("Shortcut for “New chat” on").click()
        await press(page, "Escape")
        await page.reload()
        await expect(page.get_by_role("heading", name="Archived")).to_be_visible()
        await press(page, "Control+Shift+O", "Control+k", "Alt+j")
        await expect(page.get_by_role("combobox", name="Search and go to")).to_be_focused()
        assert page.url.endswith("/archive")
