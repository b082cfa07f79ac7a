"""Assistants as people make, try out, change and share them, in a real browser."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import Locator, Page, Request, expect

from prosa.identity import Account, Device, Role
from tests.journeys.app import App, Look, app, axe, fine_in_both_themes

pytestmark = pytest.mark.browser
NARROW = Look(320, 720, "en-US", touch=True)
SCHEMA = {"type": "object", "properties": {"numero": {"type": "string"}}, "required": ["numero"]}


@asynccontextmanager
async def client(prosa: App, who: Account) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody's other browser."""
    _, token = await prosa.running.system.people.identity.sessions.start(who.id, Device("127.0.0.1", "tests"))
    headers = {"Cookie": f"prosa_session={token}", "X-Prosa-CSRF": "1", "If-Match": "*"}
    async with httpx2.AsyncClient(base_url=prosa.base, headers=headers, timeout=60) as browser:
        yield browser


async def asked(client: httpx2.AsyncClient, method: str, path: str, body: object = None) -> dict[str, Any]:
    """What the API answers there."""
    answer = await client.request(method, path, json=body)
    assert answer.status_code < 300, answer.text
    found: dict[str, Any] = answer.json()
    return found


def dialog(page: Page) -> Locator:
    """The window that stands over the page; what is told at its edge are dialogs too."""
    return page.locator("[role=dialog]:not([data-type])").last


def trial(page: Page) -> Locator:
    return page.get_by_role("region", name="Testar")


async def try_out(page: Page, question: str) -> dict[str, Any]:
    """Ask the draft something; what was sent."""
    field = trial(page).get_by_label("Pergunta de teste")
    await field.fill(question)
    async with page.expect_request(lambda request: request.url.endswith("/api/v1/answers")) as sent:
        await field.press("Enter")
    request: Request = await sent.value
    told: dict[str, Any] = json.loads(request.post_data or "")
    return told


async def menu(page: Page, what: str) -> None:
    """Choose among what can be done with the assistant of the page."""
    await page.get_by_role("button", name="Mais opções do assistente").click()
    await page.get_by_role("menuitem", name=what, exact=True).click()


@pytest.mark.contract("A75")
async def test_an_assistant_is_made_tried_out_changed_shared_and_given_away(chromium: str, tmp_path: Path) -> None:
    async with app(chromium) as prosa:
        ana, bia = await prosa.person(), await prosa.person("bia@exemplo.br", name="Bia Ramos")
        async with client(prosa, bia) as hers, prosa.device(ana) as (context, _):
            page = await context.new_page()
            await make(page)
            address = page.url
            id = address.rsplit("/", 1)[1]
            await share(page)
            await change_meanwhile(page, hers, id)
            await go_back(page)
            await travel(page, tmp_path)
            async with prosa.page(bia) as other:
                await read(other, id)
            await page.goto(address)
            await menu(page, "Excluir")
            await page.get_by_role("heading", name="Excluir o assistente “Pedidos”?").wait_for()
            await dialog(page).get_by_role("button", name="Excluir").click()
            await page.get_by_text("O assistente “Pedidos” foi excluído.").wait_for()
            await expect(page.get_by_role("link", name="Pedidos", exact=True)).to_have_count(
                1
            )  # the one that came back as a file


async def make(page: Page) -> None:
    """From the empty list to an assistant of version 1, asked before it is there."""
    await page.goto("/dashboard")
    await page.get_by_role("navigation").get_by_role("link", name="Assistentes").click()
    await page.get_by_text("Nenhum assistente ainda").wait_for()
    assert await axe(page) == []
    await page.get_by_role("link", name="Criar Novo Assistente").first.click()
    await page.get_by_role("textbox", name="Instruções").fill("Responda em uma frase.")
    await add_function(page)
    await page.get_by_role("button", name="Adicionar sugestão").click()
    await page.get_by_label("Sugestão 1", exact=True).fill("Onde está o pedido 7?")

    sent = await try_out(page, 'Oi! [[mock text="Olá do teste." delay=0.01]]')
    await expect(trial(page).get_by_role("log")).to_contain_text("Olá do teste.")
    function = {"type": "function", "name": "buscar_pedido", "parameters": SCHEMA}
    assert (sent["instructions"], sent["tools"]) == ("Responda em uma frase.", [function])
    await page.get_by_role("textbox", name="Instruções").fill("Responda em duas frases.")
    await expect(trial(page)).to_contain_text("O assistente mudou desde a última resposta.")
    sent = await try_out(page, "Onde está? [[mock tools=buscar_pedido]]")
    assert sent["instructions"] == "Responda em duas frases."
    await expect(trial(page).get_by_role("log")).to_contain_text("buscar_pedido")
    await trial(page).get_by_role("button", name="Começar de novo").click()
    await expect(trial(page).get_by_role("log")).to_have_count(0)

    await page.get_by_role("button", name="Criar assistente").click()
    await expect(page.get_by_label("Nome", exact=True)).to_be_focused()
    await expect(page.get_by_role("alert")).to_have_text("Dê um nome ao assistente.")
    await page.get_by_label("Nome", exact=True).fill("Pedidos")
    await page.get_by_role("button", name="Criar assistente").click()
    await page.get_by_text("“Pedidos” foi criado.").wait_for()
    await page.wait_for_url(re.compile("/assistants/asst_"))
    await expect(page.get_by_text("versão 1", exact=True)).to_be_visible()
    assert await page.evaluate("fetch('/api/v1/conversations').then((answer) => answer.json()).then(({data}) => data)") == []


async def add_function(page: Page) -> None:
    """What is wrong with its name and its schema is said beside them."""
    await page.get_by_role("button", name="Adicionar função").click()
    await dialog(page).get_by_label("Nome", exact=True).fill("buscar pedido")
    await dialog(page).get_by_label("Parâmetros, em JSON Schema").fill('{"type": "object", "required": ["x"], "properties": {}}')
    await dialog(page).get_by_role("button", name="Concluir").click()
    await expect(dialog(page)).to_contain_text("cita “x”, que não está em “properties”")
    await expect(dialog(page).get_by_label("Nome", exact=True)).to_have_attribute("aria-invalid", "true")
    await dialog(page).get_by_label("Nome", exact=True).fill("buscar_pedido")
    await dialog(page).get_by_label("Parâmetros, em JSON Schema").fill(json.dumps(SCHEMA))
    await dialog(page).get_by_role("button", name="Concluir").click()


async def share(page: Page) -> None:
    """With Bia, who may edit it; an address that is none stays beside its field."""
    await page.get_by_role("button", name="Compartilhar").click()
    await dialog(page).get_by_label("Pessoas e papéis escolhidos").check()
    await dialog(page).get_by_role("button", name="Salvar").click()
    await expect(dialog(page).get_by_role("alert")).to_have_text("Adicione alguém, ou escolha “Só você”.")
    field = dialog(page).get_by_label("E-mail da pessoa")
    for typed, told in (("bia", "Escreva um e-mail completo."), ("ana@exemplo.br", "Você já é dono deste assistente.")):
        await field.fill(typed)
        await field.press("Enter")
        await expect(dialog(page).get_by_role("alert").first).to_have_text(told)
    await field.fill("bia@exemplo.br")
    await field.press("Enter")
    assert await axe(page) == []
    await dialog(page).get_by_label("O que bia@exemplo.br pode fazer").select_option("edit")
    await dialog(page).get_by_role("button", name="Salvar").click()
    await page.get_by_text("O compartilhamento foi salvo.").wait_for()


async def change_meanwhile(page: Page, hers: httpx2.AsyncClient, id: str) -> None:
    """Two edit at once: what the other one wrote is told, and what both wrote is chosen."""
    await page.get_by_role("textbox", name="Instruções").fill("Responda sempre em verso.")
    await page.get_by_role("link", name="Início").click()
    await page.get_by_role("heading", name="Sair sem salvar?").wait_for()
    await dialog(page).get_by_role("button", name="Cancelar").click()
    await asked(hers, "PATCH", f"/api/v1/assistants/{id}", {"instructions": "Responda em prosa.", "description": "De Bia."})
    save = page.get_by_role("button", name="Salvar", exact=True)
    note = page.get_by_role("alert").filter(has_text="foi salvo em outro lugar")
    if not await note.count():  # her change may have been heard of already
        await save.click()
    await expect(note).to_contain_text("Você também mudou: instruções.")
    assert await axe(page) == []
    await note.get_by_role("button", name="Salvar as minhas alterações").click()
    await expect(page.get_by_text("versão 3", exact=True)).to_be_visible()
    await expect(page.get_by_label("Descrição")).to_have_value("De Bia.")
    await expect(page.get_by_role("textbox", name="Instruções")).to_have_value("Responda sempre em verso.")


async def go_back(page: Page) -> None:
    """Each version says who wrote what; a former one comes back as a new one."""
    await menu(page, "Versões")
    await expect(dialog(page).get_by_role("button", name="Versão 2")).to_contain_text("por Bia Ramos")
    await dialog(page).get_by_role("button", name="Versão 2").click()
    await expect(dialog(page)).to_contain_text("Linha retirada: Responda em duas frases.")
    await expect(dialog(page)).to_contain_text("Linha nova: Responda em prosa.")
    await dialog(page).get_by_role("button", name="Versão 1").click()
    await dialog(page).get_by_role("button", name="Comparar com a atual").click()
    await expect(dialog(page)).to_contain_text("Linha nova: Responda sempre em verso.")
    assert await axe(page) == []
    await dialog(page).get_by_role("button", name="Restaurar esta versão").click()
    await page.get_by_role("dialog", name="Restaurar a versão 1?").get_by_role("button", name="Restaurar").click()
    await page.get_by_text("A versão 1 foi restaurada.").wait_for()
    await dialog(page).get_by_role("button", name="Fechar").click()
    await expect(page.get_by_text("versão 4", exact=True)).to_be_visible()
    await expect(page.get_by_role("textbox", name="Instruções")).to_have_value("Responda em duas frases.")


async def travel(page: Page, folder: Path) -> None:
    """It goes out as a file and comes back as another one; what is missing is told."""
    await page.get_by_label("Escolher imagem").set_input_files(await picture(page, folder))
    await page.get_by_text("A imagem foi trocada.").wait_for()
    async with page.expect_download() as coming:
        await menu(page, "Exportar como arquivo")
    path = folder / (await coming.value).suggested_filename
    await (await coming.value).save_as(path)
    assert path.name == "Pedidos.json"
    whole = await asyncio.to_thread(path.read_text)
    exported = json.loads(whole)
    assert exported["picture"]["type"] in ("image/webp", "image/png")
    exported["assistant"] |= {"model": "gone-model", "tools": [{"type": "file_search"}]}
    exported["knowledge"] = {"stores": ["Manuais"], "files": ["tabela.csv"]}
    await asyncio.to_thread(path.write_text, json.dumps(exported))
    await page.get_by_role("link", name="Assistentes").first.click()
    broken = folder / "outro.json"
    await asyncio.to_thread(broken.write_text, '{"x": 1}')
    await page.get_by_label("Importar arquivo").last.set_input_files(broken)
    await page.get_by_text("Este arquivo não é de um assistente exportado.").first.wait_for()
    await page.get_by_label("Importar arquivo").last.set_input_files(path)
    told = page.get_by_role("dialog", name="Assistente importado")
    await expect(told).to_contain_text("“Manuais” foi criada de novo e está vazia")
    await expect(told).to_contain_text("tabela.csv")
    await expect(told).to_contain_text("O modelo gone-model não existe aqui.")
    await told.get_by_role("button", name="Abrir o assistente").click()
    await expect(page.get_by_role("group", name="Base de conhecimento")).to_contain_text("Manuais")


async def picture(page: Page, folder: Path) -> Path:
    """A PNG of one colour."""
    drawn = await page.evaluate(
        "() => { const canvas = document.createElement('canvas'); canvas.width = canvas.height = 40;"
        " canvas.getContext('2d').fillRect(0, 0, 40, 40);"
        " return [...atob(canvas.toDataURL().split(',')[1])].map((each) => each.charCodeAt()) }"
    )
    path = folder / "picture.png"
    await asyncio.to_thread(path.write_bytes, bytes(drawn))
    return path


async def read(page: Page, id: str) -> None:
    """Bia finds it, may edit it, and not share or delete it; what she copies is hers."""
    await page.goto("/assistants")
    part = page.get_by_role("region", name="Compartilhados comigo")
    await expect(part).to_contain_text("de Ana Souza")
    await expect(part.get_by_role("link", name="Conversar com Pedidos")).to_have_attribute("href", f"/chat?assistant={id}")
    await part.get_by_role("link", name="Pedidos", exact=True).click()
    await expect(page.get_by_role("button", name="Compartilhar")).to_have_count(0)
    await page.get_by_role("textbox", name="Instruções").fill("Cale.")
    sent = await try_out(page, 'Oi! [[mock text="Olá, Bia."]]')
    assert (sent["assistant"], sent["draft"]) == (id, {"instructions": "Cale."})
    await expect(trial(page).get_by_role("log")).to_contain_text("Olá, Bia.")
    await page.get_by_role("button", name="Descartar").click()
    await dialog(page).get_by_role("button", name="Descartar").click()
    await menu(page, "Duplicar")
    await page.get_by_text("“Pedidos” foi copiado.").wait_for()
    await page.wait_for_url(re.compile("/assistants/asst_"))
    assert not page.url.endswith(id)
    await expect(page.get_by_role("button", name="Compartilhar")).to_be_visible()


@pytest.mark.contract("A24")
async def test_assistants_fit_a_narrow_phone_in_both_themes_and_who_may_only_use_one_reads_it(chromium: str) -> None:
    async with app(chromium, {"PROSA_INTERPRETER": "false"}) as prosa:
        ana, root = await prosa.person(), await prosa.person("root@exemplo.br", Role.ADMIN, "Rosa Lima")
        async with client(prosa, root) as hers:
            tools = [{"type": "code_interpreter"}, {"type": "function", "function": {"name": "a" * 64, "parameters": SCHEMA}}]
            wish = {"name": "Relatórios " + "m" * 120, "instructions": "Faça.\n" * 40, "tools": tools, "starters": ["Oi " * 60]}
            id = (await asked(hers, "POST", "/api/v1/assistants", wish))["id"]
            await asked(hers, "PUT", f"/api/v1/assistants/{id}/sharing", {"audience": "everyone"})
            async with prosa.page(ana, NARROW) as page:
                await page.goto("/assistants")
                await page.get_by_role("heading", name="Everyone’s").wait_for()
                await fits(page)
                await page.get_by_role("link", name=re.compile("^Relatórios")).click()
                await page.get_by_text("This assistant is Rosa Lima’s.").wait_for()
                await expect(page.get_by_role("textbox")).to_have_count(0)
                await fits(page)
                await asked(hers, "PUT", f"/api/v1/assistants/{id}/sharing", {"audience": "private"})
                await page.reload()
                await page.get_by_text("This assistant isn’t here").wait_for()
            async with prosa.page(root, NARROW) as page:
                await page.goto(f"/assistants/{id}")
                await page.get_by_text("It is switched off on this server.").wait_for()
                await fits(page)
                await page.get_by_role("tab", name="Try out").click()
                await page.get_by_label("Trial question").fill("Hello")
                await page.get_by_role("button", name="Send").click()
                await expect(page.get_by_role("log").locator("article").last).to_have_attribute("aria-busy", "false")
                await fits(page)


async def fits(page: Page) -> None:
    """Nothing is wider than the screen, and axe finds nothing in either theme."""
    await fine_in_both_themes(page)
    assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW.width
