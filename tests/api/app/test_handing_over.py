"""Links that an administrator hands over go by mail where this server sends any, and the answer says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiosmtpd.smtp import SMTP

from prosa.identity import Role
from tests.api.app.house import House, house, problem
from tests.identity.accounts.conftest import Mailbox

NEW = {"email": "bia@example.com", "name": "Bia Reis", "language": "pt-BR"}


@asynccontextmanager
async def posting() -> AsyncIterator[tuple[House, Mailbox]]:
    mailbox = Mailbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(mailbox, hostname="localhost"), "127.0.0.1", 0)
    port = str(server.sockets[0].getsockname()[1])
    env = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": port, "SMTP_TLS": "none", "SMTP_FROM": "no-reply@prosa.example"}
    async with server, house(env | {"PROSA_PUBLIC_URL": "https://prosa.example"}) as home:
        yield home, mailbox


@pytest.mark.contract("A20")
async def test_who_is_added_gets_a_link_to_choose_a_password_and_who_is_invited_a_link_to_register() -> None:
    async with posting() as (home, mailbox):
        root = await home.person("root", Role.ADMIN)
        bia = (await root.ask("POST", "/users", NEW)).json()
        made = (await root.ask("POST", f"/users/{bia['id']}/password-reset", {"mail": True})).json()
        assert made["mailed"] and mailbox.taken[-1]["To"] == "bia@example.com"
        letter = mailbox.taken[-1].get_content()
        assert f"https://prosa.example/reset#token={made['token']}" in letter
        assert "Bia Reis" in letter and "Uma conta foi criada para você" in letter
        invite = (await root.ask("POST", "/invites", {"email": "eva@example.com", "mail": True})).json()
        assert invite["mailed"] and mailbox.taken[-1]["To"] == "eva@example.com"
        assert f"https://prosa.example/register#invite={invite['code']}" in mailbox.taken[-1].get_content()
        # Whoever has the link: there is nobody to mail it to.
        assert not (await root.ask("POST", "/invites", {"mail": True})).json()["mailed"] and len(mailbox.taken) == 2
        assert problem(await root.ask("POST", "/users/user_x/password-reset", {"mail": True})) == (404, "not_found")


async def test_what_the_mail_server_does_not_take_is_in_the_answer_all_the_same() -> None:
    async with posting() as (home, mailbox):
        root = await home.person("root", Role.ADMIN)
        mailbox.refusal = "550 no such mailbox"
        invite = (await root.ask("POST", "/invites", {"email": "eva@example.com", "mail": True})).json()
        assert not invite["mailed"] and invite["path"] == f"/register#invite={invite['code']}"


async def test_without_mail_nothing_is_mailed_and_no_body_is_needed() -> None:
    async with house() as home:
        root, ana = await home.person("root", Role.ADMIN), await home.person("ana")
        assert not (await root.ask("POST", "/invites", {"email": "eva@example.com", "mail": True})).json()["mailed"]
        made = (await root.browser.post(f"/api/v1/users/{ana.id}/password-reset")).json()
        assert not made["mailed"] and made["path"] == f"/reset#token={made['token']}"
