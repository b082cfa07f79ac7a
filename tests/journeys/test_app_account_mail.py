"""What needs a mail, in a real browser: a forgotten password, another address."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiosmtpd.smtp import SMTP
from playwright.async_api import expect

from prosa.identity import OPERATOR, Role
from tests.identity.accounts.conftest import Mailbox
from tests.journeys.app import PASSWORD, App, app, axe

pytestmark = pytest.mark.browser

FRESH = "um rio calmo ao meio-dia"


async def path_of(mailbox: Mailbox, email: str) -> str:
    """The path with its code in the newest letter to somebody, when it has come."""
    for _ in range(300):
        letters = [letter.get_content() for letter in mailbox.taken if letter["To"] == email]
        if letters:
            return str(re.findall(r"http://prosa\.example(/[a-z-]+#token=[0-9A-Za-z]+)", letters[-1])[0])
        await asyncio.sleep(0.05)
    raise AssertionError(f"no letter came to {email}")


@asynccontextmanager
async def posting(chromium: str) -> AsyncIterator[tuple[App, Mailbox]]:
    """The app, an administrator and Ana in it, and a mail server beside it."""
    mailbox = Mailbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(mailbox, hostname="localhost"), "127.0.0.1", 0)
    port = str(server.sockets[0].getsockname()[1])
    env = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": port, "SMTP_TLS": "none", "SMTP_FROM": "no-reply@prosa.example"}
    async with server, app(chromium, env | {"PROSA_PUBLIC_URL": "http://prosa.example"}) as prosa:
        await prosa.person("root@exemplo.br", Role.ADMIN)
        yield prosa, mailbox


@pytest.mark.contract("A15")
@pytest.mark.attack("B12")
async def test_a_forgotten_password_is_replaced_by_a_mails_link(chromium: str) -> None:
    async with posting(chromium) as (prosa, mailbox), prosa.page() as page:
        await prosa.person()
        await page.goto("/sign-in")
        await page.get_by_role("link", name="Esqueci minha senha").click()
        await page.get_by_label("E-mail", exact=True).fill("ana@exemplo.br")  # and not the page's before
        await page.get_by_role("button", name="Enviar link").click()
        await page.get_by_text("Se existir uma conta com este endereço").wait_for()
        await page.goto(await path_of(mailbox, "ana@exemplo.br"))
        await page.get_by_role("textbox", name="Nova senha").fill(FRESH)
        assert "token" not in page.url
        await page.get_by_role("button", name="Salvar a nova senha").click()
        await page.get_by_role("link", name="Entrar").click()
        await page.get_by_label("E-mail ou nome de usuário").fill("ana@exemplo.br")
        await page.get_by_label("Senha", exact=True).fill(FRESH)
        await page.get_by_role("button", name="Entrar").click()
        await page.wait_for_url("**/dashboard")


async def test_another_address_counts_when_its_own_mail_was_opened(chromium: str) -> None:
    async with posting(chromium) as (prosa, mailbox):
        ana = await prosa.person()
        async with prosa.page(ana) as page:
            await page.goto("/profile/account")
            await page.get_by_role("button", name="Trocar e-mail").click()
            await page.get_by_label("Novo e-mail").fill("ana.souza@exemplo.br")
            await page.get_by_label("Senha atual").fill(PASSWORD)
            await page.get_by_role("dialog").get_by_role("button", name="Trocar e-mail").click()
            await page.get_by_text("Enviamos um link para ana.souza@exemplo.br.").wait_for()
            await expect(page.get_by_text("ana@exemplo.br", exact=True)).to_be_visible()
            await page.goto(await path_of(mailbox, "ana.souza@exemplo.br"))
            await page.get_by_role("button", name="Confirmar o endereço").click()
            await page.get_by_role("heading", name="E-mail confirmado").wait_for()
            await page.goto("/profile/account")
            await page.get_by_text("ana.souza@exemplo.br", exact=True).wait_for()


@pytest.mark.contract("A20")
async def test_a_person_who_is_added_gets_their_link_by_mail_and_signs_in_with_a_password_of_their_own(chromium: str) -> None:
    async with posting(chromium) as (prosa, mailbox):
        root = await prosa.running.system.people.identity.accounts.by_email(OPERATOR, "root@exemplo.br")
        async with prosa.page(root) as page, prosa.page() as other:
            await page.goto("/admin/people")
            await page.get_by_role("button", name="Adicionar pessoa").click()
            dialog = page.get_by_role("dialog", name="Adicionar uma pessoa")
            await dialog.get_by_label("E-mail").first.fill("root@exemplo.br")
            await dialog.get_by_role("button", name="Criar conta").click()
            await expect(dialog.get_by_role("alert")).to_be_visible()
            await dialog.get_by_label("E-mail").first.fill("bia@exemplo.br")
            await dialog.get_by_label("Nome").fill("Bia Reis")
            await dialog.get_by_role("button", name="Criar conta").click()
            done = page.get_by_role("dialog", name="A conta de Bia Reis foi criada")
            await done.get_by_text("O link foi enviado para bia@exemplo.br.").wait_for()
            link = await done.get_by_label("Link para escolher a senha").inner_text()
            assert link == prosa.base + await path_of(mailbox, "bia@exemplo.br")
            assert await axe(page) == []
            await done.get_by_role("button", name="Pronto").click()
            await expect(page.get_by_role("table", name="Pessoas com conta")).to_contain_text("Bia Reis")
            await other.goto(link)
            await other.get_by_role("textbox", name="Nova senha").fill(FRESH)
            await other.get_by_role("button", name="Salvar a nova senha").click()
            await other.get_by_role("link", name="Entrar").click()
            await other.get_by_label("E-mail ou nome de usuário").fill("bia@exemplo.br")
            await other.get_by_label("Senha", exact=True).fill(FRESH)
            await other.get_by_role("button", name="Entrar").click()
            await other.wait_for_url("**/dashboard")
