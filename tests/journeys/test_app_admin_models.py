"""What administrators change while the server runs, in a real browser: providers, aliases, limits, settings; what was used."""

import asyncio
import re
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Locator, Page, expect

from prosa.identity import OPERATOR, Account, NewKey, Role, Scope
from tests.journeys.app import PHONE, App, app, axe
from tests.journeys.chatting import answers, ask
from tests.upstream import DONE, Answer, Asked, chunk, completion, saying, streaming, upstream

pytestmark = pytest.mark.browser
KEY = "sk-of-the-lab-and-of-nobody-else"


def laboratory() -> Answer:
    """A server with two models: `qwen3` answers whoever has the key, `worn-out` nobody."""
    listed = saying({"object": "list", "data": [{"id": "qwen3", "object": "model"}, {"id": "worn-out", "object": "model"}]})
    refused = saying({"error": {"message": "Incorrect API key provided."}}, 401)
    failed = saying({"error": {"message": "Out of order."}}, 500)
    spoken = streaming(chunk("Aqui fala "), chunk("o laboratório."), chunk(None, "stop"), DONE)

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            await refused(asked, writer)
        elif asked.method == "GET":
            await listed(asked, writer)
        elif asked.fields["model"] == "worn-out":
            await failed(asked, writer)
        else:
            await (spoken if asked.fields.get("stream") else saying(completion("Oi!")))(asked, writer)

    return answer


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


async def key_of(prosa: App, account: Account) -> str:
    """A key of somebody's."""
    wish = NewKey(account.id, "programa", frozenset({Scope.READ, Scope.WRITE}))
    return (await prosa.running.system.people.identity.keys.create(OPERATOR, wish))[1]


def program(prosa: App, text: str) -> httpx2.AsyncClient:
    """A program that calls with this key."""
    return httpx2.AsyncClient(base_url=prosa.base, headers={"authorization": f"Bearer {text}"}, timeout=30)


@pytest.mark.contract("A20")
@pytest.mark.attack("A9")
async def test_a_provider_is_added_with_its_key_tested_and_answers_in_a_chat_at_once(chromium: str) -> None:
    async with upstream(laboratory()) as lab, app(chromium, {"PROSA_PRIVATE_HOSTS": "127.0.0.1"}) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN, "Rosa Lima")
        async with prosa.page(root) as page:
            await page.goto("/admin/providers")
            await page.get_by_role("button", name="Adicionar provedor").click()
            await dialog(page).get_by_role("button", name="Outro servidor compatível com OpenAI").click()
            await dialog(page).get_by_label("Nome", exact=True).fill("lab")
            await dialog(page).get_by_label("Endereço").fill(lab.url)
            await dialog(page).get_by_label("Chave de API").fill("sk-wrong")
            await dialog(page).get_by_role("button", name="Testar").click()
            await dialog(page).get_by_text("O provedor recusou a chave.").wait_for()
            await dialog(page).get_by_label("Chave de API").fill(KEY)
            await dialog(page).get_by_role("button", name="Testar").click()
            await expect(dialog(page)).to_contain_text("2 modelos encontrados.")
            await dialog(page).get_by_role("button", name="Salvar").click()
            await page.get_by_text("O provedor “lab” foi adicionado.").wait_for()
            item = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="lab", exact=True))
            await expect(item).to_contain_text("chave …else")

            await page.get_by_role("button", name="Opções de lab").click()
            await page.get_by_role("menuitem", name="Editar").click()
            await expect(dialog(page).get_by_label("Chave de API")).to_have_value("")
            await page.keyboard.press("Escape")
            assert KEY not in await page.content()

            await page.get_by_role("link", name="Nova conversa").click()
            await page.get_by_role("combobox", name=re.compile("Modelo")).click()
            await page.get_by_role("option", name=re.compile("qwen3")).click()
            await ask(page, "Quem fala?")
            await expect(answers(page).last).to_contain_text("Aqui fala o laboratório.", timeout=15_000)

            await page.goto("/admin/providers")
            await page.get_by_role("switch", name="lab ligado").click()
            await expect(item).to_contain_text("Desligado")
            await page.get_by_role("button", name="Opções de lab").click()
            await page.get_by_role("menuitem", name="Excluir").click()
            await page.get_by_role("heading", name="Excluir o provedor “lab”?").wait_for()
            await dialog(page).get_by_role("button", name="Excluir").click()
            await expect(item).to_have_count(0)


@pytest.mark.contract("A20")
async def test_what_a_model_costs_is_said_on_its_page_and_taken_back(chromium: str) -> None:
    async with app(chromium) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN, "Rosa Lima")
        async with prosa.page(root) as page:
            await page.goto("/admin/models")
            row = page.get_by_role("row", name=re.compile("mock-markdown"))
            await expect(row).to_contain_text("grátis", ignore_case=True)
            for typed, told in ((("2,5", "10"), "10,00"), (("", ""), "grátis")):
                await page.get_by_role("button", name="Opções de mock-markdown").click()
                await page.get_by_role("menuitem", name="Nome, alternativas e preço").click()
                await dialog(page).get_by_label("Entrada", exact=True).fill("x")
                await dialog(page).get_by_role("button", name="Salvar").click()
                await dialog(page).get_by_text("Escreva entrada e saída em dólares").wait_for()
                assert await axe(page) == []
                await dialog(page).get_by_label("Entrada", exact=True).fill(typed[0])
                await dialog(page).get_by_label("Saída").fill(typed[1])
                await dialog(page).get_by_role("button", name="Salvar").click()
                await expect(row).to_contain_text(told, ignore_case=True)


@pytest.mark.contract("A20")
async def test_an_address_of_a_private_network_is_refused_beside_its_field(chromium: str) -> None:
    async with app(chromium) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN, "Rosa Lima")
        async with prosa.page(root, PHONE) as page:
            await page.goto("/admin/providers")
            await page.get_by_role("button", name="Adicionar provedor").click()
            await dialog(page).get_by_role("button", name="vLLM").click()
            await dialog(page).get_by_label("Endereço").fill("http://10.0.0.7:8000/v1")
            await dialog(page).get_by_role("button", name="Salvar").click()
            await expect(dialog(page).get_by_label("Endereço")).to_have_attribute("aria-invalid", "true")
            await expect(dialog(page).get_by_role("alert")).to_contain_text("PROSA_PRIVATE_HOSTS")


@pytest.mark.contract("A20", "A19")
async def test_an_alias_goes_on_to_its_fallback_when_its_target_fails(chromium: str) -> None:
    async with upstream(laboratory()) as lab, app(chromium, {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": lab.url}) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN, "Rosa Lima")
        async with prosa.page(root) as page:
            await page.goto("/admin/models")
            await page.get_by_role("button", name="Criar apelido").click()
            await dialog(page).get_by_label("Nome", exact=True).fill("rapido")
            await dialog(page).get_by_label("Título").fill("Rápido")
            await dialog(page).get_by_label("Destino 1", exact=True).fill("openai/nada")
            await dialog(page).get_by_role("button", name="Mais uma alternativa").click()
            await dialog(page).get_by_label("Alternativa 1", exact=True).fill("mock")
            await dialog(page).get_by_role("button", name="Salvar").click()
            made = page.get_by_text("O apelido “rapido” foi criado e já vale.")
            await made.or_(dialog(page).get_by_role("alert")).first.wait_for()
            if not await made.count():  # the list of this provider is known
                await expect(dialog(page).get_by_role("alert")).to_have_text("Nenhum provedor tem este modelo.")
                await dialog(page).get_by_label("Destino 1", exact=True).fill("openai/worn-out")
                await dialog(page).get_by_role("button", name="Salvar").click()
            await made.wait_for()
            await expect(page.get_by_role("list", name="Apelidos")).to_contain_text("Se falhar: mock")
            default = page.get_by_role("switch", name="openai/gpt-4o-mini à vista")
            await default.click()
            await page.get_by_text("Isto está em uso como modelo padrão.").first.wait_for()
            await expect(default).to_be_checked()
            question = {"model": "rapido", "messages": [{"role": "user", "content": "Olá"}]}
            async with program(prosa, await key_of(prosa, root)) as theirs:
                answer = (await theirs.post("/v1/chat/completions", json=question)).json()
                assert answer["model"] == "mock"
                await page.get_by_role("switch", name="rapido à vista").click()
                await page.get_by_text("Oculto", exact=True).wait_for()
                for _ in range(50):
                    if (await theirs.post("/v1/chat/completions", json=question)).status_code == 404:
                        break
                    await asyncio.sleep(0.05)
                else:
                    raise AssertionError("a hidden alias still answers")


@pytest.mark.contract("A20", "A33")
async def test_a_lowered_limit_is_felt_and_every_change_is_written_down(chromium: str) -> None:
    async with app(chromium) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN, "Rosa Lima")
        bia = await prosa.person("bia@exemplo.br")
        async with prosa.page(root) as page:
            await page.goto("/admin/limits")
            field = page.get_by_label("Chamadas de uma chave", exact=True)
            await field.fill("5")
            await page.get_by_role("button", name="Salvar: Chamadas de uma chave", exact=True).click()
            await page.get_by_text("0, ou de 60 a 1.000.000.").wait_for()
            await field.fill("60")
            await page.get_by_role("button", name="Salvar: Chamadas de uma chave", exact=True).click()
            await page.get_by_text("Salvo e em vigor em todos os processos.").wait_for()
            await asyncio.sleep(1)
            async with program(prosa, await key_of(prosa, bia)) as theirs:
                seen = [(await theirs.get("/v1/models")).status_code for _ in range(70)]
            assert seen[:50] == [200] * 50 and 429 in seen

            await page.get_by_role("link", name="Configurações").click()
            await page.get_by_label("Nome da instalação").fill("Casa da Prosa")
            await page.get_by_role("button", name="Salvar: Nome da instalação").click()
            await page.get_by_text("Salvo e em vigor em todos os processos.").wait_for()
            log = page.get_by_role("list", name="Mudanças").get_by_role("listitem")
            await expect(log.first).to_contain_text("Rosa Lima mudou “Nome da instalação”")
            await expect(log.first).to_contain_text("de prosa para Casa da Prosa")
            await expect(log.nth(1)).to_contain_text("Rosa Lima mudou “Chamadas de uma chave”")
            await page.get_by_role("switch", name="Títulos automáticos").click()
            await expect(log.first).to_contain_text("de ligado para desligado")
            await page.get_by_role("button", name="Voltar ao padrão: Nome da instalação").click()
            await expect(page.get_by_label("Nome da instalação", exact=True)).to_have_value("prosa")


@pytest.mark.contract("A20")
async def test_what_is_set_where_prosa_is_started_is_shown_with_its_name_and_stays(chromium: str) -> None:
    env = {"PROSA_TRASH_DAYS": "12", "GROQ_API_KEY": "gsk-of-the-operator-1234567890"}
    async with app(chromium, env) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN, "Rosa Lima")
        async with prosa.page(root) as page:
            await page.goto("/admin/settings")
            await expect(page.get_by_label("Dias na lixeira")).to_be_disabled()
            await page.get_by_text("Definido por PROSA_TRASH_DAYS no ambiente.").wait_for()
            await page.get_by_role("link", name="Provedores").click()
            groq = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="groq", exact=True))
            await expect(groq).to_contain_text("Definido por GROQ_API_KEY. Muda só onde o prosa é iniciado.")
            await expect(groq.get_by_role("switch")).to_have_count(0)
            assert "gsk-of" not in await page.content()


@pytest.mark.contract("A20")
async def test_the_usage_is_shown_in_charts_with_tables_and_taken_along_as_csv(chromium: str, tmp_path: Path) -> None:
    async with app(chromium) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN, "Rosa Lima")
        async with program(prosa, await key_of(prosa, root)) as theirs:
            for _ in range(3):
                body = {"model": "mock", "messages": [{"role": "user", "content": "Olá"}]}
                assert (await theirs.post("/v1/chat/completions", json=body)).status_code == 200
        await prosa.running.system.metering.recorder.flush()
        async with prosa.page(root) as page:
            await page.goto("/admin/usage")
            people = page.get_by_role("table", name="Números: Por pessoa")
            await expect(people.get_by_role("row", name=re.compile("Rosa Lima"))).to_contain_text("3")
            await page.get_by_role("img", name="Por modelo: Chamadas").wait_for()
            await page.get_by_role("radio", name="Custo").check(force=True)
            await page.get_by_role("img", name="Por modelo: Custo").wait_for()
            async with page.expect_download() as waiting:
                await page.get_by_role("button", name="Baixar CSV: Por pessoa").click()
            download = await waiting.value
            assert re.fullmatch(r"prosa-person-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv", download.suggested_filename)
            place = tmp_path / "usage.csv"
            await download.save_as(place)
            head, first = place.read_text(encoding="utf-8-sig").splitlines()[:2]
            assert head.startswith('"person","calls"') and first.startswith('"user_') and ",3," in first
