"""What belongs to a person, in a real browser: keys, sessions, language, memory, usage, and their data's way out and end."""

import asyncio
import io
import zipfile
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Locator, Page, expect

from prosa.identity import Device, Role
from tests.journeys.app import ENGLISH, PASSWORD, PHONE, app

pytestmark = pytest.mark.browser

PIXELS = bytes.fromhex(  # two by three, orange
    "89504e470d0a1a0a0000000d4948445200000002000000030802000000368849d60000001049444154789c63f8dfa000440c2814006b7009bb034349"
    "d00000000049454e44ae426082"
)


async def confirm(page: Page, action: str, password: str = PASSWORD) -> None:
    """Show the password once more."""
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Senha atual").fill(password)
    await dialog.get_by_role("button", name=action).click()


async def downloaded(page: Page, way: Locator) -> bytes:
    """What a click hands over as a file."""
    async with page.expect_download() as download:
        await way.click()
    return await asyncio.to_thread(Path(await (await download.value).path()).read_bytes)


async def curl(text: str) -> str:
    """What a terminal says to a command that was copied from the page."""
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", text.replace("curl ", "curl -sS -m 20 "), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await process.communicate()
    return out.decode()


@pytest.mark.contract("A18", "A19", "A75")
async def test_a_key_is_made_in_the_page_works_in_a_terminal_as_it_was_copied_and_ends(chromium: str) -> None:
    async with app(chromium) as prosa:
        ana = await prosa.person()
        async with prosa.page(ana) as page:
            await page.goto("/account")
            await page.get_by_role("heading", name="Perfil").wait_for()
            await page.get_by_role("link", name="API Keys").click()
            await page.get_by_role("heading", name="Minhas API Keys").wait_for()
            await page.get_by_role("button", name="Gerar Nova API Key").click()
            await page.get_by_label("Nome da chave").fill("notebook")
            await expect(page.get_by_role("checkbox", name="Administrar")).to_have_count(0)
            await confirm(page, "Gerar chave", "errada, errada")
            await expect(page.get_by_role("dialog").get_by_role("alert")).to_have_text("A senha atual está errada.")
            await confirm(page, "Gerar chave")
            key = await page.get_by_label("A nova chave").inner_text()
            command = await page.get_by_role("tabpanel").inner_text()
            assert key.startswith("prosa_sk_") and key in command
            assert '"choices"' in await curl(command)
            await page.get_by_role("button", name="Já guardei a chave").click()
            await expect(page.get_by_text(key)).to_have_count(0)
            await page.get_by_role("button", name="Ações da chave “notebook”").click()
            await page.get_by_role("menuitem", name="Revogar").click()
            await page.get_by_role("heading", name="Revogar a chave “notebook”?").wait_for()
            await confirm(page, "Revogar")
            await page.get_by_text("Você ainda não tem chaves").wait_for()
            assert "invalid_api_key" in await curl(command)


@pytest.mark.contract("A18")
async def test_a_key_is_replaced_by_one_with_the_same_scopes(chromium: str) -> None:
    async with app(chromium) as prosa:
        ana = await prosa.person()
        async with prosa.page(ana, PHONE) as page:
            await page.goto("/profile/keys")
            await page.get_by_role("button", name="Gerar Nova API Key").click()
            await page.get_by_label("Nome da chave").fill("relatórios")
            await page.get_by_role("checkbox", name="Escrever").uncheck()
            await page.get_by_label("Validade").select_option("30")
            await confirm(page, "Gerar chave")
            await page.get_by_role("button", name="Já guardei a chave").click()
            await expect(page.get_by_role("listitem").filter(has_text="relatórios")).to_contain_text("expira em")
            await page.get_by_role("button", name="Ações da chave “relatórios”").click()
            await page.get_by_role("menuitem", name="Substituir").click()
            await page.get_by_label("A antiga vale por mais").select_option("nenhum tempo")
            await confirm(page, "Substituir")
            key = await page.get_by_label("A nova chave").inner_text()
            async with httpx2.AsyncClient(base_url=prosa.base, headers={"authorization": f"Bearer {key}"}) as program:
                assert (await program.get("/v1/me")).json()["key"]["scopes"] == ["read"]
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.contract("C49")
async def test_a_language_is_chosen_at_once_and_waits_on_the_next_device(chromium: str) -> None:
    async with app(chromium) as prosa:
        ana = await prosa.person()
        async with prosa.page(ana) as page:
            await page.goto("/profile/account")
            await page.get_by_label("Idioma").select_option("en")
            await page.get_by_role("heading", name="Language and appearance").wait_for()
            assert await page.evaluate("document.documentElement.lang") == "en"
            await page.get_by_label("Time zone").select_option("America/Fortaleza")
            await page.get_by_text("Dark", exact=True).click()
            assert await page.evaluate("document.documentElement.dataset.theme") == "dark"
            await page.get_by_label("Name", exact=True).fill("Ana L. Souza")
            await page.get_by_role("button", name="Save").click()
            await page.get_by_text("Saved").first.wait_for()
        async with prosa.page(ana) as page:
            await page.goto("/dashboard")
            await page.get_by_role("heading", name="My API keys").wait_for()
            me = await page.evaluate("fetch('/api/v1/me').then((answer) => answer.json())")
            assert (me["language"], me["time_zone"], me["name"]) == ("en", "America/Fortaleza", "Ana L. Souza")


@pytest.mark.contract("A15")
@pytest.mark.attack("B3")
async def test_a_session_is_ended_from_another_device_whose_open_page_then_asks_to_sign_in(chromium: str) -> None:
    async with app(chromium) as prosa:
        ana = await prosa.person()
        await prosa.running.system.people.identity.sessions.start(ana.id, Device("203.0.113.9", "Firefox/140.0 (Windows)"))
        async with prosa.page(ana) as page, prosa.page(ana) as other:
            await other.goto("/profile/account")
            await other.get_by_role("heading", name="Perfil").wait_for()
            await page.goto("/profile/sessions")
            await page.get_by_text("203.0.113.9").wait_for()
            await page.get_by_role("button", name="Encerrar: Firefox · Windows").click()
            await page.get_by_role("heading", name="Encerrar a sessão em “Firefox · Windows”?").wait_for()
            await page.get_by_role("dialog").get_by_role("button", name="Encerrar", exact=True).click()
            await expect(page.get_by_text("203.0.113.9")).to_have_count(0)
            await page.get_by_role("button", name="Encerrar as outras").click()
            await page.get_by_role("dialog").get_by_role("button", name="Encerrar", exact=True).click()
            await page.get_by_text("Nenhum outro navegador está conectado.").wait_for()
            await other.wait_for_url("**/sign-in?next=%2Fprofile%2Faccount")  # without a touch of it


async def test_a_password_is_changed_and_the_other_sessions_end(chromium: str) -> None:
    async with app(chromium) as prosa:
        ana = await prosa.person()
        await prosa.running.system.people.identity.sessions.start(ana.id, Device("203.0.113.9", "Firefox"))
        async with prosa.page(ana, ENGLISH) as page:
            await page.goto("/profile/password")
            await page.get_by_label("Current password").fill("wrong, wrong")
            await page.get_by_label("New password").fill("um rio calmo ao meio-dia")
            await page.get_by_role("button", name="Change the password").click()
            await expect(page.get_by_label("Current password")).to_be_focused()
            await page.get_by_label("Current password").fill(PASSWORD)
            await page.get_by_role("button", name="Change the password").click()
            await page.get_by_text("Every other session has ended.").first.wait_for()
            await page.get_by_role("link", name="Sessions").click()
            await page.get_by_text("No other browser is signed in.").wait_for()


async def test_another_address_is_taken_at_once_where_no_mail_is_sent(chromium: str) -> None:
    async with app(chromium) as prosa:
        await prosa.person("root@exemplo.br", Role.ADMIN)
        ana = await prosa.person()
        async with prosa.page(ana) as page:
            await page.goto("/profile/account")
            await page.get_by_role("button", name="Trocar e-mail").click()
            for email in ("sem arroba", "root@exemplo.br", "ana.souza@exemplo.br"):
                await page.get_by_label("Novo e-mail").fill(email)
                await confirm(page, "Trocar e-mail")
                if email == "sem arroba":
                    await page.get_by_text("Isto não parece um endereço de e-mail").wait_for()
                if email == "root@exemplo.br":
                    await page.get_by_text("Outra conta já usa este endereço.").wait_for()
            await page.get_by_text("ana.souza@exemplo.br", exact=True).wait_for()
            await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_what_models_shall_know_is_written_changed_and_forgotten(chromium: str) -> None:
    async with app(chromium) as prosa:
        ana = await prosa.person()
        async with prosa.page(ana) as page:
            await page.goto("/profile/memory")
            await page.get_by_text("Nada anotado ainda").wait_for()
            switch = page.get_by_role("switch", name="Contar aos modelos o que você anotou")
            await expect(switch).not_to_be_checked()
            await switch.click()
            await expect(switch).to_be_checked()
            await page.get_by_label("Nova memória").fill("Gosto de café <b>forte</b>")
            await page.get_by_role("button", name="Adicionar").click()
            await page.get_by_text("Gosto de café <b>forte</b>").wait_for()
            await page.get_by_role("button", name="Editar: Gosto de café").click()
            await page.get_by_label("Alterar a memória").fill("Gosto de chá")
            await page.get_by_role("button", name="Salvar").click()
            await expect(page.get_by_role("button", name="Editar: Gosto de chá")).to_be_focused()
            await page.get_by_role("button", name="Excluir: Gosto de chá").click()
            await page.get_by_role("heading", name="Esquecer “Gosto de chá”?").wait_for()
            await page.get_by_role("button", name="Esquecer", exact=True).click()
            await page.get_by_text("Nada anotado ainda").wait_for()
            await page.reload()
            await expect(page.get_by_role("switch", name="Contar aos modelos")).to_be_checked()


async def test_usage_is_shown_as_a_chart_and_a_table_and_taken_along(chromium: str) -> None:
    async with app(chromium) as prosa:
        ana = await prosa.person()
        async with prosa.page(ana) as page:
            await page.goto("/profile/usage")
            await page.get_by_text("Nada foi usado neste período").wait_for()
            asked = {"model": "mock", "messages": [{"role": "user", "content": "Olá!"}]}
            answer = await page.request.post(
                "/v1/chat/completions", data=asked, headers={"x-prosa-csrf": "1", "origin": prosa.base}
            )
            assert answer.status == 200
            await prosa.running.system.metering.recorder.flush()  # rows are written behind the answers
            await page.reload()
            await page.get_by_role("img", name="Tokens por dia").locator("svg").wait_for()
            await expect(page.get_by_role("row", name="mock")).to_contain_text("US$ 0,00")
            await page.get_by_role("button", name="Ver como tabela").click()
            await expect(page.get_by_role("table", name="Tokens por dia").get_by_role("row")).to_have_count(31)
            text = (await downloaded(page, page.get_by_role("button", name="Baixar CSV"))).decode()
            assert text.startswith('"day"') and len(text.splitlines()) == 2
            await page.get_by_role("link", name="Conta").click()  # the chart is taken away without a trace of HTML


async def test_any_picture_becomes_ones_own_small_and_square(chromium: str) -> None:
    async with app(chromium) as prosa:
        ana = await prosa.person()
        async with prosa.page(ana) as page:
            await page.goto("/profile/account")
            chosen = page.get_by_label("Enviar foto").last
            await chosen.set_input_files({"name": "x.png", "mimeType": "image/png", "buffer": b"no picture"})
            await page.get_by_text("Este arquivo não é uma imagem").first.wait_for()
            await chosen.set_input_files({"name": "eu.png", "mimeType": "image/png", "buffer": PIXELS})
            await page.get_by_text("A foto foi trocada.").first.wait_for()
            kept = await page.request.get("/api/v1/me/picture")
            assert kept.headers["content-type"] in ("image/webp", "image/png")
            await page.get_by_role("button", name="Remover foto").click()
            await page.get_by_text("A foto foi removida.").first.wait_for()
            assert (await page.request.get("/api/v1/me/picture")).status == 204


async def test_somebody_takes_their_data_along_and_is_erased(chromium: str) -> None:
    async with app(chromium) as prosa:
        await prosa.person("root@exemplo.br", Role.ADMIN)
        ana = await prosa.person()
        async with prosa.page(ana) as page:
            await page.goto("/profile/data")
            await page.get_by_role("button", name="Preparar o arquivo").click()
            await confirm(page, "Preparar o arquivo")
            await expect(page.get_by_role("link", name="Baixar meus dados")).to_be_focused()
            taken = await downloaded(page, page.get_by_role("link", name="Baixar meus dados"))
            with zipfile.ZipFile(io.BytesIO(taken)) as archive:
                assert "manifest.json" in archive.namelist()
            await page.get_by_role("button", name="Excluir minha conta…").click()
            await page.get_by_role("heading", name="Excluir a conta ana@exemplo.br?").wait_for()
            await page.get_by_label("Para confirmar, digite ana@exemplo.br").fill("outra@exemplo.br")
            await confirm(page, "Excluir para sempre")
            await expect(page.get_by_role("dialog").get_by_role("alert")).to_have_text("Digite exatamente ana@exemplo.br.")
            await page.get_by_label("Para confirmar, digite ana@exemplo.br").fill("Ana@exemplo.br")
            await confirm(page, "Excluir para sempre")
            await page.wait_for_url("**/sign-in")
            await page.get_by_text("Sua conta e tudo o que era seu foram apagados.").first.wait_for()
            await page.get_by_label("E-mail ou nome de usuário").fill("ana@exemplo.br")
            await page.get_by_label("Senha", exact=True).fill(PASSWORD)
            await page.get_by_role("button", name="Entrar").click()
            await page.get_by_text("Não deu certo.").wait_for()


async def test_the_last_administrator_is_told_why_they_cannot_go(chromium: str) -> None:
    async with app(chromium) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN)
        async with prosa.page(root) as page:
            await page.goto("/profile/data")
            await page.get_by_role("button", name="Excluir minha conta…").click()
            await page.get_by_label("Para confirmar, digite").fill("root@exemplo.br")
            await confirm(page, "Excluir para sempre")
            await page.get_by_text("Você é a única pessoa que administra este servidor.").wait_for()
