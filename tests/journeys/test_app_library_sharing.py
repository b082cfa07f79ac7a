"""Links, exports and imports in a real browser, and a stranger who reads what was shared."""

import json
import zipfile
from pathlib import Path

import pytest
from playwright.async_api import expect

from prosa.identity import Role
from tests.journeys.app import DARK, app, fine_in_both_themes
from tests.journeys.shelf import call, choose, kept, row

pytestmark = pytest.mark.browser


async def test_a_link_is_made_read_by_a_stranger_and_revoked(chromium: str) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page, prosa.page() as stranger:
        await page.goto("/shares")
        await expect(page.get_by_text("Nenhum link ativo")).to_be_visible()
        await kept(page, "Receita", "Como se faz?", "Com <script>polvilho</script>.")
        await choose(page, "Receita", "Compartilhar…")
        await page.get_by_label("O link vale").select_option(label="por 7 dias")
        await page.get_by_role("button", name="Criar link").click()
        address = await page.get_by_label("Link para compartilhar").inner_text()
        await fine_in_both_themes(page)
        await stranger.goto(address)
        await expect(stranger.get_by_text("Com <script>polvilho</script>.")).to_be_visible()
        await page.get_by_role("button", name="Fechar").last.click()
        links = page.get_by_role("main").get_by_role("listitem")
        await expect(links).to_contain_text("2 mensagens")
        await expect(links.get_by_role("button", name="Copiar link")).to_be_visible()
        await links.get_by_role("button", name="Trocar por um link novo").click()
        await expect(page.get_by_text("O anterior não funciona mais.").first).to_be_visible()
        again = await stranger.goto(address)
        assert again is not None and again.status == 404
        address = await links.get_by_role("link", name="Abrir link").get_attribute("href") or ""
        again = await stranger.goto(address)
        assert again is not None and again.status == 200
        await links.get_by_role("button", name="Revogar").click()
        await page.get_by_role("dialog", name="Revogar o link de “Receita”?").get_by_role("button", name="Revogar").click()
        await expect(page.get_by_text("Nenhum link ativo")).to_be_visible()
        again = await stranger.goto(address)
        assert again is not None and again.status == 404


async def test_who_opens_a_link_goes_on_in_a_copy_of_their_own(chromium: str) -> None:
    async with app(chromium) as prosa:
        ana, bia = await prosa.person(role=Role.ADMIN), await prosa.person("bia@exemplo.br", name="Bia Reis")
        async with prosa.page(ana) as page, prosa.page(bia, DARK) as other, prosa.page() as stranger:
            await page.goto("/shares")
            conversation = await kept(page, "Receita", "Como se faz?", "Com polvilho.")
            share = await call(page, "POST", f"/api/v1/conversations/{conversation}/shares", {})
            await other.goto(share["path"])
            await other.get_by_role("link", name="Continuar em uma cópia sua").click()
            await expect(other.get_by_text("“Receita”, com 2 mensagens, será copiada")).to_be_visible()
            assert (await call(other, "GET", "/api/v1/conversations"))["data"] == []  # nothing before one says so
            await fine_in_both_themes(other)
            await other.get_by_role("button", name="Continuar na minha cópia").click()
            await other.wait_for_url("**/chat/conv_*")
            await expect(other.get_by_text("Com polvilho.")).to_be_visible()
            await expect(row(other, "Receita")).to_be_visible()
            assert conversation not in other.url
            # Who isn't signed in is asked to do so first, and comes back.
            await stranger.goto(share["path"])
            await stranger.get_by_role("link", name="Continuar em uma cópia sua").click()
            await stranger.wait_for_url("**/sign-in?next=*copy*")
            await call(page, "DELETE", f"/api/v1/shares/{share['id']}")
            await other.goto("/shares/copy/" + share["token"])
            await expect(other.get_by_text("Este link não existe mais")).to_be_visible()


async def test_conversations_are_exported_one_by_one_and_all_at_once(chromium: str, tmp_path: Path) -> None:
    async with app(chromium) as prosa, prosa.page(await prosa.person()) as page:
        await page.goto("/import")
        await kept(page, "Receita", "Como se faz?", "Com polvilho.")
        await kept(page, "Viagem", "Para onde?", "Lisboa.")
        await choose(page, "Receita", "Exportar…")
        async with page.expect_download() as one:
            await page.get_by_role("button", name="Exportar", exact=True).click()
        text = (await (await one.value).path()).read_text(encoding="utf-8")
        assert (await one.value).suggested_filename.endswith(".md") and "Com polvilho." in text
        await page.get_by_role("button", name="Opções da lista").click()
        await page.get_by_role("menuitem", name="Exportar todas as conversas").click()
        await page.get_by_label("Incluir anexos").check()
        await fine_in_both_themes(page)
        await page.get_by_role("button", name="Exportar", exact=True).click()
        async with page.expect_download() as everything:
            await page.get_by_role("link", name="Baixar").click()
        await (await everything.value).save_as(tmp_path / "tudo.zip")
        with zipfile.ZipFile(tmp_path / "tudo.zip") as held:
            name = next(each for each in held.namelist() if each.endswith(".json") and "files" not in each)
            assert len(json.loads(held.read(name))["conversations"]) == 2


async def test_an_export_comes_back_by_an_import_once(chromium: str, tmp_path: Path) -> None:
    async with app(chromium) as prosa:
        ana, bia = await prosa.person(), await prosa.person("bia@exemplo.br", name="Bia Reis")
        archive, nonsense = tmp_path / "tudo.json", tmp_path / "x.json"
        nonsense.write_text("{", encoding="utf-8")
        async with prosa.page(ana) as page, prosa.page(bia) as other:
            await page.goto("/import")
            conversation = await kept(page, "Viagem", "Para onde?", "Lisboa.")
            exported = await call(page, "GET", f"/api/v1/conversations/{conversation}/export?format=json")
            archive.write_text(json.dumps(exported), encoding="utf-8")
            await other.goto("/import")
            await other.get_by_label("Escolher arquivo").set_input_files(archive)
            await expect(other.get_by_role("main")).to_contain_text("1 conversa, 2 mensagens")
            assert (await call(other, "GET", "/api/v1/conversations"))["data"] == []  # nothing before one says so
            await fine_in_both_themes(other)
            await other.get_by_role("button", name="Importar 1 conversa").click()
            await expect(other.get_by_text("1 conversa importada")).to_be_visible()
            await expect(row(other, "Viagem")).to_be_visible()
            # Twice does no harm, and is told.
            await other.get_by_role("button", name="Escolher outro arquivo").click()
            await other.get_by_label("Escolher arquivo").set_input_files(archive)
            await other.get_by_role("button", name="Importar 1 conversa").click()
            await expect(other.get_by_text("1 conversa já foi importada e não se repete.")).to_be_visible()
            await other.get_by_role("button", name="Escolher outro arquivo").click()
            await other.get_by_label("Escolher arquivo").set_input_files(nonsense)
            await expect(other.get_by_text("O arquivo não pôde ser importado")).to_be_visible()
