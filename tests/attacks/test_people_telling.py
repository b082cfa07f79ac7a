"""What a stranger, or a person about another, can learn from how people's routes answer; and what mails can be made to say."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx2
import pytest

from prosa.identity import OPERATOR, Account, Device, IdentityParts, NewAccount, NewInvite, NewKey, Profile, Reach, Role, Scope
from prosa.identity.accounts.letters import called
from prosa.identity.emails import find_email
from prosa.kit.ids import new_object_id, new_text
from tests.api.app.house import house, problem
from tests.databases import KINDS, an_address, environment
from tests.guard.world import PASSWORD
from tests.identity.accounts.conftest import Mailbox, mailbox
from tests.peopling import some_people
from tests.serving import Running, running

__all__ = ["mailbox"]

PAGE = {"X-Prosa-CSRF": "1", "X-Request-Id": "the-same-for-all"}
QUIET = {"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0", "PROSA_FAILED_PER_MINUTE": "0", "PROSA_SIGNIN_PER_MINUTE": "0"}
OTHER = "a quiet river at noon"
STRANGE = (  # none of them is an address at example.com
    *("eva@evil.example", "eva@example.com.evil.example", "eva@sub.example.com", "eva@evilexample.com", "eva@example.org"),
    *("eva@ex\u0430mple.com", "eva@example.com@evil.example", "eva@evil.com\u0000@example.com", "eva@example.com,evil.example"),
    *('"eva@example.com"@evil.example', "eva@[127.0.0.1]", "eva@example.com.", "eva@\uff45vil.example", "eva@example.com\r\nx:y"),
    *("\u0435va@example.com", "<eva@example.com>", "eva@example.com x", "@example.com", "eva@ex\u00adample.co", "+@@example.com"),
)


@asynccontextmanager
async def peopled(env: Mapping[str, str]) -> AsyncIterator[tuple[Running, httpx2.AsyncClient, Account]]:
    """A running prosa with an admin and Ana in it, and a stranger's client."""
    async with running(QUIET | dict(env)) as prosa, httpx2.AsyncClient(base_url=prosa.base, timeout=30, headers=PAGE) as client:
        accounts = prosa.system.people.identity.accounts
        await accounts.create(OPERATOR, NewAccount("root@example.com", PASSWORD, role=Role.ADMIN))
        yield prosa, client, await accounts.create(OPERATOR, NewAccount("ana@example.com", PASSWORD, username="ana", name="Ana"))


def by_mail(mailbox: Mailbox) -> dict[str, str]:
    return {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(mailbox.port),
        "SMTP_FROM": "no-reply@prosa.example",
        "SMTP_TLS": "none",
        "PROSA_PUBLIC_URL": "https://prosa.example",
    }


def whole(answer: httpx2.Response) -> tuple[object, ...]:
    """All of an answer that a caller sees, but for the moment."""
    return answer.status_code, answer.content, sorted((name, value) for name, value in answer.headers.items() if name != "date")


def identity_of(prosa: Running) -> IdentityParts:
    return prosa.system.people.identity


@pytest.mark.slow
@pytest.mark.attack("B8", "B12")
async def test_no_answer_to_a_stranger_tells_who_is_here(mailbox: Mailbox) -> None:
    async with peopled(by_mail(mailbox) | {"PROSA_REGISTRATION": "open"}) as (prosa, client, ana):
        bia = await identity_of(prosa).accounts.create(OPERATOR, NewAccount("bia@example.com", PASSWORD))
        await identity_of(prosa).accounts.suspend(OPERATOR, bia.id)
        nobody = ("nobody@example.com", "ana@example.com", "ANA+tag@EXAMPLE.com", "bia@example.com")
        asked = {
            "/api/v1/auth/register": [{"email": email, "password": OTHER} for email in nobody],
            "/api/v1/auth/password-reset": [{"email": email} for email in nobody],
            "/api/v1/auth/sign-in": [
                {"login": login, "password": "wrong word"} for login in (*nobody, "ana", "eva", "", "\u0000")
            ],
            "/api/login": [{"username": email, "password": "wrong word"} for email in (*nobody, "", "ana")],
            "/login": [{"username": name, "password": "wrong word"} for name in ("ana", "ANA", "eva", "", "\u0000", "x" * 900)],
            "/api/v1/auth/password-reset/confirm": [
                {"token": f"{account_id}{new_text(43)}", "password": OTHER} for account_id in (ana.id, bia.id, new_object_id())
            ],
            "/api/v1/auth/email/confirm": [
                {"token": f"{account_id}{new_text(43)}"} for account_id in (ana.id, bia.id, new_object_id())
            ],
        }
        for path, bodies in asked.items():
            answers = await asyncio.gather(*(client.post(path, json=body) for body in bodies))
            told = {str(whole(answer)) for answer in answers}
            assert len(told) == 1, (path, told)


@pytest.mark.attack("B8", "C1")
async def test_a_credential_that_never_was_one_reads_like_one_that_was() -> None:
    async with peopled({}) as (prosa, client, ana):
        people = identity_of(prosa)
        _, token = await people.sessions.start(ana.id, Device("192.0.2.1", "tests"))
        await people.sessions.end_all(ana.id)
        key, text = await people.keys.create(Reach(ana.id), NewKey(ana.id, "gone", frozenset({Scope.READ})))
        await people.keys.revoke(Reach(ana.id), key.id)
        bearers = (text, text[:-1] + "0", f"prosa_sk_{new_text(61)}", "prosa_sk_x", "sk-whatever-it-was-1234567890", "a.b.c")
        for path in ("/v1/models", "/api/v1/me", "/api/me"):
            told = {str(whole(await client.get(path, headers={"Authorization": f"Bearer {each}"}))) for each in bearers}
            assert len(told) == 1, (path, told)
        sessions = (token, new_text(43), "x", "")
        told = {str(whole(await client.get("/api/v1/me", headers={"Cookie": f"prosa_session={each}"}))) for each in sessions}
        assert len(told) == 1, told


@pytest.mark.attack("B8", "B14")
async def test_an_invitation_that_is_used_old_foreign_or_invented_reads_the_same() -> None:
    async with peopled({"PROSA_REGISTRATION": "invite"}) as (prosa, client, _):
        invites = identity_of(prosa).invites
        _, used = await invites.create(OPERATOR, None, NewInvite())
        _, bound = await invites.create(OPERATOR, None, NewInvite("bia@example.com"))
        gone, revoked = await invites.create(OPERATOR, None, NewInvite())
        await invites.revoke(OPERATOR, gone.id)
        path, body = "/api/v1/auth/register", {"email": "eva@example.com", "password": OTHER}
        assert (await client.post(path, json=body | {"invite": used})).status_code == 202
        told = set()
        for invite in (used, bound, revoked, new_text(43), "", "x", "\u0000"):
            for email in ("zoe@example.com", "ana@example.com"):
                told.add(str(whole(await client.post(path, json=body | {"email": email, "invite": invite}))))
        assert len(told) == 1 and "invite_invalid" in told.pop()
        closed = {str(whole(await client.post(path, json=body | {"email": email}))) for email in ("a@b.org", "ana@example.com")}
        assert len(closed) == 1 and "registration_closed" in closed.pop()


@pytest.mark.attack("B14")
async def test_a_domains_registration_lets_in_that_domain_alone() -> None:
    async with house({"PROSA_REGISTRATION": "domain:example.com"}) as home:
        browser = await home.browser()
        for email in STRANGE:
            answer = await browser.post("/api/v1/auth/register", json={"email": email, "password": OTHER})
            assert answer.status_code in (400, 403, 422), (email, answer.text)
            names = {"username": "eva", "password": OTHER, "password_confirm": OTHER}
            assert (await browser.post("/register", json=names | {"email": email})).status_code in (400, 403, 422), email
        assert await home.prosa.system.people.database.fetch("SELECT email FROM accounts") == []


@pytest.mark.attack("B14")
async def test_one_mailbox_has_one_account_however_it_is_spelt() -> None:
    async with house({"PROSA_REGISTRATION": "domain:example.com"}) as home:
        browser, people = await home.browser(), home.prosa.system.people
        for email in ("eva@example.com", "EVA@EXAMPLE.COM", "eva+1@example.com", "Eva+admin@Example.Com", "eva@\uff45xample.com"):
            answer = await browser.post("/api/v1/auth/register", json={"email": email, "password": OTHER})
            assert answer.status_code == 202, email
        assert len(await people.database.fetch("SELECT id FROM accounts")) == 1


@pytest.mark.attack("B8")
async def test_nobody_finds_out_by_their_own_account_whose_address_name_or_cpf_is_here() -> None:
    """Without mail there is no way not to tell that something is taken; so it is told a few times a minute only."""
    async with house({"PROSA_SIGNIN_PER_MINUTE": "3"}) as home:
        eva = await home.person("eva")
        for number in range(4):
            await home.person(f"p{number}", username=f"name{number}", profile=Profile(cpf="52998224725" if not number else None))
        told = []
        for number in range(4):
            body = {"email": f"p{number}@example.com", "current_password": "correct horse battery staple"}
            told.append(problem(await eva.ask("POST", "/me/email", body)))
        assert told == [(409, "email_taken")] * 3 + [(429, "too_many_sign_ins")]
        assert problem(await eva.ask("PATCH", "/me", {"username": "name1"})) == (429, "too_many_sign_ins")
        assert problem(await eva.ask("PATCH", "/me", {"profile": {"cpf": "529.982.247-25"}})) == (429, "too_many_sign_ins")
        assert (await eva.ask("PATCH", "/me", {"name": "Eva"})).status_code == 200
        bia = await home.person("bia")
        assert (await bia.ask("PATCH", "/me", {"username": "bia"})).status_code == 200
        told = [problem(await bia.ask("PATCH", "/me", {"profile": {"cpf": "529.982.247-25"}})) for _ in range(4)]
        assert told == [(409, "cpf_taken")] * 3 + [(429, "too_many_sign_ins")]


@pytest.mark.attack("B8", "B12")
async def test_a_wish_for_another_address_tells_nothing_where_mail_is_sent(mailbox: Mailbox) -> None:
    async with peopled(by_mail(mailbox)) as (prosa, client, ana):
        _, token = await identity_of(prosa).sessions.start(ana.id, Device("127.0.0.1", "tests"))
        headers = {"Host": "prosa.example", "Cookie": f"__Host-prosa={token}"}
        told = []
        for email in ("root@example.com", "nobody@example.com"):
            body = {"email": email, "current_password": PASSWORD}
            answer = await client.post("/api/v1/me/email", json=body, headers=headers)
            assert answer.status_code == 202
            answer.headers.pop("x-ratelimit-remaining", None)  # the second of two requests
            told.append(str(whole(answer)).replace(email, "").replace(str(len(answer.content)), ""))
        assert told[0] == told[1]
        await identity_of(prosa).accounts.settled()
        assert [letter["To"] for letter in mailbox.taken] == ["nobody@example.com"]


@pytest.mark.attack("B12")
async def test_a_mailed_link_leads_to_the_configured_host_whatever_the_request_says(mailbox: Mailbox) -> None:
    async with peopled(by_mail(mailbox)) as (prosa, client, _):
        hosts = {
            "Host": "evil.example",
            "X-Forwarded-Host": "evil.example",
            "Forwarded": "host=evil.example",
            "X-Original-URL": "//evil.example",
            "Origin": "https://evil.example",
            "Referer": "https://evil.example/",
        }
        answer = await client.post("/api/v1/auth/password-reset", json={"email": "ana@example.com"}, headers=hosts)
        assert answer.status_code == 202
        await identity_of(prosa).accounts.settled()
        [letter] = mailbox.taken
        text = letter.get_content() + str(letter)
        assert "evil.example" not in text
        [link] = set(re.findall(r"https?://\S+", letter.get_content()))
        assert re.fullmatch(r"https://prosa\.example/reset#token=[0-9A-Za-z]{75}", link)
        assert link.partition("#token=")[2] not in prosa.log.getvalue()


@pytest.mark.attack("B12")
async def test_a_name_that_leads_elsewhere_is_not_mailed() -> None:
    """Anybody may register with a stranger's address: what they call themselves must not become this server's message."""
    async with some_people("sqlite") as people:
        ana = await people.person("ana")
    leading = ("Your account ends today: https://evil.example", "evil.example", "www.evil.example now", "Ask eva@evil.example")
    for name in (*leading, "x" * 150, "\\\\evil\\share", "Go to: //evil"):
        assert called(replace(ana, name=name)) == "ana@example.org", name
    for name in ("Ana", "Dr. Ana Lima", "José d'Ávila-Reis Jr.", "李 明"):
        assert called(replace(ana, name=name)) == name


@pytest.mark.attack("B12")
@pytest.mark.parametrize("kind", [KINDS[0], pytest.param(KINDS[1], marks=pytest.mark.slow)])
async def test_a_reset_link_is_good_once_for_its_own_account_and_ends_every_session(kind: str) -> None:
    with an_address(kind) as address:
        async with peopled(dict(environment(address))) as (prosa, client, ana):
            people, path = identity_of(prosa), "/api/v1/auth/password-reset/confirm"
            other = await people.accounts.create(OPERATOR, NewAccount("bia@example.com", PASSWORD))
            link = await people.accounts.issue_reset(OPERATOR, ana.id)
            _, session = await people.sessions.start(ana.id, Device("127.0.0.1", "tests"))
            odd: tuple[object, ...] = (
                *(None, "", [], [link], {"$ne": None}, 0, True, link.upper() + "x", link[:-1], f" {link}", f"{link}\u0000"),
                *(other.id + link[32:], ana.id, "x" * 75, "\ud7ff" * 75, f"{link}{link}"),
            )
            for token in odd:
                answer = await client.post(path, json={"token": token, "password": OTHER})
                assert answer.status_code in (400, 422), (token, answer.text)
            answers = await asyncio.gather(
                *(client.post(path, json={"token": link, "password": f"{OTHER} {n}"}) for n in range(4))
            )
            assert sorted(answer.status_code for answer in answers) == [204, 400, 400, 400]
            assert (await client.post(path, json={"token": link, "password": OTHER})).status_code == 400
            cookie = {"Cookie": f"prosa_session={session}"}
            assert (await client.get("/api/v1/me", headers=cookie)).status_code == 401
            async with asyncio.timeout(10):
                good = [answer.status_code for answer in answers].index(204)
                login = {"login": "ana@example.com", "password": f"{OTHER} {good}"}
                assert (await client.post("/api/v1/auth/sign-in", json=login)).status_code == 200


@pytest.mark.attack("J6", "B18")
def test_no_login_takes_long_to_read() -> None:
    began = time.process_time()
    for text in ("a@" + "\ufdfa" * 998, "\ufdfa" * 1000, "a@" + "\u00e9" * 998, "a@" + "\u00df." * 499, "a@xn--" + "9" * 900):
        assert find_email(text) is None
    assert time.process_time() - began < 0.05
