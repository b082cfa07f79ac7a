"""Knowledge bases in a real browser: made, filled, asked, read at the passage, emptied."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.app import ENGLISH, App, Look, app, axe, fine_in_both_themes
from tests.journeys.payloads import PAYLOADS, RUN, aimed
from tests.journeys.shelf import call

pytestmark = pytest.mark.browser

PATIENCE = 60_000  # ms, for a machine that does much else
NARROW = Look(320, 720, touch=True)
CANARY = "jabuticabeira"
HOSTILE = f"<img src=x onerror={RUN}> [clique](javascript:{RUN}).md"
CLAUSES = "".join(f"## Cláusula {number}\n\nO item {number} chega em {number + 10} dias.\n\n" for number in range(1, 120))
CONTRACT = f"# Contrato\n\n{CLAUSES}## Multa\n\nA {CANARY} paga multa de sete por cento.\n\n{CLAUSES}"
SEARCH = (
    '[[mock tool_calls=[{"name":"file_search","arguments":{"queries":["multa da jabuticabeira"]}}] rounds=1]] Qual é a multa?'
)


def documents(folder: Path) -> list[Path]:
    """A contract, a document whose name, headings and text are hostile, and one that can't be read."""
    wicked = "\n\n".join(f"## {payload.text}\n\n{payload.text}" for payload in PAYLOADS[::9])
    found = [folder / "contrato.md", folder / HOSTILE.replace("/", "_"), folder / "foto.bin"]
    for path, content in zip(found, (CONTRACT, aimed(wicked, "http://127.0.0.1:9"), ""), strict=True):
        path.write_text(content, encoding="utf-8")
    found[2].write_bytes(bytes(range(256)))
    return found


async def made(page: Page, name: str) -> str:
    """A new base, by the page of all of them; its id."""
    await page.goto("/knowledge")
    await page.get_by_role("button", name="Nova base").click()
    dialog = page.get_by_role("dialog", name="Nova base de conhecimento")
    await dialog.get_by_label("Nome").fill(name)
    await dialog.get_by_text("Avançado").click()
    await dialog.get_by_label("Tamanho dos trechos").fill("150")
    await expect(dialog.get_by_text("De 0 a 75: a metade do trecho.")).to_be_visible()
    await dialog.get_by_label("Sobreposição").fill("0")
    await fine_in_both_themes(page)
    await dialog.get_by_role("button", name="Criar base").click()
    await page.wait_for_url("**/knowledge/vs_*")
    return page.url.rpartition("/")[2]


async def hits(page: Page, store: str) -> str:
    """What the canary's search finds."""
    return str((await call(page, "POST", f"/v1/vector_stores/{store}/search", {"query": CANARY}))["data"])


async def ran(page: Page) -> bool:
    """Whether something hostile ran."""
    return bool(await page.evaluate("'__ran' in window"))


async def test_a_base_is_made_filled_asked_read_and_deleted(chromium: str, tmp_path: Path) -> None:
    async with app(chromium) as prosa:
        ana = await prosa.person()
        async with prosa.page(ana) as page:
            await page.goto("/knowledge")
            await expect(page.get_by_text("Nenhuma base ainda")).to_be_visible()
            store = await made(page, "Contratos")
            await filled(page, tmp_path)
            await asked(page)
            await reached(prosa, page, store)
            await emptied(page, store)
        async with prosa.page(ana, ENGLISH) as page:
            await page.goto("/knowledge")
            await expect(page.get_by_text("No knowledge base yet")).to_be_visible()
            await page.goto(f"/knowledge/{store}")
            await expect(page.get_by_text("This base doesn’t exist any more")).to_be_visible()
            assert await axe(page) == []


async def filled(page: Page, folder: Path) -> None:
    """Several files at once: each is read by itself, and one says why it can't be."""
    await expect(page.get_by_text("Nenhum arquivo ainda")).to_be_visible()
    await page.get_by_test_id("files").set_input_files(documents(folder))
    files = page.get_by_role("list", name="Arquivos da base").get_by_role("listitem")
    await expect(files).to_have_count(3, timeout=PATIENCE)
    await expect(files.filter(has_text="contrato.md")).to_contain_text("Pronto", timeout=PATIENCE)
    await expect(files.filter(has_text="foto.bin")).to_contain_text("Este tipo de arquivo não é lido.", timeout=PATIENCE)
    await expect(files.filter(has_text="onerror")).to_contain_text("Pronto", timeout=PATIENCE)
    await expect(page.get_by_text("1 não pôde ser lido").first).to_be_visible()
    await fine_in_both_themes(page)
    await page.get_by_label("Mostrar").select_option(label="Com problema (1)")
    await expect(files).to_have_count(1)
    await page.get_by_label("Mostrar").select_option(label="Todos (3)")
    await page.get_by_role("button", name="Ver o texto de <img").click()
    await expect(page.get_by_role("dialog").get_by_role("article")).to_contain_text("onerror")
    assert not await ran(page)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Ações de contrato.md").click()
    await page.get_by_role("menuitem", name="Atributos").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Adicionar atributo").click()
    await dialog.get_by_label("Nome do atributo 1").fill("ano")
    await dialog.get_by_label("Valor do atributo 1").fill("2026")
    await dialog.get_by_role("button", name="Salvar").click()
    await expect(files.filter(has_text="contrato.md")).to_contain_text("ano: 2026")


async def asked(page: Page) -> None:
    """The answer cites, and what it cites opens at its place; beside it stands what the search found."""
    await page.get_by_role("link", name="Perguntar").click()
    await page.get_by_label("Pergunta", exact=True).fill(SEARCH)
    await page.get_by_role("button", name="Perguntar").click()
    found = page.get_by_role("region", name="Trechos encontrados").get_by_role("button").filter(has_text=CANARY)
    await expect(found.first).to_contain_text("Contrato › ", timeout=PATIENCE)
    await expect(page.get_by_role("region", name="Resposta")).to_contain_text(CANARY, timeout=PATIENCE)
    await expect(page.get_by_role("button", name="Parar")).to_have_count(0, timeout=PATIENCE)
    await fine_in_both_themes(page)
    await found.first.click()
    cited = page.get_by_role("dialog", name="contrato.md").get_by_role("region", name="Trecho citado")
    await expect(cited).to_contain_text(f"A {CANARY} paga multa")
    await expect(cited).to_be_in_viewport()
    await expect(cited).to_be_focused()
    await expect(page.get_by_role("dialog")).to_contain_text("Contrato › ")
    await fine_in_both_themes(page)
    first = await page.get_by_role("article").locator("h4").first.element_handle()
    await page.get_by_role("button", name="Mostrar o que vem antes").click()
    await expect(page.get_by_role("article").locator("h4").filter(has_text="Cláusula 80").first).to_be_attached()
    assert first is not None  # what comes in front pushes nothing away
    place = await first.bounding_box()
    assert place is not None and 0 < place["y"] < 500, place
    await page.get_by_role("link", name="Abrir em página inteira").click()
    await page.wait_for_url("**/files/file-*start=*")
    await expect(page.get_by_role("region", name="Trecho citado")).to_be_in_viewport()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Baixar").click()
    assert (await (await download.value).path()).read_text(encoding="utf-8") == CONTRACT


async def reached(prosa: App, page: Page, store: str) -> None:
    """On a narrow phone nothing is cut off; nobody else finds the base or the file."""
    file = page.url.rpartition("/")[2].partition("?")[0]
    async with prosa.page(await prosa.person("bia@exemplo.br", name="Bia Reis")) as other:
        await other.goto(f"/knowledge/{store}")
        await expect(other.get_by_text("Esta base não existe mais")).to_be_visible()
        await other.goto(f"/files/{file}")
        await expect(other.get_by_text("Este documento não está mais disponível")).to_be_visible()
    for path in ("/knowledge", f"/knowledge/{store}", f"/knowledge/{store}?view=ask", f"/files/{file}?start=3000&end=3050"):
        await page.set_viewport_size({"width": NARROW.width, "height": NARROW.height})
        await page.goto(path)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.get_by_role("main").get_by_role("status", name="Carregando")).to_have_count(0)
        wide = "document.scrollingElement.scrollWidth"
        assert await page.evaluate(wide) <= NARROW.width, path
    await page.set_viewport_size({"width": 1440, "height": 900})


async def emptied(page: Page, store: str) -> None:
    """A file, then the base: nothing of them is found when the page says that they are gone."""
    body = {"name": "Jurídico", "vector_store_ids": [store], "tools": [{"type": "file_search"}]}
    await call(page, "POST", "/api/v1/assistants", body)
    assert CANARY in await hits(page, store)
    await page.goto(f"/knowledge/{store}")
    await page.get_by_role("button", name="Ações de contrato.md").click()
    await page.get_by_role("menuitem", name="Tirar da base").click()
    await page.get_by_role("dialog").get_by_role("button", name="Tirar da base").click()
    await expect(page.get_by_text("“contrato.md” saiu da base.").first).to_be_visible()
    assert CANARY not in await hits(page, store)
    await expect(page.get_by_role("list", name="Arquivos da base").get_by_role("listitem")).to_have_count(2)
    await page.get_by_role("button", name="Mais ações").click()
    await page.get_by_role("menuitem", name="Excluir base").click()
    dialog = page.get_by_role("dialog", name="Excluir a base “Contratos”?")
    await expect(dialog).to_contain_text("Jurídico")
    await expect(dialog).to_contain_text("2 arquivos")
    await fine_in_both_themes(page)
    await dialog.get_by_role("button", name="Excluir base").click()
    await page.wait_for_url("**/knowledge")
    await expect(page.get_by_text("Nenhuma base ainda")).to_be_visible()
    gone = await page.evaluate("(id) => fetch(`/v1/vector_stores/${id}`).then((answer) => answer.status)", store)
    files = await page.evaluate("() => fetch('/v1/files').then((answer) => answer.json())")
    assert gone == 404 and files["data"] == []
