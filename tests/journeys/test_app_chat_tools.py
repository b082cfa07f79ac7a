"""Tools, sources, assistants and prompts in the chat, in a real browser: live, after a reload, and in another tab."""

import json
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from prosa.interpreter import InterpreterSettings
from prosa.interpreter.jail import why_not
from tests.answers.servers.world import mails
from tests.journeys.app import ENGLISH, PHONE, App, app, axe, axe_in_both_themes
from tests.journeys.chatting import FIELD, answers, ask, until_ended
from tests.journeys.tooling import BURROS, Desk, calling, desk_of

pytestmark = pytest.mark.browser

FOLDER = Path("build/interpreter").absolute()
NO_JAIL = why_not(InterpreterSettings(folder=FOLDER))
CODE = "import matplotlib.pyplot as plt\nprint('total', 6 * 7)\nopen('soma.csv', 'w').write('a,b')\nplt.plot([1, 2])\nplt.show()"
SEARCH = ("file_search", {"queries": ["dono do burro"]})


async def chosen(page: Page, written: str, name: str) -> None:
    """Write a sign and a few letters in the field, and pick what is offered under this name."""
    await page.locator(FIELD).press_sequentially(written)
    await expect(page.get_by_role("option", name=name)).to_have_attribute("aria-selected", "true")
    await page.locator(FIELD).press("Enter")
    await expect(page.get_by_role("listbox")).to_have_count(0)


async def test_knowledge_is_searched_by_a_sign_cited_and_opened_at_the_passage(chromium: str) -> None:
    async with app(chromium) as prosa:
        ana = await prosa.person()
        async with desk_of(prosa, ana) as desk:
            await desk.store("Bichos do sítio", burros=BURROS)
        async with prosa.page(ana) as page:
            await page.goto("/chat")
            await page.locator(FIELD).click()
            await page.keyboard.type("#")
            await expect(page.get_by_role("option")).to_have_count(2)
            assert await page.locator(FIELD).get_attribute("aria-activedescendant") == await page.get_by_role(
                "option", selected=True
            ).get_attribute("id")
            assert await axe_in_both_themes(page) == []
            await page.keyboard.press("Escape")
            await expect(page.get_by_role("option")).to_have_count(0)
            await page.locator(FIELD).fill("")
            await chosen(page, "#bichos", "Bichos do sítio")
            await expect(page.get_by_text("Pesquisa em Bichos do sítio")).to_be_visible()
            assert await page.locator(FIELD).input_value() == ""
            await ask(page, calling("Quem é o dono?", SEARCH))
            await until_ended(page)
            for _ in range(2):
                await searched(page)
                await page.reload()
                await expect(answers(page)).to_have_count(1)
            # What was chosen held for that question alone.
            await ask(page, "Obrigada!")
            await expect(answers(page)).to_have_count(2)
            await until_ended(page)
            await page.set_viewport_size({"width": 390, "height": 844})
            assert await axe_in_both_themes(page) == []


async def searched(page: Page) -> None:
    """The answer shows what it looked for, what it found, and where its words come from."""
    answer = answers(page).first
    await expect(answer.get_by_role("button", name="Busca nos documentos")).to_contain_text("1 trecho")
    await answer.get_by_role("button", name="Busca nos documentos").click()
    await expect(answer.get_by_text("dono do burro", exact=True)).to_be_visible()
    await expect(answer.get_by_role("button", name="burros.md").first).to_contain_text("Anselmo")
    await expect(answer.get_by_role("button", name="Fonte 1: burros.md")).to_have_text("1")
    assert "【" not in (await answer.text_content() or "")
    await expect(answer.get_by_text("1 fonte")).to_be_visible()
    await answer.get_by_role("button", name="Fonte 1: burros.md").click()
    window = page.get_by_role("dialog", name="burros.md")
    await expect(window).to_contain_text("Anselmo")
    await page.keyboard.press("Escape")
    await expect(window).to_have_count(0)
    await expect(answer.get_by_role("button", name="Fonte 1: burros.md")).to_be_focused()


@pytest.mark.skipif(NO_JAIL is not None, reason=f"no code can be run here: {NO_JAIL}")
async def test_code_is_shown_with_its_output_its_pictures_and_its_files(chromium: str) -> None:
    async with app(chromium, {"PROSA_INTERPRETER_DIR": str(FOLDER)}) as prosa:
        ana = await prosa.person()
        async with desk_of(prosa, ana) as desk:
            coder = await desk.assistant(name="Conta", tools=[{"type": "code_interpreter"}])
            broken = await desk.conversation(settings={"assistant": coder})
            await desk.ask(broken, calling("E agora?", ("code_interpreter", {"code": "1/0"}), said="Deu erro."))
        async with prosa.page(ana) as page:
            await page.goto(f"/chat?assistant={coder}")
            said = "Veja [a soma](sandbox:/mnt/data/soma.csv)."
            await ask(page, calling("Some.", ("code_interpreter", {"code": CODE}), said=said))
            await page.wait_for_url("**/chat/conv_*")
            await until_ended(page)
            for _ in range(2):
                answer = answers(page).last
                await expect(answer.get_by_role("img", name="Imagem 1 feita pelo código")).to_be_visible()
                step = answer.get_by_role("button", name="Código em Python")
                await expect(step).to_have_attribute("aria-expanded", "false")
                for _ in range(5):  # a first answer's page may take the place of the one on which it was asked
                    await step.click()
                    await page.wait_for_timeout(500)
                    if await answer.get_by_text("total 42").count():
                        break
                await expect(answer.get_by_text("total 42")).to_be_visible()
                async with page.expect_download() as coming:
                    await answer.get_by_role("link", name="Baixar soma.csv").click()
                assert (await coming.value).suggested_filename == "soma.csv"
                assert await answer.get_by_role("link", name="a soma").last.get_attribute("download") == "soma.csv"
                await page.reload()
            assert await axe_in_both_themes(page) == []
            await page.goto(f"/chat/{broken}")
            step = answers(page).last.get_by_role("button", name="Código em Python")
            await expect(step).to_contain_text("falhou")
            await step.click()
            await expect(page.get_by_text("ZeroDivisionError: division by zero")).to_be_visible()


@pytest.mark.contract("A24")
async def test_an_assistant_is_picked_kept_called_for_one_question_and_missed(chromium: str) -> None:
    async with app(chromium) as prosa:
        ana = await prosa.person()
        async with desk_of(prosa, ana) as desk, prosa.page(ana) as page:
            contracts = await desk.assistant(name="Contratos", description="Lê contratos.", starters=["Quando vence?"])
            await desk.assistant(name="Tradutora")
            await page.goto("/chat")
            await page.get_by_role("combobox", name="Modelo").click()
            await page.get_by_role("combobox", name="Buscar assistente ou modelo").fill("contra")
            await page.get_by_role("option", name="Contratos").click()
            await page.wait_for_url(f"**/chat?assistant={contracts}")
            await expect(page.get_by_role("heading", name="Contratos")).to_be_visible()
            await expect(page.get_by_text("Lê contratos.")).to_be_visible()
            assert await axe_in_both_themes(page) == []
            await page.get_by_role("button", name="Quando vence?").click()
            await expect(page.locator(FIELD)).to_have_value("Quando vence?")
            await page.locator(FIELD).press("Enter")
            await expect(answers(page)).to_have_count(1)
            await until_ended(page)
            await expect(page.get_by_role("combobox", name="Assistente: Contratos")).to_be_visible()
            await expect(answers(page).last.get_by_text("Contratos", exact=True)).to_be_visible()
            await chosen(page, "@trad", "Tradutora")
            await expect(page.get_by_text("Tradutora responde", exact=True)).to_be_visible()
            await ask(page, "Traduza.")
            await expect(answers(page)).to_have_count(2)
            await until_ended(page)
            await expect(answers(page).last.get_by_text("Tradutora", exact=True)).to_be_visible()
            await desk.client.delete(f"/api/v1/assistants/{contracts}")
            await page.reload()
            await expect(page.get_by_text("Este assistente não está mais disponível")).to_be_visible()
            assert await axe_in_both_themes(page) == []
            await page.get_by_role("button", name="Continuar sem assistente").click()
            await expect(page.get_by_role("combobox", name="Modelo: mock")).to_be_visible()
            await ask(page, "E agora?")
            await expect(answers(page)).to_have_count(3)
            await page.goto(f"/chat?assistant={contracts}")
            await expect(page.get_by_role("alert")).to_contain_text("não está mais disponível")


async def test_a_prompt_is_kept_changed_found_and_filled_in(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/prompts")
        await expect(page.get_by_text("Sua biblioteca ainda está vazia")).to_be_visible()
        assert await axe(page) == []
        await page.get_by_role("button", name="Novo prompt").click()
        await expect(page.get_by_label("Nome")).to_be_focused()
        await page.get_by_role("button", name="Criar prompt").click()
        await expect(page.get_by_text("Dê um nome ao prompt.")).to_be_visible()
        await page.get_by_label("Nome").fill("Resumo")
        await page.get_by_label("Texto").fill("Resuma em {{idioma}}, em {{frases}} frases.")
        await expect(page.get_by_text("Será preenchido: idioma, frases")).to_be_visible()
        assert await axe_in_both_themes(page) == []
        await page.get_by_role("button", name="Criar prompt").click()
        await page.get_by_role("button", name="Abrir Resumo").click()
        await page.get_by_label("Comando").fill("resumir")
        await page.get_by_role("button", name="Salvar").click()
        await expect(page.get_by_text("/resumir")).to_be_visible()
        await page.get_by_role("button", name="Opções de Resumo").click()
        await page.get_by_role("menuitem", name="Duplicar").click()
        await expect(page.get_by_role("button", name="Abrir Resumo (cópia)")).to_be_visible()
        await page.get_by_role("button", name="Opções de Resumo (cópia)").click()
        await page.get_by_role("menuitem", name="Excluir").click()
        await page.get_by_role("dialog").get_by_role("button", name="Excluir").click()
        await expect(page.get_by_role("button", name="Abrir Resumo (cópia)")).to_have_count(0)
        await page.get_by_role("searchbox", name="Buscar prompts").fill("nada disso")
        await expect(page.get_by_text("Nenhum prompt encontrado")).to_be_visible()
        await page.goto("/chat")
        await page.locator(FIELD).press_sequentially("/resu")
        await expect(page.get_by_role("option", name="Resumo")).to_be_visible()
        await page.locator(FIELD).press("Enter")
        await expect(page.get_by_label("idioma")).to_be_focused()
        await page.keyboard.type("pt {{frases}}")
        await page.get_by_label("frases").fill("3")
        await page.get_by_role("button", name="Usar o prompt").click()
        await expect(page.locator(FIELD)).to_have_value("Resuma em pt {{frases}}, em 3 frases.")
        await expect(page.locator(FIELD)).to_be_focused()


@pytest.mark.attack("G11")
async def test_a_tool_with_effects_asks_is_answered_once_and_stays_answered(chromium: str, tmp_path: Path) -> None:
    async with mails() as mail:
        file = tmp_path / "servers.json"
        file.write_text(json.dumps({"post": {"url": mail.url, "require_approval": "always"}}))
        async with app(chromium, {"PROSA_TOOL_SERVERS": str(file)}) as prosa:
            ana = await prosa.person()
            async with desk_of(prosa, ana) as desk:
                post = await desk.assistant(name="Correio", tools=[{"type": "mcp", "server_label": "post"}])
                conversation = await desk.conversation(settings={"assistant": post})
            async with prosa.device(ana) as (context, _):
                page, other = await context.new_page(), await context.new_page()
                await page.goto(f"/chat/{conversation}")
                await other.goto(f"/chat/{conversation}")
                await asked_for(page, "bob")
                await expect(page.locator("[data-announcer]")).to_have_text("A resposta precisa da sua permissão para continuar.")
                assert await axe_in_both_themes(page) == []
                # Whoever writes on and presses Enter allows nothing.
                await page.locator(FIELD).press("Enter")
                await expect(page.locator(FIELD)).to_be_focused()
                await page.wait_for_timeout(600)
                await page.get_by_role("button", name="Permitir").click()
                await until_ended(page)
                await expect(page.get_by_role("button", name="Permitido: send em post")).to_be_visible()
                await expect(answers(page).last.get_by_role("button", name="send em post")).to_be_visible()
                assert mail.sent == [("bob", "<b>oi</b>")]
                for place in (other, page):
                    await place.bring_to_front()
                    await place.reload()
                    await expect(place.get_by_role("button", name="Permitido: send em post")).to_be_visible()
                    await expect(place.get_by_role("button", name="Permitir", exact=True)).to_have_count(0)
                await asked_for(page, "eva")
                await page.wait_for_timeout(600)
                await page.get_by_role("button", name="Recusar").click()
                await expect(page.get_by_role("button", name="Recusado: send em post")).to_be_visible()
                await until_ended(page)
                await asked_for(page, "rui")
                await ask(page, "Deixe para lá.")
                await expect(page.get_by_role("button", name="Não decidido: send em post")).to_be_visible()
                await until_ended(page)
                assert len(mail.sent) == 1


async def asked_for(page: Page, to: str) -> None:
    """The model wants to send a mail; the card tells all of it."""
    await ask(page, calling("Avise.", ("post__send", {"to": to, "text": "<b>oi</b>"})))
    card = page.locator("[data-approval]")
    await expect(card).to_contain_text("O assistente quer usar “send” em “post”.")
    await expect(card).to_contain_text(f'"to": "{to}"')
    await expect(card).to_contain_text("<b>oi</b>")


async def test_an_answer_that_waits_for_a_program_says_so_and_can_be_ended(chromium: str) -> None:
    async with app(chromium) as prosa:
        ana = await prosa.person()
        async with desk_of(prosa, ana) as desk, prosa.page(ana, ENGLISH) as page:
            conversation = await waiting(desk)
            await page.goto(f"/chat/{conversation}")
            await expect(page.get_by_role("log").get_by_text("The answer is waiting for a program.")).to_be_visible()
            await expect(page.get_by_text("It needs the result of: get_weather.")).to_be_visible()
            assert await axe_in_both_themes(page) == []
            await page.get_by_role("button", name="Cancel the answer").click()
            await expect(page.get_by_role("log").get_by_text("The answer is waiting for a program.")).to_have_count(0)
        await on_a_phone(prosa)


async def waiting(desk: Desk) -> str:
    """The conversation of a thread whose run waits for what a function gives."""
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {}}}}
    assistant = await desk.send("/v1/assistants", {"model": "mock", "name": "Tempo", "tools": [tool]})
    thread = await desk.send("/v1/threads", {"messages": [{"role": "user", "content": "Chove? [[mock tools=auto]]"}]})
    run = await desk.send(f"/v1/threads/{thread['id']}/runs", {"assistant_id": assistant["id"]})
    while run["status"] != "requires_action":
        run = await desk.send(f"/v1/threads/{thread['id']}/runs/{run['id']}", method="GET")
    found = await desk.send("/api/v1/conversations", method="GET")
    return str(found["data"][0]["id"])


async def on_a_phone(prosa: App) -> None:
    """The menu is touched, and what it offers fits."""
    who = await prosa.person("bia@exemplo.br", name="Bia")
    async with desk_of(prosa, who) as desk:
        await desk.assistant(name="Contratos", description="Lê contratos, aditivos e anexos, e diz o que vence e quando. " * 3)
    async with prosa.page(who, PHONE) as page:
        await page.goto("/chat")
        await page.get_by_role("button", name="Mencionar um assistente").tap()
        await expect(page.get_by_role("option", name="Contratos")).to_be_visible()
        assert await axe(page) == []
        await page.get_by_role("option", name="Contratos").tap()
        chosen = page.get_by_role("list", name="Para esta mensagem")
        await expect(chosen).to_contain_text("Contratos responde")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.get_by_role("button", name="Remover Contratos").tap()
        await expect(chosen).to_have_count(0)
