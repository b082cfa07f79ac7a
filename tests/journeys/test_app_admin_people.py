"""The administration of people in a real browser: invitations, roles, suspensions, deletions, keys."""

import re

import pytest
from playwright.async_api import Page, expect

from prosa.identity import OPERATOR, NewKey, Role, Scope
from tests.journeys.app import ENGLISH, PASSWORD, PHONE, App, app
from tests.journeys.chatting import ask, counting, until_said

pytestmark = pytest.mark.browser
SOON = 5_000  # what is in force within a second is seen within these milliseconds, on a busy machine too


async def key_of(prosa: App, account_id: str, name: str) -> str:
    wish = NewKey(account_id, name, frozenset({Scope.READ, Scope.WRITE}))
    return (await prosa.running.system.people.identity.keys.create(OPERATOR, wish))[1]


async def menu(page: Page, of: str, item: str) -> None:
    await page.get_by_role("button", name=f"Opções de {of}").click()
    await page.get_by_role("menuitem", name=item).click()


@pytest.mark.contract("A20")
async def test_somebody_invited_by_a_link_registers_and_is_given_a_role(chromium: str) -> None:
    async with app(chromium, {"PROSA_REGISTRATION": "invite"}) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN, "Rosa Lima")
        async with prosa.page(root) as page, prosa.page() as other:
            await page.goto("/admin/people")
            await page.get_by_role("button", name="Convidar").first.click()
            dialog = page.get_by_role("dialog", name="Convidar alguém")
            await dialog.get_by_label("E-mail").fill("nada")
            await dialog.get_by_role("button", name="Criar convite").click()
            await expect(dialog.get_by_role("alert")).to_have_text("Isto não é um endereço de e-mail.")
            await dialog.get_by_label("E-mail").fill("bia@exemplo.br")
            await dialog.get_by_role("button", name="Criar convite").click()
            link = await page.get_by_label("Link do convite").inner_text()
            assert link.startswith(f"{prosa.base}/register#invite=")
            await page.get_by_role("button", name="Pronto").click()
            await expect(page.get_by_role("table", name="Convites")).to_contain_text("bia@exemplo.br")
            assert link.partition("=")[2] not in await page.content()

            await other.goto(link)
            await other.get_by_label("Nome", exact=True).fill("Bia Reis")
            await other.get_by_label("E-mail").fill("bia@exemplo.br")
            await other.get_by_label("Senha", exact=True).fill(PASSWORD)
            await other.get_by_role("button", name="Registrar").click()
            await expect(other.get_by_label("Senha", exact=True)).to_have_count(0, timeout=15_000)

            await page.reload()
            await expect(page.get_by_role("table", name="Convites")).to_have_count(0)
            await page.get_by_role("table", name="Pessoas com conta").get_by_role("button", name="Bia Reis", exact=True).click()
            person = page.get_by_role("dialog", name="Bia Reis")
            await person.get_by_label("Papel").select_option("analyst")
            await page.get_by_text("Bia Reis agora tem o papel “Analista”.").wait_for()
            await page.keyboard.press("Escape")
            await expect(page.get_by_role("row", name=re.compile("Bia Reis"))).to_contain_text("Analista")
        accounts = prosa.running.system.people.identity.accounts
        found = await accounts.by_email(OPERATOR, "bia@exemplo.br")
        assert found is not None and found.role is Role.ANALYST


@pytest.mark.contract("A20")
async def test_what_somebody_else_changed_meanwhile_is_not_overwritten(chromium: str) -> None:
    async with app(chromium) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN, "Rosa Lima")
        bia = await prosa.person("bia@exemplo.br", name="Bia Reis")
        async with prosa.page(root, PHONE) as page:
            await page.goto(f"/admin/people?person=user_{bia.id}")
            role = page.get_by_role("dialog").get_by_label("Papel")
            await expect(role).to_have_value("user")
            first = await page.request.get(f"/api/v1/users/user_{bia.id}")
            origin = {"origin": prosa.base, "x-prosa-csrf": "1", "if-match": first.headers["etag"]}
            assert (await page.request.patch(f"/api/v1/users/user_{bia.id}", data={"name": "Beatriz Reis"}, headers=origin)).ok
            await role.select_option("admin")
            await page.get_by_text("Alguém alterou esta conta enquanto você a via.").first.wait_for()
            await page.get_by_role("heading", name="Beatriz Reis").wait_for()
            await expect(role).to_have_value("user")
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.contract("A20")
async def test_whoever_is_suspended_is_told_so_in_the_middle_of_an_answer(chromium: str) -> None:
    async with app(chromium) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN, "Rosa Lima")
        bia = await prosa.person("bia@exemplo.br", name="Bia Reis")
        async with prosa.page(root) as page, prosa.device(bia) as (device, _):
            theirs, idle = await device.new_page(), await device.new_page()
            await idle.goto("/profile/account")
            await idle.get_by_role("heading", name="Perfil").first.wait_for()
            await theirs.goto("/chat")
            await ask(theirs, counting(400, 0.05))
            await until_said(theirs, "w3")
            await page.goto("/admin/people")
            await menu(page, "Bia Reis", "Suspender")
            await page.get_by_role("heading", name="Suspender Bia Reis?").wait_for()
            await page.get_by_role("dialog").get_by_role("button", name="Suspender").click()
            await theirs.wait_for_url("**/sign-in**", timeout=SOON)
            await idle.wait_for_url("**/sign-in**", timeout=SOON)
            await expect(page.get_by_role("row", name=re.compile("Bia Reis"))).to_contain_text("Suspensa")
            await theirs.get_by_text("Sua sessão terminou. Entre de novo.").first.wait_for()
            assert "next=%2Fchat" in theirs.url

            await menu(page, "Bia Reis", "Restaurar acesso")
            await page.get_by_text("Bia Reis pode entrar de novo.").wait_for()
            await theirs.get_by_label("E-mail ou nome de usuário").fill("bia@exemplo.br")
            await theirs.get_by_label("Senha", exact=True).fill(PASSWORD)
            await theirs.get_by_role("button", name="Entrar").click()
            await theirs.wait_for_url("**/chat/**", timeout=15_000)


@pytest.mark.contract("A20")
async def test_keys_sessions_and_accounts_are_ended_by_their_names(chromium: str) -> None:
    async with app(chromium) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN, "Rosa Lima")
        bia = await prosa.person("bia@exemplo.br", name="Bia Reis")
        text = await key_of(prosa, bia.id, "Relatórios")
        await key_of(prosa, bia.id, "Painel")
        async with prosa.page(root) as page, prosa.page(bia) as theirs:
            await theirs.goto("/dashboard")
            await page.goto("/admin/keys")
            await menu(page, "Relatórios", "Revogar")
            await page.get_by_role("heading", name="Revogar a chave “Relatórios” de Bia Reis?").wait_for()
            await page.get_by_role("dialog").get_by_role("button", name="Revogar").click()
            await page.get_by_text("A chave “Relatórios” foi revogada.").wait_for()
            await expect(page.get_by_role("row", name=re.compile("Relatórios"))).to_have_count(0)
            refused = await page.request.get("/v1/models", headers={"authorization": f"Bearer {text}", "cookie": ""})
            assert refused.status == 401

            await page.get_by_role("row", name=re.compile("Painel")).get_by_role("link", name="Bia Reis").click()
            person = page.get_by_role("dialog", name="Bia Reis")
            await person.get_by_role("list", name="Sessões de Bia Reis").get_by_role("button").click()
            await page.get_by_text("Sessão encerrada.").wait_for()
            await theirs.goto("/dashboard")
            await theirs.wait_for_url("**/sign-in**", timeout=SOON)

            await person.get_by_role("button", name="Excluir conta").click()
            asking = page.get_by_role("dialog", name="Excluir a conta de Bia Reis?")
            done = asking.get_by_role("button", name="Excluir a conta")
            await expect(done).to_be_disabled()
            await asking.get_by_label("Digite bia@exemplo.br para confirmar").fill("bia@exemplo.br")
            await done.click()
            await page.get_by_text("A conta de Bia Reis foi excluída.").wait_for()
            await expect(page.get_by_role("row", name=re.compile("Bia Reis"))).to_have_count(0)


@pytest.mark.contract("A20")
async def test_a_person_is_found_and_shut_out_by_the_keyboard_alone(chromium: str) -> None:
    async with app(chromium) as prosa:
        root = await prosa.person("root@exemplo.br", Role.ADMIN, "Rosa Lima")
        for number in range(3):
            await prosa.person(f"p{number}@exemplo.br", name=f"Pessoa {number}")
        async with prosa.page(root, ENGLISH) as page:
            await page.goto("/admin/overview")
            await page.get_by_role("link", name="People", exact=True).focus()
            await page.keyboard.press("Enter")
            await page.get_by_label("Search by name or e-mail").wait_for()
            await page.get_by_label("Search by name or e-mail").focus()
            await page.keyboard.type("pessoa 1")
            await expect(page.get_by_role("row")).to_have_count(2)
            button = page.get_by_role("button", name="Options of Pessoa 1")
            for _ in range(12):
                await page.keyboard.press("Tab")
                if await button.evaluate("(element) => element === document.activeElement"):
                    break
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("menuitem").first).to_be_focused()
            await page.keyboard.type("Sus")
            await page.keyboard.press("Enter")
            await page.get_by_role("heading", name="Suspend Pessoa 1?").wait_for()
            for _ in range(4):
                await page.keyboard.press("Tab")
                if await page.evaluate("document.activeElement.textContent") == "Suspend":
                    break
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("row", name=re.compile("Pessoa 1"))).to_contain_text("Suspended")
            await expect(page.get_by_role("dialog")).to_have_count(0)
            await expect(button).to_be_focused()
